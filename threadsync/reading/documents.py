"""The bytes of a file turned into text, and YAML into plain values: dict, list, str, int, …

Stricter than YAML: keys are text and stand once, no tags, no bombs, no dates made of text. What
has no problem costs no marks; the place of a value is found by `places` when somebody asks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode

from threadsync import problems
from threadsync.reading.nodes import MAX_DEPTH, STR, TAG, YamlProblem, compose, place_of, start_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml.nodes import Node

    from threadsync.problems import Problem

MAX_BYTES = 256 * 1024
"""How large a file with posts may be; a chain of a thousand posts is smaller."""
_constructor = SafeConstructor()


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What YAML would make a date of, kept as it was written."""

    text: str


class Values(NamedTuple):
    """The documents of a YAML text in order, empty ones left out.

    There are none when there are problems, unless these are keys that stand twice: the first counts.
    """

    documents: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...] = ()


def decode(data: bytes, source: str) -> str | Problem:
    """UTF-8 bytes as text: without its byte order mark, CRLF and lone CR as LF."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        before = _with_line_feeds(exc.object[: exc.start].decode())
        line, column = place_of(before, len(before))
        return problems.NOT_UTF8.at(source, line, column, byte=f"0x{exc.object[exc.start]:02x}")
    return _with_line_feeds(text) if "\r" in text else text


def read_values(text: str, source: str) -> Values:
    """Every document of a YAML text as a dict, or every problem found on the way."""
    try:
        nodes = compose(text, source)
    except YamlProblem as exc:
        return Values((), (exc.problem,))
    reader = _ValueReader(source)
    documents = tuple(map(reader.document, nodes))
    is_readable = all(one.code == problems.DUPLICATE_KEY.code for one in reader.problems)
    return Values(documents if is_readable else (), tuple(reader.problems))


def described(value: Any) -> str:
    """What a value is, in the words of a problem."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the yes/no value {'true' if value else 'false'}"
    if isinstance(value, int | float):
        return f"the number {shorten(str(value))}"
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


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


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
            return node.value if node.tag == STR else self._scalar(node)
        if depth > MAX_DEPTH:
            why = f"lists and keys are nested more than {MAX_DEPTH} deep"
            self._report(problems.YAML_SYNTAX, node, why=why)
            return None
        if node.tag == TAG + "map":
            return self._mapping(node, depth)
        if node.tag == TAG + "seq":
            return [self._value(inner, depth + 1) for inner in node.value]
        return self._unknown_tag(node)

    def _mapping(self, node: Node, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == TAG + "merge":
                merged = {**self._merged(value_node, depth), **merged}
            elif key_node.tag != STR:
                self._bad_key(key_node, depth)
            elif key_node.value in values:
                first = _line_of_key(node, key_node.value)
                self._report(problems.DUPLICATE_KEY, key_node, key=key_node.value, first=first)
            else:
                values[key_node.value] = self._value(value_node, depth + 1)
        return {**merged, **values} if merged else values

    def _merged(self, node: Node, depth: int) -> dict[str, Any]:
        nodes = node.value if node.tag == TAG + "seq" else [node]
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
            why = f"{shorten(node.value)} is no {node.tag.removeprefix(TAG)}; put a text in quotes"
            self._report(problems.YAML_SYNTAX, node, why=why)
            return None

    def _unknown_tag(self, node: Node) -> None:
        tag = node.tag.replace(TAG, "!!")
        why = f"the tag {tag} means nothing here; delete it, or put a text with ! in quotes"
        self._report(problems.YAML_SYNTAX, node, why=why)

    def _report(self, kind: problems.Kind, node: Node, **values: object) -> None:
        self.problems.append(kind.at(self._source, *start_of(node), **values))


def _line_of_key(node: Node, key: str) -> int:
    return next(start_of(known)[0] for known, _ in node.value if known.value == key)


def _written(node: Any) -> str:
    return str(node.value)


def _whole_number(node: Any) -> int:
    number: int = _constructor.construct_yaml_int(node)
    str(number)  # ValueError for thousands of digits, before anybody wants to show them
    return number


_SCALARS: dict[str, Callable[[Any], Any]] = {
    TAG + "null": lambda _: None,
    TAG + "bool": _constructor.construct_yaml_bool,
    TAG + "int": _whole_number,
    TAG + "float": _constructor.construct_yaml_float,
    TAG + "timestamp": lambda node: Timestamp(_written(node)),
    TAG + "value": _written,
    TAG + "merge": _written,
}
