"""Whose turn it is to write, and what is written with it: records that wait share one write.

A flush of the disk takes longer than writing ten records, and stores such as R2 take one write a
second of an object.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.state.unbroken import unbroken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from threadsync.state.journal import Record
    from threadsync.state.recording import Change, Recording


@dataclass(eq=False, slots=True)
class Waiting:
    """A record whose writer waits for its turn."""

    record: Record
    is_done: bool = False
    """Whether it is durable, or refused for `error`; its writer has nothing left to do."""
    error: StateError | None = None

    @property
    def subjects(self) -> set[str]:
        """What may only be written once in one write: later records go on from it."""
        named = {self.record[name] for name in ("key", "was", "field") if name in self.record}
        entry = self.record.get("entry") or {}
        return named | {f"id {part['id']}" for part in entry.get("parts", ()) if part.get("id")}


class SharedWrites:
    """Lets the records of a session be written one write after the other, and then show in it.

    `write` makes records durable, `ready` is called before each write. Both raise what went wrong;
    then those that wait try by themselves.
    """

    def __init__(
        self,
        recording: Recording,
        write: Callable[[Sequence[Record]], Awaitable[None]],
        ready: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._recording = recording
        self._write = write
        self._ready = ready
        self._waiting: list[Waiting] = []
        self.turn = asyncio.Lock()
        """Held while something is written."""

    async def put(self, record: Record) -> None:
        """Durable when it returns: written by us, or by another whose turn came first."""
        with self._wait(record) as mine:
            async with self.turn:
                if not mine.is_done:
                    if self._ready is not None:
                        await self._ready()
                    await unbroken(self._write_all(self._next()))
        if mine.error is not None:
            raise mine.error

    @contextmanager
    def _wait(self, record: Record) -> Iterator[Waiting]:
        """Let `record` be taken by whoever writes next, for as long as its writer waits for it."""
        mine = Waiting(record)
        self._waiting.append(mine)
        try:
            yield mine
        finally:
            self._waiting.remove(mine)

    async def _write_all(self, batch: Sequence[Waiting]) -> None:
        """Make `batch` durable, as far as it may be recorded, in one write."""
        changes = [change for waiting in batch if (change := self._checked(waiting)) is not None]
        if changes:
            await self._write([change.record for change in changes])
        for change in changes:
            self._recording.apply(change)
        for waiting in batch:
            waiting.is_done = True

    def _checked(self, waiting: Waiting) -> Change | None:
        """What the record would change; who waits is told why it may not."""
        try:
            return self._recording.check(waiting.record)
        except StateError as exc:
            waiting.error = exc
            return None

    def _next(self) -> list[Waiting]:
        """Those that may be written together, in order; after an error they still wait."""
        batch: list[Waiting] = []
        subjects: set[str] = set()
        for waiting in self._waiting:
            if waiting.is_done:
                continue  # and its writer has not noticed yet
            if subjects & waiting.subjects:
                break
            subjects |= waiting.subjects
            batch.append(waiting)
        return batch
