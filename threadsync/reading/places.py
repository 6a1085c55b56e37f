"""Where in a file a value stands: pointers to lines and columns, both from 1.

Made only when there is something to report: reading values keeps no places. A pointer leads to a
key of the entry, `("publish_at",)`, or, with `"parts"` and the number of the part from 0, to a
field of one of its parts, `("parts", 1, "media", 0, "alt_text")`, wherever the file writes it. A
number behind `text` is the offset of a character, `("parts", 1, "text", 36)`; see `characters`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from threadsync.reading import markdown
from threadsync.reading.characters import character_in_body, character_in_scalar
from threadsync.reading.nodes import YamlProblem, compose

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from yaml.nodes import Node

    from threadsync.problems import Pointer

Place = tuple[int, int]
FIRST: Place = (1, 1)

_QUOTES = frozenset("'\"|>")

CONTENT_KEYS = ("text", "media", "link_attachment", "poll", "text_attachment", "gif")
"""Keys that make what stands beside `chain` a post of its own."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The places of one document: its YAML, and for a Markdown file its body."""

    root: Node | None = None
    body: tuple[markdown.BodyPart, ...] | None = None
    text: str = ""
    """The whole file."""

    @property
    def key(self) -> str | None:
        """The key that the document gives itself."""
        node = _child(self.root, "key")
        return node.value if isinstance(node, ScalarNode) else None

    def place(self, pointer: Pointer, *, is_key: bool = False) -> Place:
        """Where the value at `pointer` begins, or its key; else what holds it; else (1, 1)."""
        if pointer[:1] != ("parts",) or len(pointer) == 1:
            return self._in_yaml(pointer, is_key=is_key)
        n, rest = int(pointer[1]), pointer[2:]
        if self.body is None:
            return self._in_chain(n, rest, is_key=is_key)
        return self._in_body(n, rest, is_key=is_key)

    def written(self, pointer: Pointer) -> str | None:
        """The value at `pointer` as it stands in the file; None when it is no plain scalar."""
        node, left = _walk(self.root, pointer)
        if left or not isinstance(node, ScalarNode) or node.style in _QUOTES:
            return None
        return str(node.value)

    def _in_yaml(self, pointer: Pointer, *, is_key: bool = False) -> Place:
        parent, left = _walk(self.root, pointer[:-1])
        if is_key and not left and isinstance(parent, MappingNode):
            return _start(_key_node(parent, pointer[-1]) or parent)
        node, left = _walk(self.root, pointer)
        if isinstance(node, ScalarNode) and left and isinstance(left[0], int):
            return character_in_scalar(self.text, node, left[0])
        return _start(node)

    def _in_chain(self, n: int, rest: Pointer, *, is_key: bool) -> Place:
        homes = part_homes(_keys(self.root), n)
        for home in homes:
            if not _walk(self.root, (*home, *rest[:1]))[1]:
                return self._in_yaml((*home, *rest), is_key=is_key)
        return self._in_yaml(homes[0])

    def _in_body(self, n: int, rest: Pointer, *, is_key: bool) -> Place:
        if picture := self._picture(n, rest):
            return picture.line, picture.column
        if n == 0 and rest and rest[0] != "text":
            return self._in_yaml(rest, is_key=is_key)
        if not self.body or n >= len(self.body):
            return FIRST
        part, offset = self.body[n], rest[1] if len(rest) > 1 else None
        if not isinstance(offset, int):
            return part.line, 1
        lines = self.text.split("\n")
        return character_in_body(lines, part.line, part.text, offset, markdown.unescaped)

    def _picture(self, n: int, rest: Pointer) -> markdown.Picture | None:
        """The picture of the body that `rest` leads to; those of the front matter come first."""
        if rest[:1] != ("media",) or not self.body or n >= len(self.body):
            return None
        listed, left = _walk(self.root, ("media",))
        before = len(_children(listed)) if n == 0 and not left else 0
        i = (int(rest[1]) if len(rest) > 1 else 0) - before
        pictures = self.body[n].pictures
        return pictures[i] if 0 <= i < len(pictures) else None


def part_homes(keys: Container[str], n: int) -> list[Pointer]:
    """Where in a YAML document with these `keys` the fields of part `n` (from 0) stand.

    What stands beside `chain` is the first part when it shows something; when it does not, it
    belongs to the first item of the chain, which is listed first and wins.
    """
    if "chain" not in keys:
        return [()]
    if any(key in keys for key in CONTENT_KEYS):
        return [("chain", n - 1)] if n else [()]
    return [("chain", n)] if n else [("chain", 0), ()]


def outlines(text: str, source: str) -> Sequence[Outline]:
    """The outline of each document of a file, in the order in which `loader` reads them."""
    if source.lower().endswith((".md", ".markdown")):
        return (_markdown_outline(text, source),)
    return tuple(Outline(node, text=text) for node in _nodes(text, source))


def _markdown_outline(text: str, source: str) -> Outline:
    front_matter, body, body_line, _ = markdown.sections(text)
    nodes = _nodes(front_matter or "", source)
    return Outline(nodes[0] if nodes else None, markdown.body_parts(body, body_line), text)


def _nodes(text: str, source: str) -> list[Node]:
    try:
        return compose(text, source)
    except YamlProblem:
        return []


def _walk(root: Node | None, pointer: Pointer) -> tuple[Node | None, Pointer]:
    """The node nearest to `pointer`, and what is left of the pointer there."""
    node = root
    for i, step in enumerate(pointer):
        inner = _child(node, step)
        if inner is None:
            return node, pointer[i:]
        node = inner
    return node, ()


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    return None


def _children(node: Node | None) -> list[Node]:
    return node.value if isinstance(node, SequenceNode) else []


def _keys(node: Node | None) -> frozenset[str]:
    pairs = node.value if isinstance(node, MappingNode) else []
    return frozenset(key.value for key, _ in pairs if isinstance(key, ScalarNode))


def _key_node(node: MappingNode, name: str | int) -> Node | None:
    return next((key for key, _ in node.value if key.value == name), None)


def _start(node: Node | None) -> Place:
    if node is None:
        return FIRST
    return node.start_mark.line + 1, node.start_mark.column + 1
