"""Files that survive a crash: written aside, flushed, moved into place. Nothing about states."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from threadsync.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

sync_data = getattr(os, "fdatasync", os.fsync)
"""Flush a file's bytes and size; macOS only has fsync."""


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path`: after a crash the old or the new bytes are there, whole.

    Keeps the permission bits of the old file. When it raises OSError the old bytes are still there.
    Two writers of one path must exclude each other: both would use the same file aside.
    """
    aside = aside_of(path)
    try:
        _write_flushed(aside, data, _mode_of(path))
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def remove_file(path: Path) -> None:
    """Remove `path` for good; nothing happens when it is not there."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def aside_of(path: Path) -> Path:
    """Where `replace_file` writes first; a killed run may leave it behind."""
    return path.with_name(f".{path.name}.tmp")


def sync_folder(folder: Path) -> None:
    """Make renames and removals in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """Turn an OSError into the StateError a person can act on."""
    try:
        yield
    except OSError as exc:
        msg = f"{path}: cannot be written: {reason(exc)}; make room or check the permissions, then run again"
        raise StateError(msg) from exc


def read_file(path: Path) -> bytes | None:
    """The bytes of `path`, None when there is no such file; StateError when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as exc:
        msg = f"{path}: cannot be read: {reason(exc)}; check the path and its permissions"
        raise StateError(msg) from exc


def reason(exc: OSError) -> str:
    """Why, in the words of the operating system, without the path."""
    return (exc.strerror or type(exc).__name__).lower()


def _write_flushed(path: Path, data: bytes, mode: int | None) -> None:
    with path.open("wb") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        return None
