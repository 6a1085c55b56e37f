"""What a create call may refer to: posts to reply to and to quote, a carousel's items. Pure.

`rules` has read the draft from its parameters; here it meets the stored world.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from threadsync.sandbox.errors.envelopes import NO_REPLY_SCOPE
from threadsync.sandbox.errors.graph import (
    NO_FEATURE,
    NO_PERMISSION,
    NOT_A_POST,
    Refusal,
    invalid_children,
    media_not_found,
)
from threadsync.sandbox.world.lifecycle import is_usable_item
from threadsync.sandbox.world.values import is_id

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.sandbox.model import Account, Draft, Lookup, Post, Token


def check(records: Lookup, draft: Draft, account: Account, token: Token, now: datetime) -> None:
    """Raises Refusal when what the draft refers to is not there, or not for this account."""
    if draft.allowlisted_country_codes and not account.is_eligible_for_geo_gating:
        raise Refusal(NO_FEATURE)
    if not set(_scopes_for(draft)) <= set(token.scopes):
        raise Refusal(NO_PERMISSION)
    # Seen on Threads: without this scope a reply fails with nothing in the body.
    if draft.reply_to_id and "threads_manage_replies" not in token.scopes:
        raise Refusal(NO_REPLY_SCOPE)
    _check_parent(records, draft, account, token, now)
    if draft.quote_post_id is not None:
        _visible(records, "quote_post_id", draft.quote_post_id)
    _check_children(records, draft, account, now)


def _scopes_for(draft: Draft) -> list[str]:
    needed = {
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
            and is_usable_item(child, now)
            and child_id not in seen
        )
        seen.add(child_id)
        if not is_good:
            bad.append(child_id)
    if bad:
        raise Refusal(invalid_children(tuple(bad)))
