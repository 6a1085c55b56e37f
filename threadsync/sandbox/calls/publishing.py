"""The calls that make posts public or take them back: create, publish, repost, delete; and quotas."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from threadsync.sandbox.answers import accounts
from threadsync.sandbox.calls.exchange import Exchange, Result, check_own, check_scopes
from threadsync.sandbox.errors.graph import (
    Refusal,
    bad_param,
    media_fetch_failed,
    media_not_found,
    no_such_object,
)
from threadsync.sandbox.media import pending, verdicts
from threadsync.sandbox.model import NewId
from threadsync.sandbox.world import drafts, lifecycle, relations, rules, values

if TYPE_CHECKING:
    from threadsync.sandbox.media.files import Stored
    from threadsync.sandbox.model import Container, Draft, Post

_SHORTCODE_BYTES = 8


def create(x: Exchange) -> Result:
    check_own(x)
    draft = checked_draft(x)
    picture = _picture(x, draft)
    container = lifecycle.create(
        draft,
        x.account,
        x.records.new_id("container"),
        x.now,
        media=picture.media if picture else None,
        error=verdicts.picture_error(picture.width, picture.height) if picture else None,
        options=x.options,
    )
    if draft.auto_publish_text:
        return {"id": _publish(x, container).id}
    x.records.put_container(container)
    if container.is_fetching:
        pending.add(x.records, container.id)
    return {"id": container.id}


def checked_draft(x: Exchange) -> Draft:
    """What a create call asks for; Refusal when anything but its media is wrong."""
    draft = rules.draft(x.params)
    drafts.check(x.records, draft, x.account, x.token, x.now)
    return draft


def publish(x: Exchange) -> Result:
    check_own(x)
    creation_id = values.required(x.params, "creation_id")
    if not values.is_id(creation_id):
        raise Refusal(bad_param("Param creation_id must be a number"))
    container = x.records.container(creation_id)
    if container is None or container.account_id != x.account.id:
        raise Refusal(media_not_found(creation_id))
    post = _publish(x, container)
    is_shared = post.draft.crossreshare_to_ig or post.draft.crossreshare_to_ig_dark_mode
    return {"id": post.id, **({"crossreshare_to_ig_status": "SUCCESS"} if is_shared else {})}


def repost(x: Exchange) -> Result:
    """Whose post it is does not matter; a second repost of one post is the first again."""
    post = x.records.post(x.object_id)
    if post is None or post.carousel_id is not None or not lifecycle.is_public(post, x.now):
        raise Refusal(no_such_object(x.object_id, "post"))
    earlier = _repost_of(x, post.reposted_id or post.id)
    if earlier is not None:
        return {"id": earlier.id}
    made = lifecycle.repost(x.records, post, x.account, _new_id(x), x.now, x.options)
    x.records.put_post(made)
    x.records.add_usage(x.account.id, "post", x.now)
    return {"id": made.id}


def delete(x: Exchange) -> Result:
    post = x.records.post(x.object_id)
    if post is None or post.account_id != x.account.id:
        raise Refusal(no_such_object(x.object_id, "delete"))
    x.records.put_post(lifecycle.delete(x.records, post, x.now, x.options))
    x.records.add_usage(x.account.id, "delete", x.now)
    return {"success": True, "deleted_id": post.id}


def limit(x: Exchange) -> Result:
    check_own(x)
    check_scopes(x, *accounts.limit_scopes(x.fields))
    return {"data": [accounts.limit_answer(x.records, x.account.id, x.fields, x.now)]}


def _picture(x: Exchange, draft: Draft) -> Stored | None:
    """The picture that the call names; Refusal when it is none."""
    if draft.image_url and x.stored is None:
        raise Refusal(media_fetch_failed(draft.image_url))
    return x.stored


def _publish(x: Exchange, container: Container) -> Post:
    ids = [_new_id(x) for _ in range(1 + len(container.draft.children))]
    published = lifecycle.publish(x.records, container, ids, x.now, x.options)
    x.records.put_container(published.container)
    for post in (published.post, *published.items):
        x.records.put_post(post)
    x.records.add_usage(x.account.id, lifecycle.quota_kind(container.draft), x.now)
    return published.post


def _repost_of(x: Exchange, media_id: str) -> Post | None:
    """The account's repost of a post, when it is there."""
    reposts = x.records.related(relations.REPOST, media_id)
    own = (post for post in reposts if post.account_id == x.account.id)
    return next((post for post in own if post.deleted_at is None), None)


def _new_id(x: Exchange) -> NewId:
    return NewId(x.records.new_id("post"), "D" + secrets.token_urlsafe(_SHORTCODE_BYTES)[:10])
