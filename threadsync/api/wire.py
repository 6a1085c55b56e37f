"""What the Threads API means on the wire: calls as values, and answers told apart. Pure.

`read_answer` is the only place that tells a refusal from a doubt; which error a code stands for is
in `classify`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from threadsync.api import classify
from threadsync.api.answers import Answer, UnfitError, read
from threadsync.errors import (
    AmbiguousError,
    ApiError,
    PermissionDeniedError,
    RateLimitError,
    TemporaryError,
)

if TYPE_CHECKING:
    from datetime import timedelta

T = TypeVar("T")
A = TypeVar("A", bound=Answer)

TIMEOUT_S = 60.0
# 222 seconds have been measured for a publish that went through; zernio-python#42, read 2026-11-22.
PUBLISH_TIMEOUT_S = 320.0

_LONGEST_MESSAGE = 1000


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One HTTP request to the API, before host, version and token are put to it.

    `params` go into the query of a GET or DELETE and into the form of a POST. `reads` makes the
    value of the JSON object that is answered, raising UnfitError when it cannot.
    """

    name: str
    """What it does, in words for people: "create container"."""
    method: str
    path: str
    reads: Callable[[Mapping[str, Any]], T]
    params: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """More of `params`, such that no text may show."""
    scopes: tuple[str, ...] = ()
    """What the token needs beside threads_basic."""
    is_repeatable: bool = True
    """Whether sending it twice does no harm."""
    has_token: bool = True
    timeout_s: float = TIMEOUT_S

    @property
    def publishes(self) -> bool:
        """Whether something new is on Threads when it succeeds."""
        return self.method == "POST" and not self.is_repeatable


def answer_of(kind: type[A]) -> Callable[[Mapping[str, Any]], A]:
    """For `Call.reads`: the whole answer is a `kind`."""
    return lambda raw: read(kind, raw)


def inside_data(kind: type[A]) -> Callable[[Mapping[str, Any]], A]:
    """For `Call.reads`: the answer wraps one `kind` as `{"data": {…}}` or `{"data": [{…}]}`."""

    def unwrap(raw: Mapping[str, Any]) -> A:
        data = raw.get("data")
        if isinstance(data, list):
            data = data[0] if data else {}
        return read(kind, data)

    return unwrap


def params_of(**values: Any) -> dict[str, str]:
    """Parameters as Meta reads them, in the order given, without those that are None.

    A time becomes unix seconds, a date its ISO form, a list one comma-separated text.
    """
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return str(int(value.timestamp()))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(_text(item) for item in value)
    return str(value)


def read_answer(
    call: Call[T],
    status: int,
    body: bytes,
    *,
    retry_after: timedelta | None = None,
    hide: Callable[[str], str] = str,
) -> T:
    """What Meta answered. `hide` takes secrets out of a text, since Meta may repeat them.

    Raises a RejectedError for an error object that means "not done"; for all that leaves it open,
    AmbiguousError when the call must not be sent twice and TemporaryError when it may. HTTP status
    alone decides nothing: permanent errors come as 500 too, and an error may come with 200.
    """
    told = _told(call, status, body, retry_after, hide)
    # A traceback can show the values of its frames, and Meta may have repeated a secret here.
    del body
    if isinstance(told, ApiError):
        raise told
    return told


def _told(
    call: Call[T],
    status: int,
    body: bytes,
    retry_after: timedelta | None,
    hide: Callable[[str], str],
) -> T | ApiError:
    """The value or the error that `body` stands for."""
    answer = _parsed(body)
    if answer is None:
        return _unclear(call, status, "something that is no JSON object", retry_after)
    if _is_error(answer):
        return _graph_error(call, status, answer, retry_after, hide)
    if status >= 400:
        return _unclear(call, status, "no error object", retry_after)
    try:
        return call.reads(answer)
    except UnfitError as exc:
        kind = ApiError if call.is_repeatable else AmbiguousError
        words = f"Meta's answer to {call.name!r} cannot be understood: {exc}"
        return kind(_readable(words, hide), status=status, response=_shareable(answer, hide))


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _is_error(answer: Mapping[str, Any]) -> bool:
    """Either envelope; the `error_message` of a container is none, nor is a null."""
    return any(answer.get(name) is not None for name in ("error", "error_type", "error_code"))


def _unclear(call: Call[Any], status: int, what: str, retry_after: timedelta | None) -> ApiError:
    words = f"Meta answered {status} to {call.name!r} with {what}"
    if not call.is_repeatable:
        return AmbiguousError(words, status=status)
    if status == 429:
        return _with_wait(RateLimitError(words, status=status), retry_after)
    return TemporaryError(words, status=status)


def _graph_error(
    call: Call[Any],
    status: int,
    answer: Mapping[str, Any],
    retry_after: timedelta | None,
    hide: Callable[[str], str],
) -> ApiError:
    told = classify.told(answer)
    kind = classify.error_kind(
        told, status, is_repeatable=call.is_repeatable, publishes=call.publishes
    )
    if "id" in answer and not call.is_repeatable:
        # An error and a success at once: whichever is wrong, it may be out.
        kind = AmbiguousError
    words = f"Meta answered {status} ({told.name}) to {call.name!r}: {told.words}"
    if kind is PermissionDeniedError and call.scopes:
        words = f"{words}; the token needs {' and '.join(call.scopes)}"
    error = kind(
        _readable(words, hide),
        status=status,
        code=told.code,
        subcode=told.subcode,
        trace_id=told.trace_id,
        is_transient=told.is_transient,
        response=_shareable(answer, hide),
    )
    if isinstance(error, PermissionDeniedError):
        error.scopes = call.scopes
    return _with_wait(error, retry_after)


def _readable(words: str, hide: Callable[[str], str]) -> str:
    """One line that any terminal and log can show, without secrets."""
    line = "".join(letter if letter.isprintable() else " " for letter in hide(words))
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}…"


def _shareable(answer: Mapping[str, Any], hide: Callable[[str], str]) -> dict[str, Any]:
    """What Meta sent, without secrets; empty when it is nested too deep to look through."""
    try:
        return {name: _without_secrets(name, value, hide) for name, value in answer.items()}
    except RecursionError:
        return {}


def _without_secrets(name: str, value: Any, hide: Callable[[str], str]) -> Any:
    if name == "access_token":
        return "***"
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [_without_secrets("", item, hide) for item in value]
    if isinstance(value, dict):
        return {inner: _without_secrets(inner, item, hide) for inner, item in value.items()}
    return value


def _with_wait(error: ApiError, retry_after: timedelta | None) -> ApiError:
    if isinstance(error, RateLimitError):
        error.retry_after = retry_after
    return error
