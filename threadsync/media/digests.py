"""The digest and the facts of media files, read once and remembered while a file stays the same.

The cache is one file of flat rows. A file counts as the same while its size, times and inode are;
one touched so recently that a further change could go unseen is read again, as git does it. A
cache that cannot be read is no cache, and one that cannot be written is no error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.media.facts import Facts, Medium, UnreadableError
from threadsync.media.probe import probe
from threadsync.post import MediaKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

CACHE_FORMAT = 1
# Two threads hash twice as fast as one from the page cache; more gain nothing there.
_READERS = 2
# How far apart two changes may be and still have the same time stamp on a coarse file system.
_RACY_NS = 20_000_000

Stamp = tuple[int, int, int, int]
Rows = dict[str, list[Any]]


class Wanted(NamedTuple):
    """A file whose digest is asked for: where it is, and its `os.stat_result`."""

    path: str
    stat: os.stat_result


def read_media(
    wanted: Mapping[str, Wanted], cache_folder: Path
) -> dict[str, Medium | UnreadableError]:
    """The medium, or why it cannot be read, for each of `wanted`, which is keyed by shown path."""
    cache_file = str(cache_folder / "cache" / "media.json")
    begun_ns = time.time_ns()
    rows = _load(cache_file) if wanted else {}
    media: dict[str, Medium | UnreadableError] = {}
    for name, file in wanted.items():
        row = rows.get(name)
        if row is not None and row[:4] == list(_stamp(file.stat)):
            media[name] = _from_row(row)
    missing = {name: file for name, file in wanted.items() if name not in media}
    if missing:
        fresh = dict(zip(missing, _read_all(missing.values()), strict=True))
        media.update(fresh)
        _save(cache_file, _kept(rows, wanted) | _new_rows(fresh, wanted, begun_ns))
    return media


def file_digest(path: str) -> str:
    """`sha256:…` of the bytes of a file, which is never held in memory as a whole."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a path of the loader is a str
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def _read_all(files: Iterable[Wanted]) -> list[Medium | UnreadableError]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_READERS) as readers:
        return list(readers.map(_read, files))


def _read(file: Wanted) -> Medium | UnreadableError:
    try:
        return Medium(file_digest(file.path), probe(file.path))
    except UnreadableError as exc:
        return exc
    except OSError as exc:
        return UnreadableError(exc.strerror or str(exc))


def _stamp(stat: os.stat_result) -> Stamp:
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def _from_row(row: list[Any]) -> Medium:
    digest, kind, name, width, height = row[4:]
    return Medium(digest, Facts(kind and MediaKind(kind), name, row[0], width, height))


def _new_rows(
    fresh: Mapping[str, Medium | UnreadableError], wanted: Mapping[str, Wanted], begun_ns: int
) -> Rows:
    rows: Rows = {}
    for name, medium in fresh.items():
        stamp = _stamp(wanted[name].stat)
        is_racy = max(stamp[1], stamp[2]) > begun_ns - _RACY_NS
        if isinstance(medium, Medium) and not is_racy:
            facts = medium.facts
            rows[name] = [
                *stamp,
                medium.digest,
                facts.kind,
                facts.format,
                facts.width,
                facts.height,
            ]
    return rows


def _kept(rows: Rows, wanted: Mapping[str, Wanted]) -> Rows:
    """Rows of files not asked for belong to other accounts; too many of them are of files gone."""
    if len(rows) > 2 * len(wanted) + 1000:
        return {name: row for name, row in rows.items() if name in wanted}
    return rows


def _load(cache_file: str) -> Rows:
    try:
        with open(cache_file, "rb") as file:  # noqa: PTH123 - see above
            raw = json.loads(file.read())
        rows = raw["rows"] if raw["format"] == CACHE_FORMAT else {}
        return rows if all(map(_is_row, rows.values())) else {}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _is_row(row: Any) -> bool:
    return (
        type(row) is list
        and len(row) == 9
        and type(row[4]) is str
        and row[5] in {None, "IMAGE", "VIDEO"}
    )


def _save(cache_file: str, rows: Rows) -> None:
    text = json.dumps({"format": CACHE_FORMAT, "rows": rows}, separators=(",", ":"))
    aside = f"{cache_file}.{os.getpid()}"
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(cache_file), exist_ok=True)  # noqa: PTH103, PTH120 - see above
        with open(aside, "w", encoding="ascii") as file:  # noqa: PTH123 - see above
            file.write(text)
        os.replace(aside, cache_file)  # noqa: PTH105 - see above
