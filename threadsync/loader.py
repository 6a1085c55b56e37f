"""The files of a project made into entries, with every problem found on the way.

The stages: find the files, take each apart (`documents`, `markdown`), check it (`schema`), read the
media it names, build its entries (`entries`, `rules`), check what leads from one to another
(`references`). Places in files are only looked up for what is reported, by reading the file again.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from threadsync import keys, markdown, problems, schema
from threadsync.documents import Timestamp, decode, read_values
from threadsync.entries import Document, Frame, Shelf, build_entry, named_files
from threadsync.media.digests import Wanted, read_media
from threadsync.media.files import ProjectFiles
from threadsync.places import FIRST, Outline, outlines
from threadsync.problems import ERROR, Finding
from threadsync.references import Known, cycle_finding, cycles, reference_findings
from threadsync.rules import Terms
from threadsync.sources import Source, find_sources, read_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from threadsync.config import Settings
    from threadsync.places import Place
    from threadsync.post import Entry
    from threadsync.problems import Pointer, Problem

_AT_KEY = frozenset({problems.UNKNOWN_KEY, problems.TEXT_IN_MARKDOWN, problems.CHAIN_IN_MARKDOWN})


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything the files of a project declare, and everything wrong with them."""

    entries: tuple[Entry, ...]
    """Those without an error of their own, sorted by key."""
    problems: tuple[Problem, ...]
    """Sorted by source, line and column."""
    broken_keys: frozenset[str]
    """Keys of entries that have errors."""
    sources: frozenset[str]
    """Every file with posts, relative to the project, broken ones too."""


def load_project(settings: Settings, known_keys: Mapping[str, int] | None = None) -> Loaded:
    """Load the posts of a project.

    `known_keys` says of keys on record how many of their parts are published: references may lead
    there although no file has that key.
    """
    loading = _Loading(settings, known_keys or {})
    loading.read_files()
    loading.build_entries()
    loading.check_references()
    return loading.result()


def locate(settings: Settings, source: str, key: str | None, pointer: Pointer) -> Place:
    """Line and column, from 1, of a value of the entry `key` in a file; (1, 1) when it is gone.

    `key` may be None for a file with one entry. For pointers see `places`.
    """
    return _place(_outlines(settings, source), key, pointer)


def entry_problem(settings: Settings, entry: Entry, finding: Finding) -> Problem:
    """A finding about an entry, with its file, line and column."""
    return finding.at(
        entry.source, *locate(settings, entry.source, entry.key, finding.pointer)
    )


class _Loading:
    """The work of `load_project`: each stage leaves behind what the next one needs."""

    def __init__(self, settings: Settings, known_keys: Mapping[str, int]) -> None:
        self._settings = settings
        self._root = str(settings.root)
        self._known_keys = known_keys
        self._sources: list[Source] = []
        self._documents: list[Document] = []
        self._entries: dict[str, Entry] = {}
        self._problems: list[Problem] = []
        self._broken: set[str] = set()
        self._pending: defaultdict[str, list[tuple[int, Finding]]] = defaultdict(list)

    def read_files(self) -> None:
        found = find_sources(self._root, self._settings.posts)
        self._problems.extend(found.problems)
        self._sources = found.sources
        owners: dict[str, str] = {}
        for source in found.sources:
            for document in self._read(source):
                owner = owners.setdefault(document.key, document.source)
                ...
