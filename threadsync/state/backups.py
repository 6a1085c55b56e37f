"""Copies of a state from before each run that changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.state.durable import replace_file, saving

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

KEPT = 50


def keep_backup(folder: Path, document: bytes, serial: int, at: datetime) -> None:
    """Copy `document` to a file in `folder` and drop all but the newest `KEPT`."""
    path = folder / backup_name(serial, at)
    with saving(path):
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, document)
        for old in too_old(path.name for path in folder.glob("*-*.json")):
            (folder / old).unlink(missing_ok=True)


def backup_name(serial: int, at: datetime) -> str:
    """`<serial>-<utc>.json`."""
    return f"{serial}-{at:%Y%m%dT%H%M%SZ}.json"


def too_old(names: Iterable[str]) -> list[str]:
    """The names of backups, with a folder or without, that are not among the newest `KEPT`."""
    return sorted(names, key=_age)[:-KEPT]


def _age(name: str) -> tuple[str, int]:
    serial, _, at = name.rpartition("/")[2].removesuffix(".json").partition("-")
    return at, int(serial) if serial.isdigit() else 0
