"""`publish_at` as a moment."""

from datetime import UTC, datetime

import pytest

from threadsync.errors import SettingsError
from threadsync.reading.times import read_time, zone


def a_moment(*numbers):
    return datetime(*numbers, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20", a_moment(2026, 11, 19, 23)),
        ("2026-11-20 09:30", a_moment(2026, 11, 20, 8, 30)),
        ("2026-07-01T09:30:15.5", a_moment(2026, 7, 1, 7, 30, 15, 500_000)),
        ("2026-11-20 09:30 +01:00", a_moment(2026, 11, 20, 8, 30)),
        ("2026-11-20T09:30:00Z", a_moment(2026, 11, 20, 9, 30)),
        ("2026-11-20t09:30-0500", a_moment(2026, 11, 20, 14, 30)),
        ("2026-10-25 02:30+02:00", a_moment(2026, 10, 25, 0, 30)),
    ],
)
def test_a_time_without_offset_is_in_the_projects_zone(text, moment):
    assert read_time(text, "Europe/Berlin") == moment


def test_utc_needs_no_zone():
    assert read_time("2026-11-20 09:30", "UTC") == a_moment(2026, 11, 20, 9, 30)


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "2026-13-01",
        "2026-02-30 10:00",
        "2026-11-20 9:30",
        "2026-11-20 25:00",
        "20261120",
        "2026-11-20+01:00",
        "0001-01-01 00:00+02:00",
        "9999-12-31 23:59-10:00",
        "٢٠٢٦-11-20",
        "",
    ],
)
def test_what_is_no_time_is_told(text):
    assert read_time(text, "Europe/Berlin").kind.code == "bad-time"


def test_a_time_that_clocks_skip_names_both_readings():
    finding = read_time("2027-03-28 02:30", "Europe/Berlin")
    assert finding.kind.code == "time-gap"
    assert "2027-03-28T01:30+01:00 or 2027-03-28T03:30+02:00" in finding.message


def test_a_time_that_comes_twice_names_both_readings():
    finding = read_time("2026-10-25 02:30", "Europe/Berlin")
    assert finding.kind.code == "time-twice"
    assert "2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00" in finding.message


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe", "a\0b"])
def test_an_unknown_zone_is_a_settings_error(name):
    with pytest.raises(SettingsError, match="IANA"):
        zone(name)
