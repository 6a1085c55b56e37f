"""No text shows a token or a secret: no message, repr, log record or traceback, locals included."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import httpx
import pytest
from builders import NOON
from scripted_server import CLOSED, Reply, graph_error, scripted_server, unused_url
from traces import shown

from threadsync import errors
from threadsync.api import API, Configuration, Credentials, Threads
from threadsync.api.oauth import code_in

TOKEN = "THAA|secret/+token"
OTHER = "THAAother"
SECRET, CODE, STATE = "app&secret", "the/code", "the-state"
SECRETS = [TOKEN, OTHER, SECRET, CODE, STATE]
SECRETS += [quote(secret, safe="") for secret in (TOKEN, SECRET, CODE)]

BACK = str(httpx.URL("https://e.com/back", params={"code": CODE, "state": STATE}))
CONFIGURATION = Configuration(["threads_basic"], "app-id", SECRET, "https://e.com/back")
LATER = datetime.now(UTC) + timedelta(days=1)
KNOWN = Credentials("1", [], short_lived=False, access_token=TOKEN, expiration=LATER)

WAYS = {
    "read": lambda api: api.thread("5"),
    "create": lambda api: api.create_container("x"),
    "publish": lambda api: api.publish_container("5"),
    "delete": lambda api: api.delete("5"),
    "own token": lambda api: api.debug_token(),
    "other token": lambda api: api.debug_token(OTHER),
    "list": lambda api: first(api.threads()),
}
OAUTH = {
    "code": lambda: Threads.fetch_user_id_and_token(BACK, STATE, CONFIGURATION),
    "all": lambda: Threads.complete_authorization(BACK, STATE, config=CONFIGURATION),
    "long": lambda: Threads.fetch_long_lived_token(TOKEN, LATER, CONFIGURATION),
    "late": lambda: Threads.fetch_long_lived_token(TOKEN, NOON - timedelta(9999), CONFIGURATION),
    "refresh": lambda: Threads.refresh_long_lived_token(KNOWN),
    "app": lambda: Threads.fetch_app_token(CONFIGURATION),
    "wrong state": lambda: code_in(BACK, TOKEN),
    "no code": lambda: code_in(BACK.replace("code=", "c="), STATE),
    "no address": lambda: code_in(f"http://[{CODE}", STATE),
}


def echo(request):
    """All that was sent, as it was meant and as it stood in the request."""
    sent = {**request.query, **request.form}
    return " ".join(["no", *request.headers.values(), *sent.values(), urlencode(sent)])


def refusal(status=400, **values):
    return Reply(
        lambda request: {
            "error": {"message": echo(request), "x": [{"y": echo(request)}], **values}
        },
        status,
    )


ANSWERS = {
    "refused": refusal(code=190),
    "in other words": Reply(lambda request: {"error": {"error_user_msg": echo(request)}}, 400),
    "as a text": Reply(lambda request: {"error": echo(request)}, 400),
    "flat": Reply(lambda r: {"error_type": "x", "code": 400, "error_message": echo(r)}, 400),
    "broken": refusal(500, code=2),
    "html": Reply(lambda request: echo(request).encode(), 502),
    "a text": Reply(lambda request: {"data": echo(request)}),
    "a new token": Reply(lambda r: {"access_token": OTHER, "data": {"x": echo(r)}, "x": echo(r)}),
    "closed": CLOSED,
}


async def first(listing):
    return await listing


@pytest.fixture
def server(monkeypatch):
    with scripted_server() as running:
        monkeypatch.setenv("THREADS_API_BASE_URL", running.url)
        yield running


@pytest.fixture
def log(caplog):
    """Every record of every logger."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


async def no_wait(seconds):
    """Returns at once."""


def client(session=None, **values):
    return API(replace(KNOWN, **values), session, sleep=no_wait, jitter=lambda: 0.0)


def assert_silent(text):
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.anyio
@pytest.mark.parametrize("call", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_a_call_that_fails_tells_no_token(server, log, call, answer):
    server.script = [answer] * 5
    async with client() as api:
        try:
            await call(api)
        except errors.ApiError as error:
            assert_silent(shown(error))
        else:
            assert call is WAYS["delete"]  # where any object is an answer
    assert_silent(log.text)
    assert log.records


@pytest.mark.anyio
@pytest.mark.parametrize("call", WAYS.values(), ids=WAYS)
async def test_a_call_that_reaches_nobody_tells_no_token(monkeypatch, log, call):
    monkeypatch.setenv("THREADS_API_BASE_URL", unused_url())
    async with client() as api:
        with pytest.raises(errors.NotSentError) as caught:
            await call(api)
    assert_silent(shown(caught.value))
    assert_silent(log.text)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "change", [{"expiration": NOON - timedelta(9999)}, {"access_token": f"{TOKEN}\n"}]
)
async def test_a_call_that_is_not_sent_tells_no_token(server, change):
    async with client() as api:
        api.credentials = replace(api.credentials, **change)
        with pytest.raises(errors.TokenError) as caught:
            await api.thread("5")
    assert_silent(shown(caught.value))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "call",
    [
        lambda api: api.create_container("\ud800"),
        lambda api: api.keyword_search("x" * 70_000),
        lambda api: api.debug_token(f"{OTHER}\ud800"),
        lambda api: api.debug_token(f"{OTHER}{'x' * 70_000}"),
    ],
)
async def test_a_call_that_cannot_be_sent_tells_no_token(server, call):
    async with client() as api:
        with pytest.raises(errors.InvalidParameterError) as caught:
            await call(api)
    assert_silent(shown(caught.value))


def test_a_client_that_is_not_made_tells_no_token():
    with pytest.raises(errors.TokenError) as caught:
        client(access_token=f"{TOKEN}\n")
    assert_silent(shown(caught.value))


@pytest.mark.anyio
async def test_a_call_that_succeeds_tells_no_token(server, log):
    page = {"next": f"{server.url}/x?limit=1&access_token={quote(TOKEN, safe='')}&a=b", "n": 1}
    server.script = [
        Reply({"id": "5", "replies": {"data": [], "paging": page}}),
        Reply({"data": {"is_valid": True}}),
    ]
    async with client() as api:
        post = await api.thread("5")
        info = await api.debug_token(OTHER)
    assert post.extra["replies"]["paging"]["next"].endswith("?limit=1&access_token=***&a=b")
    assert server.requests[1].query["input_token"] == OTHER
    assert_silent(f"{post!r} {info!r} {api!r} {api.credentials!r} {log.text}")
    assert "input_token=***" in log.text


@pytest.mark.parametrize("call", OAUTH.values(), ids=OAUTH)
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_getting_a_token_that_fails_tells_no_secret(server, log, call, answer):
    server.script = [answer]
    try:
        call()
    except errors.ApiError as error:
        assert_silent(shown(error))
    else:
        assert (call, answer) == (OAUTH["app"], ANSWERS["a new token"])
    assert_silent(log.text)


def test_the_second_half_of_getting_a_token_tells_no_secret(server, log):
    server.script = [Reply({"access_token": OTHER, "user_id": 1}), graph_error(452, message=OTHER)]
    with pytest.raises(errors.TokenError) as caught:
        OAUTH["all"]()
    assert len(server.requests) == 2
    assert_silent(shown(caught.value))
    assert_silent(log.text)


@pytest.mark.parametrize("call", [OAUTH["code"], OAUTH["long"], OAUTH["app"]])
def test_a_secret_that_cannot_be_sent_is_not_told(server, monkeypatch, call):
    monkeypatch.setattr(CONFIGURATION, "api_secret", f"{SECRET}\ud800")
    with pytest.raises(errors.InvalidParameterError) as caught:
        call()
    assert_silent(shown(caught.value))


def test_this_test_would_see_a_frame_that_shows_a_secret():
    with pytest.raises(TypeError) as caught:
        replace(KNOWN, expiration=OTHER).expired()
    assert OTHER in shown(caught.value)
