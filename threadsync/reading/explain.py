"""Why a document does not fit its schema, in sentences for the person who wrote it.

Only imported for a document with a problem. Every fault of a document is found at once, and each
gives one finding; the schema's own words for people stand in `patternErrorMessage` and `title`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from threadsync import problems
from threadsync.reading.documents import Timestamp, described, quoted, shorten
from threadsync.reading.keys import proposed_key, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from threadsync.problems import Finding, Pointer

    Written = Callable[[Pointer], str | None]

_WANTED = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "array": "a list",
    "object": "a block of keys and values",
}
_YES_NO = frozenset({"true", "false", "yes", "no", "on", "off"})
_COUNTED = {
    "minLength": "character",
    "maxLength": "character",
    "minItems": "item",
    "maxItems": "item",
}


def explain(schema: dict[str, Any], document: dict[str, Any], written: Written) -> list[Finding]:
    """Every fault of `document`, sorted by where it stands in the document's structure."""
    errors = sorted(_Validator(schema).iter_errors(document), key=_by_path)
    found = [finding for error in errors for finding in _findings(error, written)]
    return list(dict.fromkeys(found))


def _whole_pattern(
    _: Any, pattern: str, instance: Any, __: dict[str, Any]
) -> Iterator[ValidationError]:
    # As in the standard, $ is the end of the text only; Python's $ also goes before a line break.
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError("pattern")


_Validator = cast("Any", extend)(Draft202012Validator, {"pattern": _whole_pattern})


def _by_path(error: ValidationError) -> list[str]:
    return [f"{step:06}" if isinstance(step, int) else step for step in error.absolute_path]


def _findings(error: Any, written: Written) -> Iterator[Finding]:
    pointer: Pointer = tuple(error.absolute_path)
    rule = error.validator
    if rule == "additionalProperties":
        yield from _unknown_keys(error, pointer)
    elif rule == "propertyNames" or "propertyNames" in error.absolute_schema_path:
        yield _wrong_value(pointer, f"the name {_shown(error)} cannot be used", error)
    elif rule == "required":
        yield problems.MISSING_KEY.found(*pointer, key=_missing(error))
    elif rule == "type" and pointer == ("publish_at",) and _may_be_text(error.instance):
        yield problems.BAD_TIME.found(*pointer, value=shorten(written(pointer) or ""))
    elif rule == "type":
        yield _of_wrong_type(error, pointer, written)
    elif rule == "anyOf":
        yield from _nearest_branch(error, pointer, written)
    elif rule == "oneOf":
        yield _one_of(error, pointer)
    elif rule == "enum":
        yield _not_listed(error, pointer, written)
    else:
        yield _special(error, pointer) or _limit(error, pointer)


def _unknown_keys(error: Any, pointer: Pointer) -> Iterator[Finding]:
    known = error.schema["properties"]
    title = error.schema.get("title", "this")
    for key in error.instance:
        if key not in known:
            yield problems.UNKNOWN_KEY.found(
                *pointer,
                key,
                key=key,
                where=title[0].lower() + title[1:],
                suggestion=suggestion(key, known),
            )


def _missing(error: Any) -> str:
    return str(next(key for key in error.validator_value if key not in error.instance))


def _types(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _of_wrong_type(error: Any, pointer: Pointer, written: Written) -> Finding:
    if "enum" in error.schema:
        return _not_listed(error, pointer, written)
    return _wrong_type(pointer, error.instance, _types(error.validator_value), written)


def _wrong_type(pointer: Pointer, value: Any, types: list[str], written: Written) -> Finding:
    is_misspelt = _is_plain(types) and isinstance(value, str) and not _reads_as(value, types)
    return problems.WRONG_TYPE.found(
        *pointer,
        what=_named(pointer),
        found=shorten(repr(value)) if is_misspelt else described(value),
        wanted=" or ".join(_WANTED[name] for name in types),
        hint=_hint(value, types, written(pointer)),
    )


def _hint(value: Any, types: list[str], as_written: str | None) -> str:
    if "string" in types and _may_be_text(value) and as_written:
        return f"; put it in quotes: {quoted(as_written)}"
    if "array" in types and isinstance(value, str):
        return "; write it as a list: each item on a line of its own after '- '"
    if _is_plain(types) and isinstance(value, str) and _reads_as(value, types):
        return "; write it without quotes"
    return ""


def _may_be_text(value: Any) -> bool:
    return isinstance(value, bool | int | float | Timestamp)


def _is_plain(types: list[str]) -> bool:
    return not {"string", "array", "object"} & set(types)


def _reads_as(text: str, types: list[str]) -> bool:
    """Whether `text` without its quotes would be of one of these types."""
    return text.isdecimal() if types == ["integer"] else text.lower() in _YES_NO


def _nearest_branch(error: Any, pointer: Pointer, written: Written) -> Iterator[Finding]:
    """The faults seen by the alternative whose type the value has."""
    branches: dict[int, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    for errors in branches.values():
        if all(inner.validator != "type" or inner.path for inner in errors):
            for inner in errors:
                yield from _findings(inner, written)
            return
    types = [inner.validator_value for inner in error.context if inner.validator == "type"]
    yield _wrong_type(pointer, error.instance, types, written)


def _one_of(error: Any, pointer: Pointer) -> Finding:
    """`oneOf` only stands for "exactly one of these keys" in our schemas."""
    one, other = (branch["required"][0] for branch in error.validator_value)
    if error.context:
        message = f"{_named(pointer)} has neither {one} nor {other}; one of them is needed"
        return problems.WRONG_VALUE.found(*pointer, message=message)
    return problems.NOT_TOGETHER.found(*pointer, other, one=one, other=other, why="remove one")


def _not_listed(error: Any, pointer: Pointer, written: Written) -> Finding:
    names = [str(value) for value in error.schema["enum"]]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    if not isinstance(error.instance, type(error.schema["enum"][0])):
        return problems.WRONG_TYPE.found(
            *pointer,
            what=_named(pointer),
            found=described(error.instance),
            wanted=listed,
            hint=_hint_to_listed(error, names, written(pointer)),
        )
    near = suggestion(str(error.instance), names)
    message = f"{_named(pointer)} is {_shown(error)}, {listed} is needed{near}"
    return problems.WRONG_VALUE.found(*pointer, message=message)


def _hint_to_listed(error: Any, names: list[str], as_written: str | None) -> str:
    """How to write the value so that it is one of `names`, where that is all that is wrong."""
    if (as_written or str(error.instance)) not in names:
        return ""
    kind = "string" if isinstance(error.schema["enum"][0], str) else "integer"
    return _hint(error.instance, [kind], as_written)


def _special(error: Any, pointer: Pointer) -> Finding | None:
    """Faults that have a kind of their own, because not only the schema can find them."""
    value, limit = error.instance, error.validator_value
    name, rule = (pointer[-1] if pointer else ""), error.validator
    if name == "key" and rule == "pattern" and len(pointer) == 1:
        remedy = f"write for example {proposed_key(value)}"
        return problems.INVALID_KEY.found(*pointer, key=shorten(value), remedy=remedy)
    if rule == "maxLength" and name == "alt_text":
        count = len(value)
        over = count - limit
        return problems.ALT_TEXT_TOO_LONG.found(*pointer, count=count, limit=limit, over=over)
    if rule == "maxItems" and name == "media":
        count = len(value)
        return problems.TOO_MANY_MEDIA.found(*pointer, count=count, limit=limit, over=count - limit)
    return None


def _limit(error: Any, pointer: Pointer) -> Finding:
    rule, value, limit = error.validator, error.instance, error.validator_value
    if rule in _COUNTED:
        message = _counted(len(value), limit, _COUNTED[rule])
    elif rule == "uniqueItems":
        message = "lists the same value twice; remove one"
    elif rule in {"minimum", "maximum"} and "patternErrorMessage" not in error.schema:
        message = f"is {value:,}, {limit:,} is the {'least' if rule == 'minimum' else 'most'}"
    else:
        return _wrong_value(pointer, f"{_named(pointer)} is {_shown(error)}", error)
    return problems.WRONG_VALUE.found(*pointer, message=f"{_named(pointer)} {message}")


def _counted(count: int, limit: int, unit: str) -> str:
    units = unit if count == 1 else f"{unit}s"
    if count < limit:
        return f"has {count:,} {units}, {limit:,} is the least; add {limit - count:,}"
    return f"has {count:,} {units}, {limit:,} is the most; remove {count - limit:,}"


def _shown(error: Any) -> str:
    """The value, shortened; one that may be a secret put in the wrong place is not shown."""
    if error.schema.get("writeOnly"):
        return "not usable"
    return shorten(repr(error.instance))


def _wrong_value(pointer: Pointer, message: str, error: Any) -> Finding:
    said = error.schema.get("patternErrorMessage")
    return problems.WRONG_VALUE.found(*pointer, message=f"{message}; {said}" if said else message)


def _named(pointer: Pointer) -> str:
    """`poll.options, item 2` for the pointer ("poll", "options", 1)."""
    name = ""
    for step in pointer:
        if isinstance(step, int):
            name += f", item {step + 1}"
        else:
            name += f": {step}" if ", item" in name else f".{step}" if name else step
    return name or "the document"
