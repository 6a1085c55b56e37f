"""Read single parameters, which are all text, into typed values; each refuses what Meta refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from threadsync.sandbox.errors.graph import Refusal, bad_param, missing_param, unknown_param

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Params = dict[str, str]

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False, "": False}
_MAX_ID_DIGITS = 20


def refuse_unknown(params: Mapping[str, str], known: Collection[str]) -> None:
    """Raises Refusal for the first parameter, by name, that is not `known`."""
    unknown = sorted(params.keys() - set(known))
    if unknown:
        raise Refusal(unknown_param(unknown[0]))


def required(params: Mapping[str, str], name: str) -> str:
    value = params.get(name, "")
    if not value:
        raise Refusal(missing_param(name))
    return value


def boolean(params: Mapping[str, str], name: str) -> bool:
    """`true`, `True` and `1` alike, because public clients send all of them; absent is False."""
    value = _BOOLEANS.get(params.get(name, "").strip().lower())
    if value is None:
        raise Refusal(bad_param(f"Param {name} must be a boolean"))
    return value


def one_of(params: Mapping[str, str], name: str, allowed: Collection[str]) -> str | None:
    """The value when it is one of `allowed`; None when absent."""
    value = params.get(name) or None
    if value is not None and value not in allowed:
        raise Refusal(bad_param(f"Param {name} must be one of {{{', '.join(sorted(allowed))}}}"))
    return value


def at_most(params: Mapping[str, str], name: str, limit: int) -> str | None:
    value = params.get(name) or None
    if value is not None and len(value) > limit:
        raise Refusal(bad_param(f"Param {name} must be at most {limit} characters long."))
    return value


def uri(name: str, value: str | None) -> str | None:
    """An http(s) address with a host, as given; None when absent."""
    if not value:
        return None
    if not is_uri(value):
        raise Refusal(bad_param(f"Param {name} is not a valid URI.", 500))
    return value


def is_uri(value: str) -> bool:
    if not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= _MAX_ID_DIGITS


def comma_list(params: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The items in order, white space around them dropped; empty when absent."""
    value = params.get(name, "")
    return tuple(item.strip() for item in value.split(",")) if value.strip() else ()


def json_object(params: Mapping[str, str], name: str) -> dict[str, Any] | None:
    """An object that is sent as JSON text; None when absent."""
    value = _json(params, name)
    if value is not None and not isinstance(value, dict):
        raise Refusal(bad_param(f"Param {name} must be a JSON object"))
    return value


def json_list(params: Mapping[str, str], name: str) -> list[Any]:
    """A list that is sent as JSON text; empty when absent."""
    value = _json(params, name)
    if value is not None and not isinstance(value, list):
        raise Refusal(bad_param(f"Param {name} must be a JSON list"))
    return value or []


def _json(params: Mapping[str, str], name: str) -> Any:
    if not params.get(name):
        return None
    try:
        value = json.loads(params[name])
        # Half a surrogate pair is JSON, but no text that could be stored or sent.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refusal(bad_param(f"Param {name} is not valid JSON")) from None
    if value is None:
        raise Refusal(bad_param(f"Param {name} is not valid JSON"))
    return value
