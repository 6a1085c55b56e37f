"""Text as Threads sees it: how long it is, which links it has, what is hidden in it. No I/O.

Offsets and lengths are in code points, from 0.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.post import Spoiler

if TYPE_CHECKING:
    from collections.abc import Iterator

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
_LINK = re.compile(r"""https?://[^\s<>]*[^\s<>.,;:!?)\]}'"]""", re.IGNORECASE)
_BARS = re.compile(r"\\?\|\|")


class Marked(NamedTuple):
    """A text without its marks, and what the marks said."""

    text: str
    spoilers: tuple[Spoiler, ...] = ()
    is_open: bool = False
    """Whether || opens a spoiler that never ends."""


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
    shown_as_emoji = r".\uFE0F|\p{Emoji_Presentation}"
    return regex.compile(
        "|".join((keycap, flag, tagged_flag, joined, skin_tone, shown_as_emoji)), regex.DOTALL
    )


def links(text: str) -> list[str]:
    """The different http and https addresses in `text`, in order of their first appearance."""
    if "://" not in text:
        return []
    return list(dict.fromkeys(_LINK.findall(text)))


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
    pieces = list(_pieces(text))
    last = len(pieces) - 1
    shown: list[str] = []
    spoilers: list[Spoiler] = []
    size = 0
    for i, piece in enumerate(pieces):
        words = piece
        if i % 2 and i == last:
            words = "||" + piece
        elif i % 2 and not piece:
            words = "||||"
        elif i % 2:
            spoilers.append(Spoiler(size, len(piece)))
        shown.append(words)
        size += len(words)
    return Marked("".join(shown), tuple(spoilers), is_open=last % 2 == 1)


def escape_spoilers(text: str) -> str:
    r"""The way to write `text` so that `read_spoilers` gives it back without spoilers."""
    return text.replace("||", "\\||")


def _pieces(text: str) -> Iterator[str]:
    """Shown, hidden, shown, …: what stands between the bars, with escaped bars put right."""
    piece, end = "", 0
    for bars in _BARS.finditer(text):
        piece += text[end : bars.start()]
        end = bars.end()
        if bars[0] == "||":
            yield piece
            piece = ""
        else:
            piece += "||"
    yield piece + text[end:]
