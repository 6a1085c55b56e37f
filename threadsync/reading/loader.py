"""The files of a project made into entries, with every problem found on the way.

The stages: find the files (`sources`), take each apart and check it (`reading`), read the media it
names, build its entries (`entries`, `rules`), check what leads from one to another (`references`).
Places in files are only looked up for what is reported, by reading the file again.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.media.digests import read_media
from threadsync.post import OnChange
from threadsync.problems import ERROR, Finding
from threadsync.reading.entries import Frame, Shelf, build_entry, named_files
from threadsync.reading.files import broken_file, read_file
from threadsync.reading.loaded import Clean, Loaded
from threadsync.reading.named_files import ProjectFiles
from threadsync.reading.places import Outline, outlines
from threadsync.reading.references import Known, cycle_finding, cycles, reference_findings
from threadsync.reading.rules import Terms
from threadsync.reading.sources import find_sources, read_source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from threadsync.config import Settings
    from threadsync.media.digests import Wanted
    from threadsync.post import Entry
    from threadsync.problems import Pointer, Problem
    from threadsync.reading.entries import Document
    from threadsync.reading.places import Place
    from threadsync.reading.sources import Found, Source


def load_project(settings: Settings, known_keys: Mapping[str, int] | None = None) -> Loaded:
    """Load the posts of a project.

    `known_keys` says of keys on record how many of their parts are published: references may lead
    there although no file has that key.
    """
    found = find_sources(str(settings.root), settings.posts)
    return load_sources(settings, found, known_keys or {})


def load_sources(settings: Settings, found: Found, known_keys: Mapping[str, int]) -> Loaded:
    """The same for the files that were found, or those of them that are left to read."""
    with _without_gc():
        return _loaded(settings, found, known_keys)


def _loaded(settings: Settings, found: Found, known_keys: Mapping[str, int]) -> Loaded:
    root = str(settings.root)
    notes = _Notes(found.problems)
    documents = _with_own_keys(_documents(root, found.sources, notes), settings, notes)
    entries = _entries(documents, settings, notes)
    _check_references(entries, known_keys, notes)
    fine = {key: entry for key, entry in entries.items() if key not in notes.broken_keys}
    faults = notes.placed(settings)
    return Loaded(
        entries=tuple(fine[key] for key in sorted(fine)),
        problems=faults,
        broken_keys=notes.broken_keys,
        sources=frozenset(source.name for source in found.sources),
        clean=_clean(documents, fine, {problem.source for problem in faults}),
    )


def _clean(
    documents: Sequence[Document], entries: Mapping[str, Entry], faulty: Collection[str]
) -> dict[str, Clean]:
    """The files without a problem whose entries are neither drafts nor refer to others."""
    of_file: defaultdict[str, list[Document]] = defaultdict(list)
    for document in documents:
        of_file[document.source].append(document)
    clean = {}
    for source, inside in of_file.items():
        declared = tuple(entries[document.key] for document in inside if document.key in entries)
        if source not in faulty and not any(e.draft or e.references for e in declared):
            named = {
                f"{document.folder}/{path}"
                for document in inside
                for path, _ in named_files(document)
            }
            clean[source] = Clean(declared, tuple(sorted(named)))
    return clean


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
                place = _outline_of(key, outlined).place(finding.pointer)
                self._problems.append(finding.at(source, *place))
        return tuple(sorted(set(self._problems)))


def _documents(root: str, sources: Sequence[Source], notes: _Notes) -> Iterator[Document]:
    for source in sources:
        text = read_source(root, source.name)
        read = read_file(source, text) if isinstance(text, str) else broken_file(source, text)
        if read.problems:
            notes.add_problems(read.problems, read.broken_keys)
        yield from read.documents


def _with_own_keys(
    documents: Iterator[Document], settings: Settings, notes: _Notes
) -> list[Document]:
    """The documents whose key no earlier one has; the others are noted."""
    owners: dict[str, Document] = {}
    for document in documents:
        owner = owners.setdefault(document.key, document)
        if owner is not document:
            place = _outlines(settings, document.source)[document.position].place(("key",))
            problem = problems.KEY_TAKEN.at(
                document.source, *place, key=document.key, other=owner.source
            )
            notes.add_problems([problem], [document.key])
    return list(owners.values())


def _entries(documents: list[Document], settings: Settings, notes: _Notes) -> dict[str, Entry]:
    frame, shelf = _frame(settings), _shelf(documents, settings)
    entries = {}
    for document in documents:
        entry, findings = build_entry(document, frame, shelf)
        entries[entry.key] = entry
        for finding in findings:
            notes.add(entry.source, entry.key, finding)
    return entries


def _frame(settings: Settings) -> Frame:
    terms = Terms(
        text_count=settings.policy.text_count,
        alt_text=settings.policy.alt_text,
        needs_https=settings.is_meta and not settings.is_sandbox,
        takes_files=settings.is_sandbox or settings.media.store != "none",
    )
    on_change = OnChange(settings.policy.on_change)
    return Frame(terms, settings.timezone, on_change, settings.defaults)


def _shelf(documents: list[Document], settings: Settings) -> Shelf:
    """Find and read every other file that the documents name, each once."""
    files = ProjectFiles(str(settings.root))
    media: dict[tuple[str, str], tuple[str, Wanted] | Finding] = {}
    texts: dict[tuple[str, str], str | Finding] = {}
    for document in documents:
        for path, is_media in named_files(document):
            place = document.folder, path
            if is_media and place not in media:
                media[place] = files.find(*place)
            elif not is_media and place not in texts:
                texts[place] = files.read_text(*place)
    wanted = dict(found for found in media.values() if not isinstance(found, Finding))
    read = read_media(wanted, settings.cache_folder)
    return Shelf(
        {
            place: found if isinstance(found, Finding) else (found[0], read[found[0]])
            for place, found in media.items()
        },
        texts,
    )


def _check_references(
    entries: Mapping[str, Entry], known_keys: Mapping[str, int], notes: _Notes
) -> None:
    leading = [entry for entry in entries.values() if entry.references]
    known = Known(entries, notes.broken_keys, known_keys)
    for entry in leading:
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
