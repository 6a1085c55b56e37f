"""JSON as states and journals keep it: read strictly, written so that it can be read again."""

from __future__ import annotations

import json
from typing import Any

_LARGE_BYTES = 2_000_000
"""From this size on, importing a faster parser costs less than it saves."""


def load_json(data: bytes) -> Any:
    """Strict JSON: ValueError, with words that follow a place, also for a key that is there twice."""
    raw = _load_fast(data) if len(data) >= _LARGE_BYTES else None
    return _load_carefully(data) if raw is None else raw


def _load_fast(data: bytes) -> Any:
    """What `data` says when it says everything once, None when that takes a closer look.

    No fast parser reports a key that is there twice, but writing down what it read shows it.
    """
    import msgspec

    try:
        raw = msgspec.json.decode(data)
        is_same = msgspec.json.encode(raw) == msgspec.json.format(data, indent=-1)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return raw if is_same else None


def _load_carefully(data: bytes) -> Any:
    try:
        return json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError as exc:
        raise ValueError(f"byte {exc.start} is not UTF-8") from exc
    except json.JSONDecodeError as exc:
        if b"\n<<<<<<< " in data:
            raise ValueError("holds both sides of a git merge; keep one of them whole") from exc
        raise ValueError(f"is not JSON: {exc.msg.lower()} in line {exc.lineno}") from exc
    except RecursionError as exc:
        raise ValueError("is nested too deeply") from exc


def to_line(raw: Any) -> bytes:
    """Compact JSON in UTF-8, without a newline; text that UTF-8 cannot hold is escaped."""
    text = json.dumps(raw, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(raw, separators=(",", ":"), sort_keys=True).encode()


def to_pages(raw: Any) -> bytes:
    """JSON sorted and indented by 2, a scalar a line, with a newline at the end."""
    import msgspec

    try:
        line = msgspec.json.encode(raw, order="sorted")
        return msgspec.json.format(line, indent=2) + b"\n"
    except (UnicodeEncodeError, OverflowError):  # text or numbers that only json can write
        return (json.dumps(raw, indent=2, sort_keys=True) + "\n").encode()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in found if names.count(name) > 1)
        raise ValueError(f"the key {name} is there twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"holds {name}, which is no JSON")
