# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  endpoint:
    description:
      - Where the API is, without C(/notifications/v1). Any other path is kept, so a gateway in front of it works.
      - If omitted, the environment variable E(CONFLUENT_CLOUD_ENDPOINT) or else E(CONFLUENT_API_ENDPOINT) is used,
        and without these V(https://api.confluent.cloud).
    type: str
  api_key:
    description:
      - The Cloud API key. Needs O(api_secret).
      - If omitted, and no other way of authentication is given, the environment variable E(CONFLUENT_CLOUD_API_KEY)
        or else E(CONFLUENT_API_KEY) is used.
      - Exactly one of O(api_key), O(api_token) and O(identity_pool_id) may be given.
    type: str
  api_secret:
    description:
      - The secret of O(api_key).
      - If omitted, and no other way of authentication is given, the environment variable E(CONFLUENT_CLOUD_API_SECRET)
        or else E(CONFLUENT_API_SECRET) is used.
    type: str
  api_token:
    description:
      - An access token, sent as it is.
    type: str
  identity_pool_id:
    description:
      - The identity pool for which O(external_token) is exchanged for an access token.
    type: str
  external_token:
    description:
      - The token that your identity provider gave. It is exchanged for an access token, which is renewed before it expires.
      - Needs O(identity_pool_id).
    type: str
  validate_certs:
    description:
      - Whether the server's certificate has to be valid.
    type: bool
    default: true
  ca_path:
    description:
      - The path of a bundle of certificate authorities to trust instead of the usual ones.
    type: path
  timeout:
    description:
      - How many seconds one request may take.
    type: int
    default: 30
  deadline:
    description:
      - How many seconds all that the task does may take, waits and repetitions included.
    type: int
    default: 300
requirements:
  - requests >= 2.25.0
notes:
  - No managed host is needed. With C(connection=local), or delegated to C(localhost), the module runs on the controller; otherwise it runs,
    and needs Python and C(requests), on each host of the play.
  - Proxies are taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)). Redirects are not followed, and C(~/.netrc) is not read.
  - Use C(module_defaults) with the group C(group/ccloud.notifications.notifications) to say the connection options once.
"""
