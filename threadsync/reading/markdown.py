r"""A Markdown post taken apart: front matter, then the parts of a chain with text and pictures.

The body is text and is sent as it stands, but for a picture alone on its line, a line of `---`
between blank lines, and a backslash in front of either. Spoilers are marked inside the text and
belong to `text`. No I/O. Lines and columns count from 1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from threadsync.reading.text import trim_blank_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

FENCE = "---"

_ODD_BREAK = re.compile(rf"[ \t]*{FENCE}[ \t]*")
_CLOSING_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_PICTURE_MARK = r"!\[(?P<alt>(?:(?!\]\().)*)\]\((?P<target>(?:(?!\]\().)*)\)[ \t]*"
_PICTURE = re.compile(rf"(?P<indent>[ \t]*){_PICTURE_MARK}")
_ESCAPED = re.compile(rf"(?P<indent>[ \t]*)\\(?P<rest>\\*{_PICTURE_MARK})|\\(?P<fence>\\*---)")


class Sections(NamedTuple):
    """The two halves of a file. `front_matter` is None when there is none.

    It begins with the line break of the opening fence, so that its lines number like the file's.
    """

    front_matter: str | None
    body: str
    body_line: int = 1
    is_open: bool = False
    """Whether front matter begins and never ends."""


class Picture(NamedTuple):
    """`![alt](target)` alone on a line; the target may lead to a video as well."""

    alt: str
    target: str
    line: int
    column: int


class BodyPart(NamedTuple):
    """What the body says of one part; `line` is that of its first text, or where it begins."""

    text: str
    pictures: tuple[Picture, ...]
    line: int


def sections(text: str) -> Sections:
    """Split a file at the fences of its front matter."""
    first_line, _, _ = text.partition("\n")
    if first_line.rstrip(" \t") != FENCE:
        return Sections(None, text)
    closing = _CLOSING_FENCE.search(text, len(first_line))
    if closing is None:
        return Sections(None, text, is_open=True)
    front_matter = text[len(first_line) : closing.start()]
    return Sections(front_matter, text[closing.end() + 1 :], front_matter.count("\n") + 2)


def body_parts(body: str, first_line: int = 1) -> tuple[BodyPart, ...]:
    """The parts that a body beginning on `first_line` of its file stands for; at least one."""
    if FENCE not in body and "![" not in body:
        return (_plain_part(body, first_line),)
    return tuple(_part_of(lines, line) for lines, line in _cut(body.split("\n"), first_line))


def odd_breaks(body: str, first_line: int) -> Iterator[int]:
    """The lines of a body that look as if they began the next part, and are text."""
    if FENCE in body:
        lines = body.split("\n")
        for i, line in enumerate(lines):
            if _ODD_BREAK.fullmatch(line) and not _is_break(lines, i):
                yield first_line + i


def escape(text: str) -> str:
    """The way to write `text` in a body so that each of its lines stays text."""
    return "\n".join(_escaped_line(line) for line in text.split("\n"))


def unescaped(line: str) -> str:
    """What a line of a body says, without the backslash before a mark."""
    found = _ESCAPED.fullmatch(line) if "\\" in line else None
    if found is None:
        return line
    return found["fence"] or f"{found['indent']}{found['rest']}"


def _cut(lines: list[str], first_line: int) -> Iterator[tuple[list[str], int]]:
    start = 0
    for i in range(len(lines)):
        if _is_break(lines, i):
            yield lines[start:i], first_line + start
            start = i + 1
    yield lines[start:], first_line + start


def _is_break(lines: list[str], i: int) -> bool:
    if lines[i] != FENCE:
        return False
    return not (i > 0 and lines[i - 1].strip()) and not (
        i + 1 < len(lines) and lines[i + 1].strip()
    )


def _part_of(lines: list[str], first_line: int) -> BodyPart:
    kept: list[tuple[int, str]] = []
    pictures: list[Picture] = []
    takes_blank = False
    for number, line in enumerate(lines, first_line):
        if picture := _picture(line, number):
            pictures.append(picture)
            # The blank line below a picture goes with it, or two would meet where it stood.
            takes_blank = not (kept and kept[-1][1].strip())
            continue
        if not (takes_blank and not line.strip()):
            kept.append((number, unescaped(line)))
        takes_blank = False
    text = trim_blank_lines("\n".join(line for _, line in kept))
    text_line = next((number for number, line in kept if line.strip(" \t")), first_line)
    return BodyPart(text, tuple(pictures), text_line)


def _plain_part(body: str, first_line: int) -> BodyPart:
    text = trim_blank_lines(body)
    return BodyPart(text, (), first_line + (body.count("\n", 0, body.find(text)) if text else 0))


def _picture(line: str, number: int) -> Picture | None:
    found = _PICTURE.fullmatch(line) if "![" in line else None
    if found is None:
        return None
    target = found["target"].strip()
    if target.startswith("<") and target.endswith(">"):
        target = target[1:-1]
    return Picture(found["alt"].strip(), target, number, len(found["indent"]) + 1)


def _escaped_line(line: str) -> str:
    if line == FENCE or _PICTURE.fullmatch(line) or _ESCAPED.fullmatch(line):
        words = line.lstrip(" \t")
        return f"{line[: len(line) - len(words)]}\\{words}"
    return line
