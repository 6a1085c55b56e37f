"""Calls over real HTTP: what is sent, what is sent again, what it means when no answer comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from builders import NOON
from scripted_server import (
    CLOSED,
    SILENCE,
    Reply,
    graph_error,
    scripted_server,
    unused_url,
)

from threadsync import errors
from threadsync.api import API, Credentials, Post
from threadsync.api.types import Created
from threadsync.api.wire import Call, answer_of

pytestmark = pytest.mark.anyio

TOKEN = "THAAsecret"
OK = Reply({"id": "5"})
READ = Call("read", "GET", "x", answer_of(Created))
HTML = Reply(b"<html>Bad gateway</html>", 502, {"Content-Type": "text/html"})
EMPTY = Reply(b"", 500)
BUSY = graph_error(4, status=429)

ONCE = {
    "publish": lambda api: api.publish_container("1"),
    "delete": lambda api: api.delete("1"),
    "repost": lambda api: api.repost("1"),
    "auto": lambda api: api.create(Post(media_type="TEXT", text="x", auto_publish_text=True)),
}
"""Every call that must not be sent twice."""
AGAIN = {
    "create": lambda api: api.create_container("x"),
    "read": lambda api: api.thread("1"),
    "hide": lambda api: api.manage_reply("1", hide=True),
}
AMBIGUOUS = [
    CLOSED,
    HTML,
    EMPTY,
    graph_error(2, status=500),
    graph_error(status=500),  # without a code
    graph_error(2, status=200),
    Reply({"id": "5", "error": {"code": 100, "message": "no"}}, 400),  # done and refused at once
    Reply(b"x"),
]


@pytest.fixture
def server():
    with scripted_server() as running:
        yield running


@pytest.fixture
def client(server, clock):
    return client_of(server.url, clock)


def client_of(url, clock):
    """Makes a client of the server at `url`, whose time stands still but for what it waits."""

    def make(base_url=url, session=None, **values):
        known = Credentials("1", [], False, TOKEN, NOON + timedelta(days=9))
        return API(
            replace(known, **values),
            session,
            base_url=base_url,
            sleep=clock.sleep,
            clock=clock,
            jitter=lambda: 0.5,
        )

    return make


async def raised(call):
    with pytest.raises(errors.ApiError) as caught:
        await call
    return caught.value


# --- what is sent ---------------------------------------------------------------------------------


async def test_the_token_is_in_the_header_alone(server, client):
    server.script = [OK, OK]
    async with client() as api:
        await api.create_container("Hi")
        await api.thread("5", fields=["id", "text"])
    made, read = server.requests
    assert made.headers["authorization"] == read.headers["authorization"] == f"Bearer {TOKEN}"
    assert (made.query, made.form) == ({}, {"media_type": "TEXT", "text": "Hi"})
    assert (read.query, read.form) == ({"fields": "id,text"}, {})
    assert server.asked == ["POST /v1.0/me/threads", "GET /v1.0/5"]


async def test_text_is_sent_as_it_is(server, client):
    text = "a+b & ü “c”\n👋 100% \t=;"
    server.script = [OK, Reply({"data": []})]
    async with client() as api:
        await api.create_container(text)
        await api.keyword_search(text)
    assert server.requests[0].form["text"] == server.requests[1].query["q"] == text


@pytest.mark.parametrize("given", ["a/b", "a?b", "5#x", "5&x=1", "ü", "a\ud800"])
async def test_an_id_is_one_segment_of_the_path(server, client, given):
    server.script = [OK]
    async with client() as api:
        await api.thread(given)
    (request,) = server.requests
    assert request.path.count("/") == 2
    assert list(request.query) == ["fields"]


@pytest.mark.parametrize("given", ["", ".", ".."])
async def test_what_is_no_id_is_not_sent(server, client, given):
    async with client() as api:
        for call in (api.thread, api.delete, api.repost):
            assert isinstance(await raised(call(given)), errors.InvalidParameterError)
    assert server.requests == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda api: api.create_container("a\ud800"), "half of a surrogate pair"),
        (lambda api: api.keyword_search("x" * 70_000), "more than an address can hold"),
        (lambda api: api.keyword_search("\udcff"), "half of a surrogate pair"),
    ],
)
async def test_what_cannot_be_sent_is_refused(server, client, call, words):
    async with client() as api:
        with pytest.raises(errors.InvalidParameterError, match=words):
            await call(api)
    assert server.requests == []


async def test_embeds_need_no_token(server, client):
    server.script = [Reply({"html": "<p>"})]
    async with client(expiration=NOON) as api:
        assert (await api.oembed("https://www.threads.com/t/x")).html == "<p>"
    assert server.requests[0].headers["authorization"] is None


# --- again or not ---------------------------------------------------------------------------------


@pytest.mark.parametrize("call", AGAIN.values(), ids=AGAIN)
@pytest.mark.parametrize("bad", [*AMBIGUOUS[:4], BUSY, Reply(b"", 429)])
async def test_what_does_no_harm_is_repeated(server, client, clock, call, bad):
    server.script = [bad, bad, Reply({"id": "5", "success": True})]
    async with client() as api:
        await call(api)
    assert len(server.requests) == 3
    assert clock.slept_s == [0.5, 1]


async def test_tries_end(server, client, clock):
    server.script = [HTML] * 9
    async with client() as api:
        assert type(await raised(api.thread("1"))) is errors.TemporaryError
    assert len(server.requests) == 5
    assert clock.slept_s == [0.5, 1, 2, 4]


@pytest.mark.parametrize("call", ONCE.values(), ids=ONCE)
@pytest.mark.parametrize("bad", AMBIGUOUS)
async def test_what_must_not_be_sent_twice_is_in_doubt(server, client, clock, call, bad):
    server.script = [bad, OK]
    async with client() as api:
        assert type(await raised(call(api))) is errors.AmbiguousError
    assert (len(server.requests), clock.slept_s) == (1, [])


@pytest.mark.parametrize("call", ONCE.values(), ids=ONCE)
@pytest.mark.parametrize("bad", [BUSY, graph_error(190), graph_error(24, 4279009)])
async def test_what_was_refused_is_not_sent_twice_either(server, client, clock, call, bad):
    server.script = [bad, OK]
    async with client() as api:
        assert isinstance(await raised(call(api)), errors.RejectedError)
    assert (len(server.requests), clock.slept_s) == (1, [])


@pytest.mark.parametrize("call", ONCE.values(), ids=ONCE)
async def test_a_connection_closed_at_once_is_a_doubt(server, client, call):
    server.reads_first = False
    async with client() as api:
        assert type(await raised(call(api))) is errors.AmbiguousError
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("call", "kind"),
    [(READ, errors.TemporaryError), (replace(READ, is_repeatable=False), errors.AmbiguousError)],
)
async def test_an_answer_that_comes_too_late(server, client, call, kind):
    server.script = [SILENCE] * 5
    async with client() as api:
        error = await raised(api.send(replace(call, timeout_s=0.05)))
    assert type(error) is kind
    assert "no answer to 'read' from 127.0.0.1" in str(error)


@pytest.mark.parametrize("call", [*ONCE.values(), *AGAIN.values()])
async def test_refused_connections_have_sent_nothing(client, call):
    async with client(unused_url()) as api:
        error = await raised(call(api))
    assert type(error) is errors.NotSentError
    assert "did not reach 127.0.0.1" in str(error)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(server, client, status):
    server.script = [Reply(b"", status, {"Location": f"{server.url}/other"}), OK]
    async with httpx.AsyncClient(follow_redirects=True) as session:
        error = await raised(client(session=session).publish_container("1"))
    assert (type(error), len(server.requests)) == (errors.AmbiguousError, 1)


async def test_a_publish_that_outlives_the_token_stays_in_doubt(server, client, clock):
    class Late(httpx.AsyncBaseTransport):
        async def handle_async_request(self, _request):
            clock.advance(seconds=222)
            return httpx.Response(500, json={"error": {"code": 2, "message": TOKEN}})

    async with httpx.AsyncClient(transport=Late()) as session:
        api = client(session=session, expiration=NOON + timedelta(seconds=100))
        error = await raised(api.publish_container("1"))
    assert type(error) is errors.AmbiguousError
    assert TOKEN not in str(error)


@pytest.mark.parametrize(
    "headers",
    [
        {"Date": "Sun, 22 Nov 99999999999999999999 12:00:00 GMT"},
        {"Retry-After": "Fri, 31 Dec 9999 23:00:00 -2300"},
        {"x-app-usage": '{"call_count": NaN}'},
        {"x-app-usage": '{"call_count": -1e999}'},
        {"x-app-usage": "["},
    ],
)
async def test_odd_headers_do_not_spoil_an_answer(server, client, headers):
    server.script = [Reply({"id": "5"}, 200, headers)]
    async with client() as api:
        assert await api.publish_container("1") == "5"


# --- waiting --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("3600", 60),
        ("soon", 0.5),
    ],
)
@pytest.mark.parametrize("body", [b"", {"error": {"code": 4, "message": "x"}}])
async def test_retry_after_wins(server, client, clock, header, wait, body):
    server.script = [Reply(body, 429, {"Retry-After": header}), OK]
    async with client() as api:
        await api.thread("1")
    assert sum(clock.slept_s) == wait


async def test_the_wait_that_is_asked_for_is_told(server, client):
    server.script = [Reply({"error": {"code": 4}}, 429, {"Retry-After": "7"})]
    async with client() as api:
        error = await raised(api.publish_container("1"))
    assert error.retry_after == timedelta(seconds=7)


async def test_calls_are_paced_when_the_rate_is_nearly_used(server, client, clock):
    usages = ["79", "100", "10"]
    server.script = [Reply({"id": "5"}, 200, {"x-app-usage": f'{{"a": {n}}}'}) for n in usages]
    seen = []
    async with client() as api:
        for _ in range(3):
            await api.thread("1")
            seen.append((api.app_usage, list(clock.slept_s)))
    assert seen == [(79, []), (100, []), (10, [60])]


async def test_the_clock_of_the_server(server, client):
    server.script = [Reply({"id": "5"}, 200, {"Date": "Sun, 22 Nov 2026 12:00:30 GMT"}), OK]
    async with client() as api:
        assert api.server_time is None
        await api.thread("1")
        await api.thread("1")
        assert api.server_time == datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)
