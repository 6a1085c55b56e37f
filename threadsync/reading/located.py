"""Findings about entries given their places: file, line and column. Files are read again for it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from threadsync.problems import ERROR
from threadsync.reading.files import KEY_PLACES
from threadsync.reading.places import Outline, outlines
from threadsync.reading.sources import read_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.config import Settings
    from threadsync.post import Entry
    from threadsync.problems import Finding, Pointer, Problem
    from threadsync.reading.places import Place


def locate(settings: Settings, source: str, key: str | None, pointer: Pointer) -> Place:
    """Line and column, from 1, of a value of the entry `key` in a file; (1, 1) when it is gone.

    `key` may be None for a file with one entry. For pointers see `places`.
    """
    return _outline_of(key, outlines_of(settings, source)).place(pointer)


def entry_problem(settings: Settings, entry: Entry, finding: Finding) -> Problem:
    """A finding about an entry, with its file, line and column."""
    place = locate(settings, entry.source, entry.key, finding.pointer)
    return finding.at(entry.source, *place)


class Notes:
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
        """Note a finding about an entry, whose key is "" when it has no valid one."""
        self._findings[source].append((key, finding))
        if finding.kind.severity == ERROR and key:
            self.broken_keys[key] = source

    def placed(self, settings: Settings) -> tuple[Problem, ...]:
        """All problems, sorted by place."""
        for source, findings in self._findings.items():
            outlined = outlines_of(settings, source)
            for key, finding in findings:
                is_key = finding.kind in KEY_PLACES
                place = _outline_of(key, outlined).place(finding.pointer, is_key=is_key)
                self._problems.append(finding.at(source, *place))
        return tuple(sorted(set(self._problems)))


def outlines_of(settings: Settings, source: str) -> Sequence[Outline]:
    text = read_source(str(settings.root), source)
    return outlines(text, source) if isinstance(text, str) else ()


def _outline_of(key: str | None, outlined: Sequence[Outline]) -> Outline:
    """The outline of the document with this key, which the only one of a file need not have."""
    if len(outlined) == 1:
        return outlined[0]
    return next((outline for outline in outlined if outline.key == key), Outline())
