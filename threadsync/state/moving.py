"""Take a state out of one place and put it into another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from threadsync import __version__
from threadsync.errors import RefusedError, StateError
from threadsync.state.document import owners_of, state_from_json, state_to_json
from threadsync.state.seen import Seen
from threadsync.state.store import rfc3339

if TYPE_CHECKING:
    from threadsync.state.model import State
    from threadsync.state.store import Store


def pulled(state: State) -> str:
    """The document of a state that has a lineage, its journal applied."""
    now = rfc3339(datetime.now(UTC))
    text = state_to_json(state, written_by=f"threadsync {__version__}", written_at=now)
    return text.decode().rstrip()


async def push_state(store: Store, document: bytes, name: str, *, force: bool) -> int:
    """Write the `document` of the file `name` into `store`; the serial it then has.

    What is there may be older than what this machine has seen: the state was elsewhere meanwhile.
    StateError when it is damaged, RefusedError when it is of another lineage or an older serial than
    what is there or was seen, unless `force`.
    """
    state = state_from_json(document, name)
    owners_of(state.entries, name)
    seen = await store.seen()
    async with store.session("state push", to_replace=True) as session:
        if not force:
            _check_goes_on(state, session.state, seen, name)
        await session.replace(state)
        return session.state.serial


def _check_goes_on(state: State, there: State, seen: Seen | None, name: str) -> None:
    if state.lineage is None:
        raise StateError(f"{name}: names no lineage")
    if there.lineage is None:
        return
    _check_not_before(state, Seen(there.lineage, there.serial), name, "the state there")
    if seen is not None:
        _check_not_before(state, seen, name, "the last one seen here")


def _check_not_before(state: State, last: Seen, name: str, whose: str) -> None:
    advice = "nothing was overwritten; --force pushes it all the same"
    if state.lineage != last.lineage:
        raise RefusedError(
            f"{name} is of lineage {state.lineage}, {whose} of {last.lineage}; {advice}"
        )
    if state.serial < last.serial:
        raise RefusedError(
            f"{name} has serial {state.serial:,}, {whose} {last.serial:,}: it is older; {advice}"
        )
