# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that identify a single resource of the organization."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  resource:
    description:
      - The resource, as the API's own path, such as V(environment=env-456xy/cloud-cluster=lkc-df123), or as a
        mapping of its parts. The parts are C(organization), C(environment), C(cluster), C(topic),
        C(connector), C(flink_region), C(flink_compute_pool) and C(flink_statement).
      - It is not published how the API spells the parts that begin with C(flink). The spelling of Confluent's
        resource names is used.
    type: raw
    required: true
  resource_type:
    description:
      - The type of the resource, such as V(CLUSTER). It follows from the last part of O(resource), and is
        required only if that part is not known.
    type: str
"""
