"""Where in a file a character of a text stands that was read out of it. Pure.

Offsets are in code points, from 0, and count the text as Threads gets it, without the bars of
spoilers. Lines and columns count from 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from threadsync.reading.nodes import place_of
from threadsync.reading.text import offset_as_written, trim_blank_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from yaml.nodes import ScalarNode

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
_HEADER = re.compile(r"[|>][^\n]*\n")
_ESCAPED = re.compile(r"\\(?:x..|u....|U........|[\s\S])|[\s\S]")
_DOUBLED = re.compile(r"''|[\s\S]")
_SINGLE = re.compile(r"[\s\S]")
# What double quotes escape that is white space as a value: \t \n \r \v \f, blanks and separators.
_BLANK_ESCAPE = re.compile(r"\\(?:[tnrvf \t\n_NLP]|x(?:09|0[A-Da-d]|1[C-Fc-f]|20|85|[Aa]0))")


def character_in_body(
    lines: Sequence[str], first_line: int, text: str, offset: int, unescaped: Callable[[str], str]
) -> tuple[int, int]:
    """The place of the character at `offset` of a part of a Markdown body.

    `lines` are those of the file and `text` what they say, of which each line stands below the one
    before, from `first_line` on; `unescaped` is what a line of the file says.
    """
    before = text[: offset_as_written(text, offset)]
    wanted = text.split("\n")[: before.count("\n") + 1]
    column = len(before) - before.rfind("\n")
    number = first_line - 1
    for line in wanted:
        number = next((n for n in range(number, len(lines)) if unescaped(lines[n]) == line), number)
        number += 1
    written = lines[number - 1]
    indent = len(written) - len(written.lstrip(" \t"))
    is_behind_escape = written != wanted[-1] and column > indent
    return number, column + is_behind_escape


def character_in_scalar(text: str, node: ScalarNode, offset: int) -> tuple[int, int]:
    """The place of the character at `offset` of the value of a YAML scalar, or of the next visible one.

    `text` is the YAML that `node` was made of. Folding and indents move white space only, so the
    visible characters are counted.
    """
    value = str(node.value)
    trimmed = trim_blank_lines(value)
    start = value.find(trimmed) + offset_as_written(trimmed, offset)
    rank = sum(not character.isspace() for character in value[:start])
    first = node.start_mark.index
    visible = list(_visible(text[first : node.end_mark.index], node.style))
    return place_of(text, first + (visible[min(rank, len(visible) - 1)] if visible else 0))


def _visible(raw: str, style: str | None) -> Iterator[int]:
    """The index of each visible character of a scalar in the YAML that it is written in."""
    start = _PROPERTIES.match(raw).end()  # type: ignore[union-attr]  # it matches nothing as well
    end = len(raw)
    if style in {"|", ">"}:
        header = _HEADER.match(raw, start)
        start = header.end() if header else start
    elif style in {"'", '"'}:
        start, end = start + 1, end - 1
    pattern = {'"': _ESCAPED, "'": _DOUBLED}.get(style or "", _SINGLE)
    for match in pattern.finditer(raw, start, end):
        if not (match[0].isspace() or _BLANK_ESCAPE.fullmatch(match[0])):
            yield match.start()
