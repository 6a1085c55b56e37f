"""Markdown as long texts have it: CommonMark with `~~gone~~`, `==highlight==` and `++underline++`.

Pure. Addresses stay as they are written; markdown-it would encode them for HTML.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

PAIRED = {"==": "mark", "++": "u"}
"""The HTML tags that stand for what Markdown itself does not know."""


@cache
def parser() -> MarkdownIt:
    """The parser; HTML tags are only read inside of a line."""
    from markdown_it import MarkdownIt

    found = MarkdownIt("commonmark").enable("strikethrough").disable("html_block")
    found.inline.ruler.before("emphasis", "paired", _paired)
    found.normalizeLink = _unchanged  # type: ignore[assignment]
    found.normalizeLinkText = _unchanged  # type: ignore[assignment]
    return found


def _unchanged(address: str) -> str:
    return address


def _paired(state: StateInline, silent: bool) -> bool:
    """Read `==highlight==` and `++underline++`: whole words, with anything inside."""
    start, text = state.pos, state.src
    mark = text[start : start + 2]
    if mark not in PAIRED or _is_word(text, start - 1) or text[start + 2 : start + 3].isspace():
        return False
    end = text.find(mark, start + 3, state.posMax)
    if end < 0 or text[end - 1].isspace() or _is_word(text, end + 2):
        return False
    if not silent:
        _write_pair(state, end, PAIRED[mark])
    state.pos = end + 2
    return True


def _write_pair(state: Any, end: int, tag: str) -> None:
    last = state.posMax
    state.push(f"{tag}_open", tag, 1)
    state.pos, state.posMax = state.pos + 2, end
    state.md.inline.tokenize(state)
    state.posMax = last
    state.push(f"{tag}_close", tag, -1)


def _is_word(text: str, i: int) -> bool:
    return 0 <= i < len(text) and text[i].isalnum()
