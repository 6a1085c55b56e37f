"""What each API call does: one function per call, from an Exchange to the object it answers with.

The functions run inside one transaction and raise Refusal before they write anything but the count
of ids. Which call is which function stands in `calls`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from threadsync.sandbox import lists, rules, values, views, world
from threadsync.sandbox.errors import (
    INVALID_TOKEN,
    NO_PERMISSION,
    Refusal,
    bad_param,
    media_fetch_failed,
    media_not_found,
    no_such_object,
)
from threadsync.sandbox.fields import Fields, parse_fields
from threadsync.sandbox.model import NewId

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.sandbox.media import Stored
    from threadsync.sandbox.model import Account, Container, Draft, Options, Post, Token
    from threadsync.sandbox.records import Records

ME = "me"
_SHORTCODE_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One authenticated call: who calls, with what, when. `params` has no token in it."""

    records: Records
    account: Account
    token: Token
    params: values.Params
    object_id: str
    """The user or object in the path; `me` is the account itself; empty when the path has none."""
    now: datetime
    options: Options
    base_url: str
    stored: Stored | None = None
    """The medium that the call names, when it could be fetched."""

    @property
    def fields(self) -> Fields:
        return parse_fields(self.params.get("fields", ""))

    @property
    def is_own(self) -> bool:
        """Whether the path names the account that calls."""
        return self.object_id in {ME, self.account.id}


def create(x: Exchange) -> dict[str, Any]:
    _check_own(x)
    draft = checked_draft(x)
    error = _media_error(draft, x.stored)
    container = world.create(
        draft,
        x.account,
        x.records.new_id("container"),
        x.now,
        media=x.stored.media if x.stored else None,
        error=error,
        options=x.options,
    )
    if draft.auto_publish_text:
        return {"id": _publish(x, container).id}
    x.records.put_container(container)
    return {"id": container.id}


def checked_draft(x: Exchange) -> Draft:
    """What a create call asks for; Refusal when anything but its media is wrong."""
    draft = rules.draft(x.params)
    world.check_draft(x.records, draft, x.account, x.token, x.now)
    return draft


def publish(x: Exchange) -> dict[str, Any]:
    _check_own(x)
    creation_id = values.required(x.params, "creation_id")
    if not values.is_id(creation_id):
        raise Refusal(bad_param("Param creation_id must be a number"))
    container = x.records.container(creation_id)
    if container is None or container.account_id != x.account.id:
        raise Refusal(media_not_found(creation_id))
    post = _publish(x, container)
    is_shared = post.draft.crossreshare_to_ig or post.draft.crossreshare_to_ig_dark_mode
    return {"id": post.id, **({"crossreshare_to_ig_status": "SUCCESS"} if is_shared else {})}


def node(x: Exchange) -> dict[str, Any]:
    """A container, a post, or the account itself: they share one kind of path."""
    if x.is_own:
        return views.profile_answer(x.account, x.fields)
    container = x.records.container(x.object_id)
    if container is not None and container.account_id == x.account.id:
        return views.container_answer(container, x.fields, x.now)
    return _view(x, _visible_post(x, "get"))


def delete(x: Exchange) -> dict[str, Any]:
    post = x.records.post(x.object_id)
    if post is None or post.account_id != x.account.id:
        raise Refusal(no_such_object(x.object_id, "delete"))
    x.records.put_post(world.delete(x.records, post, x.now, x.options))
    x.records.add_usage(x.account.id, "delete", x.now)
    return {"success": True, "deleted_id": post.id}


def threads(x: Exchange) -> dict[str, Any]:
    _check_own(x)
    page = lists.read_page(x.params, x.now)
    return _list(x, page, "account_id = ? AND root_id IS NULL", x.account.id)


def replies(x: Exchange) -> dict[str, Any]:
    """The account's own replies, or the direct replies of a post."""
    if x.is_own:
        page = lists.read_page(x.params, x.now)
        return _list(x, page, "account_id = ? AND root_id IS NOT NULL", x.account.id)
    post = _visible_post(x, "get")
    return _list(x, _conversation_page(x), "parent_id = ?", int(post.id))


def conversation(x: Exchange) -> dict[str, Any]:
    post = _visible_post(x, "get")
    if post.root_id is not None:
        raise Refusal(no_such_object(post.id))
    return _list(x, _conversation_page(x), "root_id = ?", int(post.id))


def limit(x: Exchange) -> dict[str, Any]:
    _check_own(x)
    if not views.limit_scopes(x.fields) <= set(x.token.scopes):
        raise Refusal(NO_PERMISSION)
    return {"data": [views.limit_answer(x.records, x.account.id, x.fields, x.now)]}


def debug(x: Exchange) -> dict[str, Any]:
    token = x.records.token(values.required(x.params, "input_token"))
    if token is None:
        error = {"code": INVALID_TOKEN.code, "message": INVALID_TOKEN.message}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    return {"data": views.token_answer(token, x.now)}


def _check_own(x: Exchange) -> None:
    # Seen on Threads: a user id that is not the token's reads like a missing container.
    if not x.is_own:
        raise Refusal(media_not_found(x.object_id))


def _media_error(draft: Draft, stored: Stored | None) -> str | None:
    """The `error_message` that a video ends with; a bad image is refused at once."""
    if draft.image_url and not (stored and stored.is_image):
        raise Refusal(media_fetch_failed(draft.image_url))
    if not draft.video_url or (stored and stored.is_video):
        return None
    return world.FAILED if stored else world.FAILED_VIDEO


def _publish(x: Exchange, container: Container) -> Post:
    count = 1 + len(container.draft.children)
    ids = [NewId(x.records.new_id("post"), _shortcode()) for _ in range(count)]
    published = world.publish(x.records, container, ids, x.now, x.options)
    x.records.put_container(published.container)
    for post in (published.post, *published.items):
        x.records.put_post(post)
    x.records.add_usage(x.account.id, world.quota_kind(container.draft), x.now)
    return published.post


def _shortcode() -> str:
    return "D" + secrets.token_urlsafe(_SHORTCODE_BYTES)[:10]


def _visible_post(x: Exchange, method: str) -> Post:
    """The post in the path, if it is the account's own or stands in a conversation of its own."""
    post = x.records.post(x.object_id)
    if post is None or post.deleted_at is not None:
        raise Refusal(no_such_object(x.object_id, method))
    root = x.records.post(post.root_id) if post.root_id else post
    if x.account.id not in {post.account_id, root.account_id if root else None}:
        raise Refusal(no_such_object(x.object_id, method))
    return post


def _conversation_page(x: Exchange) -> lists.Page:
    is_reversed = "reverse" not in x.params or values.boolean(x.params, "reverse")
    return lists.read_page(x.params, x.now, is_newest_first=is_reversed)


def _list(x: Exchange, page: lists.Page, condition: str, *of: object) -> dict[str, Any]:
    posts = lists.listed(x.records, page, condition, *of)
    return {"data": [_view(x, post) for post in posts], **lists.paging(posts)}


def _view(x: Exchange, post: Post) -> dict[str, Any]:
    author = x.records.account(post.account_id) or x.account
    viewer = views.Viewer(x.account.id, x.now, x.base_url)
    return views.post_answer(x.records, post, author, x.fields, viewer)
