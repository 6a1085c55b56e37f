"""When a call is repeated and how long to wait before. The only place that repeats anything."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from threadsync.errors import AmbiguousError, ApiError, NotSentError

if TYPE_CHECKING:
    from threadsync.api.wire import Call

MAX_TRIES = 5
MAX_WAIT = timedelta(seconds=60)
_FIRST_WAIT_S = 0.5
_RATE_LIMIT_CODES = frozenset({4, 17, 32, 341, 613})


def may_repeat(call: Call, error: ApiError, tries: int) -> bool:
    """Whether `call` may be sent again after `tries` tries, the last of which gave `error`.

    Publishing and deleting are never repeated here. Other calls are after a refusal for the rate
    and after any doubt, because a second effect is harmless.
    """
    if tries >= MAX_TRIES or not call.is_repeatable:
        return False
    if error.status == 429:
        return True
    if isinstance(error, NotSentError | AmbiguousError):
        return True
    return error.code in _RATE_LIMIT_CODES or error.is_transient is True


def wait_before(tries: int, retry_after: str | None, jitter: float) -> timedelta:
    """How long to wait after `tries` tries (from 1).

    `retry_after` is the header in seconds as received; it wins over the back-off, and one that
    cannot be read is ignored. `jitter` is a random number from 0 to 1. Never above MAX_WAIT.
    """
    if retry_after is not None and retry_after.strip().isdecimal():
        return min(MAX_WAIT, timedelta(seconds=int(retry_after)))
    return min(MAX_WAIT, timedelta(seconds=_FIRST_WAIT_S * 2 ** (tries - 1) * (0.5 + jitter)))
