"""The files of a project made into entries, with every problem found on the way.

The stages: find the files (`sources`), take each apart and check it (`reading`), read the media it
names, build its entries (`entries`, `rules`), check what leads from one to another (`references`).
Places in files are only looked up for what is reported, by reading the file again.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.media.digests import MediaMemory
from threadsync.post import OnChange
from threadsync.problems import ERROR, Finding, errors_in
from threadsync.reading.defaults import load_defaults
from threadsync.reading.entries import Frame, Shelf, build_entry, named_files
from threadsync.reading.files import KEY_PLACES, broken_file, read_file
from threadsync.reading.loaded import Clean, Loaded
from threadsync.reading.named_files import ProjectFiles
from threadsync.reading.places import Outline, outlines
from threadsync.reading.references import Known, cycle_finding, cycles, reference_findings
from threadsync.reading.sources import find_sources, read_source
from threadsync.reading.terms import Terms
from threadsync.request import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from threadsync.config import Settings
    from threadsync.media.digests import Wanted
    from threadsync.post import Entry
    from threadsync.problems import Pointer, Problem
    from threadsync.reading.entries import Document
    from threadsync.reading.places import Place
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


def locate(settings: Settings, source: str, key: str | None, pointer: Pointer) -> Place:
    """Line and column, from 1, of a value of the entry `key` in a file; (1, 1) when it is gone.

    `key` may be None for a file with one entry. For pointers see `places`.
    """
    return _outline_of(key, _outlines(settings, source)).place(pointer)


def entry_problem(settings: Settings, entry: Entry, finding: Finding) -> Problem:
    """A finding about an entry, with its file, line and column."""
    place = locate(settings, entry.source, entry.key, finding.pointer)
    return finding.at(entry.source, *place)


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


class _Notes:
    """What was found so far: problems, findings whose place is still to be looked up, and keys."""

    def __init__(self, faults: Sequence[Problem]) -> None:
        self._problems = list(faults)
        self._findings: defaultdict[str, list[tuple[str, Finding]]] = defaultdict(list)
        self.broken_keys: dict[str, str] = {}
        """The files of the entries that have errors, by key."""

    def add_problems(self, faults: Sequence[Problem], broken_keys: Sequence[str]) -> None:
        self._problems.extend(faults)
        self.broken_keys |= dict.fromkeys(broken_keys, faults[0].source)

    def add(self, source: str, key: str, finding: Finding) -> None:
        self._findings[source].append((key, finding))
        if finding.kind.severity == ERROR:
            self.broken_keys[key] = source

    def placed(self, settings: Settings) -> tuple[Problem, ...]:
        """All problems, sorted by place."""
        for source, findings in self._findings.items():
            outlined = _outlines(settings, source)
            for key, finding in findings:
                is_key = finding.kind in KEY_PLACES
                place = _outline_of(key, outlined).place(finding.pointer, is_key=is_key)
                self._problems.append(finding.at(source, *place))
        return tuple(sorted(set(self._problems)))


class _Reading:
    """One way through the files of a project, and what it has brought so far."""

    def __init__(
        self, settings: Settings, found: Found, known_keys: Mapping[str, int], is_out: IsOut
    ) -> None:
        self._settings = settings
        self._root = str(settings.root)
        self._known_keys = known_keys
        self._is_out = is_out
        self._frames = _Frames(settings, found.defaults)
        self._files = ProjectFiles(self._root)
        self._media = MediaMemory(settings.cache_folder)
        self._notes = _Notes([*found.problems, *self._frames.problems])
        self._owners: dict[str, str] = {}
        """The file of each key."""
        self._entries: dict[str, Entry] = {}
        self._twins: list[Entry] = []
        """Entries whose key another one has."""
        self._unchanged: dict[str, str] = {}
        self._clean: dict[str, Clean] = {}

    def read(self, sources: Sequence[Source]) -> None:
        """Take some files apart and build their entries."""
        documents = list(self._documents(sources))
        shelf = self._shelf(documents)
        for document in documents:
            self._build(document, shelf, is_twin=not self._has_own_key(document))

    def finished(self, sources: Sequence[Source]) -> Loaded:
        """Everything that was read, after a look at what leads from one entry to another."""
        self._media.save()
        notes, entries = self._notes, self._entries
        _check_references(entries, self._twins, self._known_keys, notes)
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
            yield from read.documents

    def _has_own_key(self, document: Document) -> bool:
        """Whether no earlier document has its key; otherwise that is noted."""
        if document.key not in self._owners:
            self._owners[document.key] = document.source
            return True
        place = _outlines(self._settings, document.source)[document.position].place(("key",))
        problem = problems.KEY_TAKEN.at(
            document.source, *place, key=document.key, other=self._owners[document.key]
        )
        self._notes.add_problems([problem], [document.key])
        return False

    def _build(self, document: Document, shelf: Shelf, *, is_twin: bool) -> None:
        frame, broken = self._frames.of(document.folder)
        entry, findings = build_entry(document, frame, shelf)
        findings = (*findings, *self._missing_tools(entry))
        if broken:
            self._notes.broken_keys[entry.key] = broken
        for finding in findings:
            self._notes.add(entry.source, entry.key, finding)
        if is_twin:
            self._twins.append(entry)
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


class _Frames:
    """What the project says about the entries of each folder."""

    def __init__(self, settings: Settings, names: Sequence[str]) -> None:
        self._frame = _frame(settings)
        self._known: dict[str, tuple[Frame, str | None]] = {}
        self._defaults, self.problems = load_defaults(str(settings.root), names, settings.defaults)
        self._broken = {problem.source for problem in errors_in(self.problems)}

    def of(self, folder: str) -> tuple[Frame, str | None]:
        """The frame of a folder, and the file that should be part of it and has errors."""
        if folder not in self._known:
            values, _, files = self._defaults.of(folder)
            broken = next((name for name in files if name in self._broken), None)
            self._known[folder] = replace(self._frame, defaults=values), broken
        return self._known[folder]


def _frame(settings: Settings) -> Frame:
    terms = Terms(
        text_count=settings.policy.text_count,
        alt_text=settings.policy.alt_text,
        needs_https=settings.is_meta and not settings.is_sandbox,
        takes_files=settings.is_sandbox or settings.media.store != "none",
    )
    on_change = OnChange(settings.policy.on_change)
    return Frame(terms, settings.timezone, on_change, settings.defaults, settings.media.treatment)


def _check_references(
    entries: Mapping[str, Entry],
    twins: Sequence[Entry],
    known_keys: Mapping[str, int],
    notes: _Notes,
) -> None:
    leading = [entry for entry in entries.values() if entry.references]
    known = Known(entries, notes.broken_keys, known_keys)
    for entry in (*leading, *twins):
        for finding in reference_findings(entry, known):
            notes.add(entry.source, entry.key, finding)
    for path in cycles({entry.key: entry for entry in leading}):
        first = entries[path[0]]
        notes.add(first.source, first.key, cycle_finding(first, path))
        notes.broken_keys |= {key: entries[key].source for key in path}


def _outlines(settings: Settings, source: str) -> Sequence[Outline]:
    text = read_source(str(settings.root), source)
    return outlines(text, source) if isinstance(text, str) else ()


def _outline_of(key: str | None, outlined: Sequence[Outline]) -> Outline:
    """The outline of the document with this key, which the only one of a file need not have."""
    if len(outlined) == 1:
        return outlined[0]
    return next((outline for outline in outlined if outline.key == key), Outline())
