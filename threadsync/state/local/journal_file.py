"""The journal of a local state on disk: one durable write for records that come together."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.state.durable import replace_file, saving, sync_data
from threadsync.state.journal import TAIL, appended

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from threadsync.state.journal import Record


class JournalFile:
    """A journal this process made and appends to; nobody else may. `close` closes its descriptor."""

    def __init__(self, path: Path, text: bytes) -> None:
        """Make the journal with `text`; it is on disk, with its name, when this returns."""
        self._path = path
        with saving(path):
            replace_file(path, text)
            self._descriptor = os.open(path, os.O_RDWR)
        self._size = self._synced_size = len(text)

    def append(self, *records: Record) -> None:
        """Put `records` at the end in one write; `sync` makes sure that they are on disk.

        StateError when the file is not as this process left it, or cannot be written: then the
        journal is as before.
        """
        self._check_untouched()
        text = appended(*records)
        start = self._size - len(TAIL)
        with self._restoring():
            _write_all(self._descriptor, text, start)
        self._synced_size, self._size = self._size, start + len(text)

    def sync(self) -> None:
        """Return once what was appended last is on disk; other processes may read it already.

        StateError when that fails: then the journal is as before.
        """
        with self._restoring():
            sync_data(self._descriptor)
        self._synced_size = self._size

    def close(self) -> None:
        os.close(self._descriptor)

    def _check_untouched(self) -> None:
        """StateError when the path leads to another file, or another process wrote into ours."""
        ours = os.fstat(self._descriptor)
        with suppress(OSError):
            there = self._path.stat()
            is_same = (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)
            if is_same and ours.st_size == self._size:
                return
        msg = f"{self._path}: was changed by something else while this run wrote; nothing was written. Run again"
        raise StateError(msg)

    @contextmanager
    def _restoring(self) -> Iterator[None]:
        """After an error take back what is not on disk for sure."""
        with saving(self._path):
            try:
                yield
            except OSError:
                self._restore()
                raise

    def _restore(self) -> None:
        """Put the closing line back; when even that fails, readers see a torn record."""
        self._size = self._synced_size
        with suppress(OSError):
            os.pwrite(self._descriptor, TAIL, self._size - len(TAIL))
            os.ftruncate(self._descriptor, self._size)


def _write_all(descriptor: int, data: bytes, offset: int) -> None:
    """One write, unless the disk takes less at a time."""
    written = os.pwrite(descriptor, data, offset)
    while written < len(data):
        written += os.pwrite(descriptor, data[written:], offset + written)
