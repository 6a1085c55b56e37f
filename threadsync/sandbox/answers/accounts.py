"""Accounts as Meta answers them: to themselves, to others, and what they have left of their quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threadsync.sandbox.answers.fields import pick
from threadsync.sandbox.answers.known_fields import LIMIT_FIELDS, PROFILE_FIELDS
from threadsync.sandbox.answers.views import DEFAULT_FIELDS, profile_picture_url
from threadsync.sandbox.model import QUOTA_WINDOW, QUOTAS
from threadsync.sandbox.world.lifecycle import usage

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.sandbox.answers.fields import Fields
    from threadsync.sandbox.model import Account, Lookup

_DEFAULT_LIMIT_FIELDS: Fields = {"quota_usage": {}}
_LIMIT_SCOPES = {
    "post": "threads_content_publish",
    "reply": "threads_manage_replies",
    "delete": "threads_delete",
    "location_search": "threads_location_tagging",
}


def profile_answer(account: Account, fields: Fields, base_url: str) -> dict[str, Any]:
    """The asked-for fields of an account as it sees itself; `id` always."""
    value = {
        "id": account.id,
        "username": account.username,
        "name": account.name or account.username,
        "threads_profile_picture_url": profile_picture_url(base_url, account.username),
        "threads_biography": account.biography,
        "is_verified": account.is_verified,
        "recently_searched_keywords": [
            {"query": search.query, "timestamp": int(search.at.timestamp() * 1000)}
            for search in account.searches
        ],
        "is_eligible_for_geo_gating": account.is_eligible_for_geo_gating,
    }
    return pick(value, {**DEFAULT_FIELDS, **fields}, PROFILE_FIELDS)


def profile_scopes(fields: Fields) -> set[str]:
    """The scopes that the asked-for fields of a profile need."""
    return {"threads_keyword_search"} if "recently_searched_keywords" in fields else set()


def limit_answer(lookup: Lookup, account_id: str, fields: Fields, now: datetime) -> dict[str, Any]:
    """The asked-for parts of the publishing limit; the use of posts when none is named."""
    value: dict[str, Any] = {}
    for kind, total in QUOTAS.items():
        prefix = "" if kind == "post" else f"{kind}_"
        value[f"{prefix}quota_usage"] = usage(lookup, account_id, kind, now)
        duration_s = int(QUOTA_WINDOW.total_seconds())
        value[f"{prefix}config"] = {"quota_total": total, "quota_duration": duration_s}
    return pick(value, fields or _DEFAULT_LIMIT_FIELDS, LIMIT_FIELDS)


def limit_scopes(fields: Fields) -> set[str]:
    """The scopes that the asked-for parts of the publishing limit need."""
    names = fields or _DEFAULT_LIMIT_FIELDS
    kinds = (name.removesuffix("quota_usage").removesuffix("config") for name in names)
    return {_LIMIT_SCOPES.get(kind.rstrip("_") or "post", "threads_basic") for kind in kinds}
