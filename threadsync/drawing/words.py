"""A text with its links, mentions, topic tag, styles and spoilers, as markup. Pure.

Ranges come in UTF-16 code units, as Meta's sample application counts them (read 2026-01-02); one
that cuts a character in half takes all of it, one that leaves the text ends with it.
"""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from threadsync.drawing.markup import NOTHING, Content, Markup, element, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from threadsync.drawing.model import Range, Style

STYLES = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "highlight": "mark",
}
"""The element for each style of Meta's; Meta's page "Text attachments", read 2026-11-22."""

_LINK = re.compile(r"""https?://[^\s<>]*[^\s<>.,;:!?)\]}'"]""", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@./])@[A-Za-z0-9_](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?")


class _Mark(NamedTuple):
    """What holds from code point `start` to `end`; `value` is an address, a style or empty."""

    start: int
    end: int
    kind: str
    value: str = ""


class _Segment(NamedTuple):
    """A piece of text in which the same marks hold everywhere."""

    text: str
    marks: tuple[_Mark, ...]

    def first(self, *kinds: str) -> _Mark | None:
        return next((mark for mark in self.marks if mark.kind in kinds), None)


def draw_words(
    text: str,
    *,
    spoilers: Iterable[Range] = (),
    styles: Iterable[Style] = (),
    topic_tag: str | None = None,
    is_linked: bool = True,
) -> Markup:
    """The text; what a spoiler hides opens when it is pressed, without a script.

    Without `is_linked` it fits into what is pressed itself: no links, mentions and tags.
    """
    units = text.encode("utf-16-le", "surrogatepass")
    hidden = _merged(_mark(units, one, "spoiler") for one in spoilers)
    styled = [_mark(units, one.range, "style", name) for one in styles for name in one.names]
    marks = [*hidden, *styled, *(_found(text, topic_tag) if is_linked else ())]
    pieces = groupby(_segments(text, marks), key=lambda piece: piece.first("spoiler"))
    return joined(
        _veiled(_linked(inside)) if spoiler else _linked(inside) for spoiler, inside in pieces
    )


def external_link(url: str, *children: Content, class_: str | None = None) -> Markup:
    """A link out of the page; an address that is not http or https is only shown."""
    return element("a", *children, href=url, rel="noreferrer noopener nofollow", class_=class_)


def _veiled(inside: Markup) -> Markup:
    switch = element("input", type="checkbox", class_="unseen", aria_label="Show spoiler")
    covered = element("span", element("span", inside, class_="words"), class_="veil")
    return element("label", switch, covered, class_="spoiler")


def _linked(segments: Iterable[_Segment]) -> Markup:
    links = groupby(segments, key=lambda piece: piece.first("link", "mention", "tag"))
    return joined(_in_link(mark, joined(map(_styled, inside))) for mark, inside in links)


def _in_link(mark: _Mark | None, inside: Markup) -> Markup:
    if mark is None:
        return inside
    if mark.kind == "link":
        return external_link(mark.value, inside)
    return element("span", inside, class_=mark.kind)


def _styled(segment: _Segment) -> Markup:
    names = {mark.value for mark in segment.marks if mark.kind == "style"}
    drawn = joined([segment.text])
    for name, tag in STYLES.items():
        if name in names:
            drawn = element(tag, drawn)
    return drawn if segment.text else NOTHING


def _segments(text: str, marks: Sequence[_Mark]) -> Iterator[_Segment]:
    """The text cut wherever a mark starts or ends."""
    starting = sorted((mark for mark in marks if mark.start < mark.end), reverse=True)
    edges = {0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)}
    active: list[_Mark] = []
    for start, end in pairwise(sorted(edges)):
        active = [mark for mark in active if mark.end > start]
        while starting and starting[-1].start == start:
            active.append(starting.pop())
        yield _Segment(text[start:end], tuple(active))


def _found(text: str, topic_tag: str | None) -> Iterator[_Mark]:
    """Links, and outside of them mentions and the first place where the topic tag stands."""
    links = [_Mark(*match.span(), "link", match.group()) for match in _LINK.finditer(text)]
    others = [_Mark(*match.span(), "mention") for match in _MENTION.finditer(text)]
    tag = _tag_in(text, topic_tag)
    covered = {place for link in links for place in range(link.start, link.end)}
    yield from links
    yield from (mark for mark in (*others, *tag) if mark.start not in covered)


def _tag_in(text: str, topic_tag: str | None) -> list[_Mark]:
    found = re.search(rf"(?<!\S)#{re.escape(topic_tag)}", text) if topic_tag else None
    return [_Mark(*found.span(), "tag")] if found else []


def _merged(marks: Iterable[_Mark]) -> list[_Mark]:
    """Ranges that touch or overlap become one."""
    merged: list[_Mark] = []
    for mark in sorted(mark for mark in marks if mark.start < mark.end):
        if merged and mark.start <= merged[-1].end:
            last = merged.pop()
            mark = last._replace(end=max(last.end, mark.end))  # noqa: PLW2901 - it takes its place
        merged.append(mark)
    return merged


def _mark(units: bytes, wanted: Range, kind: str, value: str = "") -> _Mark:
    end = max(wanted.offset, 0) + max(wanted.length, 0)
    return _Mark(_place(units, wanted.offset), _place(units, end, is_end=True), kind, value)


def _place(units: bytes, offset: int, *, is_end: bool = False) -> int:
    """The code point at a UTF-16 offset; inside of a character its start, or its end."""
    before = units[: 2 * max(offset, 0)]
    is_inside = _is_lead(before[-2:]) and _is_trail(units[len(before) : len(before) + 2])
    whole = before[:-2] if is_inside else before
    return len(whole.decode("utf-16-le", "surrogatepass")) + (is_inside and is_end)


def _is_lead(unit: bytes) -> bool:
    return len(unit) == 2 and 0xD8 <= unit[1] <= 0xDB


def _is_trail(unit: bytes) -> bool:
    return len(unit) == 2 and 0xDC <= unit[1] <= 0xDF
