"""Small caches of what files said: rows in one JSON file, valid while the files stay the same.

A file counts as the same while its size, times and inode are. One touched so recently that a
further change could go unseen is not remembered, as git does it. A cache that cannot be read is no
cache, and one that cannot be written is no error.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

# How far apart two changes may be and still have the same time stamp on a coarse file system.
_RACY_NS = 20_000_000

Stamp = list[int]
"""Size in bytes, times of change of content and of anything in ns, inode."""

Rows = dict[str, list[Any]]


def stamp_of(stat: os.stat_result) -> Stamp:
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def stamp_at(path: str) -> Stamp | None:
    """The stamp of the file at `path`, None when there is none."""
    try:
        return stamp_of(os.stat(path))  # noqa: PTH116 - ten thousand of these: no Path for each
    except (OSError, ValueError):
        return None


def is_racy(stamp: Sequence[int], now_ns: int) -> bool:
    """Whether a file with this stamp could have changed unseen by a reader that began at `now_ns`."""
    return max(stamp[1], stamp[2]) > now_ns - _RACY_NS


def load_rows(path: str, version: object) -> Rows:
    """The rows kept in the file at `path` for `version`; none when it cannot be used."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - no Path on the way to a fast start
            raw = json.loads(file.read())
        rows = raw["rows"] if raw["version"] == version else {}
        return rows if all(type(row) is list for row in rows.values()) else {}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def save_rows(path: str, version: object, rows: Rows) -> None:
    """Keep `rows` for `version`, written aside and moved into place."""
    text = json.dumps({"version": version, "rows": rows}, separators=(",", ":"))
    aside = f"{path}.{os.getpid()}"
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - see above
        with open(aside, "w", encoding="ascii") as file:  # noqa: PTH123 - see above
            file.write(text)
        os.replace(aside, path)  # noqa: PTH105 - see above
