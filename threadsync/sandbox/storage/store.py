"""The world on disk: one SQLite file that several servers may share; nothing is kept in memory.

A `Store` opens the file; `read` and `write` give `Records`, one transaction each. A write takes
SQLite's write lock at its start, so what it read stays true until it is committed; it survives the
death of the process from the moment `write` returns.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.sandbox.storage.records import Records
from threadsync.sandbox.storage.schema import FORMAT, found_format, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Self

_LOCK_TIMEOUT_S = 30.0
_PAUSES_S = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0)


class Store:
    """The world in `folder`, which is made when it is missing. Close it when done.

    Raises StateError when the folder holds something that is no world of this format.
    """

    def __init__(self, folder: Path) -> None:
        self.media_folder = folder / "media"
        self._path = folder / "world.sqlite3"
        try:
            self.media_folder.mkdir(parents=True, exist_ok=True)
            self._connection = _connect(self._path)
        except (OSError, sqlite3.Error) as error:
            raise StateError(f"{folder}: {error}; choose another folder with --data") from error
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self.close()
            raise StateError(f"{self._path}: {error}; delete the folder to start anew") from error
        except StateError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def read(self) -> Iterator[Records]:
        """A view of one moment; writing through it is a bug."""
        self._connection.execute("BEGIN")
        try:
            yield Records(self._connection)
        finally:
            self._connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[Records]:
        """All or nothing: an exception undoes what was written."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield Records(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _prepare(self) -> None:
        _use_wal(self._connection)
        # Survives kill -9; only a power cut may lose the last moments of a sandbox.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        # Pages between two waits for the disk; 1,000, which is usual, is a wait in 100 requests.
        self._connection.execute("PRAGMA wal_autocheckpoint = 8000")
        with self.write() as records:
            found = found_format(self._connection)
            if found > FORMAT:
                raise StateError(
                    f"{self._path} has format {found}, this threadsync knows {FORMAT}; "
                    "use another folder or a newer threadsync"
                )
            if found < FORMAT:
                upgrade(self._connection, found)
                records.relate_all()
            records.add_default_account()


def _use_wal(connection: sqlite3.Connection) -> None:
    # The one statement for which SQLite does not always wait, when several servers start at once.
    for pause_s in (*_PAUSES_S, None):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if pause_s is None:
                raise
            time.sleep(pause_s)
        else:
            return


def _connect(path: Path) -> sqlite3.Connection:
    # One connection, used by one event loop; the embedded server's runs in a thread of its own.
    return sqlite3.connect(
        path, timeout=_LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
