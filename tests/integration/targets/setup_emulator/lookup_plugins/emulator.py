# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lookup('emulator', control, name, body)`` posts JSON to a control path of the emulator, without the cost of a module."""

from __future__ import annotations

import json

from ansible.module_utils.urls import open_url
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = r"""
name: emulator
short_description: Controls the emulator
description: Posts JSON to a control path of the emulator.
author: The ccloud.notifications authors
options:
  _terms:
    description: The URL of the control paths, the name of one, and the JSON text to post.
    required: true
"""


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        control, name, body = map(str, terms)
        answer = open_url(
            f"{control}/{name}",
            data=body,
            method="POST",
            headers={"Content-Type": "application/json"},
            use_proxy=False,
        )
        return [json.loads(answer.read())]
