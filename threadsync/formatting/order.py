"""A YAML text with the keys of its mappings in the order of a JSON Schema. Pure.

Whole lines are moved and nothing is written anew, so quotes, comments, blanks and line ends stay; a
library that keeps comments, such as ruamel.yaml, writes values anew and hangs a comment on what stands
above it. What comes out is read again: unless it means the same, nothing is changed.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from threadsync.formatting.blocks import Mapping, UnkeepableError, mapping_blocks
from threadsync.formatting.lines import Line, Lines, as_read, with_ends_of
from threadsync.reading.documents import read_values
from threadsync.reading.nodes import YamlProblem, compose
from threadsync.reading.text import trim_blank_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yaml.nodes import Node

    from threadsync.formatting.blocks import Block

Schema = dict[str, Any]

_SOURCE = ""
_CHANGED = "something is written here that depends on the order of the keys"


def in_order(lines: Lines, schema: Schema) -> Lines:
    """The lines of a YAML text with the keys of every document in order.

    Keys that the schema does not know come last. UnkeepableError when the text is no YAML, or when
    its meaning would change.
    """
    if not as_read(lines).strip():
        return lines
    arranged = lines
    while (step := _step(arranged, schema)) is not None:
        if step == arranged:
            raise UnkeepableError(_CHANGED)
        arranged = step
    if arranged != lines:
        _check_same(lines, arranged)
    return arranged


def _step(lines: Lines, schema: Schema) -> Lines | None:
    """The lines with one mapping put in order; None when all are."""
    text = as_read(lines)
    try:
        nodes = compose(text, _SOURCE)
    except YamlProblem as problem:
        raise UnkeepableError(problem.problem.message, problem.problem.line) from problem
    starts = list(accumulate((len(line.text) + 1 for line in lines), initial=0))
    for node in nodes:
        for mapping, order in _mappings(node, schema, schema):
            if _is_arranged(mapping, order):
                continue
            _refuse_aliases(nodes)
            return _arranged(mapping_blocks(mapping, lines, starts), lines, order)
    return None


def _mappings(node: Node, form: Schema, schema: Schema) -> Iterator[tuple[MappingNode, list[str]]]:
    """Every mapping in block style of which the schema names the keys, and their order."""
    form = _resolved(form, schema)
    if isinstance(node, SequenceNode):
        for item in node.value:
            yield from _mappings(item, form.get("items", {}), schema)
    properties = form.get("properties", {})
    if not isinstance(node, MappingNode) or not properties:
        return
    if not node.flow_style:
        yield node, list(properties)
    for key, value in node.value:
        if isinstance(key, ScalarNode):
            yield from _mappings(value, properties.get(key.value, {}), schema)


def _resolved(form: Schema, schema: Schema) -> Schema:
    """What a form refers to, and of several alternatives the one with keys."""
    if "$ref" in form:
        found: Any = schema
        for step in form["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return _resolved(found, schema)
    branches = [_resolved(branch, schema) for branch in form.get("anyOf", ())]
    return next((branch for branch in branches if "properties" in branch), form)


def _rank(key: str, order: Sequence[str]) -> int:
    return order.index(key) if key in order else len(order)


def _is_arranged(node: MappingNode, order: Sequence[str]) -> bool:
    ranks = [_rank(str(key.value), order) for key, _ in node.value]
    return ranks == sorted(ranks)


def _refuse_aliases(nodes: Sequence[Node]) -> None:
    """An alias must stand behind what it names, and stands for a node of other lines."""
    seen: set[int] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            raise UnkeepableError("an alias (*) stands behind what it names; write the value out")
        seen.add(id(node))
        if isinstance(node, MappingNode):
            waiting += [inner for pair in node.value for inner in pair]
        elif isinstance(node, SequenceNode):
            waiting += node.value


def _arranged(mapping: Mapping, lines: Lines, order: Sequence[str]) -> Lines:
    old = mapping.blocks
    new = sorted(old, key=lambda block: _rank(block.key, order))
    prefix = lines[old[0].key_line].text[: mapping.indent]
    moved = {block: _moved(block, lines, " " * mapping.indent) for block in new}
    moved[new[0]] = _moved(new[0], lines, prefix)
    if new[0] != old[0]:
        blanks, moved[new[0]] = _cut_blanks(moved[new[0]])
        moved[old[0]] = [*blanks, *moved[old[0]]]
    before = lines[: old[-1].end]
    region = with_ends_of([line for block in new for line in moved[block]], before)
    return (*lines[: old[0].start], *region, *lines[old[-1].end :])


def _moved(block: Block, lines: Lines, prefix: str) -> list[Line]:
    """The lines of a block with `prefix`, blanks or a dash and blanks, before its key."""
    own = list(lines[block.start : block.end])
    i = block.key_line - block.start
    own[i] = own[i]._replace(text=prefix + own[i].text[len(prefix) :])
    return own


def _cut_blanks(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The blank lines at the beginning, which no document begins with, and the others."""
    count = next(i for i, line in enumerate(lines) if not line.is_blank)
    return lines[:count], lines[count:]


def _check_same(before: Lines, after: Lines) -> None:
    """UnkeepableError unless the same words are there, and mean the same."""
    if Counter(_words(before)) != Counter(_words(after)):
        raise UnkeepableError(_CHANGED)
    old, new = (read_values(as_read(lines), _SOURCE) for lines in (before, after))
    if old.problems:
        raise UnkeepableError(old.problems[0].message, old.problems[0].line)
    if new.problems or _settled(old.documents) != _settled(new.documents):
        raise UnkeepableError(_CHANGED)


def _words(lines: Lines) -> Iterator[str]:
    return (line.text.strip(" -") for line in lines)


def _settled(value: Any, key: str = "") -> Any:
    """A value without what is never sent: the blank lines around the text of a post."""
    if isinstance(value, dict):
        is_post = key != "text_attachment"
        return {name: _settled(one, name if is_post else "") for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(one, key) for one in value]
    return trim_blank_lines(value) if key == "text" and isinstance(value, str) else value
