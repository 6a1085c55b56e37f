"""When posts may go out: the time between two of them, and quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from threadsync.config import QuietHours
from threadsync.planning.pacing import Pace, Turn, end_of_quiet, is_quiet

HALF_AN_HOUR = timedelta(minutes=30)
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(22), time(7), BERLIN)
LUNCH = QuietHours(time(12), time(13, 30), UTC)


def berlin(*numbers, fold=0):
    return datetime(*numbers, tzinfo=BERLIN, fold=fold).astimezone(UTC)


def test_without_a_setting_everything_goes_at_once():
    assert Pace(last=NOON).turn(NOON) == Turn(NOON)


@pytest.mark.parametrize(
    ("minutes_ago", "wait"),
    [(0, 30), (10, 20), (29, 1), (30, 0), (600, 0), (-5, 35)],
)
def test_a_post_waits_until_the_gap_is_over(minutes_ago, wait):
    last = NOON - timedelta(minutes=minutes_ago)
    turn = Pace(HALF_AN_HOUR, last=last).turn(NOON)
    assert turn == Turn(NOON + timedelta(minutes=wait), "policy.min_gap" if wait else "")


def test_the_first_post_of_all_has_nothing_to_wait_for():
    assert Pace(HALF_AN_HOUR).turn(NOON) == Turn(NOON)


def test_each_post_counts_for_the_next():
    pace = Pace(HALF_AN_HOUR).after(NOON).after(NOON - HALF_AN_HOUR)
    assert pace.turn(NOON).at == NOON + HALF_AN_HOUR


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        (berlin(2026, 11, 20, 21, 59, 59), None),
        (berlin(2026, 11, 20, 22), berlin(2026, 11, 21, 7)),
        (berlin(2026, 11, 21, 0, 30, 12), berlin(2026, 11, 21, 7)),
        (berlin(2026, 11, 21, 6, 59, 59), berlin(2026, 11, 21, 7)),
        (berlin(2026, 11, 21, 7), None),
        # The nights in which clocks are put forward and back are an hour shorter and longer.
        (berlin(2027, 3, 27, 23), datetime(2027, 3, 28, 5, tzinfo=UTC)),
        (berlin(2026, 10, 24, 23), datetime(2026, 10, 25, 6, tzinfo=UTC)),
    ],
)
def test_quiet_hours_go_over_midnight_by_the_clocks_of_the_zone(moment, end):
    assert end_of_quiet(NIGHT, moment) == (end or moment)


def test_quiet_hours_within_a_day():
    assert end_of_quiet(LUNCH, NOON) == NOON + timedelta(minutes=90)
    assert end_of_quiet(LUNCH, NOON + timedelta(minutes=90)) == NOON + timedelta(minutes=90)


def test_an_end_that_clocks_skip_is_when_they_are_put_forward():
    quiet = QuietHours(time(22), time(2, 30), BERLIN)
    assert end_of_quiet(quiet, berlin(2027, 3, 28, 1)) == berlin(2027, 3, 28, 3)


def test_an_end_that_comes_twice_ends_the_night_the_first_time_and_the_hour_after_again():
    quiet = QuietHours(time(22), time(2, 30), BERLIN)
    assert end_of_quiet(quiet, berlin(2026, 10, 25, 1)) == berlin(2026, 10, 25, 2, 30)
    second = berlin(2026, 10, 25, 2, 10, fold=1)
    assert end_of_quiet(quiet, second) == berlin(2026, 10, 25, 2, 30, fold=1)


def test_a_gap_that_ends_in_quiet_hours_waits_for_their_end():
    pace = Pace(timedelta(hours=3), NIGHT, last=berlin(2026, 11, 20, 20))
    turn = pace.turn(berlin(2026, 11, 20, 21))
    assert turn == Turn(berlin(2026, 11, 21, 7), "policy.quiet_hours")


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(ZONES, TIMES, TIMES, MOMENTS)
def test_the_end_is_the_first_minute_that_is_not_quiet(zone, begin, end, moment):
    quiet = QuietHours(begin, end, ZoneInfo(zone))
    if begin == end:
        return
    free = end_of_quiet(quiet, moment)
    assert not is_quiet(quiet, free)
    assert free == moment or is_quiet(quiet, free - timedelta(minutes=1))
    assert moment <= free <= moment + timedelta(hours=26)
