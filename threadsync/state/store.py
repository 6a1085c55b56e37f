"""What every place that keeps a state can do. One contract suite in the tests holds for all."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from threadsync.errors import StateError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from threadsync.state.model import EntryState, State
    from threadsync.state.seen import Seen


class LockInfo(NamedTuple):
    """Who holds a lock, since when (RFC 3339, UTC) and for what."""

    id: str
    who: str
    """`name@host`."""
    operation: str
    created: str
    pid: int
    host: str
    run: str | None = None
    """The address of the CI run, when there is one."""


class Session(Protocol):
    """The right to write a state, from taking its lock to releasing it.

    `record` is durable when it returns and costs the same however large the state is; the records
    are folded into the state by `close`, or at the start of the next session after a crash.
    """

    @property
    def state(self) -> State:
        """The state with every record of this session applied.

        Its entries are a view: records that follow show in it too.
        """
        ...

    async def record(self, key: str, entry: EntryState | None, *, was: str | None = None) -> None:
        """Put what is now known of one entry on record; None forgets the entry.

        `was` is the key it had until now: moved in one record, it is never there twice nor lost.
        StateError when the lock is no longer ours or the record cannot be made durable; then
        nothing was written.
        """
        ...

    async def note(self, key: str, entry: EntryState) -> None:
        """Put on record what a crash may take away again: durable with the next record, or folded."""
        ...

    async def set_field(self, name: str, value: Any) -> None:
        """Put a field of the document on record, such as `account` or `ledger`, as JSON."""
        ...

    async def replace(self, state: State) -> None:
        """Write `state` in the place of the whole document, with a serial above both.

        For a session without records of its own. What was there before becomes a backup.
        """
        ...

    async def fold(self) -> None:
        """Write the records into the state document, serial + 1. Nothing happens without records."""
        ...


@asynccontextmanager
async def folded(session: Session) -> AsyncIterator[None]:
    """Fold the records of `session` at the end, also after an error."""
    try:
        yield
    except BaseException:
        with suppress(StateError):  # the journal keeps the records for the next session
            await session.fold()
        raise
    else:
        await session.fold()


class Store(Protocol):
    """A place that keeps one state, its journal and its lock."""

    def read(self) -> State:
        """The state with an unfolded journal applied; an empty one when there is none yet.

        Blocks: commands that only look need no event loop. Takes no lock and writes nothing. StateError when it is damaged, newer or older than seen.
        """
        ...

    async def seen(self) -> Seen | None:
        """Lineage and serial of the last state a session on this machine has seen."""
        ...

    def session(
        self, operation: str, *, timeout_s: float = 0.0, to_replace: bool = False
    ) -> AbstractAsyncContextManager[Session]:
        """Hold the lock: fold what an earlier run left, hand out the session, fold at the end.

        Waits `timeout_s` for another holder, then raises StateLockedError. A state that is there
        `to_replace` it may be older than one seen, and is not remembered.
        """
        ...

    async def locked_by(self) -> LockInfo | None:
        """Who holds the lock now."""
        ...

    async def unlock(self, lock_id: str) -> LockInfo:
        """Break the lock `lock_id` and say who held it; StateError when it is another or none."""
        ...


def locked_message(lock: LockInfo, now: datetime) -> str:
    """What to tell whoever has to wait for `lock`, with the command that breaks it."""
    since = datetime.fromisoformat(lock.created).astimezone(UTC)
    day = "" if since.date() == now.astimezone(UTC).date() else f"{since:%Y-%m-%d} "
    return (
        f"state is locked by {lock.who} since {day}{since:%H:%M} UTC "
        f"({lock.operation}, lock {lock.id}); wait, or run: threadsync state unlock {lock.id}"
    )


def rfc3339(moment: datetime) -> str:
    """An aware time in UTC, to the second, as states, journals and locks write it."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='seconds')}Z"
