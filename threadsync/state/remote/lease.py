"""Holding the lock of a remote state: taken, renewed while the session lasts, given back.

A lease ends by itself when its holder is gone. That nothing of two holders gets mixed up does not
rest on it but on the compare-and-swap of every write; the lease keeps runs from getting that far.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.state.remote.lease_document import (
    LEASE,
    NAME,
    WrittenLease,
    lock_place,
    next_lease,
    read_lease,
)
from threadsync.state.remote.vault import LostRaceError
from threadsync.state.unbroken import in_thread
from threadsync.state.waiting import take_in_turn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from threadsync.state.remote.lease_document import Lease
    from threadsync.state.remote.vault import Vault
    from threadsync.state.store import LockInfo

RENEW_EVERY_S = 45.0
MARGIN = timedelta(seconds=45)
"""A record is begun only with so much of the lease left; else the lease is renewed first."""
POLL_S = 2.0
"""How long to wait before a held lock is looked at again."""
_TAKE_ATTEMPTS = 20


class HeldLease:
    """The lease of one session. `clock` gives aware times, `monotonic` seconds that only grow.

    Both count: a laptop that slept has an old monotonic clock, a clock that was set an old time.
    """

    def __init__(
        self,
        vault: Vault,
        info: LockInfo,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._vault = vault
        self._info = info
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._written: WrittenLease | None = None
        self._ends_s = 0.0
        """When it ends, on the monotonic clock."""
        self._is_doubtful = False
        self._is_lost = False
        self.was_left = False
        """Whether the one before us did not give it back: it may still be writing."""

    @asynccontextmanager
    async def held(self, timeout_s: float) -> AsyncIterator[None]:
        """Take the lock, keep it while open, give it back; StateLockedError after `timeout_s`."""
        try:
            await take_in_turn(
                lambda: in_thread(self._take),
                timeout_s,
                poll_s=POLL_S,
                sleep=self._sleep,
                clock=self._clock,
            )
            keeper = asyncio.create_task(self._keep())
            try:
                yield
            finally:
                keeper.cancel()
                await asyncio.gather(keeper, return_exceptions=True)
        finally:
            with suppress(StateError):  # it ends by itself
                await in_thread(self._release)

    async def ensure(self) -> None:
        """Make sure that the lock is ours for long enough to write a record.

        StateError when it is not: then nothing may be written or sent any more.
        """
        async with self._turn:
            self._check_not_lost()
            if self._is_doubtful or self._left() < MARGIN:
                await in_thread(self._renew)

    def confirm(self) -> None:
        """StateError when another run has broken or taken the lock. Blocks."""
        found = read_lease(self._vault)
        lease = found.lease if found else None
        if lease is None or lease.info.id != self._info.id or lease.broken_by is not None:
            self._is_lost = True
        self._check_not_lost()

    @property
    def _ours(self) -> WrittenLease:
        if self._written is None:
            raise AssertionError("the lock was not taken")
        return self._written

    def _left(self) -> timedelta:
        """How long it lasts, by the clock that says less."""
        by_clock = self._ours.lease.ends - self._clock()
        return min(by_clock, timedelta(seconds=self._ends_s - self._monotonic()))

    def _take(self) -> LockInfo | None:
        """Take the lock if it is free; who holds it otherwise."""
        for _ in range(_TAKE_ATTEMPTS):
            found = read_lease(self._vault)
            now = self._clock()
            if found is not None and found.lease.holds(now):
                return self._seen_held(found)
            last = found.lease if found else None
            with suppress(LostRaceError):  # another was quicker: see who
                self._write(next_lease(self._info, last, now), found.tag if found else None)
                self.was_left = last is not None and not last.is_released
                return None
        raise StateError(f"{lock_place(self._vault)}: changes all the time; run again")

    def _seen_held(self, found: WrittenLease) -> LockInfo | None:
        """Who holds the lock; None when it is ours: the answer to our write was lost."""
        if found.lease.info.id != self._info.id:
            return found.lease.info
        self._note(found, self._monotonic())
        return None

    def _write(self, lease: Lease, tag: str | None) -> None:
        begun_s = self._monotonic()
        self._note(WrittenLease(lease, self._vault.write(NAME, lease.to_json(), tag)), begun_s)

    def _note(self, written: WrittenLease, begun_s: float) -> None:
        self._written, self._ends_s = written, begun_s + LEASE.total_seconds()

    def _renew(self) -> None:
        try:
            self._write(self._ours.lease.renewed(self._clock()), self._ours.tag)
        except LostRaceError:
            self._is_lost = True
            self._check_not_lost()
        except StateError:
            self._is_doubtful = True
            raise
        self._is_doubtful = False

    def _release(self) -> None:
        if self._written is not None:
            released = self._written.lease._replace(is_released=True)
            self._vault.write(NAME, released.to_json(), self._written.tag)

    async def _keep(self) -> None:
        """Renew the lease now and then; what goes wrong is told to the next record."""
        while not self._is_lost:
            await self._sleep(RENEW_EVERY_S)
            with suppress(StateError):
                async with self._turn:
                    await in_thread(self._renew)

    def _check_not_lost(self) -> None:
        if self._is_lost:
            what = f"lock {self._info.id} of this run was broken by another one"
            raise StateError(f"{lock_place(self._vault)}: {what}; nothing was written. Run again")
