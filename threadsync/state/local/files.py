"""Which files make up one local state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from threadsync.state.local.lockfile import LockFile


class Files(NamedTuple):
    """Where everything of one local state lies; `backups` is a folder."""

    state: Path
    journal: Path
    lock: LockFile
    seen: Path
    backups: Path
