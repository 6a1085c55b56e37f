"""Waiting until a lock is free, for as long as was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.errors import StateLockedError
from threadsync.state.store import locked_message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from threadsync.state.store import LockInfo


async def take_in_turn(
    take: Callable[[], Awaitable[LockInfo | None]],
    timeout_s: float,
    *,
    poll_s: float,
    sleep: Callable[[float], Awaitable[None]],
    clock: Callable[[], datetime],
) -> None:
    """Call `take` until it took the lock and says None; it names who holds it otherwise.

    StateLockedError after `timeout_s` of waiting, with one last look at the end.
    """
    waited_s = 0.0
    while holder := await take():
        if waited_s >= timeout_s:
            raise StateLockedError(locked_message(holder, clock()))
        pause_s = min(poll_s, timeout_s - waited_s)
        await sleep(pause_s)
        waited_s += pause_s


async def sleep(seconds: float) -> None:
    """The event loop's sleep, imported when it is needed: it takes longer than a state to read."""
    import asyncio

    await asyncio.sleep(seconds)
