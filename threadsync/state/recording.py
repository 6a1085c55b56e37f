"""What records do to the state of a session, wherever it is kept: nothing here is written or sent.

A session checks a record, makes it durable in its own way, then applies it.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.errors import StateError
from threadsync.state.checks import check_entry
from threadsync.state.document import owners_of
from threadsync.state.journal import apply_record, check_record

if TYPE_CHECKING:
    from threadsync.state.journal import Record
    from threadsync.state.model import State


def lineage_of(state: State) -> str:
    """The lineage of `state`, a new one when it has none."""
    return state.lineage or str(uuid.uuid4())


class Change(NamedTuple):
    """A record that may be written, with the published ids it takes from entries and gives to its own."""

    record: Record
    released: tuple[str, ...]
    claimed: tuple[str, ...]


class Recording:
    """The state of one session. `owners` has the key of each published id in `state`.

    `place` is the journal, for messages. `state` is a view: records applied later show in it too.
    """

    def __init__(self, state: State, owners: dict[str, str], place: str) -> None:
        self._entries: dict[str, Any] = dict(state.entries)
        self.state = replace(state, entries=MappingProxyType(self._entries))
        self._owners = owners
        self._place = place

    def check(self, record: Record) -> Change:
        """What `record` would change; StateError for what the next reader would refuse."""
        try:
            released = self._ids_of(record.get("key")) + self._ids_of(record.get("was"))
            claimed = check_record(record)
            self._check_free(claimed, released)
        except ValueError as exc:
            name = record.get("key") or record.get("field")
            msg = f"{self._place}: {name} was not recorded: {exc}; report this as a bug"
            raise StateError(msg) from exc
        return Change(record, tuple(released), tuple(claimed))

    def apply(self, change: Change) -> None:
        """Show a record that is durable now."""
        self.state = apply_record(self.state, self._entries, change.record)
        for media_id in change.released:
            self._owners.pop(media_id, None)
        for media_id in change.claimed:
            self._owners[media_id] = change.record["key"]

    def start(self, lineage: str) -> None:
        """Name the state `lineage` if it had no name yet."""
        self.state = self.state.started(lineage)

    def replace(self, state: State) -> None:
        """Take `state` for what is known, and go on from the higher of both serials."""
        serial = max(state.serial, self.state.serial)
        owners = owners_of(state.entries, "the new state")
        Recording.__init__(self, replace(state, serial=serial), owners, self._place)

    def next_state(self) -> State:
        """The state as the next document has it: serial + 1."""
        return replace(self.state, serial=self.state.serial + 1)

    def saved(self) -> None:
        """Note that `next_state` was written."""
        self.state = self.next_state()

    def _ids_of(self, key: str | None) -> list[str]:
        """Published ids that belong to the entry `key` now."""
        entry = self._entries.get(key) if key is not None else None
        return [] if key is None or entry is None else check_entry(key, entry)

    def _check_free(self, claimed: list[str], released: list[str]) -> None:
        taken_back = set(released)
        for media_id in claimed:
            owner = self._owners.get(media_id)
            if owner is not None and media_id not in taken_back:
                raise ValueError(f"the published id {media_id} is used twice, first by {owner}")
        if len(set(claimed)) < len(claimed):
            raise ValueError("it has a published id twice")
