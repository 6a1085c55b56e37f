"""Webhooks: Meta's handshake, its signature, and its payloads as typed events. Pure.

Source: Meta's page "Webhooks" of 2026-06-30, read 2026-11-22. Handshake and signature are those of
all Meta's products; the Threads page is silent on them. Delivery is at least once and in any order.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from threadsync.api.answers import Answer, Id, Seconds, UnfitError, read
from threadsync.api.hiding import is_same
from threadsync.api.types import PublishedPost
from threadsync.errors import InvalidParameterError, TokenError

SIGNATURE_HEADER = "X-Hub-Signature-256"


class DeletedPost(Answer, frozen=True, kw_only=True):
    """A post that its owner deleted."""

    id: Id
    owner: dict[str, Any] | None = None
    deleted_at: datetime | None = None
    timestamp: datetime | None = None
    username: str | None = None


class WebhookEvent(Answer, frozen=True, kw_only=True):
    """One thing that happened.

    `field` is `replies`, `mentions`, `publish`, `delete` or a name not known here; `value` is a
    PublishedPost, a DeletedPost, or for an unknown field what Meta sent.
    """

    field: str
    value: Any = None
    topic: str | None = None
    target_id: Id | None = None
    app_id: Id | None = None
    subscription_id: Id | None = None
    time: Seconds | None = None
    has_uid_field: bool | None = None


def answer_challenge(query: Mapping[str, str], verify_token: str) -> str:
    """The body to answer Meta's GET with, status 200, when it subscribes; TokenError when the
    request is not Meta's: then answer 403.
    """
    is_meta = is_same(query.get("hub.verify_token", ""), verify_token)
    if query.get("hub.mode") != "subscribe" or not is_meta:
        raise TokenError("the handshake does not hold the verify token")
    return query.get("hub.challenge", "")


def is_signed(body: bytes, header: str | None, *app_secrets: str) -> bool:
    """Whether the raw `body` was signed with one of the secrets; an empty one counts for nothing.

    It is not documented whether the Threads app's or the Meta app's secret signs: give both.
    """
    given = (header or "").strip().lower()
    return any(
        is_same(given, f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}")
        for secret in app_secrets
        if secret
    )


def read_webhook(body: bytes | str) -> tuple[WebhookEvent, ...]:
    """The events of one payload, in its order; all three shapes that Meta is known to send.

    `values` may be one object or a list, and there is the classic `entry[].changes[]`.
    InvalidParameterError when it is no such payload.
    """
    try:
        raw = json.loads(body)
        return tuple(_event(common, change) for common, change in _changes(raw))
    except (ValueError, RecursionError) as exc:
        raise InvalidParameterError(f"this is no webhook of Threads: {exc}"[:200]) from exc


_VALUES: dict[str, type[Answer]] = {
    "replies": PublishedPost,
    "mentions": PublishedPost,
    "publish": PublishedPost,
    "delete": DeletedPost,
}


def _changes(raw: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each change with what is said of all of them."""
    if not isinstance(raw, Mapping):
        raise UnfitError("it is no object")
    if "entry" in raw:
        for entry in _objects(raw["entry"]):
            common = {"target_id": entry.get("id"), "time": entry.get("time")}
            yield from ((common, change) for change in _objects(entry.get("changes")))
        return
    common = {name: value for name, value in raw.items() if name != "values"}
    yield from ((common, change) for change in _objects(raw.get("values")))


def _objects(raw: Any) -> list[Mapping[str, Any]]:
    items = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(item, Mapping) for item in items):
        raise UnfitError("values, entry or changes hold something that is no object")
    return items


def _event(common: Mapping[str, Any], change: Mapping[str, Any]) -> WebhookEvent:
    kind = _VALUES.get(str(change.get("field")))
    value = read(kind, change.get("value")) if kind else change.get("value")
    return read(WebhookEvent, {**common, **change, "value": value})
