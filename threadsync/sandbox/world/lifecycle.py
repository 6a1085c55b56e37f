"""What happens to containers and posts: pure rules over stored records, the time and new ids.

Nothing here reads a clock, makes up an id or writes: each function answers with the new values, or
raises Refusal, and its caller stores them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from threadsync.sandbox.errors.graph import (
    ALREADY_PUBLISHED,
    QUOTA,
    RATE_613,
    Refusal,
    bad_param,
    media_not_found,
    no_such_object,
)
from threadsync.sandbox.model import (
    CONTAINER_LIFETIME,
    QUOTA_WINDOW,
    QUOTAS,
    SILENT_QUOTAS,
    Account,
    Container,
    Draft,
    Fetched,
    Lookup,
    NewId,
    Options,
    Post,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

# Meta's page "Ghost posts", read 2026-11-22.
GHOST_LIFETIME = timedelta(hours=24)


class Published(NamedTuple):
    """What a publish makes: the container as it is now, the post, the posts of its items."""

    container: Container
    post: Post
    items: tuple[Post, ...]


def status_of(container: Container, now: datetime) -> str:
    """IN_PROGRESS, FINISHED, PUBLISHED, ERROR or EXPIRED."""
    if container.media_id is not None:
        return "PUBLISHED"
    if container.error is not None and now >= container.ready_at:
        return "ERROR"
    if now >= container.created_at + CONTAINER_LIFETIME:
        return "EXPIRED"
    is_ready = now >= container.ready_at and not container.is_fetching
    return "FINISHED" if is_ready else "IN_PROGRESS"


def is_usable_item(container: Container, now: datetime) -> bool:
    """Whether a carousel can have this container as an item now."""
    is_visible = now >= container.ready_at + container.child_lag
    is_item = container.draft.is_carousel_item
    return is_item and is_visible and status_of(container, now) == "FINISHED"


def create(
    draft: Draft,
    account: Account,
    container_id: str,
    now: datetime,
    *,
    media: Fetched | None,
    error: str | None,
    options: Options,
) -> Container:
    """The container for a checked draft; `error` is what its processing will end with, if it fails.

    A video is still to be fetched, see `fetched`.
    """
    return Container(
        id=container_id,
        account_id=account.id,
        created_at=now,
        ready_at=now + timedelta(seconds=options.delay_s(draft.media_type)),
        draft=draft,
        media=media,
        error=error,
        is_fetching=draft.video_url is not None,
        child_lag=timedelta(seconds=options.child_lag_s),
    )


def fetched(
    container: Container, now: datetime, media: Fetched | None, error: str | None
) -> Container:
    """The container once its video is fetched, or has failed; one that did not wait stays as it is."""
    if not container.is_fetching:
        return container
    ready_at = max(container.ready_at, now)
    return replace(container, is_fetching=False, ready_at=ready_at, media=media, error=error)


def broken(container: Container, now: datetime, error: str) -> Container:
    """The container ended with `error`, from now on; one that is published stays as it is."""
    if container.media_id is not None:
        return container
    ready_at = min(container.ready_at, now)
    return replace(container, is_fetching=False, ready_at=ready_at, error=error)


def publish(
    records: Lookup,
    container: Container,
    new_ids: Sequence[NewId],
    now: datetime,
    options: Options,
) -> Published:
    """Make a container public. `new_ids` has one for the post and then one for each child."""
    status = status_of(container, now)
    if status == "PUBLISHED" and not options.lax_publish:
        raise Refusal(ALREADY_PUBLISHED)
    if status not in {"FINISHED", "PUBLISHED"}:
        raise Refusal(media_not_found(container.id))
    if container.draft.is_carousel_item:
        raise Refusal(bad_param("Param creation_id must not be a carousel item"))
    check_quota(records, container.account_id, quota_kind(container.draft), now)
    post = _post(container, new_ids[0], now, options)
    items = _items(records, container, post.id, new_ids[1:], now)
    post = replace(post, root_id=_root_id(records, post), children=tuple(item.id for item in items))
    post = replace(post, approval_status=_approval_status(records, post))
    return Published(replace(container, media_id=container.media_id or post.id), post, items)


def repost(
    records: Lookup, post: Post, account: Account, new_id: NewId, now: datetime, options: Options
) -> Post:
    """The repost of a post, or of what that is itself a repost of; it counts as a post."""
    check_quota(records, account.id, "post", now)
    return Post(
        id=new_id.id,
        account_id=account.id,
        shortcode=new_id.shortcode,
        published_at=now,
        listed_at=now + timedelta(seconds=options.feed_lag_s),
        replyable_at=now + timedelta(seconds=options.parent_lag_s),
        linked_at=now + timedelta(seconds=options.permalink_lag_s),
        draft=Draft(media_type="REPOST_FACADE"),
        reposted_id=post.reposted_id or post.id,
    )


def delete(records: Lookup, post: Post, now: datetime, options: Options) -> Post:
    """The post as it is after its deletion; lists show it a little longer."""
    if post.deleted_at is not None or post.carousel_id is not None:
        raise Refusal(no_such_object(post.id, "delete"))
    check_quota(records, post.account_id, "delete", now)
    return replace(post, deleted_at=now, unlisted_at=now + timedelta(seconds=options.feed_lag_s))


def quota_kind(draft: Draft) -> str:
    """Which quota publishing it uses up."""
    return "reply" if draft.reply_to_id else "post"


def usage(records: Lookup, account_id: str, kind: str, now: datetime) -> int:
    """How much of a quota was used in the moving window that ends now."""
    return records.usage(account_id, kind, now - QUOTA_WINDOW)


def check_quota(records: Lookup, account_id: str, kind: str, now: datetime) -> None:
    """Raises Refusal when nothing is left of the quota, or of a search's."""
    total = QUOTAS.get(kind) or SILENT_QUOTAS[kind]
    if usage(records, account_id, kind, now) >= total:
        raise Refusal(QUOTA if kind in {"post", "reply", "delete"} else RATE_613)


def is_archived(post: Post, now: datetime) -> bool:
    """Whether it is a ghost post whose day is over."""
    return post.draft.is_ghost_post and now >= post.published_at + GHOST_LIFETIME


def is_listed(post: Post, now: datetime) -> bool:
    """Whether lists show the post now."""
    if post.carousel_id is not None:
        return False
    return post.listed_at <= now and (post.unlisted_at is None or now < post.unlisted_at)


def is_approved(post: Post, now: datetime) -> bool:
    """Whether lists of replies show the post now: it is listed and does not wait to be approved."""
    return post.approval_status is None and is_listed(post, now)


def is_public(post: Post, now: datetime) -> bool:
    """Whether lists of other accounts show the post now."""
    return is_approved(post, now) and not is_archived(post, now)


def _post(container: Container, new_id: NewId, now: datetime, options: Options) -> Post:
    return Post(
        id=new_id.id,
        account_id=container.account_id,
        shortcode=new_id.shortcode,
        published_at=now,
        listed_at=now + timedelta(seconds=options.feed_lag_s),
        replyable_at=now + timedelta(seconds=options.parent_lag_s),
        linked_at=now + timedelta(seconds=options.permalink_lag_s),
        draft=container.draft,
        media=container.media,
    )


def _items(
    records: Lookup, container: Container, post_id: str, new_ids: Sequence[NewId], now: datetime
) -> tuple[Post, ...]:
    children = [records.container(child_id) for child_id in container.draft.children]
    return tuple(
        replace(_post(child, new_id, now, Options()), carousel_id=post_id)
        for child, new_id in zip(children, new_ids, strict=True)
        if child is not None
    )


def _approval_status(records: Lookup, post: Post) -> str | None:
    """`pending` for another's reply where the post at the top asks for approval."""
    root = records.post(post.root_id) if post.root_id else None
    if root is None or root.account_id == post.account_id:
        return None
    return "pending" if root.draft.enable_reply_approvals else None


def _root_id(records: Lookup, post: Post) -> str | None:
    if post.parent_id is None:
        return None
    parent = records.post(post.parent_id)
    return (parent.root_id if parent else None) or post.parent_id
