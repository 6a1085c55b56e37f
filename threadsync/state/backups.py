"""Copies of a state from before each run that changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.state.durable import replace_file, saving

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

KEPT = 50


def keep_backup(folder: Path, document: bytes, serial: int, at: datetime) -> None:
    """Copy `document` to `<serial>-<utc>.json` in `folder` and drop all but the newest `KEPT`."""
    path = folder / f"{serial}-{at:%Y%m%dT%H%M%SZ}.json"
    with saving(path):
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, document)
        for old in sorted(folder.glob("*-*.json"), key=_age)[:-KEPT]:
            old.unlink(missing_ok=True)


def _age(path: Path) -> tuple[str, int]:
    serial, _, at = path.stem.partition("-")
    return at, int(serial) if serial.isdigit() else 0
