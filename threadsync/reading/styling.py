"""A long text written in Markdown, as the plain text and the styled ranges that Threads takes. Pure.

Emphasis becomes style, headings become bold, links and code become readable words; everything else,
lists, quotes, line breaks and blanks, stays as it is written. Offsets are in code points, from 0.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from threadsync.post import STYLES, Styled, TextAttachment
from threadsync.reading.commonmark import parser
from threadsync.reading.text import MAX_TEXT_ATTACHMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token

MAX_MARKDOWN = 2 * MAX_TEXT_ATTACHMENT
"""A longer text has too many words whatever its marks are, and is not searched for them."""

# Without one of these a text is what it is: lists, quotes and rules need no change.
_MAY_HOLD_MARKS = re.compile(r"[*_~`\[<\\&#]|==|\+\+|\n {0,3}(?:=+|-+)[ \t]*(?:\n|$)")
_SHOWN_ADDRESS = re.compile(r"(?:https?://|mailto:)\S")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>\w+)\s*>")
_STYLE_OF = {
    "strong": "bold",
    "b": "bold",
    "em": "italic",
    "i": "italic",
    "mark": "highlight",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "del": "strikethrough",
}
"""The style of a token or an HTML tag by its name."""
_BREAKS = frozenset({"softbreak", "hardbreak"})


def styled_text(markdown: str, link_attachment_url: str | None = None) -> TextAttachment:
    """The long text that `markdown` stands for."""
    if len(markdown) > MAX_MARKDOWN or not _MAY_HOLD_MARKS.search(markdown):
        return TextAttachment(markdown, link_attachment_url)
    pen = _Pen()
    _Page(markdown.replace("\r\n", "\n").replace("\r", "\n"), pen).write()
    return TextAttachment(pen.text, link_attachment_url, tuple(pen.ranges()))


class _Pen:
    """Writes words in the styles that are on, and remembers which were on where."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, tuple[str, ...]]] = []
        self._on: Counter[str] = Counter()

    @property
    def text(self) -> str:
        return "".join(words for words, _ in self._pieces)

    @property
    def place(self) -> int:
        return len(self._pieces)

    def since(self, place: int) -> str:
        """What was written since `place`."""
        return "".join(words for words, _ in self._pieces[place:])

    def write(self, words: str) -> None:
        if words:
            self._pieces.append((words, tuple(name for name in STYLES if self._on[name])))

    def switch(self, style: str, *, is_on: bool) -> None:
        self._on[style] += 1 if is_on else -1

    def reset(self) -> None:
        self._on.clear()

    def ranges(self) -> Iterator[Styled]:
        """What is styled, in order; neighbours with the same styles are one."""
        offset = 0
        for styles, pieces in groupby(self._pieces, key=itemgetter(1)):
            length = sum(len(words) for words, _ in pieces)
            if styles:
                yield Styled(offset, length, styles)
            offset += length


class _Page:
    """A text on its way through the pen, line by line."""

    def __init__(self, markdown: str, pen: _Pen) -> None:
        self._lines = markdown.split("\n")
        found: dict[str, Any] = {}
        self._tokens = parser().parse(markdown, found)
        self._definitions = _definition_lines(found)
        self._pen = pen
        self._next = 0
        """The number of the next line, from 0."""
        self._heading_end = 0
        """The number of the line below the heading that is being written; 0 outside of one."""
        self._is_first = True

    def write(self) -> None:
        for token in self._tokens:
            if token.type == "heading_open" and token.map:
                self._heading_end = token.map[1]
            elif token.type == "heading_close":
                self._next, self._heading_end = self._heading_end, 0
            elif token.type == "inline":
                self._words(token)
            elif token.type == "fence":
                self._lines_as_they_are(token, token.content.split("\n")[:-1])
            elif token.type in {"code_block", "hr"} and token.map:
                self._lines_as_they_are(token, self._lines[slice(*token.map)])
        self._lines_before(len(self._lines))

    def _words(self, token: Token) -> None:
        start = token.map[0] if token.map else self._next
        self._lines_before(start)
        contents, children = token.content.split("\n"), token.children or []
        edges = _edges(self._lines[start : start + len(contents)], contents)
        breaks = sum(child.type in _BREAKS for child in children)
        if self._heading_end or breaks + 1 != len(contents):
            edges = [("", "")] * (breaks + 1)
        self._new_line(edges[0][0])
        if self._heading_end:
            self._pen.switch("bold", is_on=True)
        _Line(self._pen, edges).write(children)
        self._pen.reset()
        self._pen.write(edges[-1][1])
        self._next = start + len(contents)

    def _lines_as_they_are(self, token: Token, lines: Sequence[str]) -> None:
        first, end = token.map or (self._next, self._next)
        self._lines_before(first)
        for line in lines:
            self._new_line(line)
        self._next = end

    def _lines_before(self, end: int) -> None:
        """Write the lines before `end` as they are; those that define an address are not shown."""
        for i in range(self._next, end):
            if i not in self._definitions:
                self._new_line(self._lines[i])
        self._next = max(self._next, end)

    def _new_line(self, beginning: str) -> None:
        self._pen.write(beginning if self._is_first else f"\n{beginning}")
        self._is_first = False


class _Line:
    """The words of one paragraph; `edges` are what stands before and behind each of its lines."""

    def __init__(self, pen: _Pen, edges: Sequence[tuple[str, str]]) -> None:
        self._pen = pen
        self._edges = edges
        self._line = 0
        self._links: list[tuple[int, str | None]] = []
        self._tags: list[str] = []
        """The styles of the HTML tags that are open."""
        self._last: dict[str, int] = {}
        """Which token is the last one with a content, by that content in small letters."""

    def write(self, tokens: Sequence[Token]) -> None:
        self._last = {token.content.lower(): i for i, token in enumerate(tokens)}
        for i, token in enumerate(tokens):
            if token.type in _BREAKS:
                self._break()
            elif token.type == "html_inline":
                self._tag(token.content, i)
            elif token.type == "link_open":
                self._links.append((self._pen.place, _address(token, "href")))
            elif token.type == "link_close":
                self._name_address(*self._links.pop())
            elif token.type == "image":
                place = self._pen.place
                self._pen.write(token.content)
                self._name_address(place, _address(token, "src"))
            elif token.nesting:
                self._pen.switch(_STYLE_OF[token.tag], is_on=token.nesting > 0)
            else:
                self._pen.write(token.content)

    def _break(self) -> None:
        before = self._edges[self._line][1]
        self._line += 1
        self._pen.write(f"{before}\n{self._edges[self._line][0]}")

    def _tag(self, html: str, i: int) -> None:
        """Switch the style of an HTML tag that has its counterpart; other tags are words."""
        found = _TAG.fullmatch(html)
        style = _STYLE_OF.get(found["name"].lower()) if found else None
        if found is None or style is None:
            self._pen.write(html)
        elif not found["end"] and self._last.get(f"</{found['name'].lower()}>", i) > i:
            self._tags.append(style)
            self._pen.switch(style, is_on=True)
        elif found["end"] and style in self._tags:
            self._tags.remove(style)
            self._pen.switch(style, is_on=False)
        else:
            self._pen.write(html)

    def _name_address(self, place: int, address: str | None) -> None:
        """Write the address of a link behind its words, unless they are the same."""
        words = self._pen.since(place)
        if address is None or address in {words, f"mailto:{words}"}:
            return
        self._pen.write(f" ({address})" if words else address)


def _definition_lines(found: Mapping[str, Any]) -> frozenset[int]:
    """The numbers of the lines like `[label]: address`, from 0."""
    definitions = (*found.get("references", {}).values(), *found.get("duplicate_refs", ()))
    return frozenset(line for one in definitions for line in range(*one["map"]))


def _edges(lines: Sequence[str], contents: Sequence[str]) -> list[tuple[str, str]]:
    """What stands in each line before its words, such as an indent or `> `, and behind them."""
    return [_edge(*pair) for pair in zip(lines, contents, strict=True)]


def _edge(line: str, content: str) -> tuple[str, str]:
    # What markdown-it leaves out at the edges of a line: blanks and tabs before, blanks behind.
    words = content.lstrip(" \t").rstrip(" ")
    before, _, behind = line.rpartition(words) if words else ("", "", "")
    return ("", "") if behind.strip(" \t") else (before, behind)


def _address(token: Token, name: str) -> str | None:
    """Where a link leads; None when that means nothing outside of the file."""
    address = str(token.attrGet(name) or "")
    return address if _SHOWN_ADDRESS.match(address) else None
