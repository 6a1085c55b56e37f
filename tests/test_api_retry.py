"""When a call is repeated, how long is waited, and how calls are paced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from threadsync import errors
from threadsync.api.retry import (
    MAX_TRIES,
    MAX_WAIT,
    may_repeat,
    pause_at,
    read_date,
    read_retry_after,
    read_usage,
    wait_before,
)
from threadsync.api.types import Created
from threadsync.api.wire import Call, answer_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
READ = Call("read", "GET", "x", answer_of(Created))
PUBLISH = Call("publish", "POST", "x", answer_of(Created), is_repeatable=False)
ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.ApiError)
]
PASSING = {errors.NotSentError, errors.TemporaryError, errors.RateLimitError}


def s(seconds):
    return timedelta(seconds=seconds)


@pytest.mark.parametrize("kind", ERRORS)
def test_only_what_passes_by_itself_is_repeated(kind):
    assert may_repeat(READ, kind("no"), 1) == (kind in PASSING)


@pytest.mark.parametrize("kind", ERRORS)
def test_what_must_not_be_sent_twice_never_is(kind):
    assert not may_repeat(PUBLISH, kind("no"), 1)
    assert not may_repeat(PUBLISH, kind("no", status=429), 1)


def test_a_429_is_repeated_whatever_its_body_says():
    assert may_repeat(READ, errors.RejectedError("no", status=429), 1)


def test_tries_are_counted():
    error = errors.TemporaryError("no")
    assert [may_repeat(READ, error, n) for n in (1, MAX_TRIES - 1, MAX_TRIES, 99)] == [
        True,
        True,
        False,
        False,
    ]


def test_waits_double_with_jitter():
    assert [wait_before(n, None, 0.5) for n in (1, 2, 3, 4)] == [s(0.5), s(1), s(2), s(4)]
    assert wait_before(1, None, 0) == s(0.25)
    assert wait_before(1, None, 1) == s(0.75)


def test_what_the_server_asks_for_wins():
    assert wait_before(4, s(1), 1) == s(1)
    assert wait_before(1, s(0), 1) == s(0)


@given(st.integers(1, 50), st.none() | st.timedeltas(min_value=s(0)), st.floats(0, 1))
def test_no_wait_is_longer_than_the_longest(tries, retry_after, jitter):
    assert s(0) <= wait_before(tries, retry_after, jitter) <= MAX_WAIT


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", s(7)),
        (" 7 ", s(7)),
        ("0", s(0)),
        ("9" * 5000, s(86_400)),
        ("Sun, 22 Nov 2026 12:00:30 GMT", s(30)),
        ("Sun, 22 Nov 2026 13:00:30 +0100", s(30)),
        ("Sun, 22 Nov 2026 11:00:00 GMT", s(0)),
        (None, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("Sun, 22 Nov 99999999999999999999 12:00:00 GMT", None),
        ("Sun, 22 Nov 2026 12:00:00 +99999999", None),
        ("Fri, 31 Dec 9999 23:00:00 -2300", None),
    ],
)
def test_retry_after(header, wait):
    assert read_retry_after(header, NOW) == wait


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ [-+]?\w*"))
@example("Sun, 22 Nov 99999999999999999999 12:00:00 GMT")
def test_no_date_breaks_anything(header):
    moment = read_date(header)
    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("header", "usage"),
    [
        ('{"call_count": 12, "total_cpu_time": 81, "total_time": 3}', 81),
        ('{"call_count": 99.9}', 99),
        ('{"call_count": 1e999}', 1000),
        ('{"call_count": NaN}', 0),
        ('{"call_count": NaN, "total_time": 90}', 90),
        ('{"call_count": -Infinity}', 0),
        ('{"call_count": -5}', 0),
        ('{"call_count": "90"}', 0),
        ("{}", 0),
        (None, None),
        ("", None),
        ("[]", None),
        ("5", None),
        ("{", None),
        ("[" * 100_000, None),
    ],
)
def test_usage(header, usage):
    assert read_usage(header) == usage


@given(st.text())
def test_no_usage_breaks_anything(header):
    assert s(0) <= pause_at(read_usage(header)) <= MAX_WAIT


def test_calls_are_paced_when_the_rate_is_nearly_used():
    assert [pause_at(usage) for usage in (None, 0, 79)] == [s(0)] * 3
    pauses = [pause_at(usage) for usage in range(80, 101)]
    assert pauses == sorted(pauses)
    assert s(2) < pauses[0] < s(4)
    assert pauses[-1] == pause_at(1000) == MAX_WAIT
