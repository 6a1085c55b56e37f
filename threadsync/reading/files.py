"""One file with posts taken apart: its documents, checked by the schema, each with its key.

What is wrong is reported with its place at once, because the text is at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync import problems
from threadsync.reading import markdown, schema
from threadsync.reading.comments import may_hold_tags, swallowed_tags
from threadsync.reading.declared import Document
from threadsync.reading.documents import Timestamp, read_values, shorten
from threadsync.reading.keys import default_key, is_key, proposed_key
from threadsync.reading.partial import partial
from threadsync.reading.places import outlines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.problems import Finding, Problem
    from threadsync.reading.places import Outline
    from threadsync.reading.sources import Source

KEY_PLACES = frozenset(
    {
        problems.UNKNOWN_KEY,
        problems.TEXT_IN_MARKDOWN,
        problems.CHAIN_IN_MARKDOWN,
        problems.ALLOW_UNKNOWN,
        problems.ALLOW_ERROR,
        problems.ALLOW_UNUSED,
    }
)
"""Problems with a key itself and not with its value."""

_YAML_ONLY = {"text": problems.TEXT_IN_MARKDOWN, "chain": problems.CHAIN_IN_MARKDOWN}
_MANY = "front matter is one document; delete the lines that begin with --- and a blank"


class FileRead(NamedTuple):
    """What one file gives: documents without problems, problems, and the keys they are about."""

    documents: Sequence[Document] = ()
    problems: Sequence[Problem] = ()
    broken_keys: Sequence[str] = ()
    partial: Sequence[Document] = ()
    """What is left of documents with problems, to be checked and for nothing else."""


def read_file(source: Source, text: str) -> FileRead:
    """Take the text of a file apart."""
    if not text.strip():
        return broken_file(source, problems.FILE_EMPTY.at(source.name))
    return _read_markdown(source, text) if source.is_markdown else _read_yaml(source, text)


def broken_file(source: Source, *faults: Problem) -> FileRead:
    """What a file gives that cannot be taken apart."""
    key = default_key(source.below)
    return FileRead((), faults, [key] if is_key(key) else [])


def _read_markdown(source: Source, text: str) -> FileRead:
    front_matter, body, body_line, is_open = markdown.sections(text)
    if is_open:
        return broken_file(source, problems.FRONT_MATTER_OPEN.at(source.name))
    values, faults = read_values(front_matter, source.name) if front_matter else ((), ())
    if len(values) > 1:
        values, faults = (), (problems.YAML_SYNTAX.at(source.name, why=_MANY),)
    if faults and not values:
        return broken_file(source, *faults)
    value = values[0] if values else {}
    parts = markdown.body_parts(body, body_line)
    documents = [Document(source.name, 0, _key(source, value), value, parts)]
    read = _checked(source, text, documents)
    odd = _odd_breaks(source.name, body, body_line)
    if front_matter and may_hold_tags(front_matter):
        odd += swallowed_tags(front_matter, source.name, outlines(text, source.name)[0])
    return _spoilt(_with_warnings(read, documents, [odd]) if odd else read, faults)


def _read_yaml(source: Source, text: str) -> FileRead:
    values, faults = read_values(text, source.name)
    if not values and not faults:
        faults = (problems.FILE_EMPTY.at(source.name),)
    if faults and not values:
        return broken_file(source, *faults)
    is_only = len(values) == 1
    documents = [
        Document(source.name, i, _key(source, value, is_only=is_only), value)
        for i, value in enumerate(values)
    ]
    read = _checked(source, text, documents)
    if may_hold_tags(text):
        read = _with_warnings(read, documents, _lost_tags(source.name, text))
    return _spoilt(read, faults)


def _spoilt(read: FileRead, faults: Sequence[Problem]) -> FileRead:
    """The same with faults of the file itself, with which none of its documents is whole."""
    if not faults:
        return read
    rest = [*(document._replace(is_whole=False) for document in read.documents), *read.partial]
    keys = [document.key for document in rest if document.key]
    return FileRead((), (*faults, *read.problems), [*read.broken_keys, *keys], rest)


def _odd_breaks(name: str, body: str, body_line: int) -> list[Problem]:
    return [problems.CHAIN_BREAK.at(name, n, 1) for n in markdown.odd_breaks(body, body_line)]


def _lost_tags(name: str, text: str) -> list[list[Problem]]:
    """Tags that became comments, for each document of a YAML file."""
    return [list(swallowed_tags(text, name, outline)) for outline in outlines(text, name)]


def _with_warnings(
    read: FileRead, documents: Sequence[Document], found: Sequence[Sequence[Problem]]
) -> FileRead:
    """The same with warnings about each of its documents, but for those that it allows."""
    warnings: list[Problem] = []
    silenced: dict[int, frozenset[str]] = {}
    for document, own in zip(documents, found, strict=True):
        allowed = document.value.get("allow")
        codes = {one.code for one in own} & (allowed.keys() if isinstance(allowed, dict) else set())
        silenced[document.position] = frozenset(codes)
        warnings.extend(one for one in own if one.code not in codes)
    fine = [d._replace(silenced=silenced[d.position]) for d in read.documents]
    return read._replace(documents=fine, problems=(*read.problems, *warnings))


def _key(source: Source, value: dict[str, Any], *, is_only: bool = True) -> str:
    """The key of a document, "" when it has no valid one."""
    key = value.get("key", default_key(source.below) if is_only else "")
    return key if isinstance(key, str) and is_key(key) else ""


def _checked(source: Source, text: str, documents: Sequence[Document]) -> FileRead:
    if all(map(_is_fine, documents)):
        return FileRead(documents)
    fine: list[Document] = []
    faults: list[Problem] = []
    broken: list[str] = []
    rests: list[Document | None] = []
    for document, outline in zip(documents, outlines(text, source.name), strict=True):
        found = _findings(source, document, outline, is_only=len(documents) == 1)
        faults.extend(_placed(finding, outline, source.name) for finding in found)
        if not found:
            fine.append(document)
            continue
        if document.key:
            broken.append(document.key)
        if document.key or len(documents) == 1:
            rests.append(partial(document, found))
    return FileRead(fine, faults, broken, [rest for rest in rests if rest])


def _is_fine(document: Document) -> bool:
    value = document.value
    # The only value that may look like a date: it is wanted as it was written.
    if isinstance(publish_at := value.get("publish_at"), Timestamp):
        value["publish_at"] = publish_at.text
    if value.get("fix") is False:
        value["fix"] = "off"  # YAML 1.1 makes a boolean of it
    if document.key == "" or not schema.is_valid(schema.POST, value):
        return False
    return document.body is None or not ("text" in value or "chain" in value)


def _findings(
    source: Source, document: Document, outline: Outline, *, is_only: bool
) -> list[Finding]:
    if _is_fine(document):
        return []
    value = document.value
    found = schema.findings(schema.POST, value, outline.written)
    if "key" not in value and not is_only:
        proposal = proposed_key(f"{default_key(source.below)}-{document.position + 1}")
        found.append(problems.KEY_NEEDED.found(proposal=proposal))
    elif "key" not in value and not document.key:
        found.append(_bad_name(default_key(source.below)))
    if document.body is not None:
        found.extend(kind.found(key) for key, kind in _YAML_ONLY.items() if key in value)
    return found


def _bad_name(key: str) -> Finding:
    remedy = f"rename the file, or write in it key: {proposed_key(key)}"
    return problems.INVALID_KEY.found(key=shorten(key), remedy=remedy)


def _placed(finding: Finding, outline: Outline, name: str) -> Problem:
    is_key = finding.kind in KEY_PLACES
    return finding.at(name, *outline.place(finding.pointer, is_key=is_key))
