"""The calls that read what an account has: itself, one object, and its own lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.sandbox.answers import accounts, views
from threadsync.sandbox.calls import lists
from threadsync.sandbox.calls.exchange import (
    Exchange,
    Result,
    check_own,
    check_scopes,
    list_answer,
    readable_post,
    view,
)
from threadsync.sandbox.calls.search import place_answer
from threadsync.sandbox.storage import reach
from threadsync.sandbox.world import relations
from threadsync.sandbox.world.lifecycle import is_listed, is_public
from threadsync.sandbox.world.places import find_place

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.sandbox.model import Post


def node(x: Exchange) -> Result:
    """A container, a place, a post, or the account itself: they share one kind of path."""
    if x.is_own:
        check_scopes(x, *accounts.profile_scopes(x.fields))
        return accounts.profile_answer(x.account, x.fields, x.base_url)
    container = x.records.container(x.object_id)
    if container is not None and container.account_id == x.account.id:
        return views.container_answer(container, x.fields, x.now)
    if (place := find_place(x.object_id)) is not None:
        check_scopes(x, "threads_location_tagging")
        return place_answer(place, x.fields)
    return view(x, readable_post(x))


def threads(x: Exchange) -> Result:
    """Root posts and reposts."""
    check_own(x)
    page = lists.read_page(x.params, x.now)
    condition = "account_id = ? AND root_id IS NULL"
    return list_answer(x, lists.listed(x.records, page, is_listed, condition, x.account.id))


def own_replies(x: Exchange) -> Result:
    """Also those that wait to be approved by others."""
    page = lists.read_page(x.params, x.now)
    condition = "account_id = ? AND root_id IS NOT NULL"
    return list_answer(x, lists.listed(x.records, page, is_listed, condition, x.account.id))


def ghost_posts(x: Exchange) -> Result:
    """Ghost posts, those that are archived too."""
    check_own(x)
    page = lists.read_page(x.params, x.now)
    return list_answer(
        x, lists.listed(x.records, page, _is_listed_ghost, "account_id = ?", x.account.id)
    )


def mentions(x: Exchange) -> Result:
    """The posts and replies of others whose text names this account."""
    check_own(x)
    page = lists.read_page(x.params, x.now)
    mentioning = "SELECT post_id FROM relations WHERE kind = ? AND target = ?"
    condition = f"account_id != ? AND id IN ({mentioning})"
    of = (x.account.id, relations.MENTION, x.account.username.lower())
    found = lists.listed(x.records, page, is_public, condition, *of)
    answer = list_answer(x, found)
    reach.add(x.records, x.account.id, found)
    return answer


def _is_listed_ghost(post: Post, now: datetime) -> bool:
    return post.draft.is_ghost_post and is_listed(post, now)
