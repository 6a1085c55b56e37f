"""A state in a file of the project, with its journal and lock beside it.

Everything is written by one process at a time: the lock file says whose turn it is, and every write
looks again, under a short lock of the operating system, whether it still is ours and whether the
files are as this process left them. What is durable when is told in `durable` and `journal_file`.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.state import waiting
from threadsync.state.durable import aside_of, read_file, remove_file, saving
from threadsync.state.found import Found, Places, found_in
from threadsync.state.journal import journal_path
from threadsync.state.local.files import Files
from threadsync.state.local.lockfile import LockFile, this_process
from threadsync.state.seen import Seen, load_seen, remember
from threadsync.state.store import LockInfo, folded, rfc3339
from threadsync.state.waiting import take_in_turn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime
    from pathlib import Path

    from threadsync.state.local.session import LocalSession
    from threadsync.state.model import State

POLL_S = 0.5
"""How long to wait before a held lock is looked at again."""
_READ_ATTEMPTS = 20


class LocalStore:
    """The store of `state.backend: local`. Relative to `path` lie the journal and the lock.

    `seen_path` remembers the last state seen; backups are kept in `backups` beside it, so each
    account needs a folder of its own there. `clock` gives aware times, `written_by` is this program
    and its version, `run` the address of the CI run.
    """

    def __init__(
        self,
        path: Path,
        *,
        seen_path: Path,
        clock: Callable[[], datetime],
        written_by: str,
        run: str | None = None,
        sleep: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        real = path.resolve()  # a link stays a link
        self._files = Files(
            real, journal_path(real), LockFile(real), seen_path, seen_path.with_name("backups")
        )
        self._clock = clock
        self._written_by = written_by
        self._run = run
        self._sleep = sleep or waiting.sleep

    def read(self) -> State:
        return self._load()[0].state

    async def seen(self) -> Seen | None:
        """Lineage and serial of the last state a session on this machine has seen."""
        return load_seen(self._files.seen)

    async def locked_by(self) -> LockInfo | None:
        return self._files.lock.holder()

    async def unlock(self, lock_id: str) -> LockInfo:
        with self._files.lock.guard():
            return self._files.lock.break_lock(lock_id)

    @asynccontextmanager
    async def session(
        self, operation: str, *, timeout_s: float = 0.0, to_replace: bool = False
    ) -> AsyncIterator[LocalSession]:
        info = await self._take_lock(operation, timeout_s)
        try:
            session = self._open(info, to_replace=to_replace)
            try:
                async with folded(session):
                    yield session
            finally:
                session.close()
        finally:
            self._release(info)

    async def _take_lock(self, operation: str, timeout_s: float) -> LockInfo:
        info = this_process(operation, rfc3339(self._clock()), self._run)
        lock = self._files.lock
        with saving(lock.path):
            lock.path.parent.mkdir(parents=True, exist_ok=True)

        async def take() -> LockInfo | None:
            with lock.guard():
                holder = lock.holder()
                if holder is None:
                    lock.take(info)
                return holder

        await take_in_turn(take, timeout_s, poll_s=POLL_S, sleep=self._sleep, clock=self._clock)
        return info

    def _release(self, info: LockInfo) -> None:
        # A lock that cannot be removed is taken over by the next run once this process is gone.
        with suppress(StateError), self._files.lock.guard():
            if self._files.lock.is_held_by(info):
                self._files.lock.remove()

    def _open(self, info: LockInfo, *, to_replace: bool) -> LocalSession:
        """The session of the lock `info`, with what an earlier run left behind tidied up."""
        with self._files.lock.guard():
            self._remove_leftovers()
            found, document = self._load(to_replace=to_replace)
            if not to_replace:
                remember(self._files.seen, found.state)
            from threadsync.state.local.session import LocalSession

            session = LocalSession(
                self._files,
                info,
                found.state,
                found.owners,
                document,
                clock=self._clock,
                written_by=self._written_by,
            )
            if found.is_unfolded:
                session.write_state()
            elif found.journal is not None:
                with saving(self._files.journal):
                    remove_file(self._files.journal)
            return session

    def _remove_leftovers(self) -> None:
        files = self._files
        for path in (files.state, files.journal, files.lock.path):
            with saving(path):
                aside_of(path).unlink(missing_ok=True)

    def _load(self, *, to_replace: bool = False) -> tuple[Found, bytes | None]:
        """What the files say, and the bytes of the document."""
        # What was seen is read first: another run may write a newer state meanwhile.
        seen = load_seen(self._files.seen)
        document, journal_text = self._texts()
        places = Places(*map(str, (self._files.state, self._files.journal, self._files.seen)))
        found = found_in(document, journal_text, seen, places, to_replace=to_replace)
        return found, document

    def _texts(self) -> tuple[bytes | None, bytes | None]:
        """Document and journal of one moment: a run that folds in between is noticed."""
        for _ in range(_READ_ATTEMPTS):
            before = _identity(self._files.state)
            texts = read_file(self._files.state), read_file(self._files.journal)
            if _identity(self._files.state) == before:
                return texts
        raise StateError(f"{self._files.state}: changes all the time; end the other runs first")


def _identity(path: Path) -> tuple[int, ...] | None:
    """What differs when `path` was replaced or rewritten."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
