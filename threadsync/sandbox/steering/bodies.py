"""The JSON bodies of steering calls: read, and checked value by value.

Every function raises UsageError, which says what was wrong and what can be sent instead.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from threadsync.errors import UsageError
from threadsync.sandbox.storage.records import MAX_AHEAD_S

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.requests import Request

MAX_COUNT = 10**15
_MAX_TEXT = 1_000


async def json_body(request: Request) -> Any:
    """The value of the body; an empty object for an empty body."""
    try:
        return json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        raise UsageError("the body is not valid JSON") from None


async def json_object(request: Request) -> dict[str, Any]:
    body = await json_body(request)
    if not isinstance(body, dict):
        raise UsageError("the body must be a JSON object")
    return body


def check_keys(raw: dict[str, Any], known: Collection[str]) -> None:
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise UsageError(f"{unknown[0]} is no key here; use {', '.join(sorted(known))}")


def seconds(name: str, value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # A NaN is in no range.
    if not is_number or not 0 <= value <= MAX_AHEAD_S:
        raise UsageError(f"{name} is {value!r}; use 0 to {MAX_AHEAD_S} seconds")
    return float(value)


def number(name: str, value: Any, limit: int = MAX_COUNT) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= limit:
        raise UsageError(f"{name} is {value!r}; use a whole number from 0 to {limit:,}")
    return int(value)


def numbers(name: str, value: Any) -> dict[str, int]:
    """An object of whole numbers."""
    if not isinstance(value, dict):
        raise UsageError(f"{name} must be an object of whole numbers")
    return {text(name, key): number(f"{name}.{key}", one) for key, one in value.items()}


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{name} is {value!r}; use true or false")
    return value


def text(name: str, value: Any) -> str:
    is_text = isinstance(value, str) and len(value) <= _MAX_TEXT
    if not is_text or any("\ud800" <= character <= "\udfff" for character in value):
        raise UsageError(f"{name} is no text of at most {_MAX_TEXT} characters")
    return str(value)


def texts(name: str, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise UsageError(f"{name} must be a list of texts")
    return [text(name, one) for one in value]
