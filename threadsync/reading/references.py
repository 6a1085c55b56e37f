"""References between entries: whether each leads to a post, and none of them in a circle.

Pure functions over entries. What a reference leads to may be in the files or, with its file gone,
only on record as published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from threadsync import problems
from threadsync.reading.keys import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from threadsync.post import Entry, Reference
    from threadsync.problems import Finding

FIELDS = ("reply_to", "quote")


class Known(NamedTuple):
    """What references can lead to. Entries are keyed by key."""

    entries: Mapping[str, Entry]
    broken_keys: Collection[str]
    published: Mapping[str, int]
    """How many parts are published, for keys on record."""


def reference_findings(entry: Entry, known: Known) -> Iterator[Finding]:
    """The references of `entry` that lead nowhere."""
    for i, part in enumerate(entry.parts):
        for field in FIELDS:
            reference: Reference | None = getattr(part, field)
            if reference is not None and reference.key is not None:
                finding = _checked(field, reference.key, reference.n, entry, known)
                if finding is not None:
                    yield finding.under("parts", entry.home_of(i))


def cycles(entries: Mapping[str, Entry]) -> Iterator[list[str]]:
    """Every set of entries that wait for each other, as the path round: the first key again last.

    Each path begins with its smallest key and goes from an entry to the one it waits for. An entry
    that is part of several circles is in one of the paths.
    """
    graph = {key: _targets(entry) & entries.keys() for key, entry in entries.items()}
    graph = {key: targets for key, targets in graph.items() if targets}
    while path := _cycle(graph):
        yield path
        for key in path:
            graph.pop(key, None)


def cycle_finding(entry: Entry, path: list[str]) -> Finding:
    """The problem with the circle `path`, at the reference of `entry`, its first, that opens it."""
    shown = " -> ".join(path if len(path) < 12 else [*path[:10], "…", path[-1]])
    for i, part in enumerate(entry.parts):
        for field in FIELDS:
            reference = getattr(part, field)
            if reference is not None and reference.key == path[1]:
                return problems.REFERENCE_CYCLE.found("parts", entry.home_of(i), field, path=shown)
    return problems.REFERENCE_CYCLE.found(path=shown)


def _checked(field: str, key: str, n: int, entry: Entry, known: Known) -> Finding | None:
    target = known.entries.get(key)
    if target is None:
        if key in known.broken_keys:
            return None
        return _on_record(field, key, n, known)
    if n > len(target.parts):
        return _no_such_part(field, key, n, len(target.parts))
    if target.draft and not entry.draft and key not in known.published:
        return problems.REFERENCE_DRAFT.found(field, field=field, target=key)
    return None


def _on_record(field: str, key: str, n: int, known: Known) -> Finding | None:
    if key not in known.published:
        near = suggestion(key, [*known.entries, *known.published])
        return problems.UNKNOWN_REFERENCE.found(field, field=field, target=key, suggestion=near)
    if n > known.published[key]:
        return _no_such_part(field, key, n, known.published[key])
    return None


def _no_such_part(field: str, key: str, n: int, count: int) -> Finding:
    parts = "1 part" if count == 1 else f"{count} parts"
    return problems.NO_SUCH_PART.found(field, field=field, n=n, key=key, parts=parts)


def _targets(entry: Entry) -> set[str]:
    return {reference.key for reference in entry.references if reference.key is not None}


def _cycle(graph: Mapping[str, set[str]]) -> list[str] | None:
    if not graph:
        return None
    from graphlib import CycleError, TopologicalSorter

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as exc:
        # graphlib goes from an entry to those that wait for it, and ends where it began.
        path: list[str] = exc.args[1][:0:-1]
        first = path.index(min(path))
        return [*path[first:], *path[:first], path[first]]
    return None
