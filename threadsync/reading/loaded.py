"""What a project's files declare: the entries, what is wrong with them, and what may be skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from threadsync.post import Entry
    from threadsync.problems import Problem


class Loaded(NamedTuple):
    """Everything the files of a project declare, and everything wrong with them."""

    entries: tuple[Entry, ...]
    """Those without an error of their own, sorted by key, but for `unchanged`."""
    problems: tuple[Problem, ...]
    """Sorted by source, line and column."""
    broken_keys: Mapping[str, str]
    """Keys of entries that have errors, with their files."""
    sources: frozenset[str]
    """Every file with posts, relative to the project, broken ones too."""
    unchanged: Mapping[str, str] = {}
    """Keys of entries that are out as their files ask, with these files, which were not read."""
    clean: Mapping[str, Clean] = {}
    """What may be remembered of files, by their names."""
    broken: tuple[Entry, ...] = ()
    """Those with an error that could be built all the same, by key: to be shown, for nothing else."""


class Clean(NamedTuple):
    """A file without any problem whose entries are all out, and neither drafts nor referring."""

    entries: tuple[tuple[str, str], ...]
    """Key and digest of each."""
    named_files: tuple[str, ...]
    """The other files that its entries are made of, relative to the project."""
