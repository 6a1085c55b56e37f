"""YAML text to nodes, with nothing in it that would take the reader down.

PyYAML composes; here are the guards around it (depth, aliases that unfold to millions of values, a
recursive alias) and its complaints in our words. What the nodes mean is in `documents`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.reader import Reader

from threadsync import problems

if TYPE_CHECKING:
    from yaml.nodes import Node

    from threadsync.problems import Problem

MAX_DEPTH = 50
MAX_UNFOLDED = 100_000
"""Values of a document when each alias is counted as what it stands for."""

# libyaml composes by recursion in C: beyond some ten thousand levels it ends the process.
_SAFE_OPENERS = 500

TAG = "tag:yaml.org,2002:"
STR = TAG + "str"
# libyaml's parser when PyYAML was built with it: ten times as fast.
_Parser: Any = (
    yaml.cyaml.CParser  # type: ignore[attr-defined]
    if yaml.__with_libyaml__
    else yaml.SafeLoader
)
_resolvers = yaml.SafeLoader.yaml_implicit_resolvers

_HINTS = (
    ("mapping values are not allowed", "; put a text with ': ' in it in quotes"),
    ("cannot start any token", "; put a text that begins with this character in quotes"),
    ("undefined alias", "; put a text that begins with * in quotes"),
    ("did not find expected", "; look at the indent and the quotes of this line and those above"),
)
_OPEN_QUOTE = "the quote that is opened here is never closed"
_TAB_HINT = "; indent with blanks, not tabs"


class YamlProblem(Exception):  # noqa: N818 - it carries a Problem and never leaves this package
    """The text cannot be composed; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Loader(_Parser):  # type: ignore[misc]
    """Composes nodes and no values, with the tags of plain values as YAML 1.1 has them.

    What it overrides is called for every node and does the same as in PyYAML, but sooner.
    """

    def resolve(self, kind: type[Node], value: str | None, implicit: Any) -> str:
        if kind is ScalarNode and value is not None:
            for tag, pattern in _resolvers.get(value[:1], ()) if implicit[0] else ():
                if pattern.match(value):
                    return str(tag)
            return STR
        return TAG + ("map" if kind is MappingNode else "seq")

    def descend_resolver(self, current_node: Node, current_index: Any) -> None: ...

    def ascend_resolver(self) -> None: ...


def compose(text: str, source: str) -> list[Node]:
    """The nodes of the documents of a YAML text, empty ones left out. Raises YamlProblem."""
    try:
        if sum(map(text.count, "[{-?")) > _SAFE_OPENERS:
            _refuse_deep(text, source)
        loader = _Loader(text)
        try:
            nodes = _nodes(loader)
        finally:
            loader.dispose()
        if "&" in text:
            _refuse_bombs(nodes, source)
    except yaml.YAMLError as exc:
        raise YamlProblem(_syntax_problem(exc, text, source)) from exc
    except RecursionError as exc:
        raise YamlProblem(_too_deep(source)) from exc
    return nodes


def start_of(part: Any) -> tuple[int, int]:
    """Line and column, from 1, at which a node or an event begins."""
    return part.start_mark.line + 1, part.start_mark.column + 1


def place_of(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of the character at `index` (from 0)."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _nodes(loader: Any) -> list[Node]:
    nodes = []
    while loader.check_node():
        node = loader.get_node()
        if not (node.tag == TAG + "null" and node.value == ""):
            nodes.append(node)
    return nodes


def _refuse_deep(text: str, source: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlProblem(_too_deep(source, *start_of(event)))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _too_deep(source: str, line: int = 1, column: int = 1) -> Problem:
    why = f"lists and keys are nested more than {MAX_DEPTH} deep"
    return problems.YAML_SYNTAX.at(source, line, column, why=why)


def _syntax_problem(exc: yaml.YAMLError, text: str, source: str) -> Problem:
    mark = getattr(exc, "problem_mark", None) or getattr(exc, "context_mark", None)
    if _is_open_quote(exc):
        mark = exc.context_mark  # type: ignore[attr-defined]
        return problems.YAML_SYNTAX.at(source, mark.line + 1, mark.column + 1, why=_OPEN_QUOTE)
    if mark is not None:
        why = ", ".join(filter(None, (getattr(exc, "context", ""), getattr(exc, "problem", ""))))
        line = "".join(text.split("\n")[mark.line : mark.line + 1])
        is_tab = line[mark.column : mark.column + 1] == "\t"
        why += _TAB_HINT if is_tab else next((hint for sign, hint in _HINTS if sign in why), "")
        return problems.YAML_SYNTAX.at(source, mark.line + 1, mark.column + 1, why=why)
    odd = Reader.NON_PRINTABLE.search(text)
    place = place_of(text, odd.start()) if odd else (1, 1)
    name = f"U+{ord(odd[0]):04X}" if odd else "a character"
    why = f"the control character {name} cannot be part of it; delete it"
    return problems.YAML_SYNTAX.at(source, *place, why=why)


def _is_open_quote(exc: Any) -> bool:
    context, problem = getattr(exc, "context", None), getattr(exc, "problem", None)
    return "quoted scalar" in (context or "") and "unexpected end" in (problem or "")


def _refuse_bombs(nodes: list[Node], source: str) -> None:
    sizes: dict[int, int] = {}
    for node in nodes:
        if _unfolded(node, sizes, source) > MAX_UNFOLDED:
            raise YamlProblem(problems.YAML_BOMB.at(source, *start_of(node), limit=MAX_UNFOLDED))


def _unfolded(node: Node, sizes: dict[int, int], source: str) -> int:
    """How many values `node` stands for; 0 in `sizes` marks the nodes that hold this one."""
    known = sizes.get(id(node))
    if known == 0:
        why = "an alias stands inside of what it names; write the value out"
        raise YamlProblem(problems.YAML_SYNTAX.at(source, *start_of(node), why=why))
    if known is None:
        sizes[id(node)] = 0
        known = 1 + sum(_unfolded(inner, sizes, source) for inner in _children(node))
        sizes[id(node)] = known
    return known


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [inner for pair in node.value for inner in pair]
    return node.value if isinstance(node, SequenceNode) else []
