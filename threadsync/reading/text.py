"""Text as Threads sees it: how long it is, its links, tags and mentions, what is hidden. No I/O.

Offsets and lengths are in code points, from 0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.post import Spoiler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# https://developers.facebook.com/docs/threads/overview, "Limitations", read 2026-11-22.
MAX_TEXT = 500
MAX_ALT_TEXT = 1000
# https://developers.facebook.com/docs/threads/create-posts/text-attachments, read 2026-11-22.
MAX_TEXT_ATTACHMENT = 10_000
# https://developers.facebook.com/docs/threads/create-posts/spoilers, read 2026-11-22.
MAX_SPOILERS = 10
# https://developers.facebook.com/docs/threads/changelog, 2025-12-22, read 2026-11-22.
MAX_LINKS = 5
# Posts with 4 links were refused: gitroomhq/postiz-app#1203 and #1264, read 2026-11-22.
SURE_LINKS = 3

_MAY_HOLD_EMOJI = re.compile("[\u200d\u20e3\ufe0f\u2190-\u2bff\U0001f000-\U0001ffff]")
# Chinese and Japanese punctuation ends a link: no blank has to follow it there.
_NO_LINK = r"\s<>\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_LINK = re.compile(rf"""https?://[^{_NO_LINK}]*[^{_NO_LINK}.,;:!?)\]}}'"]""", re.IGNORECASE)
# Meta documents no form of usernames (page "Create posts", read 2026-11-22); these are Instagram's.
_MENTION = re.compile(r"(?<![\w@./])@[A-Za-z0-9_](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?")
# https://developers.facebook.com/docs/threads/create-posts, topic tags, read 2026-11-22.
_TAG = re.compile(r"(?<!\S)#(?P<name>[^\s.&@!?,;:#]{1,50})(?![^\s.&@!?,;:#])")
_BARS = re.compile(r"\\?\|\|")


class Found(NamedTuple):
    """A piece of a text, and where it begins."""

    words: str
    offset: int

    @property
    def end(self) -> int:
        return self.offset + len(self.words)


class Marked(NamedTuple):
    """A text without its marks, and what the marks said."""

    text: str
    spoilers: tuple[Spoiler, ...] = ()
    open_at: int | None = None
    """Where || opens a spoiler that never ends, in the text without marks."""


def count_strict(text: str) -> int:
    """The length in UTF-8 bytes: never less than Threads counts."""
    return len(text.encode())


def count_meta(text: str) -> int:
    """The length as Meta documents it: code points, but an emoji sequence as its UTF-8 bytes."""
    if text.isascii() or not _MAY_HOLD_EMOJI.search(text):
        return len(text)
    return len(text) + sum(len(found.encode()) - len(found) for found in _emoji().findall(text))


@cache
def _emoji() -> Any:
    import regex

    keycap = r"[0-9#*]\uFE0F?\u20E3"
    flag = r"\p{Regional_Indicator}{2}"
    tagged_flag = r"\U0001F3F4[\U000E0020-\U000E007E]+\U000E007F"
    element = r"\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F)?"
    joined = rf"{element}(?:\u200D{element})+"
    skin_tone = r"\p{Emoji_Modifier_Base}\p{Emoji_Modifier}"
    # A selector after a line break or another control character selects nothing.
    shown_as_emoji = r"[^\p{GCB=Control}\p{GCB=CR}\p{GCB=LF}]\uFE0F|\p{Emoji_Presentation}"
    return regex.compile("|".join((keycap, flag, tagged_flag, joined, skin_tone, shown_as_emoji)))


def first_too_many(text: str, limit: int, count: Callable[[str], int]) -> int:
    """The offset of the first character with which `text` counts more than `limit`."""
    return bisect_right(range(len(text)), limit, key=lambda i: count(text[: i + 1]))


def links(text: str) -> list[str]:
    """The different http and https addresses in `text`, in order of their first appearance."""
    return [found.words for found in first_links(text)]


def first_links(text: str) -> list[Found]:
    """The same, with the place where each appears first."""
    if "://" not in text:
        return []
    first: dict[str, Found] = {}
    for match in _LINK.finditer(text):
        first.setdefault(match[0], Found(match[0], match.start()))
    return list(first.values())


def tags(text: str) -> list[Found]:
    """The `#words` that could be the topic of a post, without `#`, in order.

    Threads makes the first one the topic when none is given, and shows the others as text. `offset`
    is that of the `#`.
    """
    if "#" not in text:
        return []
    found = (Found(match["name"], match.start()) for match in _TAG.finditer(text))
    return [tag for tag in found if not tag.words.isdecimal()]


def unbreakable(text: str) -> Iterator[Found]:
    """What makes sense only in one piece: links, mentions, topic tags and emoji sequences."""
    for pattern in (_LINK, _MENTION, _TAG, _emoji()):
        for match in pattern.finditer(text):
            yield Found(match[0], match.start())


def trim_blank_lines(text: str) -> str:
    r"""`text` without the lines at both ends that hold nothing but blanks and tabs.

    The indent of the first line and the blanks at the end of the last one stay.
    """
    rest = text.lstrip(" \t\n")
    if not rest:
        return ""
    start = text.rfind("\n", 0, len(text) - len(rest)) + 1
    end = text.find("\n", len(text.rstrip(" \t\n")))
    return text[start:] if end < start else text[start:end]


def read_spoilers(text: str) -> Marked:
    r"""Take `||words||` apart: the words stay, the bars go. `\||` stands for two bars."""
    if "||" not in text:
        return Marked(text)
    marks = _marks(text)
    gone = _Gone(marks)
    spoilers = (
        Spoiler(gone.shown(start), gone.shown(end) - gone.shown(start))
        for start, end in marks.hidden
    )
    open_at = None if marks.open_at is None else gone.shown(marks.open_at)
    return Marked(gone.without(text), tuple(spoilers), open_at)


def offset_as_written(text: str, offset: int) -> int:
    """Where in `text` the character stands that is at `offset` of what `read_spoilers` makes of it."""
    return _Gone(_marks(text)).written(offset) if "||" in text else offset


def escape_spoilers(text: str) -> str:
    r"""The way to write `text` so that `read_spoilers` gives it back without spoilers."""
    return text.replace("||", "\\||")


class _Marks(NamedTuple):
    """The bars of a text by their offsets: escaped ones, hidden words between bars, open ones."""

    escapes: list[int]
    hidden: list[tuple[int, int]]
    open_at: int | None


def _marks(text: str) -> _Marks:
    found = list(_BARS.finditer(text))
    escapes = [match.start() for match in found if match[0] != "||"]
    bars = iter(match for match in found if match[0] == "||")
    pairs = [(first, next(bars, None)) for first in bars]
    hidden = [
        (first.end(), last.start()) for first, last in pairs if last and first.end() < last.start()
    ]
    open_at = pairs[-1][0].start() if pairs and pairs[-1][1] is None else None
    return _Marks(escapes, hidden, open_at)


class _Gone:
    """The spans of a text that are not shown, and what that does to offsets."""

    def __init__(self, marks: _Marks) -> None:
        backslashes = [(start, start + 1) for start in marks.escapes]
        bars = [
            span for start, end in marks.hidden for span in ((start - 2, start), (end, end + 2))
        ]
        self._spans = sorted([*backslashes, *bars])
        self._ends = [end for _, end in self._spans]
        self._gone = list(accumulate((end - start for start, end in self._spans), initial=0))
        """How many characters the first spans take away, by their number."""

    def shown(self, offset: int) -> int:
        """The offset in the text that is shown, of one that is not in a span."""
        return offset - self._gone[bisect_right(self._ends, offset)]

    def written(self, offset: int) -> int:
        """The opposite."""
        for start, end in self._spans:
            if start <= offset:
                offset += end - start
        return offset

    def without(self, text: str) -> str:
        edges = [0, *(edge for span in self._spans for edge in span), len(text)]
        return "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
