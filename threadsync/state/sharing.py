"""Records that wait for their turn to be written share one write. No I/O.

Stores such as R2 take one write a second of an object, so what waits goes together.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadsync.errors import StateError
    from threadsync.state.journal import Record


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


class Queue:
    """What waits to be written, the longest waiting first."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []

    @contextmanager
    def waiting(self, record: Record) -> Iterator[Waiting]:
        """Let `record` be taken by whoever writes next, for as long as its writer waits for it."""
        mine = Waiting(record)
        self._waiting.append(mine)
        try:
            yield mine
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)

    def take(self) -> list[Waiting]:
        """Those that may be written together, in order; they wait no longer."""
        taken: list[Waiting] = []
        subjects: set[str] = set()
        for waiting in self._waiting:
            if subjects & waiting.subjects:
                break
            subjects |= waiting.subjects
            taken.append(waiting)
        del self._waiting[: len(taken)]
        return taken
