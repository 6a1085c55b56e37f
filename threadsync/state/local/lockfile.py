"""The lock of a local state: a file that names its holder, changed only under a short OS lock.

The operating system's lock is never held for a whole run; the file is what says who may write. A
holder whose process is gone does not count.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from threadsync.errors import StateError, StateLockedError
from threadsync.state.durable import read_file, reason, remove_file, replace_file, saving
from threadsync.state.store import LockInfo
from threadsync.state.strict_json import load_json, to_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from filelock import FileLock

GUARD_TIMEOUT_S = 10.0
"""How long another process may take for one check and write; a fold of a large state is 1 s."""

_FIELDS = LockInfo._fields


class LockFile:
    """The lock of the state at `state_path`: `X.lock` beside `X.json`."""

    def __init__(self, state_path: Path) -> None:
        self.path = state_path.with_suffix(".lock")
        self.guard_path = state_path.with_name(f".{state_path.stem}.guard")

    @cached_property
    def _os_lock(self) -> FileLock:
        from filelock import FileLock

        return FileLock(self.guard_path, timeout=GUARD_TIMEOUT_S)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Keep every other process from checking and writing meanwhile; for milliseconds only."""
        from filelock import Timeout

        try:
            self._os_lock.acquire()
        except Timeout as exc:
            raise StateLockedError(f"{self.guard_path}: {self._who_writes()}") from exc
        except OSError as exc:
            msg = f"{self.guard_path}: cannot be locked: {reason(exc)}; check the folder's permissions"
            raise StateError(msg) from exc
        try:
            yield
        finally:
            self._os_lock.release()

    def holder(self) -> LockInfo | None:
        """Who holds the lock; None when nobody does, or a process of this host that is gone."""
        raw = self._read()
        return None if raw is None or _is_gone(raw) else _info(raw)

    def take(self, info: LockInfo) -> None:
        """Write our name into the lock; the caller holds the guard and saw no holder."""
        raw = {**info._asdict(), "started": process_start(info.pid)}
        with saving(self.path):
            replace_file(self.path, to_line(raw) + b"\n")

    def is_held_by(self, info: LockInfo) -> bool:
        raw = self._read()
        return raw is not None and raw["id"] == info.id

    def break_lock(self, lock_id: str) -> LockInfo:
        """Remove the lock `lock_id`, whoever holds it; StateError when it is another or none."""
        raw = self._read()
        if raw is None:
            raise StateError(f"{self.path}: the state is not locked; there is nothing to unlock")
        if raw["id"] != lock_id:
            msg = f"{self.path}: is lock {raw['id']} of {raw['who']}, not {lock_id}; run: threadsync state unlock {raw['id']}"
            raise StateError(msg)
        self.remove()
        return _info(raw)

    def remove(self) -> None:
        with saving(self.path):
            remove_file(self.path)

    def _who_writes(self) -> str:
        """Who keeps the guard, as far as the lock tells, and the way out."""
        holder, since = self._holder_here(), f"has been writing for {GUARD_TIMEOUT_S:.0f} s"
        if holder is None:
            return f"another process {since}; wait and run again"
        return (
            f"{holder.operation} of {holder.who} (process {holder.pid}) {since}; if it was stopped "
            f"let it go on, or end it with kill -9 {holder.pid}, then run again"
        )

    def _holder_here(self) -> LockInfo | None:
        """The process of this host that has the lock."""
        with suppress(StateError):
            holder = self.holder()
            if holder is not None and holder.host == this_host():
                return holder
        return None

    def _read(self) -> dict[str, Any] | None:
        data = read_file(self.path)
        if data is None:
            return None
        raw = _checked(data)
        if raw is None:
            msg = f"{self.path}: is damaged; when no other run is under way, delete the file"
            raise StateError(msg)
        return raw


def this_host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else "this machine"


def this_user() -> str:
    """`name@host` of whoever runs this process."""
    import getpass

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        name = f"uid-{os.getuid()}"
    return f"{name}@{this_host()}"


def this_process(operation: str, created: str, run: str | None) -> LockInfo:
    """A new lock of this process, for `operation`."""
    return LockInfo(
        id=os.urandom(4).hex(),
        who=this_user(),
        operation=operation,
        created=created,
        pid=os.getpid(),
        host=this_host(),
        run=run,
    )


def process_start(pid: int) -> int | None:
    """When process `pid` started, in clock ticks since boot; None when that cannot be told.

    A number that is used again after its process ended has another start.
    """
    stat = _stat_fields(pid)
    return int(stat[19]) if stat else None


def _is_gone(raw: dict[str, Any]) -> bool:
    """Whether the holder was a process of this host and is no more."""
    if raw["host"] != this_host():
        return False
    if not _exists(raw["pid"]):
        return True
    stat = _stat_fields(raw["pid"])
    if not stat:
        return False
    return stat[0] in "ZX" or raw.get("started") not in (None, int(stat[19]))


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third (state) on; empty where there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
            text = file.read().decode("ascii", "replace")
    except OSError:
        return []
    # The second field is the program's name in parentheses and may hold blanks.
    return text.rpartition(")")[2].split()


def _info(raw: dict[str, Any]) -> LockInfo:
    return LockInfo(**{name: raw.get(name) for name in _FIELDS})  # type: ignore[arg-type]


def _checked(data: bytes) -> dict[str, Any] | None:
    """The lock in `data`, None when it is none."""
    try:
        raw = load_json(data)
    except ValueError:
        return None
    match raw:
        case {"id": str(), "who": str(), "operation": str(), "created": str(), "host": str()}:
            is_whole = type(raw.get("pid")) is int and raw["pid"] > 0
            return raw if is_whole else None
        case _:
            return None
