"""When a container is looked at again, and when waiting for it ends. Pure."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_WAITS_S = (1.0, 2.0, 3.0, 5.0, 5.0, 10.0, 10.0)
_OFTEN_S = 15.0
_OFTEN_UNTIL_S = 300.0
_SELDOM_S = 60.0

# How long Meta may take; our own limits, above all that field reports tell (read 2026-11-22).
LIMITS_S = {"TEXT": 120.0, "IMAGE": 600.0, "CAROUSEL": 3600.0, "VIDEO": 3600.0}

# Field reports tell of 3 to 30 seconds until a fresh container or post is seen everywhere
# (read 2026-11-22).
NOT_READY_WAITS_S = (3.0, 5.0, 10.0, 20.0)


def waits_s(limit_s: float) -> Iterator[float]:
    """Seconds to wait before each further look, ending when together they would pass `limit_s`.

    The first look is at once and not in here: 1, 2, 3, 5, 5, 10, 10, 15, then every 15 seconds to
    five minutes, then once a minute.
    """
    passed = 0.0
    for wait in chain(_FIRST_WAITS_S, repeat(_OFTEN_S)):
        if passed + wait > limit_s or passed >= _OFTEN_UNTIL_S:
            break
        passed += wait
        yield wait
    while passed >= _OFTEN_UNTIL_S and passed + _SELDOM_S <= limit_s:
        passed += _SELDOM_S
        yield _SELDOM_S
