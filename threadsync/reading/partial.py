"""What is left of a document that has faults: the rest of it is checked at the same time. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threadsync import problems
from threadsync.reading import schema
from threadsync.reading.places import CONTENT_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from threadsync.problems import Finding, Pointer
    from threadsync.reading.declared import Document

CONSEQUENCES = frozenset({problems.NOTHING_TO_SHOW, problems.NEEDS_MEDIA, problems.ALLOW_UNUSED})
"""What may be found only because something with a fault was left out."""

# Stands for what a part shows, so that the parts of a chain keep their numbers.
_STAND_IN = "?"


def partial(document: Document, faults: Iterable[Finding]) -> Document | None:
    """The document without the values that `faults` are about; None when it cannot be told apart."""
    value, body = document.value, document.body
    for fault in faults:
        value = _without(value, fault.pointer)
        if body and fault.pointer[:1] == ("media",):
            body = (body[0]._replace(pictures=()), *body[1:])
    if not schema.is_valid(schema.POST, value):
        return None
    return document._replace(value=value, body=body, is_whole=False)


def _without(value: dict[str, Any], pointer: Pointer) -> dict[str, Any]:
    name = pointer[0] if pointer else None
    if name not in value:
        return value
    if name == "chain" and len(pointer) > 1:
        return {**value, "chain": _without_in(value["chain"], int(pointer[1]), pointer[2:])}
    if name == "allow":
        return {**value, "allow": _codes(value["allow"])}
    left = {key: known for key, known in value.items() if key != name}
    return {"text": _STAND_IN, **left} if name in CONTENT_KEYS else left


def _without_in(chain: Sequence[Any], i: int, pointer: Pointer) -> list[Any]:
    item = chain[i]
    left = _without(item, pointer) if pointer and isinstance(item, dict) else {"text": _STAND_IN}
    return [*chain[:i], left, *chain[i + 1 :]]


def _codes(allow: Any) -> Mapping[str, str]:
    """What a faulty `allow` turns off all the same."""
    codes = [allow] if isinstance(allow, str) else allow if isinstance(allow, dict | list) else []
    return {code: _STAND_IN for code in codes if isinstance(code, str)}
