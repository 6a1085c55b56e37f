"""The log of API requests: what was asked and answered, with secrets masked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from threadsync.sandbox.errors.graph import Answer
    from threadsync.sandbox.storage.records import Records

MASK = "***"
_SECRET_PARAMS = frozenset({"access_token", "input_token", "client_secret", "code"})
_MAX_LOGGED_BODY = 100_000


class Logged(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One request. `status` and `answer` are None when the connection was closed without an answer.

    `answer` is the JSON value of the body, or its text when it is no JSON.
    """

    at: str
    method: str
    path: str
    call: str
    params: dict[str, str]
    account_id: str | None = None
    fault: str | None = None
    status: int | None = None
    answer: Any = None


def masked(params: Mapping[str, str]) -> dict[str, str]:
    """The parameters without tokens, codes and secrets."""
    return {name: MASK if name in _SECRET_PARAMS else value for name, value in params.items()}


def readable(answer: Answer) -> Any:
    """The body of an answer for the log, without the token it may give."""
    body = answer.body[:_MAX_LOGGED_BODY].decode("utf-8", "replace")
    try:
        value = json.loads(body)
    except ValueError:
        return body
    is_token = isinstance(value, dict) and "access_token" in value
    return {**value, "access_token": MASK} if is_token else value


def append(records: Records, logged: Logged) -> None:
    row = (msgspec.json.encode(logged),)
    records.connection.execute("INSERT INTO requests (value) VALUES (?)", row)


def entries(records: Records, after: int = 0) -> list[dict[str, Any]]:
    """Every request with a number above `after`, oldest first; each with all keys of `Logged` and `n`."""
    query = "SELECT n, value FROM requests WHERE n > ? ORDER BY n"
    blank = {"account_id": None, "fault": None, "status": None, "answer": None}
    return [
        {"n": n, **blank, **json.loads(value)}
        for n, value in records.connection.execute(query, (after,))
    ]
