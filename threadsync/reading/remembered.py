"""Files that need not be read again: what they said when they were last read is out already.

Kept are digests, never contents, so the worst that a wrong row could do is to hide a change; a row
counts only while the file, every file it names, every `_defaults.yaml`, the settings and this
program stay the same.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync import __version__
from threadsync.stamps import Stamp, is_racy, load_rows, save_rows, stamp_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from threadsync.config import Settings
    from threadsync.reading.loaded import Clean, Loaded
    from threadsync.reading.sources import Source


class Remembered(NamedTuple):
    """The entries that need no look, and the files left to read."""

    unchanged: dict[str, str]
    """Sources by key."""
    to_read: list[Source]


class Memory:
    """The rows of one project and account, as of the moment they are loaded."""

    def __init__(self, settings: Settings, defaults: Sequence[str]) -> None:
        """`defaults` are the names of the project's `_defaults.yaml` files."""
        self._root = str(settings.root)
        name = "sandbox" if settings.is_sandbox else settings.account
        self._path = str(settings.cache_folder / "cache" / f"entries.{name}.json")
        self._begun_ns = time.time_ns()
        self._defaults = {name: stamp_at(f"{self._root}/{name}") for name in defaults}
        self._version = _fingerprint(settings, self._defaults)
        self._rows = load_rows(self._path, self._version)

    def recall(
        self, sources: Iterable[Source], is_out: Callable[[str, str, str], bool]
    ) -> Remembered:
        """Which of `sources` need to be read, and what is known of the others.

        `is_out` tells whether (key, source, digest) is exactly what is out.
        """
        unchanged: dict[str, str] = {}
        to_read: list[Source] = []
        for source in sources:
            entries = self._entries(source.name)
            if entries and all(
                key not in unchanged and is_out(key, source.name, digest) for key, digest in entries
            ):
                unchanged.update((key, source.name) for key, _ in entries)
            else:
                to_read.append(source)
        return Remembered(unchanged, to_read)

    def keep(self, loaded: Loaded) -> None:
        """Remember the files that were read without a problem, and forget those that are gone."""
        if not self._is_sure(loaded):
            return
        rows = {name: row for name, row in self._rows.items() if name in loaded.sources}
        for name, clean in loaded.clean.items():
            row = self._row(name, clean)
            if row is not None:
                rows[name] = row
        if rows != self._rows:
            save_rows(self._path, self._version, rows)

    def _is_sure(self, loaded: Loaded) -> bool:
        """Whether all defaults are what they were when they were read, and without a problem."""
        stamps = self._defaults.values()
        if any(stamp is None or is_racy(stamp, self._begun_ns) for stamp in stamps):
            return False
        return self._defaults.keys().isdisjoint(problem.source for problem in loaded.problems)

    def _entries(self, source: str) -> list[tuple[str, str]]:
        """Key and digest of each entry of a file that is as it was, otherwise nothing."""
        row = self._rows.get(source)
        if row is None or row[0][0] != self._stamp(source):
            return []
        named = row[0][1:]
        if any(stamp != self._stamp(name) for name, stamp in zip(named[::2], named[1::2])):  # noqa: B905
            return []
        return list(zip(row[1][::2], row[1][1::2]))  # noqa: B905

    def _row(self, source: str, clean: Clean) -> list[Any] | None:
        """What to remember of a file; None when it may just have changed."""
        row: list[Any] = []
        for name in (source, *clean.named_files):
            stamp = stamp_at(f"{self._root}/{name}")
            if stamp is None or is_racy(stamp, self._begun_ns):
                return None
            row += [_short(stamp)] if name is source else [name, _short(stamp)]
        return [row, [word for entry in clean.entries for word in entry]]

    def _stamp(self, name: str) -> str | None:
        stamp = stamp_at(f"{self._root}/{name}")
        return None if stamp is None else _short(stamp)


def _short(stamp: Stamp) -> str:
    """A stamp as one small value: there is one for each file of the project."""
    return "{:x}.{:x}.{:x}.{:x}".format(*stamp)


def _fingerprint(settings: Settings, defaults: Mapping[str, Stamp | None]) -> str:
    """Differs when the same files could mean something else."""
    meaning = (
        __version__,
        settings.posts,
        settings.timezone,
        settings.defaults,
        settings.policy,
        settings.media.store,
        settings.media.treatment,
        settings.is_meta,
        settings.is_sandbox,
        defaults,
    )
    return hashlib.sha256(repr(meaning).encode()).hexdigest()
