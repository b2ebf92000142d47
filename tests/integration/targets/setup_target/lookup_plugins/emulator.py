# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookup plugin that sends requests to the control API of the emulator."""

from __future__ import annotations

import json

from ansible.module_utils.urls import open_url
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = r"""
name: emulator
short_description: Control the emulator
description:
  - Sends a request to the control API of the emulator. Unlike M(ansible.builtin.uri), it starts no process.
  - Keyword arguments are sent by POST as a JSON object. Without keyword arguments, the request is a GET.
author: The ccloud.notifications authors
options:
  _terms:
    description: The base URL of the control API, and a path below it.
    required: true
"""


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        control, path = map(str, terms)
        response = open_url(
            f"{control}/{path}",
            data=json.dumps(kwargs) if kwargs else None,
            method="POST" if kwargs else "GET",
            headers={"Content-Type": "application/json"},
            use_proxy=False,
        )
        return [json.loads(response.read())]
