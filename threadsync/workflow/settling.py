"""Everything that earlier runs left in doubt, looked at once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from threadsync.errors import RefusedError
from threadsync.publishing.again import ready_again
from threadsync.publishing.run import EntryRecord
from threadsync.publishing.settle import settle
from threadsync.state.model import EntryStatus, PartStatus

if TYPE_CHECKING:
    from threadsync.publishing.run import Run
    from threadsync.state.model import State
    from threadsync.state.store import Session
    from threadsync.workflow.lazy_run import LazyRun


def doubtful(state: State) -> list[str]:
    """Keys of entries of which it is not known whether they are out, sorted."""
    return sorted(key for key, raw in state.entries.items() if raw["status"] == EntryStatus.UNKNOWN)


async def settle_all(session: Session, lazy_run: LazyRun) -> None:
    """Look once at every entry in doubt; the network is only used when there is one."""
    for key in doubtful(session.state):
        if state := session.state.entry(key):
            record = EntryRecord(key, state, session)
            run = await lazy_run.get()
            is_settled = await settle(run, record)
            if not is_settled and lazy_run.project.settings.policy.on_unknown == "retry":
                await _ready_again(run, record)


async def _ready_again(run: Run, record: EntryRecord) -> None:
    """Let what is still unknown be published again, where nothing can be under way any more."""
    for part in record.state.parts:
        if part.status is PartStatus.UNKNOWN:
            with suppress(RefusedError):
                await record.put_part(await ready_again(run, part))
