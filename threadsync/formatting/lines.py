"""A text as lines that keep their ends: LF, CRLF or CR, and none at the end of the file. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


class Line(NamedTuple):
    """One line; `end` is "" for a last one that has none."""

    text: str
    end: str

    @property
    def is_blank(self) -> bool:
        return not self.text.strip(" \t")

    @property
    def is_comment(self) -> bool:
        return self.text.lstrip(" \t").startswith("#")

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip(" \t"))


Lines = tuple[Line, ...]


def lines_of(text: str) -> Lines:
    """The lines of a text; together they are the text again, see `text_of`."""
    return tuple(Line(*found.groups()) for found in _LINE.finditer(text) if found[0])


def text_of(lines: Sequence[Line]) -> str:
    return "".join(f"{line.text}{line.end}" for line in lines)


def as_read(lines: Sequence[Line]) -> str:
    """The text with the line ends that everything else reads."""
    return "".join(f"{line.text}{line.end and chr(10)}" for line in lines)


def with_ends_of(lines: Sequence[Line], before: Sequence[Line]) -> list[Line]:
    """`lines`, the same as `before` in another order: only the last one may lack its end."""
    if not before or before[-1].end:
        return list(lines)
    usual = before[0].end or "\n"
    whole = [line if line.end else line._replace(end=usual) for line in lines]
    return [*whole[:-1], whole[-1]._replace(end="")]
