"""Meta's rules for the words of a part, and what they would not look like on Threads. Pure.

Findings lead to the very character: a number behind `text` is its offset in code points, from 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.reading.documents import shorten
from threadsync.reading.literal import markdown_marks, may_hold_marks, wrapped_line
from threadsync.reading.text import (
    MAX_LINKS,
    MAX_SPOILERS,
    MAX_TEXT,
    SURE_LINKS,
    count_strict,
    first_links,
    first_too_many,
    tags,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from threadsync.post import Part
    from threadsync.problems import Finding, Pointer
    from threadsync.reading.terms import Terms
    from threadsync.reading.text import Found


def text_findings(part: Part, terms: Terms) -> list[Finding]:
    """What is wrong with the text of a part. Most texts are plain, and only looked at for signs."""
    text = part.text
    found: list[Finding] = []
    if len(text) * 4 > MAX_TEXT and count_strict(text) > MAX_TEXT:
        found.append(_length(text, terms))
    if text.count("://") + _links_beside(part) > SURE_LINKS:
        found.extend(_links(part))
    if "#" in text:
        found.extend(_tags(part))
    if may_hold_marks(text):
        found.extend(_marks(text))
    if "\n" in text:
        found.extend(_lines(text))
    if part.spoilers:
        found.extend(_spoilers(part))
    return found


def _length(text: str, terms: Terms) -> Finding:
    is_error = terms.count(text) > MAX_TEXT
    kind = problems.TEXT_TOO_LONG if is_error else problems.TEXT_LONG_IN_BYTES
    measure = terms.count if is_error else count_strict
    count = measure(text)
    place = first_too_many(text, MAX_TEXT, measure)
    return kind.found("text", place, count=count, limit=MAX_TEXT, over=count - MAX_TEXT)


def _links_beside(part: Part) -> int:
    """How many links there can be outside of the text."""
    return (part.link_attachment is not None) + (part.text_attachment is not None)


def _links(part: Part) -> Iterator[Finding]:
    found = first_links(part.text)
    attached = part.text_attachment and part.text_attachment.link_attachment_url
    beside = {link for link in (part.link_attachment, attached) if link}
    count = len(beside.union(link.words for link in found))
    if count > MAX_LINKS:
        place, over = _offset_of(found, MAX_LINKS), count - MAX_LINKS
        yield problems.TOO_MANY_LINKS.found(*place, count=count, limit=MAX_LINKS, over=over)
    elif count > SURE_LINKS:
        place = _offset_of(found, SURE_LINKS)
        yield problems.MANY_LINKS.found(*place, count=count, limit=SURE_LINKS)


def _offset_of(found: Sequence[Found], i: int) -> Pointer:
    """Where in the text number `i` of `found` stands, or the last one when there are fewer."""
    return ("text", found[min(i, len(found) - 1)].offset) if found else ("text",)


def _tags(part: Part) -> Iterator[Finding]:
    found = tags(part.text)
    topic = part.topic_tag or (found[0].words if found else "")
    further = next((tag for tag in found if tag.words.lower() != topic.lower()), None)
    if further:
        yield problems.SECOND_TAG.found("text", further.offset, tag=further.words, topic=topic)


def _marks(text: str) -> Iterator[Finding]:
    mark = next(markdown_marks(text), None)
    if mark:
        yield problems.MARKDOWN_SHOWN.found("text", mark.offset, mark=shorten(mark.words))


def _lines(text: str) -> Iterator[Finding]:
    line = wrapped_line(text)
    if line:
        yield problems.LINE_WRAPPED.found("text", line.end)


def _spoilers(part: Part) -> Iterator[Finding]:
    count = len(part.spoilers)
    if count > MAX_SPOILERS:
        place = part.spoilers[MAX_SPOILERS].offset
        yield problems.TOO_MANY_SPOILERS.found("text", place, count=count, limit=MAX_SPOILERS)
