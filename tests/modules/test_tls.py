# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS options against a TLS server that may require a client certificate, and the proxy options."""

from __future__ import annotations

import contextlib
import http.server
import ssl
import threading

import pytest
import trustme

CREDENTIALS = {"api_key": "key", "api_secret": "secret-of-the-key"}
EMPTY_LIST = b'{"data": [], "metadata": {}}'


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every request with an empty list, and records the requests."""

    def do_GET(self):
        self.server.received.append((self.path, dict(self.headers)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(EMPTY_LIST)))
        self.end_headers()
        self.wfile.write(EMPTY_LIST)

    def log_message(self, *_arguments):
        pass


@contextlib.contextmanager
def run_server(context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.received = []
    server.handle_error = lambda *_arguments: None  # some tests cause failing handshakes
    scheme = "http"
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    server.url = f"{scheme}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def certificates(authority, tmp_path_factory):
    """The paths of PEM files: the authority, and a client certificate with its key, together and separate."""
    folder = tmp_path_factory.mktemp("certificates")
    client = authority.issue_cert("client@example.org")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    client.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    client.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    client.private_key_pem.write_to_path(folder / "key.pem")
    return folder


@pytest.fixture
def server(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with run_server(context) as server:
        yield server


@pytest.fixture
def mutual_tls_server(authority):
    """A server that only accepts clients with a certificate of its own authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with run_server(context) as server:
        yield server


def test_certificate_of_unknown_authority_is_rejected(run, server):
    result = run.fails("integration_info", endpoint=server.url, **CREDENTIALS)
    assert result["error"]["type"] == "untrusted_certificate"
    assert "Set `ca_path` to the certificate authority that signed it." in result["msg"]
    assert server.received == []


def test_ca_path_accepts_a_path_or_pem_text(run, server, certificates):
    path = certificates / "ca.pem"
    for ca_path in (str(path), path.read_text()):
        run.ok("integration_info", endpoint=server.url, ca_path=ca_path, **CREDENTIALS)
    assert len(server.received) == 2


def test_ca_path_replaces_the_default_authorities(run, server):
    other = trustme.CA().cert_pem.bytes().decode()
    result = run.fails("integration_info", endpoint=server.url, ca_path=other, **CREDENTIALS)
    assert result["error"]["type"] == "untrusted_certificate"


def test_invalid_pem_text_is_rejected_before_any_request(run, server):
    pem_text = "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"
    result = run.fails("integration_info", endpoint=server.url, ca_path=pem_text, **CREDENTIALS)
    assert result["msg"].startswith("Could not connect: `ca_path` is not a bundle of certificate authorities")
    assert server.received == []


@pytest.mark.parametrize(
    "names", [{"client_cert": "both.pem"}, {"client_cert": "cert.pem", "client_key": "key.pem"}]
)
def test_client_certificate_is_sent_to_a_server_that_requires_it(run, mutual_tls_server, certificates, names):
    options = {option: str(certificates / name) for option, name in names.items()}
    trust = {"ca_path": str(certificates / "ca.pem")}
    run.ok("integration_info", endpoint=mutual_tls_server.url, **trust, **options, **CREDENTIALS)

    result = run.fails("integration_info", endpoint=mutual_tls_server.url, **trust, **CREDENTIALS)
    assert result["error"]["type"] in ("connection_lost", "not_connected")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"client_key": "/key.pem"}, "`client_key` is set without `client_cert`. Set both, or neither."),
        ({"client_cert": "/no/such.pem"}, "cannot be loaded (No such file or directory)"),
        ({"client_cert": __file__}, "cannot be loaded"),
    ],
)
def test_invalid_client_certificate_is_rejected_before_any_request(run, server, options, expected):
    result = run.fails("integration_info", endpoint=server.url, **options, **CREDENTIALS)
    assert expected in result["msg"]
    assert server.received == []


def test_requests_go_through_the_proxy(run, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with run_server() as proxy:
        proxy_url = proxy.url.replace("http://", "http://user:s3cret-of-the-proxy@")
        endpoint = "http://localhost:1/gateway"  # nothing listens on this port
        result = run.ok("integration_info", endpoint=endpoint, proxy=proxy_url, **CREDENTIALS)
    [(path, headers)] = proxy.received
    assert path.startswith("http://localhost:1/gateway/notifications/v1/integrations?")
    assert headers["Proxy-Authorization"].startswith("Basic ")
    assert "s3cret" not in str(result)


@pytest.mark.parametrize("proxy", ["proxy.example:3128", "ftp://s3cret-of-the-proxy@host", "http://"])
def test_invalid_proxy_is_rejected_without_showing_it(run, proxy):
    result = run.fails("integration_info", proxy=proxy, **CREDENTIALS)
    assert result["msg"].startswith("Could not connect: `proxy` is not an http, https, socks5 or socks5h URL")
    assert "s3cret" not in str(result)


def test_a_socks_proxy_without_its_package_names_package_and_machine(run):
    result = run.fails("integration_info", proxy="socks5h://127.0.0.1:9", **CREDENTIALS)
    assert "a SOCKS proxy needs the Python package PySocks, which is missing" in result["msg"]
    assert "python -m pip install pysocks" in result["msg"]


def test_user_agent_option_is_appended(run, emulator):
    run.ok("integration_info", user_agent="platform-team/1.0")
    assert emulator.requests()[0]["user_agent"].endswith(" ansible-core/2.99.0 platform-team/1.0")


@pytest.mark.parametrize("user_agent", ["a\r\nX-Evil: 1", "é", "x" * 257])
def test_user_agent_cannot_add_headers(run, emulator, user_agent):
    assert "`user_agent` is longer than" in run.fails("integration_info", user_agent=user_agent)["msg"]
    assert emulator.requests() == []
