"""Webhooks: Meta's handshake, its signature, its payloads."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadsync.api.types import PublishedPost, Ref
from threadsync.api.webhooks import DeletedPost, answer_challenge, is_signed, read_webhook
from threadsync.errors import InvalidParameterError, TokenError

FOLDER = Path(__file__).parent / "data" / "api"


def payload(name):
    return json.loads((FOLDER / f"webhook-{name}.json").read_text())


def events(raw):
    return read_webhook(json.dumps(raw))


def test_a_reply():
    (event,) = events(payload("replies"))
    assert (event.field, event.topic, event.target_id) == (
        "replies",
        "moderate",
        "18000000000000001",
    )
    assert event.time == datetime(2025, 11, 20, 9, 13, 20, tzinfo=UTC)
    assert isinstance(event.value, PublishedPost)
    assert event.value.root_post == Ref("18000000000000001", "17841400000000001", "example_user")
    assert event["value"]["text"] == "Nice!"


def test_a_deleted_post():
    (event,) = events(payload("delete"))
    assert event.value == DeletedPost(
        id="18000000000000001",
        owner={"owner_id": "17841400000000001"},
        deleted_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        timestamp=datetime(2026, 11, 20, 9, 15, 30, tzinfo=UTC),
        username="example_user",
    )


@pytest.mark.parametrize("name", ["replies", "mentions", "publish", "delete"])
def test_values_may_be_a_list(name):
    raw = payload(name)
    (event,) = events(raw)
    assert events({**raw, "values": [raw["values"], raw["values"]]}) == (event, event)


@pytest.mark.parametrize("name", ["replies", "mentions", "publish", "delete"])
def test_the_classic_form(name):
    raw = payload(name)
    entry = {"id": raw["target_id"], "time": raw["time"], "changes": [raw["values"]]}
    (event,) = events({"object": "threads", "entry": [entry]})
    (same,) = events(raw)
    assert (event.field, event.value, event.time, event.target_id) == (
        same.field,
        same.value,
        same.time,
        same.target_id,
    )


def test_entries_and_changes_keep_their_order():
    entries = [
        {"id": n, "changes": [{"field": "f", "value": (n, m)} for m in (1, 2)]} for n in (1, 2)
    ]
    assert [event.value for event in events({"entry": entries})] == [[1, 1], [1, 2], [2, 1], [2, 2]]


@pytest.mark.parametrize("value", [{"x": 1}, [], "x", 0, False])
def test_an_unknown_field_is_as_meta_sent_it(value):
    (event,) = events({"values": {"field": "polls", "value": value}, "new": 1})
    assert (event.field, event.value, event.extra) == ("polls", value, {"new": 1})


def test_an_unknown_field_may_be_empty():
    assert events({"values": {"field": "polls", "value": None}})[0].value is None


@pytest.mark.parametrize("values", [[], {"values": []}])
def test_nothing_happened(values):
    assert events({"entry": values} if values == [] else values) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        "",
        "x",
        "null",
        "[]",
        "{}",
        '{"values": null}',
        '{"values": [1]}',
        '{"values": {"value": {}}}',
        '{"values": {"field": "replies"}}',
        '{"values": {"field": "replies", "value": {}}}',
        '{"values": {"field": ["replies"], "value": {}}}',
        '{"entry": 5}',
        '{"entry": [{}]}',
        '{"entry": [{"changes": [5]}]}',
        "[" * 100_000,
        '{"values": ' + "[" * 100_000,
        '{"values": {"value": 1, "field": ' + "[" * 500 + "]" * 500 + "}}",
        "9" * 5000,
    ],
)
def test_no_webhook(body):
    with pytest.raises(InvalidParameterError, match=r"^this is no webhook of Threads: ") as caught:
        read_webhook(body)
    assert len(str(caught.value)) <= 200


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["values", "value", "field", "entry", "changes", "id", "time"]), inner
        )
    ),
    max_leaves=10,
)


@given(json_values)
def test_any_json_is_read_or_refused(raw):
    with contextlib.suppress(InvalidParameterError):
        assert isinstance(read_webhook(json.dumps(raw)), tuple)


# --- handshake and signature ----------------------------------------------------------------------

QUERY = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "mine"}


def test_the_challenge_is_the_answer():
    assert answer_challenge(QUERY, "mine") == "1158201444"


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "other"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "m\udcffine"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
    ],
)
def test_a_handshake_that_is_not_meta_s(change):
    with pytest.raises(TokenError, match="does not hold the verify token") as caught:
        answer_challenge({**QUERY, **change}, "mine")
    assert "mine" not in str(caught.value)


def test_without_a_verify_token_of_one_s_own_nobody_is_meta():
    with pytest.raises(TokenError):
        answer_challenge({**QUERY, "hub.verify_token": ""}, "")


BODY = b'{"values": []}'


def signature(secret, body=BODY):
    return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"


@pytest.mark.parametrize(
    "header", [signature(b"one"), signature(b"two"), signature(b"one").upper()]
)
def test_signed_with_one_of_the_secrets(header):
    assert is_signed(BODY, header, "one", "two")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        signature(b"three"),
        signature(b""),
        signature(b"one", BODY + b" "),
        signature(b"one").removeprefix("sha256="),
        "sha256=ü",
        "\udcff",
    ],
)
def test_not_signed(header):
    assert not is_signed(BODY, header, "one", "two", "")


def test_nothing_is_signed_without_a_secret():
    assert not is_signed(BODY, signature(b""))
