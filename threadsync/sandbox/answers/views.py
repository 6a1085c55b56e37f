"""Containers and posts as Meta answers them: whole objects, from which fields are picked.

In the objects made here None means "has no value"; such fields are left out when picked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from threadsync.sandbox.answers.fields import pick
from threadsync.sandbox.answers.known_fields import CONTAINER_FIELDS, POST_FIELDS
from threadsync.sandbox.world.lifecycle import GHOST_LIFETIME, is_archived, status_of
from threadsync.sandbox.world.places import find_place

if TYPE_CHECKING:
    from threadsync.sandbox.answers.fields import Fields
    from threadsync.sandbox.model import Account, Container, Fetched, Lookup, Post

# Threads does not say how long a poll runs; this is what its own application offers.
POLL_LIFETIME = timedelta(hours=24)
DEFAULT_FIELDS: Fields = {"id": {}}
_MEDIA_TYPES = {
    "TEXT": "TEXT_POST",
    "IMAGE": "IMAGE",
    "VIDEO": "VIDEO",
    "CAROUSEL": "CAROUSEL_ALBUM",
    "REPOST_FACADE": "REPOST_FACADE",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, when, and under which address the sandbox's own files are reached."""

    account_id: str
    now: datetime
    base_url: str
    may_see_places: bool = True


def timestamp(moment: datetime) -> str:
    """A time as Meta writes it: `2026-11-20T09:15:30+0000`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def permalink(username: str, shortcode: str) -> str:
    return f"https://www.threads.com/@{username}/post/{shortcode}"


def media_url(base_url: str, media: Fetched) -> str:
    return f"{base_url}/_sandbox/media/{media.digest}"


def profile_picture_url(base_url: str, username: str) -> str:
    return f"{base_url}/_sandbox/pictures/@{username}.svg"


def container_answer(container: Container, fields: Fields, now: datetime) -> dict[str, Any]:
    status = status_of(container, now)
    value = {
        "status": status,
        "id": container.id,
        "error_message": container.error if status == "ERROR" else None,
    }
    return pick(value, fields or {"id": {}, "status": {}}, CONTAINER_FIELDS)


def post_answer(
    lookup: Lookup, post: Post, author: Account, fields: Fields, viewer: Viewer
) -> dict[str, Any]:
    """The asked-for fields of a post; `id` always. A repost goes by the author of the original."""
    value = {
        **_identity(post, author, viewer),
        **_content(lookup, post, viewer),
        **_place(lookup, post, viewer),
        # A look-up for each post of a list, and seldom asked for.
        "has_replies": lookup.has_replies(post.id) if "has_replies" in fields else None,
    }
    picked = pick(value, {**DEFAULT_FIELDS, **fields}, POST_FIELDS)
    if "poll_attachment" in picked and not fields["poll_attachment"]:
        # Seen on Threads: without its fields named, a poll comes back empty.
        picked["poll_attachment"] = {}
    return picked


def _identity(post: Post, author: Account, viewer: Viewer) -> dict[str, Any]:
    is_own_root = post.account_id == viewer.account_id and post.root_id is None
    is_linked = post.linked_at is None or viewer.now >= post.linked_at
    return {
        "id": post.id,
        "media_product_type": "THREADS",
        "media_type": _MEDIA_TYPES[post.draft.media_type],
        "permalink": permalink(author.username, post.shortcode) if is_linked else None,
        "shortcode": post.shortcode if is_linked else None,
        "owner": {"id": author.id} if is_own_root and not post.reposted_id else None,
        "username": author.username,
        "timestamp": timestamp(post.published_at),
        "is_verified": author.is_verified,
        "profile_picture_url": profile_picture_url(viewer.base_url, author.username),
    }


def _content(lookup: Lookup, post: Post, viewer: Viewer) -> dict[str, Any]:
    draft = post.draft
    first = lookup.post(post.children[0]) if post.children else post
    media = first.media if first else None
    return {
        "media_url": media_url(viewer.base_url, media) if media else None,
        "thumbnail_url": _thumbnail_url(post, viewer),
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
        **(_location(draft.location_id) if viewer.may_see_places else {}),
        "allowlisted_country_codes": list(draft.allowlisted_country_codes) or None,
        **_ghost(post, viewer.now),
    }


def _place(lookup: Lookup, post: Post, viewer: Viewer) -> dict[str, Any]:
    is_reply = post.root_id is not None
    is_mine = post.account_id == viewer.account_id
    return {
        "is_quote_post": post.draft.quote_post_id is not None,
        "quoted_post": _reference(post.draft.quote_post_id),
        "is_reply": is_reply,
        "is_reply_owned_by_me": is_mine if is_reply else None,
        "root_post": _reference(post.root_id),
        "replied_to": _reference(post.parent_id),
        "hide_status": _hide_status(lookup, post) if is_reply else None,
        "reply_approval_status": post.approval_status,
        "reposted_post": _reference(post.reposted_id),
        "reply_audience": (post.draft.reply_control or "everyone").upper(),
    }


def _hide_status(lookup: Lookup, post: Post) -> str:
    """Whether the owner hid a reply: deeper ones follow the reply at the top."""
    top: Post | None = post
    while top is not None and top.parent_id != top.root_id:
        top = lookup.post(top.parent_id or "")
    return (top or post).hide_status


def _reference(media_id: str | None) -> dict[str, str] | None:
    return {"id": media_id} if media_id else None


def _location(location_id: str | None) -> dict[str, Any]:
    if location_id is None:
        return {}
    return {"location_id": location_id, "location": find_place(location_id) or {"id": location_id}}


def _thumbnail_url(post: Post, viewer: Viewer) -> str | None:
    return f"{viewer.base_url}/_sandbox/pictures/video.svg" if post.draft.video_url else None


def _gif_url(gif: dict[str, str] | None) -> str | None:
    return f"https://media.giphy.com/media/{gif['gif_id']}/giphy.gif" if gif else None


def _poll(post: Post) -> dict[str, Any] | None:
    options = post.draft.poll_attachment
    if options is None:
        return None
    expires_at = timestamp(post.published_at + POLL_LIFETIME)
    votes = post.numbers.votes
    total = sum(votes.values())
    shares = {f"{name}_votes_percentage": votes.get(name, 0) / (total or 1) for name in options}
    return {**options, **shares, "total_votes": total, "expiration_timestamp": expires_at}


def _ghost(post: Post, now: datetime) -> dict[str, str]:
    if not post.draft.is_ghost_post:
        return {}
    expires_at = post.published_at + GHOST_LIFETIME
    return {
        "ghost_post_status": "ARCHIVED" if is_archived(post, now) else "ACTIVE",
        "ghost_post_expiration_timestamp": timestamp(expires_at),
    }
