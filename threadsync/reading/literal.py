"""What looks like Markdown in a text that Threads shows as it stands. Pure.

Only what is unmistakable is found: stars around a word, backticks and lists are common in plain
text, and are read as they are meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from threadsync.reading.text import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

WRAPPED_LENGTH = 60
"""From this length on, a line that breaks inside a sentence was probably broken by an editor."""

_MARK = re.compile(
    r"""
      (?<![\w*])\*\*(?=[^\s*])[^*\n]*[^\s*]\*\*(?![\w*])    # **bold**
    | (?<![\w_])__(?=[^\s_])[^_\n]*\s[^_\n]*[^\s_]__(?![\w_])   # __bold words__, not __init__
    | (?<![\w~])~~(?=[^\s~])[^~\n]*[^\s~]~~(?![\w~])        # ~~gone~~
    | !?\[[^\[\]\n]+\]\([^()\s]+\)                          # [words](address)
    | ^\#{1,6}[ ](?=\S)                                     # a heading
    | ^```                                                  # code
    """,
    re.VERBOSE | re.MULTILINE,
)


def may_hold_marks(text: str) -> bool:
    """Whether `markdown_marks` is worth its time."""
    # One character each: that is many times as fast as looking for two.
    return "*" in text or "_" in text or "`" in text or "]" in text or "#" in text or "~" in text


def markdown_marks(text: str) -> Iterator[Found]:
    """Each mark that Markdown would make something of, in order."""
    for match in _MARK.finditer(text):
        yield Found(match[0].strip(), match.start())


def wrapped_line(text: str) -> Found | None:
    """The first line that an editor seems to have broken inside a sentence."""
    end = text.find("\n", WRAPPED_LENGTH)
    while end >= 0:
        start = text.rfind("\n", 0, end) + 1
        if end - start >= WRAPPED_LENGTH and _goes_on(text, end):
            return Found(text[start:end], start)
        end = text.find("\n", end + 1)
    return None


def _goes_on(text: str, end: int) -> bool:
    """Whether the sentence before the line break at `end` seems to go on behind it."""
    return text[end + 1 : end + 2].islower() and (text[end - 1].isalpha() or text[end - 1] == ",")
