"""The digest and the facts of media files, read once and remembered while a file stays the same.

The cache is one file of flat rows; when a row counts is told in `stamps`.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from threadsync.media.probing.facts import (
    FACTS_VERSION,
    Medium,
    UnreadableError,
    facts_from_row,
    facts_to_row,
)
from threadsync.stamps import is_racy, load_rows, save_rows, stamp_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from threadsync.stamps import Rows, Stamp

CACHE_FORMAT = f"2.{FACTS_VERSION}"
"""Of the rows, and of what they hold."""
MOST_ROWS = 500_000
"""With more than these the cache starts anew: most of them must be of files long gone."""

# Two threads hash twice as fast as one from the page cache; more gain nothing there.
_READERS = 2


Read = TypeVar("Read")


class Wanted(NamedTuple):
    """A file whose digest is asked for: where it is, and its `os.stat_result`."""

    path: str
    stat: os.stat_result


def read_media(
    wanted: Mapping[str, Wanted], cache_folder: Path
) -> dict[str, Medium | UnreadableError]:
    """The medium, or why it cannot be read, for each of `wanted`, which is keyed by shown path."""
    memory = MediaMemory(cache_folder)
    media = memory.read(wanted)
    memory.save()
    return media


class MediaMemory:
    """What is known of media files; loaded when it is first needed, saved when `save` is called."""

    def __init__(self, cache_folder: Path) -> None:
        self._cache_file = str(cache_folder / "cache" / "media.json")
        self._begun_ns = time.time_ns()
        self._rows: Rows | None = None
        self._new: Rows = {}

    def read(self, wanted: Mapping[str, Wanted]) -> dict[str, Medium | UnreadableError]:
        """The same as `read_media`, for some of the files."""
        media: dict[str, Medium | UnreadableError] = {}
        for name, file in wanted.items():
            known = _from_row(self._known.get(name, []), stamp_of(file.stat))
            if known is not None:
                media[name] = known
        missing = {name: file for name, file in wanted.items() if name not in media}
        if missing:
            fresh = dict(zip(missing, _read_all(missing.values()), strict=True))
            media.update(fresh)
            self._new |= _new_rows(fresh, wanted, self._begun_ns)
        return media

    def save(self) -> None:
        if self._new:
            save_rows(self._cache_file, CACHE_FORMAT, _kept(self._known, self._new) | self._new)

    @property
    def _known(self) -> Rows:
        if self._rows is None:
            self._rows = load_rows(self._cache_file, CACHE_FORMAT)
        return self._rows


def file_digest(path: str) -> str:
    """`sha256:…` of the bytes of a file, which is never held in memory as a whole."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a path of the loader is a str
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def _read_all(files: Iterable[Wanted]) -> list[Medium | UnreadableError]:
    return in_turn_of_size(_read, files)


def in_turn_of_size(read: Callable[[Wanted], Read], files: Iterable[Wanted]) -> list[Read]:
    """What `read` makes of each file, in the order of `files`; the largest are read first.

    So at the end no film is left for one thread while the other waits.
    """
    from concurrent.futures import ThreadPoolExecutor

    files = list(files)
    with ThreadPoolExecutor(_READERS) as readers:
        by_size = sorted(set(files), key=lambda file: file.stat.st_size, reverse=True)
        reading = {file: readers.submit(read, file) for file in by_size}
        return [reading[file].result() for file in files]


def _read(file: Wanted) -> Medium | UnreadableError:
    from threadsync.media.probing.probe import probe

    try:
        return Medium(file_digest(file.path), probe(file.path))
    except UnreadableError as exc:
        return exc
    except OSError as exc:
        return UnreadableError(exc.strerror or str(exc))


def _from_row(row: list[Any], stamp: Stamp) -> Medium | None:
    """What a row says of the file with this stamp; None when it is of another one, or damaged."""
    if row[:4] != stamp:
        return None
    try:
        digest, *values = row[4:]
        if type(digest) is str:
            return Medium(digest, facts_from_row(values, row[0]))
    except (ValueError, TypeError):
        pass
    return None


def _new_rows(
    fresh: Mapping[str, Medium | UnreadableError], wanted: Mapping[str, Wanted], begun_ns: int
) -> Rows:
    rows: Rows = {}
    for name, medium in fresh.items():
        stamp = stamp_of(wanted[name].stat)
        if isinstance(medium, Medium) and not is_racy(stamp, begun_ns):
            rows[name] = [*stamp, medium.digest, *facts_to_row(medium.facts)]
    return rows


def _kept(rows: Rows, fresh: Rows) -> Rows:
    """Rows that were not asked for are of files that did not change, until they are too many."""
    return rows if len(rows) + len(fresh) < MOST_ROWS else {}
