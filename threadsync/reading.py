"""One file with posts taken apart: its documents, checked by the schema, each with its key.

What is wrong is reported with its place at once, because the text is at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync import markdown, problems, schema
from threadsync.documents import Timestamp, read_values
from threadsync.entries import Document
from threadsync.keys import default_key, is_key, proposed_key
from threadsync.places import Outline, outlines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from threadsync.problems import Finding, Kind, Problem
    from threadsync.sources import Source

KEY_PLACES = frozenset(
    {problems.UNKNOWN_KEY, problems.TEXT_IN_MARKDOWN, problems.CHAIN_IN_MARKDOWN}
)
"""Problems with a key itself and not with its value."""

_MANY = "front matter is one document; delete what is below its line of ..."


class FileRead(NamedTuple):
    """What one file gives: documents without problems, problems, and the keys they are about."""

    documents: Sequence[Document] = ()
    problems: Sequence[Problem] = ()
    broken_keys: Sequence[str] = ()


def read_file(source: Source, text: str) -> FileRead:
    """Take the text of a file apart."""
    if not text.strip():
        return _broken(source, problems.FILE_EMPTY.at(source.name))
    return _read_markdown(source, text) if source.is_markdown else _read_yaml(source, text)


def broken_file(source: Source, problem: Problem) -> FileRead:
    """What a file gives that cannot even be read."""
    return _broken(source, problem)


def _read_markdown(source: Source, text: str) -> FileRead:
    front_matter, body, body_line, is_open = markdown.sections(text)
    if is_open:
        return _broken(source, problems.FRONT_MATTER_OPEN.at(source.name))
    values, faults = read_values(front_matter, source.name) if front_matter else ((), ())
    if len(values) > 1:
        faults = (problems.YAML_SYNTAX.at(source.name, why=_MANY),)
    if faults:
        return _broken(source, *faults)
    value = values[0] if values else {}
    parts = markdown.body_parts(body, body_line)
    found = [*_checked(value), *_only_in_yaml(value)]
    return _file_read(source, text, [(value, parts)], [found])


def _read_yaml(source: Source, text: str) -> FileRead:
    values, faults = read_values(text, source.name)
    if not values and not faults:
        faults = (problems.FILE_EMPTY.at(source.name),)
    if faults:
        return _broken(source, *faults)
