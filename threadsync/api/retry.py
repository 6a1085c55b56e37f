"""When a call is repeated, how long to wait before, and how calls are paced. Pure.

`transport` is the only place that repeats anything, and this is all it goes by.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from threadsync.errors import ApiError, NotSentError, RateLimitError, TemporaryError

if TYPE_CHECKING:
    from threadsync.api.wire import Call

MAX_TRIES = 5
MAX_WAIT = timedelta(seconds=60)
_FIRST_WAIT_S = 0.5

PACED_FROM = 80
"""Percent of the app's call rate from which on calls are paced."""


def may_repeat(call: Call[Any], error: ApiError, tries: int) -> bool:
    """Whether `call` may be sent again after `tries` tries, the last of which gave `error`.

    Publishing, deleting and reposting are never repeated here. Other calls are after a refusal for
    the rate and after any doubt, because a second effect is harmless.
    """
    if tries >= MAX_TRIES or not call.is_repeatable:
        return False
    if isinstance(error, NotSentError | TemporaryError | RateLimitError):
        return True
    return error.status == 429


def wait_before(tries: int, retry_after: timedelta | None, jitter: float) -> timedelta:
    """How long to wait after `tries` tries (from 1).

    `retry_after` is what the server asks for; it wins over the back-off. `jitter` is a random
    number from 0 to 1. Never above MAX_WAIT.
    """
    if retry_after is not None:
        return min(MAX_WAIT, retry_after)
    back_off_s = _FIRST_WAIT_S * 2 ** (tries - 1) * (0.5 + jitter)
    return timedelta(seconds=min(MAX_WAIT.total_seconds(), back_off_s))


def read_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """The header `Retry-After`: seconds or an HTTP date; None when absent or not to be read."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), 86_400))
    moment = read_date(text)
    return max(timedelta(0), moment - now) if moment else None


@lru_cache(maxsize=8)
def read_date(header: str | None) -> datetime | None:
    """An HTTP date in UTC; None when absent or not to be read."""
    try:
        moment = parsedate_to_datetime(header or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


@lru_cache(maxsize=8)
def read_usage(header: str | None) -> int | None:
    """The highest percentage in `x-app-usage`, 0 to 1000; None when absent or not to be read."""
    try:
        shares = json.loads(header or "").values()
    except (AttributeError, ValueError, RecursionError):
        return None
    # Comparing takes NaN out too.
    numbers = [share for share in shares if isinstance(share, int | float) and share >= 0]
    return int(min(max(numbers, default=0), 1000))


def pause_at(usage: int | None) -> timedelta:
    """How long to wait before the next call when `usage` percent of the call rate are used.

    Nothing below PACED_FROM; from there on in equal steps up to MAX_WAIT at 100 percent.
    """
    if usage is None or usage < PACED_FROM:
        return timedelta(0)
    return MAX_WAIT * min(1.0, (usage - PACED_FROM + 1) / (100 - PACED_FROM + 1))
