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
    from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
    from typing import Any

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
    """Lets the records of a session be written one write after the other.

    `ready` is called before each write, `write` makes a batch durable. Both raise what went wrong;
    then those that wait try by themselves.
    """

    def __init__(
        self,
        ready: Callable[[], Awaitable[None]],
        write: Callable[[Sequence[Waiting]], Coroutine[Any, Any, None]],
    ) -> None:
        self._ready = ready
        self._write = write
        self._waiting: list[Waiting] = []
        self.turn = asyncio.Lock()
        """Held while something is written."""

    async def put(self, record: Record) -> None:
        """Durable when it returns: written by us, or by another whose turn came first."""
        with self._wait(record) as mine:
            async with self.turn:
                if not mine.is_done:
                    await self._ready()
                    await unbroken(self._write(self._next()))
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


def checked(recording: Recording, batch: Sequence[Waiting]) -> list[Change]:
    """What `batch` would change; those that may not be recorded are told why."""
    changes = []
    for waiting in batch:
        try:
            changes.append(recording.check(waiting.record))
        except StateError as exc:
            waiting.error = exc
    return changes
