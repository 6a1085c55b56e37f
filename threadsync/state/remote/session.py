"""The right to write a remote state: records go to its journal, folding writes the document.

Each write is a compare-and-swap on the version this session has read or written last. Whoever loses
one learns it before anything is sent, and the session ends there.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.errors import StateError
from threadsync.state.backups import backup_name, too_old
from threadsync.state.document import state_to_json
from threadsync.state.journal import entry_record, field_record
from threadsync.state.recording import Recording, lineage_of
from threadsync.state.remote.journal import RemoteJournal
from threadsync.state.remote.vault import LostRaceError
from threadsync.state.seen import Seen, remember, save_seen
from threadsync.state.sharing import SharedWrites
from threadsync.state.store import rfc3339
from threadsync.state.unbroken import in_thread, unbroken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from threadsync.state.found import Found
    from threadsync.state.journal import Record
    from threadsync.state.model import EntryState, State
    from threadsync.state.remote.lease import HeldLease
    from threadsync.state.remote.vault import Document, Vault
    from threadsync.state.store import LockInfo

NAME = "state.json"
BACKUPS = "backups/"
FOLD_AT = 200
"""With records of so many entries the journal is folded: each write sends all of them."""


class Loaded(NamedTuple):
    """What the documents say together, and the documents themselves."""

    found: Found
    document: Document | None
    journal: Document | None


class RemoteSession:
    """A session of RemoteStore; `RemoteStore.session` makes and closes it, holding `lease`."""

    def __init__(
        self,
        vault: Vault,
        lease: HeldLease,
        loaded: Loaded,
        seen_path: Path,
        *,
        info: LockInfo,
        clock: Callable[[], datetime],
        written_by: str,
    ) -> None:
        found = loaded.found
        self._vault = vault
        self._lease = lease
        self._recording = Recording(found.state, found.owners, f"{vault.place} (journal)")
        records = found.journal.records if found.journal and found.is_unfolded else ()
        tag = loaded.journal.tag if loaded.journal else None
        self._journal = RemoteJournal(vault, info.id, tag, records)
        self._tag = loaded.document.tag if loaded.document else None
        self._to_back_up = loaded.document.data if loaded.document else None
        self._seen_path = seen_path
        self._clock = clock
        # Two runs never write the same bytes: how a lost answer is told from another's write.
        self._written_by = f"{written_by} ({info.operation}, lock {info.id})"
        self._notes: list[Record] = []
        """What is to be written with the next record."""
        self._writes = SharedWrites(self._recording, self._write, self._ready)
        self._end: str | None = None
        """Why nothing more may be written."""

    @property
    def state(self) -> State:
        """The state with every record of this session applied; later records show in it too."""
        return self._recording.state

    async def begin(self, *, is_left: bool) -> None:
        """Fold what an earlier run left, so that it can write nothing more even if it still lives.

        With `is_left` it may. LostRaceError when it wrote meanwhile: what was loaded is old.
        """
        if is_left or len(self._journal):
            await self._finish(self._put_records)
        if len(self._journal):
            await self._save()

    async def record(self, key: str, entry: EntryState | None, *, was: str | None = None) -> None:
        await self._writes.put(entry_record(key, entry, rfc3339(self._clock()), was))

    async def note(self, key: str, entry: EntryState) -> None:
        async with self._writes.turn:
            self._check_open()
            change = self._recording.check(entry_record(key, entry, rfc3339(self._clock())))
            self._recording.apply(change)
            self._notes.append(change.record)

    async def set_field(self, name: str, value: Any) -> None:
        await self._writes.put(field_record(name, value, rfc3339(self._clock())))

    async def replace(self, state: State) -> None:
        async with self._writes.turn:
            self._check_open()
            await self._lease.ensure()
            self._recording.replace(state)
            await unbroken(self._save())
            save_seen(self._seen_path, Seen(lineage_of(self.state), self.state.serial))

    async def fold(self) -> None:
        async with self._writes.turn:
            if len(self._journal) or self._notes:
                self._check_open()
                await unbroken(self._save())

    async def _ready(self) -> None:
        self._check_open()
        await self._lease.ensure()

    async def _write(self, records: Sequence[Record]) -> None:
        if len(self._journal) >= FOLD_AT:
            await self._save()
        await self._finish(lambda: self._put_records(*records))

    async def _save(self) -> None:
        await self._finish(self._save_document)
        self._recording.saved()

    async def _finish(self, write: Callable[[], None]) -> None:
        """Write in a thread; after an error it is not known what is there, so the session ends."""
        try:
            await in_thread(write)
        except BaseException as exc:
            self._end = str(exc) if isinstance(exc, StateError) else self._broken_off()
            raise

    def _broken_off(self) -> str:
        return f"{self._vault.place}: a write of this run was broken off; run again"

    def _check_open(self) -> None:
        if self._end is not None:
            raise StateError(self._end)

    def _put_records(self, *records: Record) -> None:
        state = self._recording.state
        lineage = lineage_of(state)
        with self._told_who_won():
            self._journal.put(lineage, state.serial, *self._notes, *records)
        self._notes.clear()
        if state.lineage is None:
            save_seen(self._seen_path, Seen(lineage, state.serial))
            self._recording.start(lineage)

    def _save_document(self) -> None:
        """Write the document, serial + 1, and empty the journal."""
        self._lease.confirm()
        if self._notes:
            # Whoever finds document and journal compares them: the journal must say all of it.
            self._put_records()
        state = self._recording.next_state()
        text = state_to_json(state, written_by=self._written_by, written_at=rfc3339(self._clock()))
        self._keep_backup()
        with self._told_who_won():
            self._tag = self._vault.write(NAME, text, self._tag)
            remember(self._seen_path, state)
            self._journal.clear(str(state.lineage), state.serial)

    def _keep_backup(self) -> None:
        """Copy the document from before the first write of this run."""
        if self._to_back_up is None:
            return
        name = BACKUPS + backup_name(self.state.serial, self._clock())
        with suppress(LostRaceError):  # of the same serial and second: the same document
            self._vault.write(name, self._to_back_up, None)
        self._to_back_up = None
        with suppress(StateError):
            for old in too_old(self._vault.names(BACKUPS) or ()):
                self._vault.remove(old)

    @contextmanager
    def _told_who_won(self) -> Iterator[None]:
        """Say of a lost race whether the lock was lost too."""
        try:
            yield
        except LostRaceError as exc:
            self._lease.confirm()
            what = "was changed by something else while this run wrote"
            msg = f"{self._vault.place}: {what}; it was left alone. Run again"
            raise LostRaceError(msg) from exc
