"""A temporary folder of one process. If that is killed, the next one removes it.

Each folder has a file that the operating system locks for as long as its process lives: an age or a
process number could not tell a folder that is in use, not in a container that shares `/tmp`.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from threadsync.errors import StateError

if TYPE_CHECKING:
    from filelock import FileLock

PREFIX = "threadsync-git-"
_IN_USE = "in-use"
_ATTEMPTS = 5
_BEING_MADE_S = 3600.0
"""How long a folder without a lock may be one that is just being made."""


class OwnFolder:
    """`path` is there, private to this user and empty but for the lock, until `remove`."""

    def __init__(self) -> None:
        try:
            _sweep(Path(tempfile.gettempdir()))
            self.path, self._lock = _made()
        except OSError as exc:
            why = (exc.strerror or type(exc).__name__).lower()
            msg = f"no temporary folder can be made: {why}; make room or set TMPDIR, then run again"
            raise StateError(msg) from exc

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release(force=True)


def _made() -> tuple[Path, FileLock]:
    for _ in range(_ATTEMPTS):
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = _lock_of(path)
        if _is_taken(lock):  # else another process took it for one left behind
            return path, lock
    raise OSError


def _sweep(folder: Path) -> None:
    """Remove what processes that are gone left in `folder`; what other users have stays."""
    for path in folder.glob(PREFIX + "*"):
        with suppress(OSError):
            if _is_new(path):
                continue
            lock = _lock_of(path)
            if _is_taken(lock):
                shutil.rmtree(path, ignore_errors=True)
                lock.release(force=True)


def _is_new(path: Path) -> bool:
    return not (path / _IN_USE).exists() and time.time() - path.stat().st_mtime < _BEING_MADE_S


def _lock_of(path: Path) -> FileLock:
    from filelock import FileLock

    return FileLock(path / _IN_USE, timeout=0, thread_local=False)


def _is_taken(lock: FileLock) -> bool:
    """Take `lock` if nobody has it."""
    from filelock import Timeout

    try:
        lock.acquire()
    except Timeout:
        return False
    return True
