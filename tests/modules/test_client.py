# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client over real HTTP, with injected faults and a fake clock."""

from __future__ import annotations

import base64
import http.server
import socket
import threading
import time

import pytest

from support.clock import FakeClock
from support.emulator import EXTERNAL_TOKEN, KEY, SECRET, Emulator, slack
from support.errors import raises

LIST = "/notifications/v1/integrations"
BODY = {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"}}


@pytest.fixture
def clock(emulator):
    return FakeClock(emulator)


@pytest.fixture
def connect(emulator, clock):
    """Creates clients, and closes them at the end."""
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.auth import ApiKey
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.client import Client
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import Connection

    clients = []

    def connect(credentials=None, **options):
        options = {"endpoint": emulator.url, "credentials": credentials or ApiKey(KEY, SECRET), **options}
        clients.append(Client(Connection(**options), clock=clock, jitter=lambda: 1.0))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def errors():
    from ansible_collections.ccloud.notifications.plugins.module_utils import _errors as errors

    return errors


# Connection


def test_connection_is_kept_alive(emulator, connect):
    client = connect()
    for _request in range(5):
        client.list(LIST)
    assert len({request["connection"] for request in emulator.requests()}) == 1


# Pages


def test_list_is_complete_and_read_in_pages_of_250(emulator, connect):
    emulator.reset(integrations=1000)
    objects = connect().list(LIST)
    assert objects == emulator.objects()
    first, *later = [request["query"] for request in emulator.requests()]
    assert first == {"page_size": "250"}
    assert len(later) == 4
    assert all("page_token" in query for query in later)


def test_later_pages_use_the_first_query_and_that_of_the_next_link(connect):
    """Contract: page_size is only valid on the first request. Next links may have any other parameters."""
    link = "https://elsewhere.example/v2?page_token=a%2Bb&cursor=x&cursor=y&empty="
    page = f'{{"data": [{{"id": "i-1"}}], "metadata": {{"next": "{link}"}}}}'.encode()
    with ScriptedServer(page, b'{"data": [{"id": "i-2"}], "metadata": {}}') as server:
        assert len(connect(endpoint=server.url).list(LIST, {"resource": "r"})) == 2
    assert server.requested == [
        f"{LIST}?resource=r&page_size=250",
        f"{LIST}?resource=r&page_token=a%2Bb&cursor=x&cursor=y&empty=",
    ]


def test_list_shorter_than_total_size_is_read_again(connect):
    incomplete = b'{"data": [{"id": "i-1"}], "metadata": {"total_size": 2}}'
    complete = b'{"data": [{"id": "i-1"}, {"id": "i-2"}], "metadata": {"total_size": 2}}'
    with ScriptedServer(incomplete, complete) as server:
        assert len(connect(endpoint=server.url).list(LIST)) == 2

    with ScriptedServer(incomplete) as server:
        client, warnings = connect(endpoint=server.url), []
        client._warn = warnings.append
        assert len(client.list(LIST)) == 1
        assert len(server.requested) == 2
    assert warnings == [
        "The list of integrations may be incomplete: the service counts 2 and lists 1, twice in a row."
    ]


@pytest.mark.parametrize("total", [b"0", b"-1", b"null", b'"9"', b"true", b"1.5", b"1"])
def test_unusable_total_size_is_ignored(connect, total):
    with ScriptedServer(b'{"data": [{"id": "i-1"}], "metadata": {"total_size": ' + total + b"}}") as server:
        connect(endpoint=server.url).list(LIST)
    assert len(server.requested) == 1


def test_pages_survive_insertions_and_deletions_between_them(emulator, connect):
    import requests

    emulator.reset(integrations=300)
    session = requests.Session()
    session.auth = (KEY, SECRET)
    first = session.get(f"{emulator.url}{LIST}", params={"page_size": 100}, timeout=5).json()
    session.delete(f"{emulator.url}{LIST}/{first['data'][50]['id']}", timeout=5)
    session.post(f"{emulator.url}{LIST}", json=BODY, timeout=5)

    ids, link = [obj["id"] for obj in first["data"]], first["metadata"].get("next")
    while link:
        page = session.get(link, timeout=5).json()
        ids += [obj["id"] for obj in page["data"]]
        link = page["metadata"].get("next")

    assert len(ids) == len(set(ids)) == 304
    assert {obj["id"] for obj in emulator.objects()} <= set(ids)


def test_next_link_to_another_host_receives_no_credentials(emulator, connect):
    emulator.reset(integrations=300)
    with Emulator.started() as other_host:
        emulator.fault("next-elsewhere", "GET", location=f"{other_host.url}{LIST}")
        objects = connect().list(LIST)
        assert len(objects) == 303
        assert other_host.requests() == []


def test_every_page_is_requested_through_the_gateway(emulator, connect):
    """Next links name the service itself. The gateway adds a path."""
    emulator.reset(integrations=300)
    paths = []

    class Gateway(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            import requests

            paths.append(self.path.partition("?")[0])
            response = requests.get(
                emulator.url + self.path.replace("/gateway", "", 1),
                headers={"Authorization": self.headers["Authorization"]},
                timeout=5,
            )
            self.send_response(response.status_code)
            self.send_header("Content-Length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        def log_message(self, *_arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        client = connect(endpoint=f"http://127.0.0.1:{server.server_port}/gateway")
        objects = client.list(LIST)
        client.close()
        server.shutdown()
    assert len(objects) == 303
    assert paths == [f"/gateway{LIST}"] * 2


def test_pagination_loop_is_an_error(emulator, connect, errors):
    emulator.reset(integrations=300)
    token = "bG9vcA"
    emulator.fault("next-loop", "GET", location=token)
    with pytest.raises(errors.NotificationsError):
        connect().list(LIST)


def test_action_is_retried_on_503_with_retry_after(emulator, connect, clock):
    emulator.fault("status", "POST", status=503, headers={"Retry-After": "3"})
    connect().call_action("POST", LIST + ":test", BODY)
    assert clock.sleeps == [3.0]
    assert len(emulator.deliveries()) == 1


def test_action_that_may_have_been_carried_out_before_its_last_attempt(emulator, connect, errors):
    emulator.fault("status", "POST", status=503, headers={"Retry-After": "3"})
    emulator.fault("status", "POST", status=400, body={"errors": [{"detail": "No."}]})
    with pytest.raises(errors.BadRequestError) as caught:
        connect().call_action("POST", LIST + ":test", BODY)
    assert caught.value.outcome_unknown


def test_request_waits_as_long_as_any_response_demands(connect, clock, monkeypatch):
    client = connect()
    client._not_before = client.now() + 2.0
    original = clock.sleep

    def sleep(seconds):
        if not clock.sleeps:  # another thread learns of a longer wait
            client._not_before += 5.0
        original(seconds)

    monkeypatch.setattr(clock, "sleep", sleep)
    client.list(LIST)
    assert sum(clock.sleeps) == pytest.approx(7.0)


def test_404_of_another_server_is_not_an_empty_lookup(emulator, connect, errors):
    body = {"status": 404, "error": "Not Found", "message": "No message available"}
    emulator.fault("status", "GET", "*:lookup", status=404, body=body)
    with pytest.raises(errors.NotFoundError) as caught:
        connect().look_up("/notifications/v1/resource-preferences:lookup", {"resource": "x"})
    assert not caught.value.is_from_api


def test_exchanged_token_is_a_credential(emulator, connect):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.auth import TokenExchange

    client = connect(TokenExchange("pool-12345", EXTERNAL_TOKEN))
    client.list(LIST)
    assert client._session.token_cache._token in client.credentials


@pytest.mark.parametrize(
    "headers", [{"Retry-After": "0"}, {"X-RateLimit-Reset": "0"}, {"Retry-After": "0.001"}]
)
def test_too_short_retry_after_does_not_flood_the_service(emulator, connect, errors, headers):
    emulator.fault("status", "GET", status=429, times=10_000, headers=headers)
    client = connect()
    with raises("rate_limited"):
        client.list(LIST)
    assert client.stats.requests < 25

    emulator.reset()
    emulator.fault("status", "GET", status=503, times=10_000, headers=headers)
    with raises("server_error"):
        connect().list(LIST)
    assert len(emulator.requests()) == 5


class RawServer:
    """Answers each connection with one of `responses`, byte for byte. A response is a list of pieces."""

    def __init__(self, *responses):
        listener = self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def serve():
            for pieces in responses:
                try:
                    connection, _peer = listener.accept()
                except OSError:
                    return  # closed: there were fewer connections than responses
                with connection:
                    connection.recv(65_536)
                    for piece in pieces:
                        try:
                            connection.sendall(piece)
                        except OSError:
                            break
                        time.sleep(0.02 if len(pieces) > 1 else 0)

        threading.Thread(target=serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._listener.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_slow_body_does_not_exceed_the_timeout(connect, errors):
    """Uses real time, because the arrival of bytes counts."""
    import time as real_time

    from ansible_collections.ccloud.notifications.plugins.module_utils._api.auth import ApiKey
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.client import Client
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import Connection

    slow_response = [OK + b"Content-Length: 1000\r\n\r\n", *[b" "] * 200]
    with RawServer(slow_response) as server:
        client = Client(Connection(ApiKey(KEY, SECRET), endpoint=server.url, timeout=0.2, deadline=0.2))
        start = real_time.monotonic()
        with pytest.raises(errors.NotificationsError):
            client.list(LIST)
        client.close()
        assert real_time.monotonic() - start < 2


@pytest.mark.parametrize(
    "response",
    [
        b"HTTP/1.1 201 Created\r\nContent-Length: 10, 20\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 303 See Other\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"",
    ],
)
def test_invalid_response_to_create_leaves_outcome_unknown(connect, errors, response):
    with RawServer([response]) as server, pytest.raises(errors.NotificationsError) as caught:
        connect(endpoint=server.url).create(LIST, BODY)
    assert caught.value.outcome_unknown is True


def test_informational_response_is_not_success(connect, errors):
    early = [b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"]
    with RawServer(*[early] * 5) as server, pytest.raises(errors.NotificationsError):
        connect(endpoint=server.url).delete(LIST, "i-1")


def test_lone_surrogates_are_replaced(connect):
    body = b'{"data": [{"id": "i-1", "display_name": "a\\ud800b \\ud83d\\ude00"}], "metadata": {}}'
    with ScriptedServer(body) as server:
        assert connect(endpoint=server.url).list(LIST) == [{"id": "i-1", "display_name": "a?b \U0001f600"}]


class ScriptedServer:
    """Answers requests with these bodies in order, and repeats the last one."""

    def __init__(self, *bodies, content_type="application/json"):
        script = list(bodies)
        requested = self.requested = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                requested.append(self.path)
                body = script.pop(0) if len(script) > 1 else script[0]
                self.send_response(200)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._server.shutdown()
        self._server.server_close()


NEXT = b'"metadata": {"next": "https://x/y?page_token=%s"}'


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ([b'{"data": [{"id": "i-1"}]}'], "it is unknown whether another page follows"),
        ([b'{"data": [{"id": "i-1"}], "metadata": null}'], "it is unknown whether another page follows"),
        (
            [b'{"data": [{"id": "i-1"}], "metadata": [{"next": "x"}]}'],
            "it is unknown whether another page follows",
        ),
        (
            [b'{"data": ' + b'[{"id": "i-1", "a": ' * 900 + b"1" + b"}]" * 900 + b"}"],
            "a body that is not the expected JSON",
        ),
        ([b'{"data": [], ' + NEXT % b"a" + b"}"], "leads back to an earlier page"),
        (
            [
                b'{"data": [{"id": "i-1"}], ' + NEXT % b"a" + b"}",
                b'{"data": [{"id": "i-1"}], "metadata": {}}',
            ],
            "both have 'i-1'",
        ),
        ([b'{"data": [], "metadata": {"next": "https://x/y"}}'], "has no page_token"),
        ([b'{"data": [], "metadata": {"next": 7}}'], "has no page_token"),
        ([b'{"data": [], "metadata": {"next": "https://[/?page_token=a"}}'], "has no page_token"),
        ([b'{"data": {}}'], "is not a list of objects"),
        ([b'{"data": [{"id": ""}]}'], "is not a list of objects"),
        ([b'{"data": [{"id": 5}]}'], "is not a list of objects"),
        ([b'{"data": [null]}'], "is not a list of objects"),
        ([b"[]"], "is not a list of objects"),
        ([b'"text"'], "is not a list of objects"),
        ([b"<html>"], "a body that is not the expected JSON"),
        ([b""], "a body that is not the expected JSON"),
        ([b"[" * 100_000], "a body that is not the expected JSON"),
    ],
)
def test_invalid_list_response_is_an_error(connect, errors, bodies, expected):
    with ScriptedServer(*bodies) as server, raises("invalid_response") as caught:
        connect(endpoint=server.url).list(LIST)
    assert expected in caught.value.message


@pytest.mark.parametrize("end", [b"{}", b'{"next": null}', b'{"next": ""}'])
def test_missing_or_empty_next_link_ends_the_list(connect, end):
    with ScriptedServer(b'{"data": [{"id": "i-1"}], "metadata": ' + end + b"}") as server:
        assert connect(endpoint=server.url).list(LIST) == [{"id": "i-1"}]


def test_list_with_too_many_pages_is_an_error(connect, errors, monkeypatch):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api import client

    monkeypatch.setattr(client, "MAX_PAGES", 3)
    pages = [b'{"data": [{"id": "i-%d"}], ' % n + NEXT % (b"t%d" % n) + b"}" for n in range(5)]
    with ScriptedServer(*pages) as server, raises("invalid_response", match="does not end after 3 pages"):
        connect(endpoint=server.url).list(LIST)


def test_response_over_the_size_limit_is_an_error(connect, errors, monkeypatch):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api import transport

    monkeypatch.setattr(transport, "BODY_LIMIT", 1024 * 1024)
    with (
        ScriptedServer(b" " * (2 * 1024 * 1024)) as server,
        raises("invalid_response", match="larger than 1 MiB"),
    ):
        connect(endpoint=server.url).list(LIST)


# Retries


TRANSIENT_FAULTS = [
    {"kind": "cut-before"},
    {"kind": "cut-after"},
    {"kind": "truncated"},
    *({"kind": "status", "status": status} for status in (408, 429, 500, 502, 503, 504)),
    {"kind": "html", "status": 502},
    {"kind": "html", "status": 200},
]


@pytest.mark.parametrize("fault", TRANSIENT_FAULTS)
def test_reads_are_retried(emulator, connect, fault):
    emulator.fault(method="GET", **fault)
    client = connect()
    assert len(client.list(LIST)) == 3
    assert client.stats.retries == 1


@pytest.mark.parametrize("fault", TRANSIENT_FAULTS)
def test_updates_and_deletes_are_retried(emulator, connect, fault):
    emulator.reset(integrations=[slack("ops")])
    object_id = emulator.made()["ops"]["id"]
    client = connect()

    emulator.fault(method="PATCH", **fault)
    assert client.update(LIST, object_id, {"description": "New"})["description"] == "New"

    if fault["kind"] not in ("cut-after", "truncated"):
        emulator.fault(method="DELETE", **fault)
        client.delete(LIST, object_id)
        assert emulator.made() == {}


@pytest.mark.parametrize(
    ("fault", "is_unknown"),
    [
        ({"kind": "cut-before"}, True),
        ({"kind": "cut-after"}, True),
        ({"kind": "truncated"}, True),
        ({"kind": "status", "status": 408}, True),
        ({"kind": "status", "status": 500}, True),
        ({"kind": "status", "status": 502}, True),
        ({"kind": "status", "status": 503}, True),
        ({"kind": "status", "status": 504}, True),
        ({"kind": "html", "status": 502}, True),
        ({"kind": "status", "status": 400}, False),
        ({"kind": "status", "status": 403}, False),
        ({"kind": "status", "status": 422}, False),
    ],
)
def test_create_that_may_have_been_executed_is_not_retried(emulator, connect, errors, fault, is_unknown):
    emulator.fault(method="POST", **fault)
    client = connect()
    with pytest.raises(errors.NotificationsError) as caught:
        client.create(LIST, BODY)
    assert caught.value.outcome_unknown is is_unknown
    assert client.stats.requests == 1


@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 429}, {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}}],
)
def test_create_that_was_not_executed_is_retried(emulator, connect, fault):
    emulator.fault(method="POST", **fault)
    connect().create(LIST, BODY)
    assert set(emulator.made()) == {"ops"}


def test_outcome_of_create_rejected_after_a_wait_is_known(emulator, connect, errors):
    emulator.fault("status", "POST", status=429, headers={"Retry-After": "1"})
    emulator.fault("status", "POST", status=422)
    with raises("bad_request") as caught:
        connect().create(LIST, BODY)
    assert caught.value.outcome_unknown is False


def test_outcome_stays_unknown_after_a_later_definite_error(emulator, connect, errors):
    emulator.reset(integrations=[slack("ops")])
    emulator.fault("cut-after", "PATCH")
    emulator.fault("status", "PATCH", status=403)
    with raises("forbidden") as caught:
        connect().update(LIST, emulator.made()["ops"]["id"], {"description": "x"})
    assert caught.value.outcome_unknown is True


def test_refused_connection_is_retried_for_every_method(connect, clock, errors):
    client = connect(endpoint="http://127.0.0.1:1")
    for request in (lambda: client.create(LIST, BODY), lambda: client.list(LIST)):
        clock.sleeps.clear()
        with raises("not_connected") as caught:
            request()
        assert caught.value.outcome_unknown is False
        # No sleep after the last attempt.
        assert clock.sleeps == [0.5, 1.0, 2.0, 4.0]


def test_waits_follow_the_response_headers(emulator, connect, clock):
    import email.utils

    emulator.fault("status", "GET", status=429, headers={"Retry-After": "7", "X-RateLimit-Reset": "9"})
    emulator.fault("status", "GET", status=429, headers={"X-RateLimit-Reset": "9"})
    date = email.utils.formatdate(clock.now() + 16 + 11, usegmt=True)
    emulator.fault("status", "GET", status=503, headers={"Retry-After": date})
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "soon"})
    connect().list(LIST)
    assert clock.sleeps == [7.0, 9.0, 11.0, 4.0]


def test_rate_limit_of_the_service_is_respected(emulator, connect, clock):
    emulator.reset(rate_limit=3, rate_window=20)
    client = connect()
    for _request in range(7):
        client.list(LIST)
    # The client waits before a request would be rejected.
    assert {request["status"] for request in emulator.requests()} == {200}
    assert sum(clock.sleeps) == pytest.approx(40, abs=2)
    assert client.stats.as_result(client.redactor)["rate_limit"] == {"limit": 3, "remaining": 2, "reset": 20}
    assert client.stats.as_result(client.redactor)["waits"] == [
        f"Waited {sum(clock.sleeps):.1f} s in 2 waits: the rate limit is exhausted."
    ]


def test_wait_that_would_exceed_the_deadline_ends_the_task(emulator, connect, clock, errors):
    emulator.fault("status", "GET", status=429, times=9, headers={"Retry-After": "40"})
    with raises("rate_limited") as caught:
        connect(deadline=100.0).list(LIST)
    assert clock.sleeps == [40.0, 40.0]
    expected = "(3 attempts over 80 s; the next attempt would be in 40 s, after the deadline of 100 s)"
    assert expected in caught.value.message


def test_nothing_is_sent_after_the_deadline(emulator, connect, clock, errors):
    client = connect(deadline=10.0)
    clock.advance(11)
    with raises("deadline_exceeded") as caught:
        client.create(LIST, BODY)
    assert caught.value.outcome_unknown is False
    assert emulator.requests() == []


def test_all_threads_wait_after_a_rate_limit_response(emulator, connect, clock):
    client = connect()
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "30"})
    sent_at = []
    original = clock.sleep

    def other_thread():
        client.list(LIST)
        sent_at.append(clock.monotonic())

    def sleep(seconds):
        if seconds == 30.0:
            thread = threading.Thread(target=other_thread)
            clock.sleep = original
            thread.start()
            thread.join()
        else:
            original(seconds)

    clock.sleep = sleep

    start = clock.monotonic()
    client.list(LIST)
    assert sent_at[0] >= start + 30


def test_timeout_limits_each_attempt(emulator, connect, errors):
    emulator.fault("delay", "GET", delay_ms=5_000, times=5)
    with raises("timed_out", match=r"no response in 5 attempts over 8 s \(timeout 0.05 s, deadline 300 s\)"):
        connect(timeout=0.05).list(LIST)


def test_outcome_of_timed_out_create_is_unknown(emulator, connect, errors):
    emulator.fault("delay", "POST", delay_ms=5_000)
    with raises("timed_out") as caught:
        connect(timeout=0.05).create(LIST, BODY)
    assert caught.value.outcome_unknown is True


# Credentials


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_never_leave_the_origin(emulator, connect, errors, status):
    with Emulator.started() as other_host:
        emulator.fault("redirect", "*", status=status, location=f"{other_host.url}{LIST}", times=2)
        client = connect()

        with raises("invalid_response", match="unexpected redirect"):
            client.list(LIST)
        with raises("invalid_response") as caught:
            client.create(LIST, BODY)
        # The service may have executed the request before it redirected.
        assert caught.value.outcome_unknown is True
        assert other_host.requests() == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_reads_follow_redirects_within_the_origin(emulator, connect, status):
    emulator.fault("redirect", "GET", status=status, location=LIST + "?page_size=250", times=3)
    client = connect()
    assert len(client.list(LIST)) == 3
    assert client.stats.requests == 4
    assert {request["authorization"] for request in emulator.requests()} == {"Basic"}


@pytest.mark.parametrize(
    ("status", "follows"), [(301, False), (302, False), (303, False), (307, True), (308, True)]
)
def test_writes_follow_only_redirects_that_keep_the_method(emulator, connect, errors, status, follows):
    emulator.fault("redirect", "POST", status=status, location=LIST)
    client = connect()
    if follows:
        assert client.create(LIST, BODY)["display_name"] == "ops"
    else:
        with raises("invalid_response"):
            client.create(LIST, BODY)
    assert set(emulator.made()) == ({"ops"} if follows else set())


@pytest.mark.parametrize(
    "location",
    [None, "", "//evil.example/x", "http://u:p@127.0.0.1/", "http://127.0.0.1:1/", "ftp://x/", "http://["],
)
def test_redirect_that_cannot_be_followed_is_an_error(emulator, connect, errors, location):
    emulator.fault(
        "status", "GET", status=307, headers={} if location is None else {"Location": location}, times=9
    )
    with raises("invalid_response", match="unexpected redirect"):
        connect().list(LIST)


def test_redirect_loop_is_an_error(emulator, connect, errors):
    emulator.fault("redirect", "GET", location=LIST, times=99)
    with raises("invalid_response", match="at most 3"):
        connect().list(LIST)
    assert len(emulator.requests()) == 4


def test_netrc_is_ignored(emulator, connect, tmp_path, monkeypatch):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.auth import TokenExchange

    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    connect().list(LIST)
    connect(TokenExchange("pool-1", EXTERNAL_TOKEN)).list(LIST)
    assert [request["authorization"] for request in emulator.requests()] == ["Basic", None, "Bearer"]
    assert {request["status"] for request in emulator.requests()} == {200}


def test_ca_bundle_variables_do_not_override_validate_certs(emulator, connect, monkeypatch, tmp_path):
    """Checked at the transport: ``verify`` is the one of the connection."""
    import requests

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "bundle.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path / "bundle.pem"))
    verify_values = []
    original = requests.adapters.HTTPAdapter.send

    def send(self, request, **options):
        verify_values.append(options["verify"])
        return original(self, request, **options)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    connect(verify=False).list(LIST)
    connect(verify="/own/bundle.pem").list(LIST)
    assert verify_values == [False, "/own/bundle.pem"]


def test_cookies_are_not_kept(emulator, connect):
    emulator.fault("status", "GET", status=500, headers={"Set-Cookie": "session=1; Path=/"})
    client = connect()
    client.list(LIST)
    assert len(client._session.http.cookies) == 0


# Token exchange


@pytest.fixture
def exchange(connect):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.auth import TokenExchange

    return lambda token=EXTERNAL_TOKEN, **options: connect(TokenExchange("pool-12345", token), **options)


def test_token_is_exchanged_once(emulator, exchange):
    client = exchange()
    for _request in range(3):
        client.list(LIST)
    lines = emulator.lines()
    assert lines == ["POST /sts/v1/oauth2/token -> 200"] + ["GET /integrations -> 200"] * 3


def test_token_is_renewed_before_it_expires(emulator, exchange, clock):
    emulator.reset(token_lifetime=300)
    client = exchange(deadline=10_000.0)
    for _request in range(4):
        client.list(LIST)
        clock.sleep(150)
    assert {request["status"] for request in emulator.requests()} == {200}
    assert sum("token" in request["path"] for request in emulator.requests()) == 2


def test_short_lived_token_is_renewed_at_half_its_lifetime(emulator, exchange, clock):
    emulator.reset(token_lifetime=10)
    client = exchange()
    client.list(LIST)
    clock.sleep(6)
    client.list(LIST)
    assert {request["status"] for request in emulator.requests()} == {200}


def test_rejected_token_is_renewed_once(emulator, exchange):
    client = exchange()
    client.list(LIST)
    emulator.fault("status", "POST", "*/integrations", status=401)
    client.create(LIST, BODY)
    assert set(emulator.made()) == {"ops"}

    emulator.fault("status", "GET", status=401, times=2)
    with raises("unauthenticated"):
        client.list(LIST)


def test_rejected_token_exchange_is_explained(emulator, exchange, errors):
    with raises("bad_request") as caught:
        exchange("another-users-token").list(LIST)
    assert caught.value.message.startswith("Could not exchange the external token for an access token: ")
    assert caught.value.code == "invalid_grant"
    assert "Check `external_token`, which may have expired" in caught.value.message
    assert "another-users-token" not in caught.value.message


def test_token_exchange_is_retried_and_its_failure_is_definite(emulator, exchange, errors):
    emulator.fault("status", "POST", "*/token", status=500)
    client = exchange()
    client.list(LIST)
    assert client.stats.retries == 1

    emulator.fault("cut-after", "POST", "*/token", times=9)
    with raises("connection_lost") as caught:
        exchange().create(LIST, BODY)
    assert caught.value.outcome_unknown is False


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"access_token": 5, "expires_in": 5},
        {"access_token": "t"},
        {"access_token": "t\n", "expires_in": 5},
        {"access_token": "t", "expires_in": True},
        ["t"],
    ],
)
def test_invalid_token_exchange_response_is_an_error(emulator, exchange, errors, body):
    emulator.fault("status", "POST", "*/token", status=200, body=body)
    with raises("invalid_response", match="lacks a valid access_token"):
        exchange().list(LIST)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 418, 422, 429, 500, 502, 503, 504])
def test_any_token_exchange_failure_ends_the_task(emulator, exchange, errors, status):
    """Regression: a 401 from the exchange waited for a lock that its own thread held."""
    emulator.fault("status", "POST", "*/token", status=status, times=10_000)
    client = exchange()
    failures = []

    def read():
        with pytest.raises(errors.NotificationsError) as caught:
            client.list(LIST)
        failures.append(caught.value.status)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(10)
    assert failures == [status]
    assert {request["path"] for request in emulator.requests()} == {"/sts/v1/oauth2/token"}


# Cancellation


def test_cancel_ends_waits_and_requests_and_prevents_new_ones(emulator, errors):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.auth import ApiKey
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.client import Client
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import Connection

    client = Client(Connection(ApiKey(KEY, SECRET), endpoint=emulator.url))
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "60"})
    emulator.fault("delay", "POST", delay_ms=20_000)
    error_types = []

    def attempt(request):
        with pytest.raises(errors.NotificationsError) as caught:
            request()
        error_types.append(caught.value.type)

    create = threading.Thread(target=attempt, args=[lambda: client.create(LIST, BODY)])
    create.start()
    while not any(request["method"] == "POST" for request in emulator.requests()):
        pass
    read = threading.Thread(target=attempt, args=[lambda: client.list(LIST)])
    read.start()
    while not client.stats.waits:
        pass

    start = time.monotonic()
    client.cancel()
    create.join()
    read.join()
    attempt(lambda: client.delete(LIST, "i-1"))
    client.close()

    assert time.monotonic() - start < 1
    assert error_types == ["canceled"] * 3
    assert client.stats.requests == 2


def test_orphaned_task_sends_nothing_more(emulator, connect, errors):
    client = connect()
    client.list(LIST)
    client._is_orphaned = lambda: True
    with raises("canceled"):
        client.list(LIST)
    assert len(emulator.requests()) == 1


def test_timed_out_requests_leave_no_thread_or_socket(emulator, connect, errors):
    import psutil

    process = psutil.Process()
    emulator.fault("delay", "GET", delay_ms=3_000, times=99)
    client = connect(timeout=0.02)
    threads, sockets = threading.active_count(), len(process.net_connections())
    with raises("timed_out"):
        client.list(LIST)
    assert threading.active_count() == threads
    assert len(process.net_connections()) <= sockets


# Proxies


class RefusingProxy(RawServer):
    """A proxy that refuses every CONNECT request."""

    def __init__(self, status, count=1):
        super().__init__(*[[f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()]] * count)


@pytest.mark.parametrize(("status", "retries"), [(403, 0), (407, 0), (502, 4)])
def test_refused_proxy_tunnel_means_nothing_was_sent(connect, errors, monkeypatch, status, retries):
    with RefusingProxy(status, 5) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//someone:pr0xy-secret@"))
        client = connect(endpoint="https://api.example")
        with raises("not_connected", match=f"the proxy did not open a connection .*{status}") as caught:
            client.create(LIST, BODY)
    assert caught.value.outcome_unknown is False
    assert client.stats.retries == retries
    assert "pr0xy-secret" not in client.redactor.redact(caught.value.message + " pr0xy-secret")


@pytest.mark.parametrize("proxy", ["http://u:p@", "http://", "http://[", "nonsense://x"])
def test_unusable_proxy_is_a_clear_error(connect, errors, monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with raises("invalid_option") as caught:
        connect(endpoint="https://api.example").list(LIST)
    assert "`proxy` or HTTPS_PROXY and HTTP_PROXY" in caught.value.message
    assert "u:p" not in caught.value.message


# Foreign text


@pytest.mark.parametrize(
    "status_line", [b"HTTP/1.1 200 " + b"x" * 60_000, b"y" * 60_000, b"\x1b[31mok: [prod]\rok: [prod]"]
)
def test_invalid_status_line_is_shortened_to_one_line(connect, errors, status_line):
    with (
        RawServer(*[[status_line + b"\r\n\r\n"]] * 5) as server,
        pytest.raises(errors.NotificationsError) as caught,
    ):
        connect(endpoint=server.url).list(LIST)
    assert len(caught.value.message) < 4_500
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("words", ["CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER"])
def test_status_line_cannot_make_a_write_look_unsent(connect, errors, words):
    with RawServer([f"HTTP/1.1 {words}\r\n\r\n".encode()]) as server, raises("connection_lost") as caught:
        connect(endpoint=server.url).create(LIST, BODY)
    assert caught.value.outcome_unknown is True


def test_users_are_distinguished_without_revealing_tokens(connect):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.auth import (
        ApiToken,
        TokenExchange,
    )

    users = {
        connect(credentials).user
        for credentials in (
            None,
            ApiToken("token-a"),
            ApiToken("token-b"),
            TokenExchange("pool-1", "external"),
        )
    }
    assert len(users) == 4
    assert "token" not in "".join(users)


def test_endless_chunk_size_line_uses_little_memory(connect, errors):
    """urllib3 1.26 would read such a line into memory without limit."""
    import tracemalloc

    endless = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 30_000_000]
    tracemalloc.start()
    with RawServer(*[endless] * 5) as server, pytest.raises(errors.NotificationsError):
        connect(endpoint=server.url).list(LIST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 35_000_000  # the server itself needs 30 MB


def test_urllib3_does_not_log_client_requests(connect, errors, caplog):
    """urllib3 logs headers that it cannot parse, and Ansible writes them to its log file."""
    import logging

    response = b"HTTP/1.1 200 OK\r\n Echo: " + SECRET.encode() + b"\r\nContent-Length: 2\r\n\r\n{}"
    with (
        caplog.at_level(logging.DEBUG),
        RawServer(*[[response]] * 5) as server,
        pytest.raises(errors.NotificationsError),
    ):
        connect(endpoint=server.url).list(LIST)
    assert [record.name for record in caplog.records if record.name.startswith("urllib3")] == []
    logging.getLogger("urllib3.connectionpool").warning("from another library")
    assert "from another library" in caplog.text


# Errors


@pytest.mark.parametrize("envelope", ["errors", "error"])
def test_error_has_detail_and_request_id(emulator, connect, errors, envelope):
    emulator.reset(error_envelope=envelope)
    with raises("not_found") as caught:
        connect().update(LIST, "i-nope", {"description": "x"})
    error = caught.value
    prefix = "Not Found: " if envelope == "error" else ""
    assert error.as_result() == {
        "type": "not_found",
        "operation": "",
        "status": 404,
        "code": "RESOURCE_NOT_FOUND" if envelope == "error" else "resource_not_found",
        "detail": f"{prefix}The Integration 'i-nope' does not exist, or you may not see it.",
        "pointer": None,
        "request_id": emulator.requests()[-1]["request_id"],
        "error_ids": error.as_result()["error_ids"],
    }


def test_https_to_an_http_port_fails_at_once_with_a_hint(emulator, connect, errors, clock):
    with raises("not_connected", match="does not speak TLS") as caught:
        connect(endpoint=emulator.url.replace("http:", "https:")).list(LIST)
    assert "Check the scheme and the port of the endpoint." in caught.value.message
    assert clock.sleeps == []


@pytest.mark.parametrize(
    ("send", "expected"),
    [
        (lambda client: client.list(LIST), "The credentials are not allowed to read this."),
        (
            lambda client: client.create(LIST, BODY),
            "The credentials are not allowed to write. Writing requires the role",
        ),
        (
            lambda client: client.delete(LIST, "i-1"),
            "The service may also respond like this if the object does not exist",
        ),
    ],
)
def test_403_names_the_missing_permission(emulator, connect, errors, send, expected):
    emulator.fault("status", status=403)
    with raises("forbidden") as caught:
        send(connect())
    assert expected in caught.value.message


def test_secret_is_redacted_in_every_error_field(emulator, connect, errors):
    url = "https://hooks.slack.example/services/topsecret"
    error = {
        "code": f"bad {SECRET}",
        "detail": "x" * 1990 + SECRET,
        "source": {"pointer": url.replace("/", "\\/")},
    }
    headers = {"X-Request-Id": SECRET, "Location": f"https://x.example/{SECRET}"}
    emulator.fault("status", "POST", status=409, headers=headers, body={"errors": [error]})
    client = connect()

    with raises("conflict") as caught:
        client.create(LIST, BODY)
    client.redactor.add(url)
    redacted = [
        client.redactor.redact(str(value))
        for value in (caught.value.message, *caught.value.as_result().values())
    ]
    output = f"{redacted} {client.stats.as_result(client.redactor)}"
    assert SECRET[:8] not in output
    assert "topsecret" not in output


def test_secret_echoed_by_the_service_is_redacted(emulator, connect, errors):
    url = "https://hooks.slack.example/services/T0/topsecret"
    encoded = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    integration_url = f"{emulator.url}/notifications/v1/integrations/i-1"
    detail = f"cannot use {url} nor {SECRET} nor {encoded}, see {integration_url}"
    body = {"errors": [{"status": "400", "detail": detail}]}
    emulator.fault("status", "POST", status=400, body=body)
    client = connect()
    with raises("bad_request") as caught:
        client.create(LIST, BODY)

    expected = f"cannot use https://******** nor ******** nor ********, see {integration_url}"
    assert client.redactor.redact(caught.value.detail) == expected


@pytest.mark.parametrize(
    "object_id", ["../subscriptions/s-1?x#y", "{{ x }}", "..", "a b", "", "i-1\n", "i" * 256]
)
def test_invalid_id_is_never_part_of_a_path(emulator, connect, errors, object_id):
    with raises("invalid_option", match="is not a valid ID"):
        connect().delete(LIST, object_id)
    assert emulator.requests() == []


def test_unusable_endpoint_is_an_invalid_option(connect, errors):
    with raises("invalid_option", match="no request can be made"):
        connect(endpoint="http://a..b").list(LIST)


@pytest.mark.parametrize("body", [{"id": "i-other"}, {}, [], None])
def test_response_about_another_object_is_invalid(emulator, connect, errors, body):
    emulator.reset(integrations=[slack("ops")])
    [ops] = (obj for obj in emulator.objects() if obj["display_name"] == "ops")
    for method in ("GET", "PATCH"):
        emulator.fault("status", method, status=200, body=body, times=5)
    with raises("invalid_response"):
        connect().read(LIST, ops["id"])
    with raises("invalid_response") as caught:
        connect().update(LIST, ops["id"], {"description": "x"})
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("body", [{}, [], "6", {"severities": []}])
def test_summary_without_count_is_invalid(emulator, connect, errors, body):
    emulator.fault("status", "GET", status=200, body=body, times=5)
    with raises("invalid_response"):
        connect().get_summary("/notifications/v1/user-notifications:summary", "unread_count")


@pytest.mark.parametrize(
    "start", [b"H", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"]
)
def test_trickling_response_times_out(connect, errors, start):
    """Every byte arrives in time, so a timeout for a single read never ends it."""
    stop = threading.Event()

    def trickle(listener):
        connection, _address = listener.accept()
        connection.sendall(start)
        while not stop.wait(0.02):
            connection.sendall(b"a: b\r\n" if start.endswith(b"\n") else b"x")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=trickle, args=(listener,))
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with raises("timed_out") as caught:
                connect(endpoint=url, timeout=0.1).create(LIST, {})
        finally:
            stop.set()
            thread.join()
    assert caught.value.outcome_unknown


def test_compressed_response_is_rejected(emulator, connect, errors):
    headers = {"Content-Encoding": "gzip, gzip"}
    emulator.fault("status", "GET", status=200, headers=headers, body={"data": []}, times=9)
    with raises("invalid_response", match="the response is compressed"):
        connect().list(LIST)


def test_credentials_echoed_as_request_id_are_redacted(connect, errors):
    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b'{"data": [], "metadata": 5}'
            self.send_response(200)
            self.send_header("X-Request-Id", self.headers["Authorization"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        client = connect(endpoint=f"http://127.0.0.1:{server.server_port}")
        with raises("invalid_response") as caught:
            client.list(LIST)
        server.shutdown()
    assert client.redactor.redact(caught.value.request_id) == "Basic ********"
    assert client.stats.as_result(client.redactor)["request_ids"] == ["Basic ********"]
