"""A long text cut into the parts of a chain. Pure.

Greedy from the start: where a part ends depends on nothing further away than the next part could
reach, so that an edit late in the text leaves the parts before it as they are, published ones too.
Offsets are in code points, from 0. All white space at a cut goes, and nothing else.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from enum import IntEnum
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.reading.text import unbreakable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Initials, ordinals and common abbreviations: a full stop after them mostly ends no sentence.
_SHORT = r"\p{L}|\d\d?|Abb|approx|bzw|ca|Dr|etc|Fig|Inc|Jr|Mrs?|Ms|No|Nr|Prof|Sr|St|usw|vgl|vs"


class Rank(IntEnum):
    """How good a place is for a cut; the best in the second half of a part is taken."""

    NONE = 0
    GRAPHEME = 1
    """Inside a word: only for words longer than a part."""
    WORD = 2
    """Between words; in Chinese and Japanese between characters as well."""
    SENTENCE = 3
    """Behind a sentence or a line."""
    PARAGRAPH = 4


class Span(NamedTuple):
    """A part of a text: from `start` to before `end`."""

    start: int
    end: int


def cut(text: str, room: Callable[[int], int], count: Callable[[str], int]) -> list[Span]:
    """The parts of `text` in order, at least one; part n (from 1) counts at most `room(n)`.

    A part is longer only where nothing in it may be cut, such as a link of its own length.
    """
    ruler = _Ruler(text, count)
    spans: list[Span] = []
    start = 0
    while not ruler.fits(start, room(len(spans) + 1)):
        stop = ruler.stop(start, room(len(spans) + 1))
        spans.append(ruler.span(start, stop))
        start = ruler.after_blanks(stop)
    if start < ruler.last or not spans:
        spans.append(ruler.span(start, ruler.last))
    return spans


class _Ruler:
    """A text measured once. Places are numbers of graphemes before them, from 0 to `last`."""

    def __init__(self, text: str, count: Callable[[str], int]) -> None:
        graphemes: list[str] = _patterns().grapheme.findall(text)
        self.last = len(graphemes)
        self._offsets = list(accumulate(map(len, graphemes), initial=0))
        self._sizes = list(accumulate(map(count, graphemes), initial=0))
        self._is_blank = [grapheme.isspace() for grapheme in graphemes]
        self._ranks = _ranks(text, graphemes, self._offsets)

    def fits(self, start: int, room: int) -> bool:
        """Whether everything from `start` on counts at most `room`."""
        return self._sizes[-1] - self._sizes[start] <= room

    def span(self, start: int, stop: int) -> Span:
        return Span(self._offsets[start], self._offsets[stop])

    def after_blanks(self, place: int) -> int:
        return next((i for i in range(place, self.last) if not self._is_blank[i]), self.last)

    def stop(self, start: int, room: int) -> int:
        """Where the part that begins at `start` ends best, the rest being longer than `room`."""
        half = bisect_left(self._sizes, self._sizes[start] + room / 2)
        end = bisect_right(self._sizes, self._sizes[start] + room) - 1
        for rank in (Rank.PARAGRAPH, Rank.SENTENCE, Rank.WORD):
            if place := self._last_of(rank, max(half, start + 1), end):
                return place
        for rank in (Rank.WORD, Rank.GRAPHEME):
            if place := self._last_of(rank, start + 1, end):
                return place
        beyond = range(max(end, start) + 1, self.last)
        return next((i for i in beyond if self._ranks[i] > Rank.NONE), self.last)

    def _last_of(self, rank: Rank, first: int, end: int) -> int | None:
        """The last place from `first` to `end` that has at least this rank."""
        return next((i for i in range(end, first - 1, -1) if self._ranks[i] >= rank), None)


def _ranks(text: str, graphemes: Sequence[str], offsets: Sequence[int]) -> list[Rank]:
    """The rank of the place before each grapheme; nothing is cut at the very start."""
    closed = {place for piece in unbreakable(text) for place in range(piece.offset + 1, piece.end)}
    sentences = {match.end() for match in _patterns().sentence.finditer(text)}
    ranks = [Rank.NONE]
    for i in range(1, len(graphemes)):
        offset, before, after = offsets[i], graphemes[i - 1], graphemes[i]
        if offset in closed or before.isspace():
            ranks.append(Rank.NONE)
        elif after.isspace():
            ranks.append(_rank_of_blanks(text, offset, is_sentence=offset in sentences))
        elif offset in sentences:
            ranks.append(Rank.SENTENCE)
        else:
            ranks.append(_rank_inside(before, after))
    return ranks


def _rank_of_blanks(text: str, start: int, *, is_sentence: bool) -> Rank:
    end = next((i for i in range(start, len(text)) if not text[i].isspace()), len(text))
    blanks, next_letter = text[start:end], text[end : end + 1]
    breaks = blanks.count("\n") + 2 * blanks.count("\u2029")
    if breaks > 1:
        return Rank.PARAGRAPH
    if is_sentence or (breaks and not next_letter.islower()):
        return Rank.SENTENCE
    return Rank.WORD if _patterns().breaking.search(blanks) else Rank.GRAPHEME


def _rank_inside(before: str, after: str) -> Rank:
    found = _patterns()
    is_dense = found.dense.match(before) or found.dense.match(after)
    may_break = is_dense and not found.opening.match(before) and not found.following.match(after)
    return Rank.WORD if may_break else Rank.GRAPHEME


class _Patterns(NamedTuple):
    grapheme: Any
    breaking: Any
    """White space at which a line may break: not a no-break space."""
    sentence: Any
    """The end of a sentence, up to the quotes and brackets that close it."""
    dense: Any
    """Writing without blanks between words."""
    opening: Any
    following: Any
    """What begins no line in Chinese and Japanese: closing punctuation, small kana."""


@cache
def _patterns() -> _Patterns:
    import regex

    dense_end = r"""[。．！？｡]+[\p{Pe}\p{Pf}"']*"""
    # French sets its quotes apart. A quote that opens has a blank before it, so none is taken here.
    closers = r"[\p{SB=Close}]*+(?:[\u00a0\u202f]»)?+"
    # White space has to follow, and no small letter: "e.g. this", "… and so on".
    stops = r"[\p{SB=STerm}\p{SB=ATerm}…]"
    spaced_end = (
        rf"(?<!{stops}|\b(?:{_SHORT})(?=\.)){stops}++{closers}"
        r"(?=\s)(?!\s+[\p{SB=Close}]*+\p{Ll})"
    )
    small_kana = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶー々ゝゞヽヾ"
    return _Patterns(
        grapheme=regex.compile(r"\X"),
        breaking=regex.compile(r"[^\S\u00a0\u2007\u202f]"),
        sentence=regex.compile(f"{dense_end}|{spaced_end}"),
        dense=regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]"),
        opening=regex.compile(r"[\p{Ps}\p{Pi}]"),
        following=regex.compile(rf"[\p{{Pe}}\p{{Pf}}\p{{Po}}{small_kana}…‥〜\p{{M}}]"),
    )
