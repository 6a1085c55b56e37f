"""Which lines of a YAML mapping belong to which of its keys, comments included. Pure.

A comment belongs to the key below it, or, when it is indented deeper than the keys, to the one
above. Above the first key of a document, only the comment that touches it belongs to the key.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from yaml.nodes import MappingNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yaml.nodes import Node

    from threadsync.formatting.lines import Line

# Comments for editors, which look for them at the top of a file.
_FOR_EDITORS = ("yaml-language-server:", "vim:", "-*-")


class UnkeepableError(Exception):
    """The keys cannot be put in order without a risk for what is written; the text says why."""

    def __init__(self, why: str, line: int = 1) -> None:
        """`line` counts from 1."""
        super().__init__(why)
        self.line = line


class Block(NamedTuple):
    """The lines of one key with its value; all are counted from 0, `end` is not part of it."""

    key: str
    start: int
    key_line: int
    end: int


class Mapping(NamedTuple):
    """A mapping as it is laid out: every key begins a line, in column `indent` (from 0)."""

    blocks: tuple[Block, ...]
    indent: int


def mapping_blocks(node: MappingNode, lines: Sequence[Line], starts: Sequence[int]) -> Mapping:
    """The blocks of a mapping in block style, in the order of the file; they follow each other.

    `starts` is the offset of each line in the text that was composed. UnkeepableError when one of
    its keys is written with `?`.
    """

    def line_at(index: int) -> int:
        return bisect_right(starts, index) - 1

    key_lines = [line_at(key.start_mark.index) for key, _ in node.value]
    ends = [line_at(max(_end(key), _end(value) - 1)) + 1 for key, value in node.value]
    indent = node.value[0][0].start_mark.index - starts[key_lines[0]]
    _check_layout(node, lines, starts, key_lines)
    firsts = [_first_line(lines, key_lines[0], is_root=node.start_mark.column == 0)]
    for i, key_line in enumerate(key_lines[1:]):
        ends[i] = _with_deeper(lines, ends[i], key_line, indent)
        firsts.append(ends[i])
    ends[-1] = _with_deeper(lines, ends[-1], len(lines), indent)
    keys = [str(key.value) for key, _ in node.value]
    return Mapping(tuple(map(Block, keys, firsts, key_lines, ends)), indent)


def _check_layout(
    node: MappingNode, lines: Sequence[Line], starts: Sequence[int], key_lines: Sequence[int]
) -> None:
    for i, ((key, _), line) in enumerate(zip(node.value, key_lines, strict=True)):
        before = lines[line].text[: key.start_mark.index - starts[line]]
        if before.strip(" " if i else " -"):
            raise UnkeepableError("a key does not begin its line", line + 1)


def _end(node: Node) -> int:
    """The offset behind the last character of a value; a collection's own mark is further on."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return max(map(_end, last)) if isinstance(last, tuple) else _end(last)
    return int(node.end_mark.index)


def _with_deeper(lines: Sequence[Line], start: int, stop: int, indent: int) -> int:
    """The end of a block that ends at `start` with the deeper comments below it."""
    end = start
    for number in range(start, stop):
        line = lines[number]
        if line.is_comment and line.indent > indent:
            end = number + 1
        elif not line.is_blank:
            break
    return end


def _first_line(lines: Sequence[Line], key_line: int, *, is_root: bool) -> int:
    """Where the block of the first key begins: at the comment that touches it, if it has one."""
    first = key_line
    while is_root and first and _is_of_key(lines[first - 1]):
        first -= 1
    return first


def _is_of_key(line: Line) -> bool:
    # An indented comment could become text when it comes to stand below a text with `|`.
    is_for_editors = line.text.lstrip("# ").startswith(_FOR_EDITORS)
    return line.is_comment and not line.indent and not is_for_editors
