"""The client as a whole: whose session it is, when it sends nothing, how it makes a post."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from builders import NOON
from scripted_server import Reply, graph_error, scripted_server, unused_url
from test_api_transport import AGAIN, OK, ONCE, TOKEN, client_of, raised

from threadsync import errors
from threadsync.api import API, Credentials, Media, MediaType
from threadsync.api.types import Created

pytestmark = pytest.mark.anyio


@pytest.fixture
def server():
    with scripted_server() as running:
        yield running


@pytest.fixture
def client(server, clock):
    return client_of(server.url, clock)


@pytest.mark.parametrize("call", [*ONCE.values(), *AGAIN.values()])
async def test_expired_credentials_send_nothing(server, client, call):
    async with client(expiration=NOON) as api:
        error = await raised(call(api))
    assert type(error) is errors.TokenExpiredError
    assert str(error).startswith("the access token expired at 2026-11-20 12:00 UTC; ")
    assert server.requests == []


async def test_credentials_that_expire_between_two_tries(server, client):
    server.script = [Reply(b"", 429, {"Retry-After": "60"}), OK]
    async with client(expiration=NOON + timedelta(seconds=30)) as api:
        assert type(await raised(api.thread("1"))) is errors.TokenExpiredError
    assert len(server.requests) == 1


@pytest.mark.parametrize("token", ["", " ", "TH AA", "THAA\n", "THÄÄ", "TH\x00AA", None])
async def test_what_is_no_token(server, client, token):
    with pytest.raises(errors.TokenError):
        client(access_token=token)
    async with client() as api:
        api.credentials = replace(api.credentials, access_token=token)
        assert type(await raised(api.thread("1"))) is errors.TokenError
    assert server.requests == []


@pytest.mark.parametrize(
    "url", ["graph.threads.net", "https://", "ftp://x", "http://x:port", "\n", "x y"]
)
async def test_what_is_no_address_of_a_server(client, url):
    with pytest.raises(errors.InvalidParameterError, match=r"^base_url is "):
        client(url)


async def test_a_closed_client_says_how_to_open_it(server, client):
    api = client()
    with pytest.raises(RuntimeError, match="the client is not open: use `async with"):
        await api.thread("1")
    async with api:
        pass
    with pytest.raises(RuntimeError, match="the client is not open"):
        await api.thread("1")
    assert server.requests == []


async def test_a_client_can_be_opened_again(server, client):
    server.script = [OK, OK]
    api = client()
    for _ in range(2):
        async with api:
            await api.thread("1")
        assert api.session is None


async def test_the_session_of_the_caller_stays_open(server, client):
    server.script = [OK, OK]
    async with httpx.AsyncClient() as session:
        api = client(session=session)
        await api.thread("1")
        async with api:
            await api.thread("1")
        assert (session.is_closed, api.session) == (False, session)


async def test_the_own_session_is_closed_after_an_error(client):
    api, sessions = client(), []

    async def fail():
        async with api:
            sessions.append(api.session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert sessions[0].is_closed


async def test_the_environment_names_the_server(server, monkeypatch):
    server.script = [OK]
    monkeypatch.setenv("THREADS_API_BASE_URL", f"{server.url}/")
    async with API(Credentials.of_token(TOKEN)) as api:
        await api.thread("1")
    assert server.asked == ["GET /v1.0/1"]


async def test_no_proxy_stands_before_a_server_on_this_machine(server, client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", unused_url())
    server.script = [OK]
    async with client() as api:
        await api.thread("1")
    assert len(server.requests) == 1


# --- a whole post ---------------------------------------------------------------------------------


def status(word, **values):
    return Reply({"id": "5", "status": word, **values})


async def test_a_text_posted_at_once_is_out_with_one_request(server, client):
    server.script = [Reply({"id": "9"})]
    async with client() as api:
        assert await api.publish("x", auto_publish_text=True) == Created("9")
    assert server.asked == ["POST /v1.0/me/threads"]


async def test_attachments_cannot_be_posted_at_once(server, client):
    async with client() as api:
        with pytest.raises(errors.InvalidParameterError, match="text without attachments"):
            await api.publish("x", [Media(MediaType.IMAGE, "u")], auto_publish_text=True)
    assert server.requests == []


async def test_a_container_that_is_out_after_all_is_a_doubt(server, client):
    server.script = [OK, status("FINISHED"), graph_error(24, 4279009), status("PUBLISHED")]
    async with client() as api:
        error = await raised(api.publish("x"))
    assert (type(error), len(server.requests)) == (errors.AmbiguousError, 4)
    assert str(error) == "container 5 is PUBLISHED; look on the account before publishing"


async def test_a_refused_container_is_published_when_it_is_seen(server, client, clock):
    refused = [graph_error(24, 4279009), status("FINISHED")]
    server.script = [OK, status("IN_PROGRESS"), status("FINISHED"), *refused, Reply({"id": "9"})]
    async with client() as api:
        assert (await api.publish("x")).id == "9"
    assert clock.slept_s == [1, 3]


@pytest.mark.parametrize("word", ["ERROR", "EXPIRED"])
async def test_a_failed_container(server, client, word):
    server.script = [OK, status(word, error_message="UNKNOWN")]
    async with client() as api:
        with pytest.raises(errors.MediaRejectedError, match=f"5 is {word}: UNKNOWN; nothing is"):
            await api.publish("x")
