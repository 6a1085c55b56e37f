"""Odd requests beside the API: steering, the page, media and bare bytes; never a bug, never a log line."""

import json
import logging
import socket
from urllib.parse import quote

import pytest
from caller import Caller
from hypothesis import example, given, settings
from hypothesis import strategies as st

from threadsync.sandbox.faults import CALLS
from threadsync.sandbox.requests.table import ENDPOINTS
from threadsync.sandbox.server import SandboxServer

STEERED = ("clock", "reset", "requests", "faults", "accounts", "posts", "app", "usage", "numbers")
KEYS = (
    *("advance_s", "faults", "call", "nth", "fault", "options", "username", "token", "scopes"),
    *("expires_in_s", "redirect_uris", "is_user_id_text", "calls", "post", "keyword_search", "id"),
    *("views", "likes", "clicks", "votes", "demographics", "name", "biography", "followers_count"),
)
TELLING = (
    *(0, 1, -1, 1e308, 2**70, True, None, "", "sandbox", "SANDBOX", "*", "publish:1:drop-after"),
    *("create", "delay", "container-error", "threads_basic", "18000000000000001", "\ud800", "\x00"),
)
VALUES = st.recursive(
    st.sampled_from(TELLING) | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inside, max_size=3)
    ),
    max_leaves=6,
)
BODIES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5) | VALUES
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])


class Records(logging.Handler):
    def __init__(self):
        super().__init__()
        self.told = []

    def emit(self, record):
        self.told.append(self.format(record))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A caller without a token; a bug of the sandbox is logged, and so fails the test at its end."""
    records = Records()
    loggers = [logging.getLogger(name) for name in ("threadsync", "uvicorn", "asyncio")]
    for logger in loggers:
        logger.addHandler(records)
    with (
        SandboxServer(tmp_path_factory.mktemp("odd")) as server,
        Caller(server.base_url) as caller,
        Caller(server.base_url, "") as nobody,
    ):
        caller.published("cat")
        yield nobody
    for logger in loggers:
        logger.removeHandler(records)
    assert records.told == []


@given(METHODS, st.sampled_from(STEERED), BODIES)
@example("POST", "faults", {"call": "publish", "nth": 10**400, "fault": "delay"})
@example("POST", "faults", ["create:1:delay:1e400"])
@example("POST", "clock", {"advance_s": float("nan")})
@example("POST", "numbers", {"id": "9" * 5000})
@settings(max_examples=300)
def test_odd_steering_is_done_or_refused_with_words(world, method, what, body):
    content = json.dumps(body).encode()
    answer = world.request(method, f"/_sandbox/{what}", content=content)
    assert answer.status_code in {200, 400, 405}, answer.text
    if answer.status_code == 400:
        assert answer.json()["error"]
    world.delete("/_sandbox/faults")


@given(st.sampled_from(STEERED), st.binary(max_size=100))
@example("accounts", b"[" * 100_000)
@example("usage", b'{"calls": 1' + b"0" * 5_000 + b"}")
@example("faults", b"\xff\xfe")
@settings(max_examples=100)
def test_bodies_that_are_no_json_are_refused(world, what, content):
    answer = world.post(f"/_sandbox/{what}", content=content)
    assert answer.status_code in {200, 400, 405}, answer.text
    world.delete("/_sandbox/faults")


@given(
    st.dictionaries(
        st.sampled_from(["view", "account", "before", "post", "after", "username", "x"]),
        st.sampled_from(["", "0", "-1", "9" * 40, "containers", "requests", "sandbox", "é", "\x00"])
        | st.text(st.characters(exclude_categories=("Cs",)), max_size=10),
        max_size=4,
    ),
    st.sampled_from(["/", "/_sandbox/posts", "/_sandbox/requests", "/_sandbox/feed.css"]),
)
@settings(max_examples=150)
def test_odd_queries_of_what_is_shown(world, params, path):
    assert world.get(path, params=params).status_code in {200, 400}


@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=30),
    st.sampled_from(
        ["", "bytes=0-1", "bytes=5-1", "bytes=-0", "bytes=x", "bytes=0-1,3-9", "bytes="]
    ),
)
@example("../../world.sqlite3", "")
@example("x" * 5_000, "")
@settings(max_examples=100)
def test_odd_names_and_ranges_of_media(world, name, span):
    path = f"/_sandbox/media/{quote(name, safe='')}"
    assert world.put(path, content=b"12345").status_code in {200, 400, 404, 405}
    assert world.get(path, headers={"range": span}).status_code in {200, 206, 400, 404, 416}
    assert world.get(f"/_sandbox/pictures/{quote(name, safe='')}.svg").status_code in {200, 404}


# Not those that fetch, nor those that wait.
PATHS = sorted({(one.method, one.path) for one in ENDPOINTS})
PARTS = st.binary(max_size=40) | st.sampled_from(
    [b"SANDBOX", b"TEXT", b"me", b"true", b"[]", b"{}", b"\xff", b"\r\n--x\r\n", b"", b"1" * 5_000]
)
NAMES = st.sampled_from(
    ["access_token", "media_type", "text", "fields", "creation_id", "metric", "q", "username"]
) | st.text(max_size=5)


@given(st.sampled_from(PATHS), st.lists(st.tuples(NAMES, PARTS), max_size=5), st.booleans())
@settings(max_examples=300)
def test_odd_forms_get_an_answer_or_an_error_of_metas(world, endpoint, parts, is_whole):
    method, path = endpoint
    body = b"".join(
        b'--x\r\ncontent-disposition: form-data; name="' + name.encode("utf-8", "replace") + b'"'
        b"\r\n\r\n" + value + b"\r\n"
        for name, value in [("access_token", b"SANDBOX"), *parts]
    )
    answer = world.request(
        method,
        f"/{path.replace('{id}', 'me')}",
        content=body + b"--x--\r\n" * is_whole,
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code in {200, 302, 400, 500}
    assert answer.text != "a bug of the sandbox"


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\xff\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /\xff\xfe?a=\xff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /me/threads HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\nshort",
        b"POST /me/threads HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /me/threads HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nhost: evil.example\r\n\r\n",
        b"GET * HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \xff\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
    ids=range(10),
)
def test_bare_bytes_do_no_harm(world, raw):
    url = world.base_url
    with socket.create_connection((url.host, url.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass
    assert world.get("/_sandbox/clock").status_code == 200


def test_all_calls_can_be_struck(world):
    for call in CALLS:
        assert world.post("/_sandbox/faults", json=f"{call}:1:5xx").status_code == 200
    world.delete("/_sandbox/faults")
