"""One declared entry before it is an `Entry`: its keys and values, part by part. Pure.

What these mean, and what lies beside the file, is told in `entries`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.reading.places import part_homes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from threadsync.reading.markdown import BodyPart

_NAMING = frozenset({"media", "text_attachment", "chain"})
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://|data:", re.IGNORECASE)


class Document(NamedTuple):
    """One declared entry: its keys and values, its body, its key."""

    source: str
    position: int
    """Which document of the file it is, from 0."""
    key: str
    """"" when it has no valid one."""
    value: dict[str, Any]
    body: tuple[BodyPart, ...] | None = None
    """None for YAML."""
    silenced: frozenset[str] = frozenset()
    """The codes of warnings that were found and that it allows."""
    is_whole: bool = True
    """Whether all that the file says is here; see `partial`."""

    @property
    def folder(self) -> str:
        return self.source.rpartition("/")[0]


def part_values(document: Document) -> list[dict[str, Any]]:
    """The keys and values of each part, wherever the file writes them; at least one."""
    value = document.value
    if document.body is not None:
        return [_of_body(value if i == 0 else {}, part) for i, part in enumerate(document.body)]
    if "chain" not in value:
        return [dict(value)]
    count = len(value["chain"]) + (part_homes(value.keys(), 0) == [()])
    return [_of_chain(value, n) for n in range(count)]


def named_files(document: Document) -> Iterator[tuple[str, bool]]:
    """Each path of another file as the document writes it, and whether it is media."""
    if document.body is None and not _NAMING & document.value.keys():
        return
    for raw in part_values(document):
        for item in raw.get("media", ()):
            medium = as_medium(item)
            if "path" in medium:
                yield medium["path"], True
        if "path" in raw.get("text_attachment", ()):
            yield raw["text_attachment"]["path"], False


def as_medium(item: Any) -> Mapping[str, Any]:
    """A medium written as a bare path or address, as keys and values."""
    if not isinstance(item, str):
        return item  # type: ignore[no-any-return]
    return {"url" if _ADDRESS.match(item) else "path": item}


def _of_body(value: Mapping[str, Any], part: BodyPart) -> dict[str, Any]:
    raw = {**value, "text": part.text}
    if part.pictures:
        shown = [{**as_medium(p.target), "alt_text": p.alt} for p in part.pictures]
        raw["media"] = [*value.get("media", ()), *shown]
    return raw


def _of_chain(value: Mapping[str, Any], n: int) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for home in reversed(part_homes(value.keys(), n)):
        raw.update(value["chain"][home[1]] if home else value)
    return raw
