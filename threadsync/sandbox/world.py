"""What happens to containers and posts: pure rules over stored records, the time and new ids.

Nothing here reads a clock, makes up an id or writes: each function answers with the new values, or
raises Refusal, and its caller stores them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from threadsync.sandbox.errors import (
    ALREADY_PUBLISHED,
    NO_FEATURE,
    NO_PERMISSION,
    NOT_A_POST,
    QUOTA,
    Refusal,
    bad_param,
    invalid_children,
    media_not_found,
    no_such_object,
)
from threadsync.sandbox.model import (
    CONTAINER_LIFETIME,
    QUOTA_WINDOW,
    QUOTAS,
    Account,
    Container,
    Draft,
    Fetched,
    Lookup,
    NewId,
    Options,
    Post,
    Token,
)
from threadsync.sandbox.values import is_id

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILED_VIDEO = "FAILED_DOWNLOADING_VIDEO"
FAILED = "UNKNOWN"


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
    return "FINISHED" if now >= container.ready_at else "IN_PROGRESS"


def check_draft(
    records: Lookup, draft: Draft, account: Account, token: Token, now: datetime
) -> None:
    """Raises Refusal when what the draft refers to is not there, or not for this account."""
    if draft.allowlisted_country_codes and not account.is_eligible_for_geo_gating:
        raise Refusal(NO_FEATURE)
    if not set(_scopes_for(draft)) <= set(token.scopes):
        raise Refusal(NO_PERMISSION)
    _check_parent(records, draft, account, token, now)
    if draft.quote_post_id is not None:
        _visible(records, "quote_post_id", draft.quote_post_id)
    _check_children(records, draft, account, now)


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
    """The container for a checked draft; `error` is what its processing will end with, if it fails."""
    is_instant = draft.media_type == "TEXT"
    delay = timedelta(seconds=0 if is_instant else options.processing_delay_s)
    return Container(
        id=container_id,
        account_id=account.id,
        created_at=now,
        ready_at=now + delay,
        draft=draft,
        media=media,
        error=error,
    )


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
    _check_quota(records, container.account_id, quota_kind(container.draft), now)
    post = _post(container, new_ids[0], now, options)
    items = _items(records, container, post.id, new_ids[1:], now)
    post = replace(post, root_id=_root_id(records, post), children=tuple(item.id for item in items))
    return Published(replace(container, media_id=container.media_id or post.id), post, items)


def delete(records: Lookup, post: Post, now: datetime, options: Options) -> Post:
    """The post as it is after its deletion; lists show it a little longer."""
    if post.deleted_at is not None or post.carousel_id is not None:
        raise Refusal(no_such_object(post.id, "delete"))
    _check_quota(records, post.account_id, "delete", now)
    return replace(post, deleted_at=now, unlisted_at=now + timedelta(seconds=options.feed_lag_s))


def quota_kind(draft: Draft) -> str:
    """Which quota publishing it uses up."""
    return "reply" if draft.reply_to_id else "post"


def usage(records: Lookup, account_id: str, kind: str, now: datetime) -> int:
    """How much of a quota was used in the moving window that ends now."""
    return records.usage(account_id, kind, now - QUOTA_WINDOW)


def is_listed(post: Post, now: datetime) -> bool:
    """Whether lists show the post now."""
    if post.carousel_id is not None:
        return False
    return post.listed_at <= now and (post.unlisted_at is None or now < post.unlisted_at)


def _scopes_for(draft: Draft) -> list[str]:
    needed = {
        "threads_manage_replies": draft.reply_to_id,
        "threads_location_tagging": draft.location_id,
        "threads_share_to_instagram": draft.crossreshare_to_ig
        or draft.crossreshare_to_ig_dark_mode,
    }
    return [scope for scope, is_asked in needed.items() if is_asked]


def _check_parent(
    records: Lookup, draft: Draft, account: Account, token: Token, now: datetime
) -> None:
    if draft.reply_to_id is None:
        return
    parent = _visible(records, "reply_to_id", draft.reply_to_id)
    if now < parent.replyable_at:
        raise Refusal(media_not_found(parent.id))
    root = records.post(parent.root_id) if parent.root_id else parent
    is_own = account.id in {parent.account_id, root.account_id if root else None}
    # Meta's page "Reply management": other people's posts only where they were found or mention you.
    if not is_own and not {"threads_keyword_search", "threads_manage_mentions"} & set(token.scopes):
        raise Refusal(NO_PERMISSION)


def _visible(records: Lookup, param: str, media_id: str) -> Post:
    if not is_id(media_id) or records.container(media_id) is not None:
        raise Refusal(replace(NOT_A_POST, message=NOT_A_POST.message.replace("reply_to_id", param)))
    post = records.post(media_id)
    if post is None or post.deleted_at is not None or post.carousel_id is not None:
        raise Refusal(media_not_found(media_id))
    return post


def _check_children(records: Lookup, draft: Draft, account: Account, now: datetime) -> None:
    seen: set[str] = set()
    bad = []
    for child_id in draft.children:
        child = records.container(child_id)
        is_good = (
            child is not None
            and child.account_id == account.id
            and child.draft.is_carousel_item
            and status_of(child, now) == "FINISHED"
            and child_id not in seen
        )
        seen.add(child_id)
        if not is_good:
            bad.append(child_id)
    if bad:
        raise Refusal(invalid_children(tuple(bad)))


def _check_quota(records: Lookup, account_id: str, kind: str, now: datetime) -> None:
    if usage(records, account_id, kind, now) >= QUOTAS[kind]:
        raise Refusal(QUOTA)


def _post(container: Container, new_id: NewId, now: datetime, options: Options) -> Post:
    return Post(
        id=new_id.id,
        account_id=container.account_id,
        shortcode=new_id.shortcode,
        published_at=now,
        listed_at=now + timedelta(seconds=options.feed_lag_s),
        replyable_at=now + timedelta(seconds=options.parent_lag_s),
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


def _root_id(records: Lookup, post: Post) -> str | None:
    if post.parent_id is None:
        return None
    parent = records.post(post.parent_id)
    return (parent.root_id if parent else None) or post.parent_id
