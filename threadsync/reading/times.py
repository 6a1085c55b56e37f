"""`publish_at` as people write it, turned into a moment in UTC.

A time without an offset is read in the project's time zone; where clocks change it may mean no
moment or two, and then the writer is asked.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.errors import SettingsError

if TYPE_CHECKING:
    from datetime import tzinfo

    from threadsync.problems import Finding

_TIME = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:(?:[Tt]|[ \t]+)(?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)"
    r"[ \t]*(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


def read_time(text: str, timezone: str) -> datetime | Finding:
    """The moment `text` means, aware and in UTC, or what is wrong with it.

    A date alone is its midnight. SettingsError when `timezone` is no IANA name.
    """
    naive_or_aware = _parsed(text.strip())
    if naive_or_aware is None:
        return problems.BAD_TIME.found("publish_at", value=text[:60])
    if not 1 < naive_or_aware.year < 9999:  # there is no room for other zones at both ends
        return problems.BAD_TIME.found("publish_at", value=text[:60])
    if naive_or_aware.tzinfo is not None:
        return naive_or_aware.astimezone(UTC)
    return _local(naive_or_aware, timezone)


@cache
def zone(name: str) -> tzinfo:
    """The time zone with this IANA name."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as exc:
        raise SettingsError(
            f"timezone {name!r} is not known; write an IANA name such as Europe/Berlin"
        ) from exc


def _parsed(text: str) -> datetime | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    clock = found["clock"] or "00:00"
    try:
        return datetime.fromisoformat(f"{found['date']}T{clock}{(found['offset'] or '').upper()}")
    except ValueError:
        return None


def _local(naive: datetime, timezone: str) -> datetime | Finding:
    where = zone(timezone)
    first = naive.replace(tzinfo=where, fold=0).astimezone(UTC)
    second = naive.replace(tzinfo=where, fold=1).astimezone(UTC)
    if first == second:
        return first
    exists = first.astimezone(where).replace(tzinfo=None) == naive
    kind = problems.TIME_TWICE if exists else problems.TIME_GAP
    earlier, later = sorted((first, second))
    return kind.found(
        "publish_at",
        value=naive.isoformat(" ", "minutes"),
        zone=timezone,
        earlier=earlier.astimezone(where).isoformat(timespec="minutes"),
        later=later.astimezone(where).isoformat(timespec="minutes"),
    )
