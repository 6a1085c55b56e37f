"""The right to write a local state: records go to the journal, folding writes the document."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from threadsync.errors import StateError
from threadsync.state.backups import keep_backup
from threadsync.state.document import state_to_json
from threadsync.state.durable import read_file, remove_file, replace_file, saving
from threadsync.state.journal import entry_record, field_record, new_journal
from threadsync.state.local.journal_file import JournalFile
from threadsync.state.recording import Recording, lineage_of
from threadsync.state.seen import Seen, remember, save_seen
from threadsync.state.sharing import SharedWrites
from threadsync.state.store import rfc3339
from threadsync.state.unbroken import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from threadsync.state.journal import Record
    from threadsync.state.local.files import Files
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
        self._recording = Recording(state, owners, str(files.journal))
        self._document_digest = _digest(document)
        self._journal: JournalFile | None = None
        self._has_backup = False
        self._clock = clock
        self._written_by = written_by
        self._notes: list[Record] = []
        """What is to be written with the next record."""
        self._writes = SharedWrites(self._recording, self._write)

    @property
    def state(self) -> State:
        """The state with every record of this session applied; later records show in it too."""
        return self._recording.state

    async def record(self, key: str, entry: EntryState | None, *, was: str | None = None) -> None:
        await self._writes.put(entry_record(key, entry, rfc3339(self._clock()), was))

    async def note(self, key: str, entry: EntryState) -> None:
        async with self._writes.turn:
            change = self._recording.check(entry_record(key, entry, rfc3339(self._clock())))
            self._recording.apply(change)
            self._notes.append(change.record)

    async def set_field(self, name: str, value: Any) -> None:
        await self._writes.put(field_record(name, value, rfc3339(self._clock())))

    async def replace(self, state: State) -> None:
        async with self._writes.turn:
            with self._files.lock.guard():
                self._check_ours()
                self._check_document()
                self._recording.replace(state)
                self.write_state()
                save_seen(self._files.seen, Seen(lineage_of(self.state), self.state.serial))

    async def fold(self) -> None:
        async with self._writes.turn:
            if self._journal is None and not self._notes:
                return
            with self._files.lock.guard():
                self._check_ours()
                self._check_document()
                self.write_state()

    def write_state(self) -> None:
        """Write the document, serial + 1, and drop the journal. The caller holds the guard."""
        state = self._recording.next_state()
        text = state_to_json(state, written_by=self._written_by, written_at=rfc3339(self._clock()))
        self._keep_backup()
        self._write_notes()
        with saving(self._files.state):
            replace_file(self._files.state, text)
        self._recording.saved()
        self._document_digest = _digest(text)
        self.close()
        with saving(self._files.journal):
            remove_file(self._files.journal)
        remember(self._files.seen, state)

    def _write_notes(self) -> None:
        """Let the journal say all that the state will: whoever finds both compares them."""
        if self._notes and self._journal is not None:
            self._journal.append(*self._notes)
            self._journal.sync()
        self._notes.clear()

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    async def _write(self, records: Sequence[Record]) -> None:
        await in_thread(lambda: self._append(*records))

    def _append(self, *records: Record) -> None:
        """Put `records`, and what was noted before, on disk. Blocks.

        The disk is waited for without the guard: who finds us stopped meanwhile need not wait too.
        """
        records = (*self._notes, *records)
        with self._files.lock.guard():
            self._check_ours()
            if self._journal is None:
                self._journal = self._new_journal(records)
            else:
                self._journal.append(*records)
        self._journal.sync()
        self._notes.clear()

    def _new_journal(self, records: tuple[Record, ...]) -> JournalFile:
        self._check_document()
        if self._files.journal.exists():
            what = "was made by something else while this run wrote"
            raise StateError(f"{self._files.journal}: {what}; nothing was written. Run again")
        lineage = lineage_of(self.state)
        if self.state.lineage is None:
            # Before the journal: a lineage that is not the one seen would be refused.
            save_seen(self._files.seen, Seen(lineage, 0))
        text = new_journal(lineage, self.state.serial, *records)
        journal = JournalFile(self._files.journal, text)
        self._recording.start(lineage)
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
            keep_backup(self._files.backups, document, self.state.serial, self._clock())
        self._has_backup = True


def _digest(document: bytes | None) -> bytes | None:
    return None if document is None else hashlib.sha256(document).digest()
