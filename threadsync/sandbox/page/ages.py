"""Ages and times left, as people say them. Pure."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from threadsync.drawing.model import Moment

if TYPE_CHECKING:
    from collections.abc import Callable

_DAYS_TOLD = 7
_SECONDS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def moment(at: datetime, now: datetime) -> Moment:
    at = at.astimezone(UTC)
    return Moment(ago(at, now), f"{at:%Y-%m-%d %H:%M:%S} UTC", at.isoformat(timespec="seconds"))


def ago(at: datetime, now: datetime) -> str:
    """`just now`, `5 min`, `3 h`, `2 d`, or the date when that is longer ago than a week."""
    age = now - at
    if age >= timedelta(days=_DAYS_TOLD):
        return f"{at:%Y-%m-%d}"
    # An age begins anew at each whole unit, as a person's does.
    return _told(age, math.floor) or "just now"


def left(until: datetime, now: datetime, over: str) -> str:
    """`23 h left`, or `over` when the time is past."""
    if now >= until:
        return over
    return f"{_told(until - now, round) or 'less than 1 min'} left"


def _told(time: timedelta, whole: Callable[[float], int]) -> str:
    """In the largest unit of which there is one whole; empty below a minute."""
    seconds = time.total_seconds()
    found = ((whole(seconds / size), unit) for size, unit in _SECONDS if seconds >= size)
    return next((f"{count} {unit}" for count, unit in found), "")
