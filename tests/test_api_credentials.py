"""Access tokens with what is known of them; no text shows one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from builders import NOON
from hypothesis import given
from hypothesis import strategies as st
from traces import shown

from threadsync.api.credentials import Configuration, Credentials
from threadsync.api.hiding import Hidden, hider

TOKEN = "THAAsecret"


def credentials(**values):
    return Credentials(
        **{
            "user_id": "1",
            "scopes": ["threads_basic"],
            "short_lived": False,
            "access_token": TOKEN,
            "expiration": NOON,
            **values,
        }
    )


def test_json_and_back():
    assert Credentials.from_json(credentials().to_json()) == credentials()


def test_the_token_that_is_read_is_a_plain_text():
    assert type(Credentials.from_json(credentials().to_json()).access_token) is str


def test_what_pythreads_wrote():
    text = """{"user_id": "1", "scopes": ["threads_basic"], "short_lived": false,
        "access_token": "THAAsecret", "expiration": "2026-11-20T12:00:00+00:00"}"""
    assert Credentials.from_json(text) == credentials()


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": 5},
        {"access_token": ""},
        {"access_token": None},
        {"expiration": None},
        {"expiration": "soon"},
        {"expiration": 5},
        {"scopes": "threads_basic"},
        {"scopes": [1]},
        {"short_lived": "no"},
        {"user_id": []},
    ],
)
def test_json_of_something_else(change):
    text = json.dumps({**json.loads(credentials().to_json()), **change})
    with pytest.raises(ValueError, match=r"^this is no JSON of credentials$"):
        Credentials.from_json(text)


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "null", "{}", "5", "[" * 100_000, f'{{"access_token": "{TOKEN}"', TOKEN]
)
def test_what_is_no_json_is_not_shown(text):
    with pytest.raises(ValueError, match=r"^this is no JSON of credentials$") as caught:
        Credentials.from_json(text)
    assert TOKEN not in shown(caught.value)


def test_no_repr_shows_a_secret():
    configuration = Configuration(["a"], "id", "hush", "https://e.com")
    assert TOKEN not in f"{credentials()} {credentials()!r} {[credentials()]}"
    assert "hush" not in f"{configuration} {configuration!r}"


def test_of_a_token_alone():
    known = Credentials.of_token(TOKEN)
    assert (known.access_token, known.user_id, known.short_lived) == (TOKEN, "me", False)
    assert not known.expired()
    assert Credentials.from_json(known.to_json()) == known


@pytest.mark.parametrize(
    ("after", "left", "is_over"),
    [
        (timedelta(seconds=-90.5), 90, False),
        (timedelta(seconds=-1), 1, False),
        (timedelta(seconds=-0.5), 0, True),
        (timedelta(0), 0, True),
        (timedelta(days=400), 0, True),
    ],
)
def test_seconds_left(after, left, is_over):
    known, now = credentials(), NOON + after
    assert (known.expires_in(now), known.expired(now)) == (left, is_over)


def test_the_clock_of_the_machine_is_the_default():
    assert credentials(expiration=datetime(2020, 1, 1, tzinfo=UTC)).expired()


def test_scopes_as_meta_wants_them():
    assert Configuration(["a", "b"], "id", "hush", "https://e.com").scopes_str() == "a,b"


# --- hiding ---------------------------------------------------------------------------------------


def test_hidden_is_sent_but_not_shown():
    hidden = Hidden(TOKEN)
    assert (str(hidden), f"{hidden}", hidden == TOKEN) == (TOKEN, TOKEN, True)
    assert type(str(hidden)) is str
    assert repr({"token": [hidden]}) == "{'token': ['***']}"


@given(st.text(), st.text(), st.text(min_size=1).filter(lambda text: "*" not in text))
def test_whatever_is_hidden_is_gone(before, after, secret):
    assert secret not in hider(secret)(before + secret + after).replace("***", "")


def test_secrets_are_hidden_as_they_stand_in_addresses_too():
    hide = hider("TH|1|a b/ü", "", "TH")
    assert hide("x=TH%7C1%7Ca%20b%2F%C3%BC&y=TH%7C1%7Ca+b%2F%C3%BC TH|1|a b/ü") == "x=***&y=*** ***"


def test_nothing_to_hide():
    assert hider()("x") == hider("", "")("x") == "x"
