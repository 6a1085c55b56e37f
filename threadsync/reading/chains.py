"""The parts of an entry made of those of its file: long texts cut, the posts numbered. Pure.

What a file says beside the text of a part stays with the first of its pieces. Only the countries
are those of all pieces: nobody is to read the rest of what they may not read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count as numbers
from typing import TYPE_CHECKING, NamedTuple

from threadsync.post import Origin, Part, Spoiler
from threadsync.reading.splitting import Span, cut
from threadsync.reading.text import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from threadsync.problems import Finding, Pointer

_GAP = "\n\n"
"""What stands between a text and its number."""


@dataclass(frozen=True, slots=True)
class Chaining:
    """How the parts of a file become a chain."""

    count: Callable[[str], int]
    """The measure that a text is held against MAX_TEXT with."""
    is_cut: bool = False
    numbering: str = ""
    """With `{n}` and perhaps `{total}` in it; empty for none."""


class Chain(NamedTuple):
    """The parts as they are published, and where each comes from."""

    parts: tuple[Part, ...]
    origins: tuple[Origin, ...]


def arrange(parts: Sequence[Part], chaining: Chaining) -> Chain:
    """Cut each of `parts` that is too long, if asked to, and number all, if there are several.

    A ghost post is never cut: it can have no replies of its own kind.
    """
    if len(parts) == 1 and (not chaining.is_cut or _fits(parts[0], chaining)):
        return Chain(tuple(parts), ())
    for digits in numbers(1):
        pieces = list(_pieces(parts, chaining, digits))
        if not chaining.numbering or len(str(len(pieces))) <= digits:
            return _numbered(pieces, chaining)
    raise AssertionError


def as_written(finding: Finding, origins: Sequence[Origin]) -> Finding:
    """A finding about a part as one about the part of the file that it comes from."""
    if not origins or finding.pointer[:1] != ("parts",):
        return finding
    origin = origins[int(finding.pointer[1])]
    rest = _offset_as_written(finding.pointer[2:], origin)
    return finding._replace(pointer=("parts", origin.part, *rest))


def _offset_as_written(pointer: Pointer, origin: Origin) -> Pointer:
    if pointer[:1] != ("text",) or len(pointer) == 1:
        return pointer
    return "text", origin.start + min(int(pointer[1]), max(origin.length - 1, 0))


def _fits(part: Part, chaining: Chaining) -> bool:
    return chaining.count(part.text) <= MAX_TEXT


def _pieces(
    parts: Sequence[Part], chaining: Chaining, digits: int
) -> Iterator[tuple[Part, Origin]]:
    """The parts without their numbers, cut so that each has room for a total of `digits` digits."""
    n = 0
    for home, part in enumerate(parts):
        for i, span in enumerate(_spans(part, chaining, n, digits)):
            n += 1
            piece = _first_piece(part, span) if i == 0 else _later_piece(part, span)
            yield piece, Origin(home, span.start, span.end - span.start)


def _spans(part: Part, chaining: Chaining, before: int, digits: int) -> list[Span]:
    """Where to cut a part that has `before` others before it."""
    if not chaining.is_cut or part.is_ghost_post:
        return [Span(0, len(part.text))]
    total = 10**digits - 1

    def room(n: int) -> int:
        return MAX_TEXT - chaining.count(_number(chaining, before + n, total))

    return cut(part.text, room, chaining.count)


def _first_piece(part: Part, span: Span) -> Part:
    text = part.text[span.start : span.end]
    return replace(part, text=text, spoilers=_spoilers_in(part, span))


def _later_piece(part: Part, span: Span) -> Part:
    return Part(
        text=part.text[span.start : span.end],
        spoilers=_spoilers_in(part, span),
        allowlisted_country_codes=part.allowlisted_country_codes,
    )


def _spoilers_in(part: Part, span: Span) -> tuple[Spoiler, ...]:
    """What of the spoilers lies in `span`, seen from its start."""
    clipped = (
        (max(spoiler.offset, span.start), min(spoiler.offset + spoiler.length, span.end))
        for spoiler in part.spoilers
    )
    return tuple(Spoiler(start - span.start, end - start) for start, end in clipped if start < end)


def _numbered(pieces: Sequence[tuple[Part, Origin]], chaining: Chaining) -> Chain:
    total = len(pieces)
    parts = (
        replace(part, text=f"{part.text.rstrip()}{_number(chaining, n, total)}".lstrip("\n"))
        if chaining.numbering and total > 1
        else part
        for n, (part, _) in enumerate(pieces, 1)
    )
    return Chain(tuple(parts), tuple(origin for _, origin in pieces))


def _number(chaining: Chaining, n: int, total: int) -> str:
    """What is added to the text of part `n`; "" without numbering."""
    if not chaining.numbering:
        return ""
    shown = chaining.numbering.replace("{n}", str(n)).replace("{total}", str(total))
    return f"{_GAP}{shown}"
