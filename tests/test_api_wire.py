"""Answers of Meta told apart: done, refused, in doubt."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadsync.api import wire
from threadsync.errors import AmbiguousError, ApiError, RejectedError, TokenError

PUBLISH = wire.publish_container("1")


def graph_error(**values):
    return json.dumps({"error": {"message": "no", "type": "OAuthException", **values}}).encode()


def raised(status, body):
    with pytest.raises(ApiError) as caught:
        wire.read_answer(PUBLISH, status, body)
    return caught.value


def test_answer():
    assert wire.read_answer(PUBLISH, 200, b'{"id": "5"}') == {"id": "5"}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, {"code": 24, "error_subcode": 4279009, "is_transient": False}),
        (500, {"code": 100}),  # permanent errors come as 500 too
        (400, {"code": 1}),
        (200, {"code": 100}),
        (400, {"code": "THREADS_API__LINK_LIMIT_EXCEEDED"}),
        (400, {"code": 10}),
    ],
)
def test_refusals(status, error):
    assert type(raised(status, graph_error(**error))) is RejectedError


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, graph_error(code=10)),
        (500, graph_error(code=2)),
        (503, graph_error(code=-1)),
        (500, graph_error(code=99, is_transient=True)),
        (502, b"<html>Bad gateway</html>"),
        (500, b""),
        (200, b"garbage"),
        (200, b"[]"),
        (500, b'{"id": "5"}'),
        (200, b"[" * 100_000),
    ],
)
def test_doubts(status, body):
    assert type(raised(status, body)) is AmbiguousError


@pytest.mark.parametrize("code", [190, 102, 452, 467])
def test_token_errors(code):
    assert type(raised(400, graph_error(code=code))) is TokenError


def test_flat_envelope_is_an_error():
    body = (
        b'{"error_type":"OAuthException","code":400,"error_message":"Matching code was not found"}'
    )
    assert "Matching code was not found" in str(raised(400, body))


def test_error_message_of_a_container_is_data():
    body = b'{"status": "ERROR", "error_message": "UNKNOWN", "id": "1"}'
    assert wire.read_answer(PUBLISH, 200, body)["status"] == "ERROR"


def test_message_says_call_status_code_and_trace():
    body = graph_error(code=24, error_subcode=4279009, fbtrace_id="AbC", error_user_msg="gone")
    assert str(raised(400, body)) == (
        "Meta answered 400 (code 24/4279009, trace AbC) to 'publish': no (gone)"
    )


@given(st.integers(100, 599), st.binary() | st.text().map(str.encode))
def test_any_bytes_give_an_object_or_one_of_our_errors(status, body):
    try:
        answer = wire.read_answer(PUBLISH, status, body)
    except ApiError as error:
        answer = {"status": error.status}
    assert isinstance(answer, dict)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.integers(100, 599), json_values)
def test_any_error_value_gives_one_of_our_errors(status, value):
    assert isinstance(raised(status, json.dumps({"error": value}).encode()), ApiError)
