"""What one apply works with: the API, the uploader, the open state, a clock, and a way to stop.

Made by `project`, handed to everything that changes the world. Here are also the ways in which work
on a part can end other than with a post that is out.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from threadsync.api.polling import Polling
from threadsync.config import DEFAULT_PARALLEL
from threadsync.errors import ExitCode, ThreadsyncError
from threadsync.publishing.events import Event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from datetime import datetime
    from pathlib import Path

    from threadsync.api.client import API
    from threadsync.media.delivery.uploader import Uploader
    from threadsync.publishing.events import Listener
    from threadsync.state.model import EntryState, PartState
    from threadsync.state.store import Session

T = TypeVar("T")
HASTE = 0.15
"""By which share of itself a wait is shorter for the post that is next."""
JITTER = 0.1
"""By which share more it may be shorter by chance, so that runs started together drift apart."""


class PartFailedError(ThreadsyncError):
    """A part is not out and will not come out of this run; the next run tries again."""


class RestrictedError(PartFailedError):
    """What went wrong would go wrong with each post: nothing more should be sent in this run."""

    why = "Meta restricts the account"


class InDoubtError(ThreadsyncError):
    """Whether a part is out is not known; it is on record as an open intent."""


class StoppedError(ThreadsyncError):
    """A person asked the run to end."""

    exit_code = ExitCode.INTERRUPTED


@dataclass(slots=True)
class Afterwards:
    """What is done behind the posts that are out, one thing after the other, while others go out."""

    _last: asyncio.Task[None] | None = None

    def add(self, work: Callable[[], Awaitable[None]]) -> None:
        self._last = asyncio.create_task(self._after(self._last, work))

    async def done(self) -> None:
        """Wait for all of it; raises what went wrong first."""
        if self._last is not None:
            await self._last

    async def give_up(self) -> None:
        """End it wherever it is: nothing more can be put on record."""
        if self._last is not None:
            self._last.cancel()
            await asyncio.gather(self._last, return_exceptions=True)

    async def _after(
        self, before: asyncio.Task[None] | None, work: Callable[[], Awaitable[None]]
    ) -> None:
        if before is not None:
            await before
        await work()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One apply and its tools. `root` is the project's folder, absolute."""

    api: API
    uploader: Uploader
    session: Session
    listen: Listener
    root: Path
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    run_url: str | None = None
    """The address of the CI run, put on record with each intent."""
    settle_s: float = 300.0
    """How long a fresh doubt is looked into before the run ends."""
    polling: Polling = field(default_factory=Polling)
    chance: Callable[[], float] = random.random
    nearness: float = 0.0
    """How soon the post that is worked on has its turn: 1 for the next one, 0 for far away."""
    calls: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DEFAULT_PARALLEL))
    """Bounds the uploads and calls in flight."""
    ids: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a post goes out or is looked for, until its id is on record."""
    afterwards: Afterwards = field(default_factory=Afterwards)

    def now(self) -> datetime:
        """Meta's clock as far as it is known, otherwise ours."""
        return self.api.server_time or self.clock()

    def tell(self, name: str, key: str, **values: Any) -> None:
        self.listen(Event(name, key, values))

    def check_stop(self) -> None:
        """StoppedError once somebody asked to end."""
        if self.stop.is_set():
            raise StoppedError("interrupted")

    def jittered(self, seconds: float) -> float:
        """A wait, shorter for what is sooner: so posts that were made together are ready in turn."""
        return seconds * (1 - HASTE * self.nearness - JITTER * self.chance())

    def nearer(self, position: int, of: int) -> Run:
        """The same run for the work at `position` (from 0) in a line of that length."""
        return replace(self, nearness=max(0.0, 1 - position / of))

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` comes to; it is cancelled, and StoppedError, once somebody asks to end."""
        working = asyncio.create_task(work)
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not working.done():
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
        if working.cancelled():
            raise StoppedError("interrupted")
        return working.result()

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than until somebody asks to end."""
        waiting = asyncio.ensure_future(self.sleep(seconds))
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            stopping.cancel()
        self.check_stop()


@dataclass(slots=True)
class EntryRecord:
    """What is known of one entry while it is worked on; durable as soon as it is put."""

    key: str
    state: EntryState
    session: Session
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def put(self, state: EntryState) -> None:
        """Put `state` on record before anything else happens."""
        async with self._turn:
            await self._put(state)

    async def put_part(self, part: PartState) -> PartState:
        """Put one part on record beside what is known of the others by then."""
        async with self._turn:
            await self._put(self.state.with_part(part))
        return part

    async def put_rest(self) -> None:
        """Put on record what is not yet, if anything."""
        async with self._turn:
            if self.state != self.session.state.entry(self.key):
                await self._put(self.state)

    async def put_permalink(self, media_id: str, permalink: str) -> None:
        """Put the address of a post on record, if it still is one of the entry's."""
        async with self._turn:
            part = next((part for part in self.state.parts if part.id == media_id), None)
            if part is not None:
                self.state = self.state.with_part(replace(part, permalink=permalink))
                await self.session.note(self.key, self.state)

    async def _put(self, state: EntryState) -> None:
        await self.session.record(self.key, state)
        self.state = state
