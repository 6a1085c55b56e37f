"""The right to write a local state: records go to the journal, folding writes the document."""

from __future__ import annotations

import hashlib
import uuid
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from threadsync.errors import StateError
from threadsync.state.backups import keep_backup
from threadsync.state.checks import check_entry
from threadsync.state.document import state_to_json
from threadsync.state.durable import read_file, remove_file, replace_file, saving
from threadsync.state.journal import (
    apply_record,
    check_record,
    entry_record,
    field_record,
    new_journal,
)
from threadsync.state.journal_file import JournalFile
from threadsync.state.seen import Seen, save_seen
from threadsync.state.store import rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from threadsync.state.files import Files
    from threadsync.state.journal import Record
    from threadsync.state.model import EntryState, State
    from threadsync.state.store import LockInfo


class LocalSession:
    """A session of LocalStore; `LocalStore.session` makes and closes it.

    `state` is the state with an unfolded journal applied, `owners` has the key of each published id
    in it, `document` is the bytes of the file it was read from, None when there is no file.
    """

    def __init__(
        self,
        files: Files,
        lock: LockInfo,
        state: State,
        owners: dict[str, str],
        document: bytes | None,
        *,
        clock: Callable[[], datetime],
        written_by: str,
    ) -> None:
        self._files = files
        self._lock = lock
        self._owners = owners
        self._entries: dict[str, Any] = dict(state.entries)
        self._state = replace(state, entries=MappingProxyType(self._entries))
        self._document_digest = _digest(document)
        self._journal: JournalFile | None = None
        self._has_backup = False
        self._clock = clock
        self._written_by = written_by

    @property
    def state(self) -> State:
        """The state with every record of this session applied; later records show in it too."""
        return self._state

    async def record(self, key: str, entry: EntryState | None, *, was: str | None = None) -> None:
        record = entry_record(key, entry, rfc3339(self._clock()), was)
        released = self._ids_of(record["key"]) + self._ids_of(was)
        with self._recordable(key):
            claimed = check_record(record)
            self._check_free(claimed, released)
        self._put(record)
        for media_id in released:
            self._owners.pop(media_id, None)
        self._owners.update(dict.fromkeys(claimed, key))

    async def set_field(self, name: str, value: Any) -> None:
        record = field_record(name, value, rfc3339(self._clock()))
        with self._recordable(name):
            check_record(record)
        self._put(record)

    async def fold(self) -> None:
        if self._journal is None:
            return
        with self._files.lock.guard():
            self._check_ours()
            self._check_document()
            self.write_state()

    def write_state(self) -> None:
        """Write the document, serial + 1, and drop the journal. The caller holds the guard."""
        state = replace(self._state, serial=self._state.serial + 1)
        text = state_to_json(state, written_by=self._written_by, written_at=rfc3339(self._clock()))
        self._keep_backup()
        with saving(self._files.state):
            replace_file(self._files.state, text)
        self._state = state
        self._document_digest = _digest(text)
        self.close()
        with saving(self._files.journal):
            remove_file(self._files.journal)
        save_seen(self._files.seen, Seen(str(state.lineage), state.serial))

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    @contextmanager
    def _recordable(self, name: str) -> Iterator[None]:
        """Refuse what the next reader of the journal would refuse, before it is written."""
        try:
            yield
        except ValueError as exc:
            msg = f"{self._files.journal}: {name} was not recorded: {exc}; report this as a bug"
            raise StateError(msg) from exc

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

    def _put(self, record: Record) -> None:
        with self._files.lock.guard():
            self._check_ours()
            if self._journal is None:
                self._journal = self._new_journal(record)
            else:
                self._journal.append(record)
        self._state = apply_record(self._state, self._entries, record)

    def _new_journal(self, first: Record) -> JournalFile:
        self._check_document()
        if self._files.journal.exists():
            what = "was made by something else while this run wrote"
            raise StateError(f"{self._files.journal}: {what}; nothing was written. Run again")
        lineage = self._state.lineage or str(uuid.uuid4())
        if self._state.lineage is None:
            # Before the journal: a lineage that is not the one seen would be refused.
            save_seen(self._files.seen, Seen(lineage, 0))
        text = new_journal(lineage, self._state.serial, first)
        journal = JournalFile(self._files.journal, text)
        self._state = self._state.started(lineage)
        return journal

    def _check_ours(self) -> None:
        if not self._files.lock.is_held_by(self._lock):
            what = f"lock {self._lock.id} of this run was broken by another one"
            raise StateError(f"{self._files.lock.path}: {what}; nothing was written. Run again")

    def _check_document(self) -> None:
        if _digest(read_file(self._files.state)) != self._document_digest:
            what = "was changed by something else while this run wrote"
            raise StateError(f"{self._files.state}: {what}; it was left alone. See docs/state.md")

    def _keep_backup(self) -> None:
        if self._has_backup:
            return
        document = read_file(self._files.state)
        if document is not None:
            keep_backup(self._files.backups, document, self._state.serial, self._clock())
        self._has_backup = True


def _digest(document: bytes | None) -> bytes | None:
    return None if document is None else hashlib.sha256(document).digest()
