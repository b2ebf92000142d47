# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quota of integrations that the Quotas API applies to an organization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Protocol

from .._common import Object
from .._engine.model import Client
from .._errors import ApiError, operation

PATH = "/service-quota/v1/applied-quotas"
#: The code of the quota. Source: "Quotas and Limits" of the integrations in the contract.
CODE = "integrations_per_org"
#: The errors that say nothing about the notifications of the organization.
_UNREADABLE = ("bad_request", "forbidden", "not_found", "not_supported")


class QuotasClient(Client, Protocol):
    """A client that can also read a single page."""

    def first_page(self, path: str, query: Mapping[str, Any]) -> List[Object]:
        """The objects on the first page of a list."""


@dataclass(frozen=True)
class Quota:
    """How many integrations an organization may have, and has. None: the service does not say.

    ``problem`` says why the quota could not be read.
    """

    limit: Optional[int] = None
    used: Optional[int] = None
    problem: str = ""

    def missing_for(self, number: int) -> int:
        """By how much this number of integrations exceeds the quota."""
        return max(0, number - self.limit) if self.limit is not None else 0


def read_quota(client: QuotasClient) -> Quota:
    """The quota, from one request: no service needs more than one page for one code.

    Source: ``GET /service-quota/v1/applied-quotas`` of the provider's document; its pages have at most 200
    quotas. Credentials that may not read quotas, and a service without this API, are no error.
    """
    query = {"scope": "ORGANIZATION", "id": CODE}
    with operation("read the quota of integrations"):
        try:
            listed = client.first_page(PATH, query)
        except ApiError as error:
            if error.type not in _UNREADABLE:
                raise
            return Quota(problem=error.detail)
    found = [quota for quota in listed if quota["id"] == CODE]
    if not found:
        return Quota(problem=f"the service lists no quota {CODE}")
    return Quota(_count(found[0].get("applied_limit")), _count(found[0].get("usage")))


def _count(value: Any) -> Optional[int]:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
