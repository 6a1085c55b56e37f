"""The files of a project made into entries, with every problem found on the way.

The stages: find the files (`sources`), take each apart and check it (`files`), read the media it
names, build its entries (`entries`, `rules`), check what leads from one to another (`references`).
Places in files are only looked up for what is reported (`located`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.media.digests import MediaMemory
from threadsync.problems import Finding
from threadsync.reading.declared import named_files
from threadsync.reading.entries import Shelf, build_entry
from threadsync.reading.files import broken_file, read_file
from threadsync.reading.frames import Frames
from threadsync.reading.loaded import Clean, Loaded
from threadsync.reading.located import Notes, outlines_of
from threadsync.reading.named_files import ProjectFiles
from threadsync.reading.partial import CONSEQUENCES
from threadsync.reading.references import Known, cycle_finding, cycles, reference_findings
from threadsync.reading.sources import find_sources, read_source
from threadsync.request import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from threadsync.config import Settings
    from threadsync.media.digests import Wanted
    from threadsync.post import Entry
    from threadsync.reading.declared import Document
    from threadsync.reading.sources import Found, Source


IsOut = Callable[[str, str, str], bool]
"""Whether (key, source, digest) of an entry says exactly what is out."""

_BATCH = 256
"""How many files are taken apart at a time: what is only needed on the way stays small."""


def load_project(settings: Settings, known_keys: Mapping[str, int] | None = None) -> Loaded:
    """Load the posts of a project.

    `known_keys` says of keys on record how many of their parts are published: references may lead
    there although no file has that key.
    """
    found = find_sources(str(settings.root), settings.posts)
    return load_sources(settings, found, known_keys or {}, lambda _key, _source, _digest: False)


def load_sources(
    settings: Settings, found: Found, known_keys: Mapping[str, int], is_out: IsOut
) -> Loaded:
    """The same for the files that were found, or those of them that are left to read.

    Entries that are out as their files ask, by `is_out`, are only named in `unchanged`.
    """
    with _without_gc():
        reading = _Reading(settings, found, known_keys, is_out)
        for first in range(0, len(found.sources), _BATCH):
            reading.read(found.sources[first : first + _BATCH])
        return reading.finished(found.sources)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Spare the collector the search for cycles: loading makes none, and a third of the time goes."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Reading:
    """One way through the files of a project, and what it has brought so far."""

    def __init__(
        self, settings: Settings, found: Found, known_keys: Mapping[str, int], is_out: IsOut
    ) -> None:
        self._settings = settings
        self._root = str(settings.root)
        self._known_keys = known_keys
        self._is_out = is_out
        self._frames = Frames(settings, found.defaults)
        self._files = ProjectFiles(self._root)
        self._media = MediaMemory(settings.cache_folder)
        self._notes = Notes([*found.problems, *self._frames.problems])
        self._owners: dict[str, str] = {}
        """The file of each key."""
        self._entries: dict[str, Entry] = {}
        self._aside: list[Entry] = []
        """Entries with the key of another one, or with faults: they are checked, and not used."""
        self._unchanged: dict[str, str] = {}
        self._clean: dict[str, Clean] = {}

    def read(self, sources: Sequence[Source]) -> None:
        """Take some files apart and build their entries."""
        documents = list(self._documents(sources))
        shelf = self._shelf(documents)
        for document in documents:
            has_own_key = self._has_own_key(document)
            self._build(document, shelf, is_used=has_own_key and document.is_whole)

    def finished(self, sources: Sequence[Source]) -> Loaded:
        """Everything that was read, after a look at what leads from one entry to another."""
        self._media.save()
        notes, entries = self._notes, self._entries
        _check_references(entries, self._aside, self._known_keys, notes)
        fine = [entries[key] for key in sorted(entries) if key not in notes.broken_keys]
        faults = notes.placed(self._settings)
        mixed = {entry.source for entry in entries.values()} | {fault.source for fault in faults}
        return Loaded(
            entries=tuple(fine),
            problems=faults,
            broken_keys=notes.broken_keys,
            sources=frozenset(source.name for source in sources),
            unchanged=self._unchanged,
            clean={name: clean for name, clean in self._clean.items() if name not in mixed},
            broken=tuple(entries[key] for key in sorted(entries) if key in notes.broken_keys),
        )

    def _documents(self, sources: Sequence[Source]) -> Iterator[Document]:
        for source in sources:
            text = read_source(self._root, source.name)
            read = read_file(source, text) if isinstance(text, str) else broken_file(source, text)
            if read.problems:
                self._notes.add_problems(read.problems, read.broken_keys)
            yield from sorted((*read.documents, *read.partial), key=attrgetter("position"))

    def _has_own_key(self, document: Document) -> bool:
        """Whether no earlier document has its key; otherwise that is noted."""
        if not document.key:
            return False
        if document.key not in self._owners:
            self._owners[document.key] = document.source
            return True
        place = outlines_of(self._settings, document.source)[document.position].place(("key",))
        problem = problems.KEY_TAKEN.at(
            document.source, *place, key=document.key, other=self._owners[document.key]
        )
        self._notes.add_problems([problem], [document.key])
        return False

    def _build(self, document: Document, shelf: Shelf, *, is_used: bool) -> None:
        frame, broken = self._frames.of(document.folder)
        entry, findings = build_entry(document, frame, shelf)
        findings = (*findings, *self._missing_tools(entry))
        if broken and entry.key:
            self._notes.broken_keys[entry.key] = broken
        for finding in findings:
            if document.is_whole or finding.kind not in CONSEQUENCES:
                self._notes.add(entry.source, entry.key, finding)
        if not is_used:
            self._aside.append(entry)
            return
        digest = "" if findings or broken else self._digest_to_compare(entry)
        if digest and self._is_out(entry.key, entry.source, digest):
            self._unchanged[entry.key] = entry.source
            named = tuple(f"{document.folder}/{path}" for path, _ in named_files(document))
            known = self._clean.get(entry.source, Clean((), ()))
            entries = (*known.entries, (entry.key, digest))
            self._clean[entry.source] = Clean(entries, (*known.named_files, *named))
        else:
            self._entries[entry.key] = entry

    def _digest_to_compare(self, entry: Entry) -> str:
        """The digest of an entry that may be out as its file asks, otherwise ""."""
        if entry.key not in self._known_keys or entry.draft or entry.references:
            return ""
        return digest_of(entry)

    def _missing_tools(self, entry: Entry) -> list[Finding]:
        """What is not installed and is needed to send the entry; nothing for one that is out."""
        media = (medium for part in entry.parts for medium in part.media)
        if not any(medium.recipe and medium.recipe.needs for medium in media):
            return []
        from threadsync.media.fixing.tools import tool_findings

        found = list(tool_findings(entry))
        is_out = found and self._is_out(entry.key, entry.source, digest_of(entry))
        return [] if is_out else found

    def _shelf(self, documents: Sequence[Document]) -> Shelf:
        """Find and read every other file that the documents name, each once."""
        media: dict[tuple[str, str], tuple[str, Wanted] | Finding] = {}
        texts: dict[tuple[str, str], str | Finding] = {}
        for document in documents:
            for path, is_media in named_files(document):
                place = document.folder, path
                if is_media and place not in media:
                    media[place] = self._files.find(*place)
                elif not is_media and place not in texts:
                    texts[place] = self._files.read_text(*place)
        wanted = dict(found for found in media.values() if not isinstance(found, Finding))
        read = self._media.read(wanted)
        return Shelf(
            {
                place: found if isinstance(found, Finding) else (found[0], read[found[0]])
                for place, found in media.items()
            },
            texts,
        )


def _check_references(
    entries: Mapping[str, Entry],
    aside: Sequence[Entry],
    known_keys: Mapping[str, int],
    notes: Notes,
) -> None:
    leading = [entry for entry in entries.values() if entry.references]
    known = Known(entries, notes.broken_keys, known_keys)
    for entry in (*leading, *aside):
        for finding in reference_findings(entry, known):
            notes.add(entry.source, entry.key, finding)
    for path in cycles({entry.key: entry for entry in leading}):
        first = entries[path[0]]
        notes.add(first.source, first.key, cycle_finding(first, path))
        notes.broken_keys |= {key: entries[key].source for key in path}
