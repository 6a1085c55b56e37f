"""A state in a place that several machines write to: a bucket, or a branch of a git remote.

The state, its journal and its lock are three documents of a vault, each written by compare-and-swap.
That alone keeps two runs apart; the lock, a lease, only spares them the collision. Why this holds,
crash by crash, is told in `publishing`; a run that takes over a lock that was not given back first
writes the journal under its own name, so that the run before it can write nothing more.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.state import waiting
from threadsync.state.found import Places, found_in
from threadsync.state.local.lockfile import this_process
from threadsync.state.remote import journal as remote_journal
from threadsync.state.remote.lease import HeldLease
from threadsync.state.remote.lease_document import break_lease, holder_of
from threadsync.state.remote.session import NAME, Loaded, RemoteSession
from threadsync.state.remote.vault import LostRaceError
from threadsync.state.seen import Seen, load_seen, remember
from threadsync.state.store import LockInfo, folded, rfc3339
from threadsync.state.unbroken import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime
    from pathlib import Path

    from threadsync.state.model import State
    from threadsync.state.remote.vault import Document, Vault

_ATTEMPTS = 20


class RemoteStore:
    """The store of `state.backend: s3` and `git`.

    `seen_path` remembers the last state seen on this machine, so each account needs one of its own.
    `clock` gives aware times, `monotonic` seconds that only grow; `written_by` is this program and
    its version, `run` the address of the CI run.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        seen_path: Path,
        clock: Callable[[], datetime],
        written_by: str,
        run: str | None = None,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vault = vault
        self._seen_path = seen_path
        self._clock = clock
        self._written_by = written_by
        self._run = run
        self._sleep = sleep or waiting.sleep
        self._monotonic = monotonic

    def read(self) -> State:
        return self._load().found.state

    async def seen(self) -> Seen | None:
        """Lineage and serial of the last state a session on this machine has seen."""
        return load_seen(self._seen_path)

    async def locked_by(self) -> LockInfo | None:
        return await in_thread(partial(holder_of, self._vault, self._clock()))

    async def unlock(self, lock_id: str) -> LockInfo:
        return await in_thread(partial(break_lease, self._vault, lock_id))

    @asynccontextmanager
    async def session(
        self, operation: str, *, timeout_s: float = 0.0, to_replace: bool = False
    ) -> AsyncIterator[RemoteSession]:
        info = this_process(operation, rfc3339(self._clock()), self._run)
        lease = HeldLease(
            self._vault, info, clock=self._clock, monotonic=self._monotonic, sleep=self._sleep
        )
        async with lease.held(timeout_s):
            session = await self._open(lease, info, to_replace=to_replace)
            async with folded(session):
                yield session

    async def _open(self, lease: HeldLease, info: LockInfo, *, to_replace: bool) -> RemoteSession:
        """The session of `lease`, with what an earlier run left behind folded."""
        for _ in range(_ATTEMPTS):
            loaded = await in_thread(partial(self._load, to_replace=to_replace))
            if not to_replace:
                remember(self._seen_path, loaded.found.state)
            session = RemoteSession(
                self._vault,
                lease,
                loaded,
                self._seen_path,
                info=info,
                clock=self._clock,
                written_by=self._written_by,
            )
            with suppress(LostRaceError):  # the run before us still wrote: look again
                await session.begin(is_left=lease.was_left)
                return session
        raise self._restless()

    def _load(self, *, to_replace: bool = False) -> Loaded:
        """State and journal of one moment: a pair that does not fit was read while a run folded."""
        seen = load_seen(self._seen_path)
        place = self._vault.place
        places = Places(place, f"{place} (journal)", str(self._seen_path))
        last: tuple[Document | None, Document | None] | None = None
        for _ in range(_ATTEMPTS):
            # In this order: a journal that goes on from the state read before it belongs to it.
            document, journal = self._vault.read(NAME), self._vault.read(remote_journal.NAME)
            try:
                found = found_in(
                    _data(document),
                    _data(journal),
                    seen,
                    places,
                    is_whole=True,
                    to_replace=to_replace,
                )
            except StateError:
                if (document, journal) == last:
                    raise
                last = document, journal
            else:
                return Loaded(found, document, journal)
        raise self._restless()

    def _restless(self) -> StateError:
        return StateError(f"{self._vault.place}: changes all the time; end the other runs first")


def _data(document: Document | None) -> bytes | None:
    return None if document is None else document.data
