# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options."""

from __future__ import annotations


class ModuleDocFragment:
    #: For lookups.
    OPTIONS = r"""
options:
  endpoint:
    description:
      - The URL of the API, without C(/notifications/v1). Any other path is kept, so a gateway in front of the
        API works.
      - Defaults to the environment variable E(CONFLUENT_CLOUD_ENDPOINT) or E(CONFLUENT_API_ENDPOINT), or else
        to V(https://api.confluent.cloud).
    type: str
  api_key:
    description:
      - The Cloud API key. Requires O(api_secret).
      - Without any other credentials, defaults to the environment variable E(CONFLUENT_CLOUD_API_KEY) or
        E(CONFLUENT_API_KEY).
      - O(api_key), O(api_token) and O(identity_pool_id) are mutually exclusive.
    type: str
  api_secret:
    description:
      - The secret of O(api_key).
      - Without any other credentials, defaults to the environment variable E(CONFLUENT_CLOUD_API_SECRET) or
        E(CONFLUENT_API_SECRET).
    type: str
  api_token:
    description:
      - An access token, which is sent as it is.
    type: str
  identity_pool_id:
    description:
      - The identity pool for which O(external_token) is exchanged for an access token.
    type: str
  external_token:
    description:
      - A token of your identity provider. It is exchanged for an access token, which is renewed before it
        expires.
      - Requires O(identity_pool_id).
    type: str
  validate_certs:
    description:
      - Whether to verify the server's certificate. V(false) also allows an endpoint without TLS on another
        machine.
    type: bool
    default: true
  ca_path:
    description:
      - Certificate authorities to trust instead of the usual ones, as the path of a PEM file or of a
        directory, or as PEM text.
    type: path
  client_cert:
    description:
      - The path of a client certificate in PEM, for gateways that require one. The file may contain the key
        as well.
    type: path
    version_added: 0.2.0
  client_key:
    description:
      - The path of the unencrypted key of O(client_cert) in PEM, if it is in a separate file.
    type: path
    version_added: 0.2.0
  proxy:
    description:
      - The URL of a proxy for all requests. It may contain a user and a password, so it is treated as a
        secret.
      - Defaults to the environment (E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY)).
    type: str
    version_added: 0.2.0
  user_agent:
    description:
      - A string that is appended to the C(User-Agent) header, such as V(platform-team/1.0).
    type: str
    version_added: 0.2.0
  timeout:
    description:
      - The maximum duration of one request, in seconds.
    type: int
    default: 30
  deadline:
    description:
      - The maximum number of seconds for all requests of the task, including waits and retries.
    type: int
    default: 300
requirements:
  - Python 3.9 or newer
  - requests >= 2.25.0
"""

    #: For modules. The annotation keeps the yamllint test of ansible-core 2.16 from reading an expression.
    DOCUMENTATION: str = (
        OPTIONS
        + r"""
notes:
  - With C(connection=local), or delegated to C(localhost), the module runs on the controller, and no managed
    host is needed. Otherwise it runs on each host of the play, which needs Python and C(requests).
  - Redirects are followed within the origin of the endpoint only. C(~/.netrc) is not read.
  - Set the connection options once with C(module_defaults) and the group
    C(group/ccloud.notifications.notifications).
"""
    )
