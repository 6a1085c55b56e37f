"""Getting tokens over real HTTP, from the window to the long-lived one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from scripted_server import CLOSED, Reply, graph_error, scripted_server, unused_url

from threadsync import errors
from threadsync.api import Configuration, Credentials, Threads
from threadsync.api.oauth import code_in

FOLDER = Path(__file__).parent / "data" / "api"
CONFIGURATION = Configuration(
    ["threads_basic", "threads_delete"], "app-id", "hush", "https://e.com/b"
)
BACK = "https://e.com/b?code=the-code&state=S#_"
LATER = datetime.now(UTC) + timedelta(days=1)


def example(name, status=200):
    return Reply(json.loads((FOLDER / f"{name}.json").read_text()), status)


def soon(moment, **span):
    """Whether `moment` is that far from now, give or take a minute."""
    return abs(moment - datetime.now(UTC) - timedelta(**span)) < timedelta(minutes=1)


@pytest.fixture
def server(monkeypatch):
    with scripted_server() as running:
        monkeypatch.setenv("THREADS_API_BASE_URL", running.url)
        yield running


def complete(**values):
    return Threads.complete_authorization(BACK, "S", config=CONFIGURATION, **values)


@pytest.mark.parametrize("variant", ["", "-string-user-id"])
def test_from_the_code_to_a_long_lived_token(server, variant):
    server.script = [example(f"oauth-short-token{variant}"), example("oauth-long-token")]
    known = complete()
    assert soon(known.expiration, seconds=5183944)
    assert known == Credentials(
        "17841400000000001", CONFIGURATION.scopes, False, "THQVJexampleLong", known.expiration
    )
    assert server.asked == ["POST /oauth/access_token", "GET /access_token"]
    code, long = server.requests
    assert code.form == {
        "client_id": "app-id",
        "client_secret": "hush",
        "code": "the-code",
        "grant_type": "authorization_code",
        "redirect_uri": "https://e.com/b",
    }
    assert long.query == {
        "grant_type": "th_exchange_token",
        "client_secret": "hush",
        "access_token": "THQVJexampleShort",
    }


def test_a_short_lived_token(server):
    server.script = [example("oauth-short-token")]
    known = complete(long_lived_token=False)
    assert (known.short_lived, known.access_token) == (True, "THQVJexampleShort")
    assert soon(known.expiration, hours=1)


def test_tokens_are_plain_texts(server):
    server.script = [
        example("oauth-short-token"),
        example("oauth-long-token"),
        example("app-token"),
    ]
    user_id, token, _ = Threads.fetch_user_id_and_token(BACK, "S", CONFIGURATION)
    long, _ = Threads.fetch_long_lived_token(token, LATER, CONFIGURATION)
    app = Threads.fetch_app_token(CONFIGURATION)
    assert {type(text) for text in (user_id, token, long, app)} == {str}
    assert app == "TH|1234567890|abcd1234"
    assert server.requests[2].query["grant_type"] == "client_credentials"


def test_refreshing(server):
    server.script = [example("oauth-refresh")]
    old = Credentials("1", ["a"], False, "old", LATER)
    new = Threads.refresh_long_lived_token(old)
    assert (new.access_token, new.user_id, new.scopes) == ("THQVJexampleLong2", "1", ["a"])
    assert soon(new.expiration, seconds=5183944)
    assert old == Credentials("1", ["a"], False, "old", LATER)
    assert server.asked == ["GET /refresh_access_token"]
    assert server.requests[0].query == {"grant_type": "th_refresh_token", "access_token": "old"}


def test_what_cannot_be_refreshed_is_not_sent(server):
    with pytest.raises(TypeError, match="exchange it with fetch_long_lived_token"):
        Threads.refresh_long_lived_token(Credentials("1", [], True, "x", LATER))
    with pytest.raises(errors.TokenExpiredError, match="cannot be refreshed any more"):
        Threads.refresh_long_lived_token(
            Credentials("1", [], False, "x", LATER - timedelta(days=2))
        )
    with pytest.raises(errors.TokenExpiredError, match="after its hour"):
        Threads.fetch_long_lived_token("x", LATER - timedelta(days=2), CONFIGURATION)
    assert server.requests == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (example("error-oauth-code-used", 400), errors.TokenError),
        (example("error-oauth-code-used-4279030", 400), errors.TokenError),
        (example("error-190-expired-463", 400), errors.TokenExpiredError),
        (graph_error(1), errors.RejectedError),
        (Reply(b"", 500), errors.AmbiguousError),
        (Reply({"user_id": 1}), errors.AmbiguousError),
        (Reply({"access_token": "", "user_id": 1}), errors.AmbiguousError),
        (CLOSED, errors.AmbiguousError),
    ],
)
def test_a_code_is_sent_once(server, reply, kind):
    server.script = [reply]
    with pytest.raises(errors.ApiError) as caught:
        complete()
    assert (type(caught.value), len(server.requests)) == (kind, 1)


def test_a_used_code_is_told_in_meta_s_words(server):
    server.script = [example("error-oauth-code-used", 400)]
    with pytest.raises(errors.TokenError, match="not found or was already used") as caught:
        complete()
    assert (caught.value.status, caught.value.code) == (400, 400)


@pytest.mark.parametrize("expires_in", [None, 0, -5, "5183944", 1.5, True, 10**10, 10**400, [[]]])
def test_a_lifetime_that_makes_no_sense(server, expires_in):
    server.script = [Reply({"access_token": "new", "expires_in": expires_in})]
    with pytest.raises(errors.ApiError, match="_LongToken has no usable expires_in"):
        Threads.fetch_long_lived_token("old", LATER, CONFIGURATION)


def test_nobody_there(monkeypatch):
    monkeypatch.setenv("THREADS_API_BASE_URL", unused_url())
    with pytest.raises(errors.NotSentError, match=r"'exchange code' did not reach 127.0.0.1"):
        complete()


def test_no_address_of_a_server(monkeypatch):
    monkeypatch.setenv("THREADS_API_BASE_URL", "graph.threads.net")
    with pytest.raises(errors.InvalidParameterError, match=r"^base_url is 'graph.threads.net'"):
        complete()


# --- the window -----------------------------------------------------------------------------------


def test_the_window_of_meta():
    url, state = Threads.authorization_url(CONFIGURATION)
    assert url.startswith("https://threads.net/oauth/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "client_id": ["app-id"],
        "redirect_uri": ["https://e.com/b"],
        "scope": ["threads_basic,threads_delete"],
        "response_type": ["code"],
        "state": [state],
    }
    assert len(state) >= 32
    assert state != Threads.authorization_url(CONFIGURATION)[1]


@pytest.mark.parametrize(
    ("base_url", "window"),
    [
        ("https://graph.threads.com", "https://threads.net/oauth/authorize"),
        ("http://127.0.0.1:8700/", "http://127.0.0.1:8700/oauth/authorize"),
        ("https://notthreads.net", "https://notthreads.net/oauth/authorize"),
    ],
)
def test_the_window_belongs_to_the_server(monkeypatch, base_url, window):
    monkeypatch.setenv("THREADS_API_BASE_URL", base_url)
    assert Threads.authorization_url(CONFIGURATION)[0].split("?")[0] == window


@pytest.mark.parametrize(
    "url",
    [
        BACK,
        BACK.removesuffix("#_"),
        f" {BACK}\n",
        "?code=the-code%23_&state=S",
        "/b?state=S&code=the-code",
    ],
)
def test_the_code_that_came_back(url):
    assert code_in(url, "S") == "the-code"


@pytest.mark.parametrize(
    ("url", "state", "words"),
    [
        ("?code=x&state=other", "S", "the state in the address is not the one"),
        ("?code=x", "S", "the state in the address is not the one"),
        ("?code=x&state=", "", "the state in the address is not the one"),
        ("?code=x&state=\udcff", "S", "the state in the address is not the one"),
        ("?state=S", "S", "there is no code in the address"),
        ("?state=S&code=%23_", "S", "there is no code in the address"),
        ("http://[x?code=x&state=S", "S", "the state in the address is not the one"),
        ("", "S", "the state in the address is not the one"),
        (
            "?error=access_denied&error_description=The+user+denied+your+request&state=S",
            "S",
            "^access was not given: The user denied your request$",
        ),
        ("?error=access_denied", "S", "^access was not given: access_denied$"),
    ],
)
def test_no_code_came_back(url, state, words):
    with pytest.raises(errors.TokenError, match=words):
        code_in(url, state)


def test_the_configuration_of_the_environment(monkeypatch):
    for name in ("THREADS_APP_ID", "THREADS_API_SECRET", "THREADS_REDIRECT_URI"):
        with pytest.raises(ValueError, match=f"^{name} is not set"):
            Threads.load_configuration()
        monkeypatch.setenv(name, name.lower())
    assert Threads.load_configuration() == Configuration(
        list(Threads.ALL_SCOPES), "threads_app_id", "threads_api_secret", "threads_redirect_uri"
    )
    assert Threads.load_configuration(["a"], "b", "c", "d") == Configuration(["a"], "b", "c", "d")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (("me",), "https://graph.threads.net/v1.0/me"),
        (("me", {"a": "x y"}), "https://graph.threads.net/v1.0/me?a=x+y"),
        (("me", None, "T"), "https://graph.threads.net/v1.0/me?access_token=T"),
        (("me", None, None, "https://e.com/"), "https://e.com/me"),
    ],
)
def test_addresses_of_calls(given, url):
    assert Threads.build_graph_api_url(*given) == url
