"""When a container is looked at again, and when waiting for it ends. Pure."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WAITS_S = (1.0, 2.0, 3.0, 5.0, 5.0, 10.0, 10.0, 15.0)
_OFTEN_UNTIL_S = 300.0
_SELDOM_S = 60.0

# How long Meta may take; our own limits, above all that field reports tell (read 2026-11-22).
LIMITS_S = {"TEXT": 120.0, "IMAGE": 600.0, "CAROUSEL": 3600.0, "VIDEO": 3600.0}

# Field reports tell of 3 to 30 seconds until a fresh container or post is seen everywhere
# (read 2026-11-22).
NOT_READY_WAITS_S = (3.0, 5.0, 10.0, 20.0)


class Polling(NamedTuple):
    """How often, and for how long, a container is looked at."""

    waits_s: tuple[float, ...] = WAITS_S
    """Seconds before each further look; the last goes on to five minutes, then once a minute."""
    limits_s: Mapping[str, float] = LIMITS_S
    """Seconds that Meta may take, by media type."""

    def waits(self, limit_s: float) -> Iterator[float]:
        return waits_s(limit_s, self.waits_s)


def waits_s(limit_s: float, waits_s: tuple[float, ...] = WAITS_S) -> Iterator[float]:
    """Seconds to wait before each further look, ending when together they would pass `limit_s`.

    The first look is at once and not in here: 1, 2, 3, 5, 5, 10, 10, 15, then every 15 seconds to
    five minutes, then once a minute.
    """
    passed = 0.0
    for wait in chain(waits_s, repeat(waits_s[-1])):
        if passed + wait > limit_s or passed >= _OFTEN_UNTIL_S:
            break
        passed += wait
        yield wait
    while passed >= _OFTEN_UNTIL_S and passed + _SELDOM_S <= limit_s:
        passed += _SELDOM_S
        yield _SELDOM_S
