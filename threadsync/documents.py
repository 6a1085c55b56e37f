"""The bytes of a file turned into text, and YAML into plain values: dict, list, str, int, …

Stricter than YAML: keys are text and stand once, no tags, no bombs, no dates made of text. What
has no problem costs no marks; the place of a value is found by `places` when somebody asks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.reader import Reader

from threadsync import problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml.nodes import Node

    from threadsync.problems import Problem

MAX_BYTES = 256 * 1024
"""How large a file with posts may be; a chain of a thousand posts is smaller."""
MAX_DEPTH = 50
MAX_UNFOLDED = 100_000
"""Values of a document when each alias is counted as what it stands for."""

# libyaml composes by recursion in C: beyond some ten thousand levels it ends the process.
_SAFE_OPENERS = 500

_TAG = "tag:yaml.org,2002:"
_STR = _TAG + "str"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_constructor = SafeConstructor()

_HINTS = (
    ("mapping values are not allowed", "; put a text with ': ' in it in quotes"),
    ("cannot start any token", "; put a text that begins with this character in quotes"),
    ("undefined alias", "; put a text that begins with * in quotes"),
    ("did not find expected", "; look at the indent and the quotes of this line and those above"),
)
_TAB_HINT = "; indent with blanks, not tabs"


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What YAML would make a date of, kept as it was written."""

    text: str


class Values(NamedTuple):
    """The documents of a YAML text in order, empty ones left out; none when there are problems."""

    documents: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...] = ()


class YamlProblem(Exception):  # noqa: N818 - it carries a Problem and never leaves this package
    """The text cannot be composed; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def decode(data: bytes, source: str) -> str | Problem:
    """UTF-8 bytes as text: without its byte order mark, CRLF and lone CR as LF."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        before = _with_line_feeds(exc.object[: exc.start].decode())
        line, column = place_of(before, len(before))
        return problems.NOT_UTF8.at(source, line, column, byte=f"0x{exc.object[exc.start]:02x}")
    return _with_line_feeds(text) if "\r" in text else text


def place_of(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of the character at `index` (from 0)."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def read_values(text: str, source: str) -> Values:
    """Every document of a YAML text as a dict, or every problem found on the way."""
    try:
        nodes = compose(text, source)
    except YamlProblem as exc:
        return Values((), (exc.problem,))
    reader = _ValueReader(source)
    documents = tuple(map(reader.document, nodes))
    return Values((), tuple(reader.problems)) if reader.problems else Values(documents)


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


def described(value: Any) -> str:
    """What a value is, in the words of a problem."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the yes/no value {'true' if value else 'false'}"
    if isinstance(value, int | float):
        return f"the number {_short(value)}"
    if isinstance(value, Timestamp):
        return f"the date {shorten(value.text)}"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "keys and values"


def quoted(text: str) -> str:
    """`text` in quotes, as it can be written in YAML."""
    return json.dumps(shorten(text), ensure_ascii=False)


def shorten(text: str, limit: int = 60) -> str:
    """`text`, cut with … when it has more than `limit` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _short(number: float) -> str:
    try:
        return shorten(str(number))
    except ValueError:  # more digits than Python turns into text
        return "with thousands of digits"


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _nodes(loader: Any) -> list[Node]:
    nodes = []
    while loader.check_node():
        node = loader.get_node()
        if not (node.tag == _TAG + "null" and node.value == ""):
            nodes.append(node)
    return nodes


def _refuse_deep(text: str, source: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark = event.start_mark
                raise YamlProblem(_too_deep(source, mark.line + 1, mark.column + 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _too_deep(source: str, line: int = 1, column: int = 1) -> Problem:
    why = f"lists and keys are nested more than {MAX_DEPTH} deep"
    return problems.YAML_SYNTAX.at(source, line, column, why=why)


def _syntax_problem(exc: yaml.YAMLError, text: str, source: str) -> Problem:
    mark = getattr(exc, "problem_mark", None) or getattr(exc, "context_mark", None)
    if mark is not None:
        why = ", ".join(filter(None, (getattr(exc, "context", ""), getattr(exc, "problem", ""))))
        line = "".join(text.split("\n")[mark.line : mark.line + 1])
        is_tab = line[mark.column : mark.column + 1] == "\t"
        why += _TAB_HINT if is_tab else next((hint for sign, hint in _HINTS if sign in why), "")
        return problems.YAML_SYNTAX.at(source, mark.line + 1, mark.column + 1, why=why)
    odd = Reader.NON_PRINTABLE.search(text)
    line, column = place_of(text, odd.start()) if odd else (1, 1)
    name = f"U+{ord(odd[0]):04X}" if odd else "a character"
    why = f"the control character {name} cannot be part of it; delete it"
    return problems.YAML_SYNTAX.at(source, line, column, why=why)


def _refuse_bombs(nodes: list[Node], source: str) -> None:
    sizes: dict[int, int] = {}
    for node in nodes:
        if _unfolded(node, sizes, source) > MAX_UNFOLDED:
            mark = node.start_mark
            raise YamlProblem(
                problems.YAML_BOMB.at(source, mark.line + 1, mark.column + 1, limit=MAX_UNFOLDED)
            )


def _unfolded(node: Node, sizes: dict[int, int], source: str) -> int:
    """How many values `node` stands for; 0 in `sizes` marks the nodes that hold this one."""
    known = sizes.get(id(node))
    if known == 0:
        mark = node.start_mark
        why = "an alias stands inside of what it names; write the value out"
        raise YamlProblem(problems.YAML_SYNTAX.at(source, mark.line + 1, mark.column + 1, why=why))
    if known is None:
        sizes[id(node)] = 0
        known = 1 + sum(_unfolded(inner, sizes, source) for inner in _children(node))
        sizes[id(node)] = known
    return known


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [inner for pair in node.value for inner in pair]
    return node.value if isinstance(node, SequenceNode) else []


class _ValueReader:
    """Makes values of nodes and collects what is wrong with them."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.problems: list[Problem] = []

    def document(self, node: Node) -> dict[str, Any]:
        value = self._value(node, 0)
        if isinstance(value, dict):
            return value
        self._report(problems.NOT_A_MAPPING, node, found=described(value))
        return {}

    def _value(self, node: Node, depth: int) -> Any:
        if node.__class__ is ScalarNode:
            return node.value if node.tag == _STR else self._scalar(node)
        if depth > MAX_DEPTH:
            why = f"lists and keys are nested more than {MAX_DEPTH} deep"
            self._report(problems.YAML_SYNTAX, node, why=why)
            return None
        if node.tag == _TAG + "map":
            return self._mapping(node, depth)
        if node.tag == _TAG + "seq":
            return [self._value(inner, depth + 1) for inner in node.value]
        return self._unknown_tag(node)

    def _mapping(self, node: Node, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _TAG + "merge":
                merged = {**self._merged(value_node, depth), **merged}
            elif key_node.tag != _STR:
                self._bad_key(key_node, depth)
            elif key_node.value in values:
                first = _line_of_key(node, key_node.value)
                self._report(problems.DUPLICATE_KEY, key_node, key=key_node.value, first=first)
            else:
                values[key_node.value] = self._value(value_node, depth + 1)
        return {**merged, **values} if merged else values

    def _merged(self, node: Node, depth: int) -> dict[str, Any]:
        nodes = node.value if node.tag == _TAG + "seq" else [node]
        merged: dict[str, Any] = {}
        for inner in nodes:
            value = self._value(inner, depth + 1)
            if isinstance(value, dict):
                merged = {**value, **merged}
            else:
                self._report(problems.NOT_A_MAPPING, inner, found=described(value))
        return merged

    def _bad_key(self, node: Node, depth: int) -> None:
        is_scalar = isinstance(node, ScalarNode)
        self._report(
            problems.WRONG_TYPE,
            node,
            what=f"the key {shorten(node.value)}" if is_scalar else "a key",
            found=described(self._value(node, depth + 1)),
            wanted="text",
            hint=f"; put it in quotes: {quoted(node.value)}" if is_scalar else "",
        )

    def _scalar(self, node: Node) -> Any:
        read = _SCALARS.get(node.tag)
        if read is None:
            return self._unknown_tag(node)
        try:
            return read(node)
        except (ValueError, LookupError, ArithmeticError):
            why = f"{shorten(node.value)} is no {node.tag.removeprefix(_TAG)}; put a text in quotes"
            self._report(problems.YAML_SYNTAX, node, why=why)
            return None

    def _unknown_tag(self, node: Node) -> None:
        tag = node.tag.replace(_TAG, "!!")
        why = f"the tag {tag} means nothing here; delete it, or put a text with ! in quotes"
        self._report(problems.YAML_SYNTAX, node, why=why)

    def _report(self, kind: problems.Kind, node: Node, **values: object) -> None:
        mark = node.start_mark
        self.problems.append(kind.at(self._source, mark.line + 1, mark.column + 1, **values))


def _line_of_key(node: Node, key: str) -> int:
    return next(known.start_mark.line + 1 for known, _ in node.value if known.value == key)


def _written(node: ScalarNode) -> str:
    return str(node.value)


_SCALARS: dict[str, Callable[[ScalarNode], Any]] = {
    _TAG + "null": lambda _: None,
    _TAG + "bool": partial(_constructor.construct_yaml_bool),
    _TAG + "int": partial(_constructor.construct_yaml_int),
    _TAG + "float": partial(_constructor.construct_yaml_float),
    _TAG + "timestamp": lambda node: Timestamp(_written(node)),
    _TAG + "value": _written,
    _TAG + "merge": _written,
}
