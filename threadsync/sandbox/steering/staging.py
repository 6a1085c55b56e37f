"""The steering that sets the stage: accounts, the app, what was used up, what people did."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from threadsync.errors import UsageError
from threadsync.sandbox.answers.known_fields import POLL_OPTIONS
from threadsync.sandbox.calls.insights import BREAKDOWNS
from threadsync.sandbox.model import QUOTAS, SCOPES, SILENT_QUOTAS, Numbers
from threadsync.sandbox.oauth import apps
from threadsync.sandbox.steering import bodies
from threadsync.sandbox.storage import rates
from threadsync.sandbox.storage.records import DEFAULT_TOKEN, DEFAULT_USERNAME
from threadsync.sandbox.world import values

if TYPE_CHECKING:
    from starlette.requests import Request

    from threadsync.sandbox.model import Account, Post
    from threadsync.sandbox.storage.records import Records
    from threadsync.sandbox.storage.store import Store

_USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")
_USED = (*QUOTAS, *SILENT_QUOTAS)
_CALLS = "calls"
_MAX_USED = 10_000
_FACTS = ("name", "biography", "is_verified", "followers_count", "demographics")
_ACCOUNT_KEYS = (
    "username",
    "token",
    "scopes",
    "expires_in_s",
    "is_eligible_for_geo_gating",
    *_FACTS,
)


async def add_account(store: Store, request: Request) -> Response:
    """A new account, or one more token for an account that exists, or new facts about it."""
    raw = await bodies.json_object(request)
    bodies.check_keys(raw, _ACCOUNT_KEYS)
    username, token = _checked_account(raw)
    scopes = _checked_scopes(raw.get("scopes", list(SCOPES)))
    lifetime = None
    if "expires_in_s" in raw:
        lifetime = timedelta(seconds=bodies.seconds("expires_in_s", raw["expires_in_s"]))
    facts = _facts(raw)
    with store.write() as records:
        account = records.account_named(username) or records.add_account(
            username, is_eligible_for_geo_gating=raw.get("is_eligible_for_geo_gating", True) is True
        )
        records.put_account(replace(account, **facts))
        records.add_token(account, token, scopes, lifetime)
    return JSONResponse({"id": account.id, "username": username, "scopes": scopes})


async def set_app(store: Store, request: Request) -> Response:
    """What the dashboard holds of the app; what is not named stays as it is."""
    raw = await bodies.json_object(request)
    bodies.check_keys(raw, ("redirect_uris", "is_user_id_text"))
    changes: dict[str, Any] = {}
    if "redirect_uris" in raw:
        changes["redirect_uris"] = tuple(_redirect_uris(raw["redirect_uris"]))
    if "is_user_id_text" in raw:
        changes["is_user_id_text"] = bodies.flag("is_user_id_text", raw["is_user_id_text"])
    with store.write() as records:
        app = replace(apps.load(records), **changes)
        apps.save(records, app)
    return JSONResponse(
        {
            "client_id": app.id,
            "redirect_uris": list(app.redirect_uris),
            "is_user_id_text": app.is_user_id_text,
        }
    )


async def add_usage(store: Store, request: Request) -> Response:
    """Use up some of an account's quotas and calls, as if it had happened now."""
    raw = await bodies.json_object(request)
    bodies.check_keys(raw, ("username", _CALLS, *_USED))
    used = {kind: bodies.number(kind, raw[kind], _MAX_USED) for kind in _USED if kind in raw}
    calls = bodies.number(_CALLS, raw.get(_CALLS, 0), 2 * rates.CALLS_PER_DAY)
    with store.write() as records:
        account, now = _account(records, raw), records.now()
        for kind, count in used.items():
            records.add_usage(account.id, kind, now, count)
        rates.add(records, account.id, now, calls)
    return JSONResponse({"username": account.username, _CALLS: calls, **used})


async def set_numbers(store: Store, request: Request) -> Response:
    """What people did with a post, or facts of an account; what is not named stays as it is."""
    raw = await bodies.json_object(request)
    if "id" not in raw:
        return _set_facts(store, raw)
    bodies.check_keys(raw, ("id", "views", "likes", "shares", "clicks", "votes"))
    with store.write() as records:
        post = _post(records, raw["id"])
        records.put_post(replace(post, numbers=_numbers(post, raw)))
    return JSONResponse({"id": post.id})


def _set_facts(store: Store, raw: dict[str, Any]) -> Response:
    bodies.check_keys(raw, ("username", *_FACTS))
    facts = _facts(raw)
    with store.write() as records:
        account = _account(records, raw)
        records.put_account(replace(account, **facts))
    return JSONResponse({"username": account.username})


def _facts(raw: dict[str, Any]) -> dict[str, Any]:
    """The facts of an account that are named, checked, by the name they have in it."""
    checks = {
        "name": bodies.text,
        "biography": bodies.text,
        "is_verified": bodies.flag,
        "followers_count": bodies.number,
        "demographics": _demographics,
    }
    return {name: check(name, raw[name]) for name, check in checks.items() if name in raw}


def _demographics(name: str, value: Any) -> dict[str, dict[str, int]]:
    if not isinstance(value, dict):
        raise UsageError(f"{name} must be an object with some of {', '.join(BREAKDOWNS)}")
    bodies.check_keys(value, BREAKDOWNS)
    return {kind: bodies.numbers(f"{name}.{kind}", counts) for kind, counts in value.items()}


def _numbers(post: Post, raw: dict[str, Any]) -> Numbers:
    changes: dict[str, Any] = {
        name: bodies.number(name, raw[name]) for name in ("views", "likes", "shares") if name in raw
    }
    if "clicks" in raw:
        changes["clicks"] = bodies.numbers("clicks", raw["clicks"])
    if "votes" in raw:
        changes["votes"] = bodies.numbers("votes", raw["votes"])
        options = [name for name in POLL_OPTIONS if name in (post.draft.poll_attachment or {})]
        bodies.check_keys(changes["votes"], options or ["a post that has a poll"])
    return replace(post.numbers, **changes)


def _account(records: Records, raw: dict[str, Any]) -> Account:
    username = bodies.text("username", raw.get("username", DEFAULT_USERNAME))
    account = records.account_named(username)
    if account is None:
        raise UsageError(f"there is no account {username!r}; POST /_sandbox/accounts adds it")
    return account


def _post(records: Records, media_id: Any) -> Post:
    post = records.post(bodies.text("id", media_id))
    if post is None or post.deleted_at is not None:
        raise UsageError(f"there is no post {media_id!r}; use the id that publishing answered")
    return post


def _redirect_uris(value: Any) -> list[str]:
    uris = bodies.texts("redirect_uris", value)
    for uri in uris:
        if not values.is_uri(uri):
            raise UsageError(f"redirect_uris: {uri!r} is no http or https address")
    return uris


def _checked_account(raw: dict[str, Any]) -> tuple[str, str]:
    """Username and token."""
    username, token = raw.get("username"), raw.get("token")
    if not isinstance(username, str) or not _USERNAME.fullmatch(username):
        raise UsageError(f"username is {username!r}; use 1 to 30 letters, digits, '.' and '_'")
    if not isinstance(token, str) or not token.isascii() or not token or " " in token:
        raise UsageError("token is missing or no text without spaces")
    if token == DEFAULT_TOKEN:
        raise UsageError("this is the token of the default account; choose another")
    return username, token


def _checked_scopes(scopes: Any) -> list[str]:
    if not isinstance(scopes, list) or not all(scope in SCOPES for scope in scopes):
        raise UsageError(f"scopes must be a list of {', '.join(SCOPES)}")
    return scopes
