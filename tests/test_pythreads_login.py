"""Programs for PyThreads that log people in, with only the import line changed, on the sandbox.

They are those of PyThreads' README (github.com/marclove/pythreads, 0.2.1, read 2026-11-22).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sandboxed import DAY_S, a_world

from threadsync.api import (
    API,
    Configuration,
    Credentials,
    Threads,
    ThreadsAccessTokenExpired,
    ThreadsAuthenticationError,
    ThreadsResponseError,
)

README_JSON = """{
  "user_id": "someid",
  "scopes": ["threads_basic"],
  "short_lived": false,
  "access_token": "someaccesstoken",
  "expiration": "2024-06-23T18:25:43.511Z"
}"""


@pytest.fixture
def world(tmp_path, monkeypatch):
    with a_world(tmp_path / "world") as world:
        monkeypatch.setenv("THREADS_API_BASE_URL", world.base_url)
        monkeypatch.setenv("THREADS_REDIRECT_URI", "https://example.org/callback")
        monkeypatch.setenv("THREADS_APP_ID", "1")
        monkeypatch.setenv("THREADS_API_SECRET", "sandbox")
        yield world


@pytest.fixture
def credentials(world):
    auth_url, state_key = Threads.authorization_url()
    return Threads.complete_authorization(world.allow(auth_url), state_key)


@pytest.mark.anyio
async def test_a_person_logs_in(world):
    auth_url, state_key = Threads.authorization_url()
    requested_url = world.allow(auth_url)
    credentials = Threads.complete_authorization(requested_url, state_key)

    assert requested_url.startswith("https://example.org/callback?code=")
    assert requested_url.endswith("#_")
    assert credentials.user_id == "17841400000000001"
    assert not credentials.short_lived
    assert credentials.expires_in() > 59 * DAY_S
    async with API(credentials=credentials) as api:
        assert (await api.account())["username"] == "sandbox"


def test_a_configuration_of_ones_own_asks_for_its_scopes(world):
    config = Threads.load_configuration(
        scopes=["threads_basic", "threads_delete"],
        app_id="1",
        api_secret="sandbox",
        redirect_uri="https://example.org/elsewhere",
    )
    auth_url, state_key = Threads.authorization_url(config)
    requested_url = world.allow(auth_url)
    credentials = Threads.complete_authorization(requested_url, state_key, config=config)

    assert requested_url.startswith("https://example.org/elsewhere?")
    assert credentials.scopes == ["threads_basic", "threads_delete"]


def test_the_configuration_comes_from_the_environment(world):
    assert Threads.load_configuration() == Configuration(
        scopes=list(Threads.ALL_SCOPES),
        app_id="1",
        api_secret="sandbox",
        redirect_uri="https://example.org/callback",
    )


def test_a_missing_variable_is_named(world, monkeypatch):
    monkeypatch.delenv("THREADS_APP_ID")
    with pytest.raises(ValueError, match="THREADS_APP_ID"):
        Threads.authorization_url()


@pytest.mark.anyio
async def test_a_short_lived_token_is_enough_when_that_is_asked_for(world):
    auth_url, state_key = Threads.authorization_url()
    requested_url = world.allow(auth_url)
    credentials = Threads.complete_authorization(requested_url, state_key, long_lived_token=False)

    assert credentials.short_lived
    assert 3500 < credentials.expires_in() <= 3600
    assert "exchange" not in world.calls()
    async with API(credentials=credentials) as api:
        assert (await api.account())["username"] == "sandbox"


def test_both_exchanges_by_hand(world):
    auth_url, state_key = Threads.authorization_url()
    user_id, short, expiration = Threads.fetch_user_id_and_token(world.allow(auth_url), state_key)
    long, later = Threads.fetch_long_lived_token(short, expiration)

    assert user_id == "17841400000000001"
    assert long != short
    assert later - expiration > timedelta(days=59)


def test_a_foreign_state_is_refused_before_any_exchange(world):
    auth_url, _ = Threads.authorization_url()
    requested_url = world.allow(auth_url)
    with pytest.raises(ThreadsAuthenticationError, match="state"):
        Threads.complete_authorization(requested_url, "another")
    assert "token" not in world.calls()


def test_a_person_who_says_no_is_told_apart(world):
    auth_url, state_key = Threads.authorization_url()
    requested_url = world.allow(auth_url, decision="deny")
    with pytest.raises(ThreadsAuthenticationError, match="The user denied your request"):
        Threads.complete_authorization(requested_url, state_key)


def test_a_code_counts_once(world):
    auth_url, state_key = Threads.authorization_url()
    requested_url = world.allow(auth_url)
    Threads.complete_authorization(requested_url, state_key)
    with pytest.raises(ThreadsAuthenticationError):
        Threads.complete_authorization(requested_url, state_key)


@pytest.mark.anyio
async def test_a_token_is_refreshed_after_a_day(world, credentials):
    old = credentials.to_json()
    world.advance(DAY_S)
    refreshed_credentials = Threads.refresh_long_lived_token(credentials)

    assert credentials.to_json() == old
    assert refreshed_credentials.access_token != credentials.access_token
    assert refreshed_credentials.expiration > credentials.expiration
    assert refreshed_credentials.user_id == credentials.user_id
    async with API(credentials=refreshed_credentials) as api:
        assert (await api.account())["username"] == "sandbox"


def test_a_token_of_today_is_not_refreshed(world, credentials):
    with pytest.raises(ThreadsResponseError, match="24 hours"):
        Threads.refresh_long_lived_token(credentials)


def test_a_short_lived_token_is_not_refreshed(world, credentials):
    credentials.short_lived = True
    with pytest.raises(TypeError):
        Threads.refresh_long_lived_token(credentials)
    assert "refresh" not in world.calls()


def test_an_expired_token_is_neither_refreshed_nor_exchanged(world, credentials):
    credentials.expiration = datetime(2024, 6, 23, tzinfo=UTC)
    before = world.calls()
    with pytest.raises(ThreadsAccessTokenExpired):
        Threads.refresh_long_lived_token(credentials)
    with pytest.raises(ThreadsAccessTokenExpired):
        Threads.fetch_long_lived_token(credentials.access_token, credentials.expiration)
    assert world.calls() == before


@pytest.mark.anyio
async def test_expired_credentials_send_nothing(world, credentials):
    credentials.expiration = datetime(2024, 6, 23, tzinfo=UTC)
    before = world.calls()
    async with API(credentials=credentials) as api:
        with pytest.raises(ThreadsAccessTokenExpired):
            await api.threads()
        with pytest.raises(ThreadsAccessTokenExpired):
            await api.publish_container("17900000000000001")
    assert world.calls() == before


@pytest.mark.anyio
async def test_a_token_whose_end_only_meta_knows_expires_too(world, credentials):
    world.advance(60 * DAY_S)
    async with API(credentials=credentials) as api:
        with pytest.raises(ThreadsAccessTokenExpired):
            await api.account()


def test_the_json_of_the_readme_is_read():
    credentials = Credentials.from_json(README_JSON)
    assert credentials == Credentials(
        user_id="someid",
        scopes=["threads_basic"],
        short_lived=False,
        access_token="someaccesstoken",
        expiration=datetime(2024, 6, 23, 18, 25, 43, 511000, tzinfo=UTC),
    )
    assert credentials.expired()
    assert credentials.expires_in() == 0


def test_credentials_survive_their_json(credentials):
    again = Credentials.from_json(credentials.to_json())
    assert again == credentials
    assert again.expiration.utcoffset() == timedelta(0)
    assert not again.expired()
