# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of secrets that ansible-core has since 2.22: what is registered is masked wherever it is shown."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Optional

_register: Optional[Callable[[Iterable[str]], Any]] = None
_mask: Optional[Callable[[str], str]] = None
try:
    from ansible.module_utils.secrets import mask_secrets, register_secrets
except ImportError:  # up to ansible-core 2.21
    pass
else:
    _register, _mask = register_secrets, mask_secrets

#: A shorter text would mask parts of innocent words for the rest of the run.
MIN_LENGTH = 8


def register(secrets: Iterable[str]) -> None:
    """Have secrets masked in everything that is shown from now on, also by other tasks."""
    wanted = [secret for secret in secrets if len(secret) >= MIN_LENGTH]
    if _register is not None and wanted:
        _register(wanted)


def is_masked(text: str) -> bool:
    """Whether ansible-core would show a text with parts of it hidden."""
    return _mask is not None and _mask(text) != text
