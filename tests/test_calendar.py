"""The weeks ahead: what goes out on which day, in the zone of the account."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, a_part, an_entry
from test_plan import planned

from threadsync.config import Policy
from threadsync.reporting.calendar import calendar_of, calendar_text

BERLIN = ZoneInfo("Europe/Berlin")


def in_days(count, **values):
    return {"publish_at": NOON + timedelta(days=count), **values}


def a_calendar(*entries, zone=BERLIN, weeks=2, policy=None):
    return calendar_of(planned(*entries, policy=policy).plan, zone, weeks)


def test_days_are_listed_by_week():
    calendar = a_calendar(
        an_entry("b", a_part("Good night"), **in_days(1)),
        an_entry("a"),
        an_entry("c", **in_days(5)),
    )
    assert list(calendar_text(calendar)) == [
        "Week 47, 16 November 2026 to 22 November 2026",
        "  Fri 20  now    a  Hello",
        "  Sat 21  13:00  b  Good night",
        "Week 48, 23 November 2026 to 29 November 2026",
        "  Wed 25  13:00  c  Hello",
        "",
        "3 posts in these weeks. Times are those of Europe/Berlin.",
    ]


def test_a_week_without_posts_says_so():
    assert list(calendar_text(a_calendar(weeks=1))) == [
        "Week 47, 16 November 2026 to 22 November 2026",
        "  nothing",
        "",
        "0 posts in these weeks. Times are those of Europe/Berlin.",
    ]


def test_two_posts_of_a_day_share_its_name():
    lines = list(calendar_text(a_calendar(an_entry("a"), an_entry("b"))))
    assert lines[1:3] == ["  Fri 20  now    a  Hello", "          now    b  Hello"]


def test_what_comes_later_or_without_a_time_is_counted():
    entries = (
        an_entry("a", **in_days(13)),
        an_entry("b", **in_days(400)),
        an_entry("c", draft=True),
    )
    calendar = a_calendar(*entries)
    assert [action.key for action in calendar.undated] == ["c"]
    assert list(calendar_text(calendar))[-1].startswith(
        "0 posts in these weeks, 2 later, 1 without"
    )


@pytest.mark.parametrize(
    ("zone", "day"),
    [(timezone(timedelta(hours=14)), "2026-11-21"), (UTC, "2026-11-20")],
)
def test_the_day_is_that_of_the_zone(zone, day):
    calendar = a_calendar(an_entry(), zone=zone)
    assert calendar.to_json()["days"][0]["date"] == day


def test_times_are_those_that_the_pace_allows():
    calendar = a_calendar(an_entry("a"), an_entry("b"), policy=Policy(min_gap=timedelta(days=1)))
    assert calendar.to_json()["days"] == [
        {
            "date": "2026-11-20",
            "entries": [
                {
                    "at": "2026-11-20T13:00:00+01:00",
                    "key": "a",
                    "action": "create",
                    "reason": "new",
                    "parts": 1,
                }
            ],
        },
        {
            "date": "2026-11-21",
            "entries": [
                {
                    "at": "2026-11-21T13:00:00+01:00",
                    "key": "b",
                    "action": "wait",
                    "reason": "held by policy.min_gap",
                    "parts": 1,
                }
            ],
        },
    ]


def test_lines_are_no_longer_than_a_terminal():
    long = an_entry("k" * 40, a_part("word " * 90))
    longer = an_entry("k" * 62, a_part("word " * 90))
    lines = list(calendar_text(a_calendar(long, longer)))
    assert max(map(len, lines)) <= 80


def test_a_gap_of_ages_ends_before_the_calendar_does():
    policy = Policy(min_gap=timedelta(days=999_999))
    entries = [an_entry(f"e{n}") for n in range(20)]
    assert a_calendar(*entries, policy=policy).later == 19
