"""Containers, posts and accounts as Meta answers them: whole objects, from which fields are picked.

In the objects made here None means "has no value"; such fields are left out when picked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from threadsync.sandbox.fields import pick
from threadsync.sandbox.known_fields import (
    CONTAINER_FIELDS,
    LIMIT_FIELDS,
    POST_FIELDS,
    PROFILE_FIELDS,
)
from threadsync.sandbox.model import QUOTA_WINDOW, QUOTAS
from threadsync.sandbox.world import status_of, usage

if TYPE_CHECKING:
    from threadsync.sandbox.fields import Fields
    from threadsync.sandbox.model import Account, Container, Fetched, Lookup, Post, Token

GHOST_LIFETIME = timedelta(hours=24)
POLL_LIFETIME = timedelta(hours=24)
DEFAULT_FIELDS: Fields = {"id": {}}
DEFAULT_LIMIT_FIELDS: Fields = {"quota_usage": {}}
_MEDIA_TYPES = {
    "TEXT": "TEXT_POST",
    "IMAGE": "IMAGE",
    "VIDEO": "VIDEO",
    "CAROUSEL": "CAROUSEL_ALBUM",
}
LIMIT_SCOPES = {
    "post": "threads_content_publish",
    "reply": "threads_manage_replies",
    "delete": "threads_delete",
    "location_search": "threads_location_tagging",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, when, and under which address the sandbox's own files are reached."""

    account_id: str
    now: datetime
    base_url: str


def timestamp(moment: datetime) -> str:
    """A time as Meta writes it: `2026-11-20T09:15:30+0000`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def permalink(username: str, shortcode: str) -> str:
    return f"https://www.threads.com/@{username}/post/{shortcode}"


def media_url(base_url: str, media: Fetched) -> str:
    return f"{base_url}/_sandbox/media/{media.digest}"


def container_answer(container: Container, fields: Fields, now: datetime) -> dict[str, Any]:
    status = status_of(container, now)
    value = {
        "status": status,
        "id": container.id,
        "error_message": container.error if status == "ERROR" else None,
    }
    return pick(value, fields or {"id": {}, "status": {}}, CONTAINER_FIELDS)


def profile_answer(account: Account, fields: Fields) -> dict[str, Any]:
    value = {
        "id": account.id,
        "username": account.username,
        "name": account.username,
        "threads_biography": "An account of the sandbox.",
        "is_verified": False,
        "recently_searched_keywords": [],
        "is_eligible_for_geo_gating": account.is_eligible_for_geo_gating,
    }
    return pick(value, {**DEFAULT_FIELDS, **fields}, PROFILE_FIELDS)


def limit_answer(lookup: Lookup, account_id: str, fields: Fields, now: datetime) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for kind, total in QUOTAS.items():
        prefix = "" if kind == "post" else f"{kind}_"
        value[f"{prefix}quota_usage"] = usage(lookup, account_id, kind, now)
        duration_s = int(QUOTA_WINDOW.total_seconds())
        value[f"{prefix}config"] = {"quota_total": total, "quota_duration": duration_s}
    return pick(value, fields or DEFAULT_LIMIT_FIELDS, LIMIT_FIELDS)


def limit_scopes(fields: Fields) -> set[str]:
    """The scopes that the asked-for parts of the publishing limit need."""
    names = fields or DEFAULT_LIMIT_FIELDS
    kinds = (name.removesuffix("quota_usage").removesuffix("config") for name in names)
    return {LIMIT_SCOPES.get(kind.rstrip("_") or "post", "threads_basic") for kind in kinds}


def token_answer(token: Token, now: datetime) -> dict[str, Any]:
    """What `debug_token` says; a token without end shows the 60 days Meta gives."""
    expires_at = token.expires_at or now + timedelta(days=60)
    return {
        "type": "USER",
        "application": "threadsync sandbox",
        "data_access_expires_at": int((now + timedelta(days=90)).timestamp()),
        "expires_at": int(expires_at.timestamp()),
        "is_valid": expires_at > now,
        "issued_at": int(token.issued_at.timestamp()),
        "scopes": list(token.scopes),
        "user_id": token.account_id,
    }


def post_answer(
    lookup: Lookup, post: Post, author: Account, fields: Fields, viewer: Viewer
) -> dict[str, Any]:
    """The asked-for fields of a post; `id` always."""
    value = {
        **_identity(post, author, viewer),
        **_content(lookup, post, viewer),
        **_place(lookup, post, viewer),
    }
    picked = pick(value, {**DEFAULT_FIELDS, **fields}, POST_FIELDS)
    if "poll_attachment" in picked and not fields["poll_attachment"]:
        # Seen on Threads: without its fields named, a poll comes back empty.
        picked["poll_attachment"] = {}
    return picked


def _identity(post: Post, author: Account, viewer: Viewer) -> dict[str, Any]:
    is_own_root = post.account_id == viewer.account_id and post.root_id is None
    return {
        "id": post.id,
        "media_product_type": "THREADS",
        "media_type": _MEDIA_TYPES[post.draft.media_type],
        "permalink": permalink(author.username, post.shortcode),
        "shortcode": post.shortcode,
        "owner": {"id": author.id} if is_own_root else None,
        "username": author.username,
        "timestamp": timestamp(post.published_at),
        "is_verified": False,
    }


def _content(lookup: Lookup, post: Post, viewer: Viewer) -> dict[str, Any]:
    draft = post.draft
    first = lookup.post(post.children[0]) if post.children else post
    media = first.media if first else None
    return {
        "media_url": media_url(viewer.base_url, media) if media else None,
        "text": draft.text or None,
        "alt_text": draft.alt_text,
        "topic_tag": draft.topic_tag,
        "link_attachment_url": draft.link_attachment,
        "children": {"data": [{"id": child} for child in post.children]} if post.children else None,
        "gif_url": _gif_url(draft.gif_attachment),
        "poll_attachment": _poll(post),
        "text_attachment": draft.text_attachment,
        "text_entities": {"data": list(draft.text_entities)} if draft.text_entities else None,
        "is_spoiler_media": draft.is_spoiler_media or None,
        "location_id": draft.location_id,
        "location": {"id": draft.location_id} if draft.location_id else None,
        "allowlisted_country_codes": list(draft.allowlisted_country_codes) or None,
        **_ghost(post, viewer.now),
    }


def _place(lookup: Lookup, post: Post, viewer: Viewer) -> dict[str, Any]:
    is_reply = post.root_id is not None
    is_mine = post.account_id == viewer.account_id
    return {
        "is_quote_post": post.draft.quote_post_id is not None,
        "quoted_post": _reference(post.draft.quote_post_id),
        "has_replies": lookup.has_replies(post.id),
        "is_reply": is_reply,
        "is_reply_owned_by_me": is_mine if is_reply else None,
        "root_post": _reference(post.root_id),
        "replied_to": _reference(post.parent_id),
        "hide_status": "NOT_HUSHED" if is_reply else None,
        "reply_audience": (post.draft.reply_control or "everyone").upper(),
    }


def _reference(media_id: str | None) -> dict[str, str] | None:
    return {"id": media_id} if media_id else None


def _gif_url(gif: dict[str, str] | None) -> str | None:
    return f"https://media.giphy.com/media/{gif['gif_id']}/giphy.gif" if gif else None


def _poll(post: Post) -> dict[str, Any] | None:
    options = post.draft.poll_attachment
    if options is None:
        return None
    expires_at = timestamp(post.published_at + POLL_LIFETIME)
    votes = {f"{name}_votes_percentage": 0 for name in options}
    return {**options, **votes, "total_votes": 0, "expiration_timestamp": expires_at}


def _ghost(post: Post, now: datetime) -> dict[str, str]:
    if not post.draft.is_ghost_post:
        return {}
    expires_at = post.published_at + GHOST_LIFETIME
    return {
        "ghost_post_status": "ARCHIVED" if now >= expires_at else "ACTIVE",
        "ghost_post_expiration_timestamp": timestamp(expires_at),
    }
