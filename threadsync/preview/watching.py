"""What a preview is made of, as a mark that differs as soon as a file does."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from threadsync.reading.sources import SETTINGS_FILE
from threadsync.stamps import stamp_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def mark_of(root: Path, folders: Iterable[str], others: Iterable[str]) -> str:
    """A mark of every file below `folders`, and of `others`; all are relative to `root`."""
    mark = hashlib.sha256()
    for path in sorted({*_below(root, folders), SETTINGS_FILE, *others}):
        mark.update(f"{path}\0{stamp_at(f'{root}/{path}')}\n".encode(errors="surrogateescape"))
    return mark.hexdigest()


def _below(root: Path, folders: Iterable[str]) -> Iterator[str]:
    for folder in folders:
        for here, inner, names in os.walk(root / folder):
            inner[:] = [name for name in inner if not name.startswith(".")]
            below = os.path.relpath(here, root)
            yield from (f"{below}/{name}" for name in names if not name.startswith("."))
