"""The `fields` parameter: a list with sub-lists in braces, and picking from an object by it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from threadsync.sandbox.errors.graph import OAUTH, GraphError, Refusal, nonexisting_field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Fields = dict[str, "Fields"]
"""The fields asked for, in order, each with what is asked of its inside; {} means nothing special."""

Known = dict[str, "Known | None"]
"""The fields an object has; None for a plain value, else the fields inside."""

_TOKEN = re.compile(r"\s*([A-Za-z0-9_]+|[{},])")
_MAX_DEPTH = 5


@lru_cache(maxsize=256)
def parse_fields(text: str) -> Fields:
    """Read `a,b{c,d}`; raises Refusal when it is malformed. Empty for empty text.

    The answer is shared and not to be changed: a list reads the same text for each of its posts.
    """
    if not text.strip():
        return {}
    tokens = _tokens(text)
    fields, end = _read_list(tokens, 0)
    if end != "":
        raise _syntax_error(end)
    return fields


def pick(value: Mapping[str, Any], fields: Fields, known: Known) -> dict[str, Any]:
    """The asked-for part of `value`; what has no value is left out.

    Raises Refusal for a field that is not `known`, whether or not it has a value here. An object
    with known insides comes whole unless some are asked for.
    """
    picked: dict[str, Any] = {}
    for name, inside in fields.items():
        if name not in known:
            raise Refusal(nonexisting_field(name))
        part = _pick_inside(value.get(name), inside, known[name])
        if part is not None:
            picked[name] = part
    return picked


def _pick_inside(value: Any, inside: Fields, known: Known | None) -> Any:
    if not inside:
        return value
    if known is None:
        raise Refusal(nonexisting_field(next(iter(inside))))
    # Also for an object without a value: what is asked of it must exist.
    pick({}, inside, known)
    if isinstance(value, list):
        return [pick(one, inside, known) for one in value]
    if isinstance(value, dict) and "data" in value:
        return {"data": [pick(one, inside, known) for one in value["data"]]}
    return pick(value, inside, known) if isinstance(value, dict) else value


def _tokens(text: str) -> Iterator[str]:
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _syntax_error(text[position])
        yield match.group(1)
        position = match.end()


def _read_list(tokens: Iterator[str], depth: int) -> tuple[Fields, str]:
    """The fields up to the end of this list, and the token that ended it ("" at the end of all)."""
    fields: Fields = {}
    while True:
        name = next(tokens, "")
        if not name or name in "{},":
            raise _syntax_error(name)
        mark = next(tokens, "")
        inside: Fields = {}
        if mark == "{":
            if depth >= _MAX_DEPTH:
                raise _syntax_error(mark)
            inside, end = _read_list(tokens, depth + 1)
            if end != "}":
                raise _syntax_error(end)
            mark = next(tokens, "")
        fields[name] = inside
        if mark != ",":
            return fields, mark


def _syntax_error(found: str) -> Refusal:
    return Refusal(GraphError(f'Syntax error "Unexpected {found or "end"}" in fields', 2500, OAUTH))
