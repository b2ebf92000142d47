# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource of the organization that something is about, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  resource:
    description:
      - The resource, as the API's own path, such as V(environment=env-456xy/cloud-cluster=lkc-df123), or as a mapping of the parts
        of one, which may be C(organization), C(environment), C(cluster), C(connector), C(flink_region), C(flink_compute_pool) and
        C(flink_statement).
      - How the API spells the parts that begin with C(flink) is not published. They are taken as in Confluent's resource names.
    type: raw
    required: true
  resource_type:
    description:
      - The type of the resource, such as V(CLUSTER). It is worked out from the last part of O(resource), and needed only if that is
        not a known one.
    type: str
"""
