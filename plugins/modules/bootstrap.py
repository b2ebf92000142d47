# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This is the documentation of the action plugin of the same name. Nothing runs on a target.

from __future__ import annotations

DOCUMENTATION = r"""
module: bootstrap
short_description: Run an entry point of the role bootstrap
version_added: 0.2.0
description:
  - The one task of each entry point of the role C(ccloud.notifications.bootstrap). It reads the variables of the
    role, runs M(ccloud.notifications.organization) or M(ccloud.notifications.organization_info), shows the
    result as text, writes files, and hands the result to the next job of a workflow.
  - Use the role, or the playbooks of this collection, and not this module.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  entry_point:
    description: What to do. V(hosts) fails if a playbook would do nothing. V(finish) hands the result of a host to the
      next job of a workflow, and after the last host, sums up all of them.
    type: str
    choices: [bootstrap, plan, test, verify, export, import_terraform, hosts, finish]
    required: true
  hosts:
    description: With O(entry_point=hosts), the pattern of the hosts that a playbook would use.
    type: str
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.organization
"""

EXAMPLES = r"""
- name: Manage the organization that the variables describe
  ansible.builtin.include_role:
    name: ccloud.notifications.bootstrap
"""

RETURN = r"""
plan:
  description: The plan, as M(ccloud.notifications.organization) returns it.
  returned: for V(bootstrap) and V(plan), when planning succeeded
  type: dict
refusal:
  description: Why an apply would refuse the plan.
  returned: for V(plan), if it would
  type: str
routing_tests:
  description: The results of the tests, as M(ccloud.notifications.organization) returns them.
  returned: for V(bootstrap), V(plan) and V(test), when planning succeeded
  type: dict
findings:
  description: What is wrong, by kind.
  returned: for V(verify)
  type: dict
"""
