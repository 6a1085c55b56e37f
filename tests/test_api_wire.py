"""Answers of Meta told apart: done, refused, in doubt."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadsync import errors
from threadsync.api.answers import Answer
from threadsync.api.types import ContainerStatus, Created
from threadsync.api.wire import Call, answer_of, params_of, read_answer
from threadsync.errors import AmbiguousError, ApiError, RejectedError, TemporaryError

READ = Call("read post", "GET", "1", answer_of(Created), scopes=("threads_one", "threads_two"))
PUBLISH = Call("publish", "POST", "me", answer_of(Created), is_repeatable=False)
DELETE = Call("delete post", "DELETE", "1", answer_of(Created), is_repeatable=False)


def graph_error(**values):
    return json.dumps({"error": {"message": "no", "type": "OAuthException", **values}}).encode()


def raised(status, body, call=PUBLISH):
    with pytest.raises(ApiError) as caught:
        read_answer(call, status, body)
    return caught.value


def test_answer():
    assert read_answer(PUBLISH, 200, b'{"id": 5}') == Created("5")


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"code": 24, "error_subcode": 4279009, "is_transient": False}, "NotReadyError"),
        (500, {"code": 24}, "NotReadyError"),
        (400, {"code": 100, "error_subcode": 4279004}, "NotReadyError"),
        (500, {"code": 100}, "InvalidParameterError"),  # permanent errors come as 500 too
        (200, {"code": 100}, "InvalidParameterError"),
        (400, {"code": "100"}, "InvalidParameterError"),
        (400, {"code": -1, "error_subcode": 4279047}, "InvalidParameterError"),
        (400, {"code": "THREADS_API__LINK_LIMIT_EXCEEDED"}, "InvalidParameterError"),
        (
            400,
            {"code": "ErrorCode::THREADS_API__GEO_GATING_INVALID_COUNTRY_CODES"},
            "InvalidParameterError",
        ),
        (400, {"code": "THREADS_API__FEATURE_NOT_AVAILABLE"}, "PermissionDeniedError"),
        (400, {"code": 10}, "PermissionDeniedError"),
        (400, {"code": 10, "error_subcode": 4279067}, "PermissionDeniedError"),
        (400, {"code": 100, "error_subcode": 10}, "PermissionDeniedError"),
        (400, {"code": 200}, "PermissionDeniedError"),
        (400, {"code": 100, "error_subcode": 33}, "NotFoundError"),
        (400, {"code": 190, "error_subcode": 463}, "TokenExpiredError"),
        (400, {"code": 190, "error_subcode": 460}, "TokenError"),
        (400, {"code": 190}, "TokenError"),
        (400, {"code": 452, "error_subcode": 4279019}, "TokenError"),
        (400, {"code": 100, "error_subcode": 4279030}, "TokenError"),
        (400, {"code": 4}, "RateLimitError"),
        (403, {"code": 613}, "RateLimitError"),
        (400, {"code": 4, "error_subcode": 2207051}, "AccountRestrictedError"),
        (400, {"code": 100, "error_subcode": 2207051}, "AccountRestrictedError"),
        (400, {"error_subcode": 4279013}, "AccountRestrictedError"),
        (400, {"code": 368}, "AccountRestrictedError"),
        (400, {"code": 9, "error_subcode": 2207042}, "QuotaExceededError"),
        (400, {"code": 1, "error_subcode": 2207052}, "MediaRejectedError"),
        (400, {"code": 9004, "error_subcode": 2207052}, "MediaRejectedError"),
        (400, {"code": 1}, "RejectedError"),
        (400, {"code": 99}, "RejectedError"),
        (400, {}, "RejectedError"),
    ],
)
def test_refusals_are_told_apart_by_code_and_subcode(status, error, kind):
    assert type(raised(status, graph_error(**error))) is getattr(errors, kind)


DOUBTS = [
    (500, graph_error(code=2)),
    (503, graph_error(code=-1)),
    (500, graph_error(code=99, is_transient=True)),
    (502, b"<html>Bad gateway</html>"),
    (500, b""),
    (429, b""),
    (200, b"garbage"),
    (200, b"[]"),
    (500, b'{"id": "5"}'),
    (200, b"[" * 100_000),
    (200, b'{"id": null}'),
    (200, b"{}"),
]


@pytest.mark.parametrize(("status", "body"), [*DOUBTS, (500, graph_error(code=10))])
def test_publishing_is_in_doubt(status, body):
    assert type(raised(status, body)) is AmbiguousError


@pytest.mark.parametrize(("status", "body"), DOUBTS)
def test_only_what_must_not_be_sent_twice_is_in_doubt(status, body):
    error = raised(status, body, READ)
    assert not isinstance(error, AmbiguousError | errors.PermissionDeniedError)


@pytest.mark.parametrize("call", [READ, DELETE])
def test_a_missing_permission_comes_as_500_too(call):
    assert type(raised(500, graph_error(code=10), call)) is errors.PermissionDeniedError


@pytest.mark.parametrize("error", [{"code": 1}, {"code": 2}, {"code": 7, "is_transient": True}])
def test_what_passes_by_itself(error):
    assert type(raised(400, graph_error(**error), READ)) is TemporaryError


def test_a_missing_scope_is_named():
    error = raised(500, graph_error(code=10), READ)
    assert str(error).endswith("; the token needs threads_one and threads_two")
    assert error.scopes == ("threads_one", "threads_two")


def test_words_never_decide():
    words = "The children with IDs 1 are invalid, nonexistent, or expired."
    error = raised(400, graph_error(code=100, error_subcode=4279004, message=words))
    assert not isinstance(error, errors.TokenError)


def test_flat_envelope_is_an_error():
    body = (
        b'{"error_type":"OAuthException","code":400,"error_message":"Matching code was not found"}'
    )
    error = raised(400, body)
    assert "Matching code was not found" in str(error)
    assert (type(error), error.response["code"]) == (RejectedError, 400)


def test_page_of_the_authorize_window_is_an_error():
    body = b'{"error_message":"No app ID was provided in the request.","error_code":4476002}'
    assert type(raised(400, body)) is errors.TokenError


def test_error_message_of_a_container_is_data():
    body = b'{"status": "ERROR", "error_message": "UNKNOWN", "id": "1"}'
    call = Call("read container", "GET", "1", answer_of(ContainerStatus))
    assert read_answer(call, 200, body).error == "UNKNOWN"


def test_message_says_call_status_code_and_trace():
    body = graph_error(code=24, error_subcode=4279009, fbtrace_id="AbC", error_user_msg="gone")
    assert str(raised(400, body)) == (
        "Meta answered 400 (code 24/4279009, trace AbC) to 'publish': no (gone)"
    )


def test_wait_of_a_rate_limit_is_told():
    with pytest.raises(errors.RateLimitError) as caught:
        read_answer(READ, 429, graph_error(code=4), retry_after=timedelta(seconds=7))
    assert caught.value.retry_after == timedelta(seconds=7)


def test_secrets_that_meta_repeats_are_hidden():
    with pytest.raises(ApiError) as caught:
        read_answer(
            READ,
            400,
            graph_error(message="Malformed access token THAAx", code=190),
            hide=lambda text: text.replace("THAAx", "***"),
        )
    assert str(caught.value).endswith("Malformed access token ***")


def test_secrets_are_not_in_the_repr_of_a_call():
    assert "hush" not in repr(Call("x", "GET", "x", answer_of(Created), secrets={"a": "hush"}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.integers(100, 599), st.binary() | st.text().map(str.encode), st.sampled_from([READ, PUBLISH])
)
def test_any_bytes_give_a_value_or_one_of_our_errors(status, body, call):
    try:
        answer = read_answer(call, status, body)
    except ApiError:
        return
    assert isinstance(answer, Answer)


@given(st.integers(100, 599), json_values)
def test_any_error_value_gives_one_of_our_errors(status, value):
    assert isinstance(raised(status, json.dumps({"error": value}).encode()), ApiError)


@given(
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(
            ["message", "code", "error_subcode", "is_transient", "fbtrace_id", "error_user_msg"]
        ),
        json_values,
    ),
    st.sampled_from([READ, PUBLISH, DELETE]),
)
def test_any_error_object_gives_one_of_our_errors(status, error, call):
    assert isinstance(raised(status, json.dumps({"error": error}).encode(), call), ApiError)


def test_parameters_as_meta_reads_them():
    from datetime import UTC, date, datetime

    assert params_of(
        a=True,
        b=False,
        c=None,
        d=datetime(2026, 1, 1, tzinfo=UTC),
        e=date(2026, 1, 2),
        f=["x", "y"],
    ) == {"a": "true", "b": "false", "d": "1767225600", "e": "2026-01-02", "f": "x,y"}
