"""The calls about replies: to read them, to hide them, to let them in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from threadsync.sandbox.calls import lists, reading
from threadsync.sandbox.calls.exchange import Exchange, Result, list_answer, visible_post
from threadsync.sandbox.errors.graph import Refusal, bad_param, no_such_object
from threadsync.sandbox.world import values
from threadsync.sandbox.world.lifecycle import is_approved, is_listed

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.sandbox.model import Post

_PENDING, _IGNORED = "pending", "ignored"


def replies(x: Exchange) -> Result:
    """The account's own replies, or the direct replies of a post."""
    if x.is_own:
        return reading.own_replies(x)
    post = visible_post(x)
    page = _page(x)
    found = lists.listed(x.records, page, is_approved, "parent_id = ?", int(post.id))
    return list_answer(x, found)


def conversation(x: Exchange) -> Result:
    """All replies below a root post."""
    post = visible_post(x)
    if post.root_id is not None:
        raise Refusal(no_such_object(post.id))
    page = _page(x)
    found = lists.listed(x.records, page, is_approved, "root_id = ?", int(post.id))
    return list_answer(x, found)


def pending_replies(x: Exchange) -> Result:
    """The replies that wait below an own post or a reply to one; all, or those of one status."""
    post = visible_post(x)
    if not _is_in_conversation_of(x, post):
        raise Refusal(no_such_object(post.id))
    wanted = values.one_of(x.params, "approval_status", (_PENDING, _IGNORED))
    shows = partial(_is_waiting, {wanted} if wanted else {_PENDING, _IGNORED})
    below = (int(post.id), int(post.id))
    page = _page(x)
    found = lists.listed(x.records, page, shows, "(parent_id = ? OR root_id = ?)", *below)
    return list_answer(x, found)


def manage_reply(x: Exchange) -> Result:
    """Hide a reply to an own post, or show it again."""
    values.required(x.params, "hide")
    reply = _reply_to_own(x)
    if reply.parent_id != reply.root_id:
        raise Refusal(bad_param("Only top-level replies can be hidden"))
    if values.boolean(x.params, "hide"):
        status = "HIDDEN"
    else:
        status = "NOT_HUSHED" if reply.hide_status == "NOT_HUSHED" else "UNHUSHED"
    x.records.put_post(replace(reply, hide_status=status))
    return {"success": True}


def manage_pending_reply(x: Exchange) -> Result:
    """Let a waiting reply in, or leave it out; one that was left out may be let in later."""
    values.required(x.params, "approve")
    reply = _reply_to_own(x)
    if reply.approval_status is None:
        raise Refusal(bad_param("The reply is not waiting for approval"))
    status = None if values.boolean(x.params, "approve") else _IGNORED
    x.records.put_post(replace(reply, approval_status=status))
    return {"success": True}


def _page(x: Exchange) -> lists.Page:
    is_reversed = "reverse" not in x.params or values.boolean(x.params, "reverse")
    return lists.read_page(x.params, x.now, is_newest_first=is_reversed)


def _is_waiting(statuses: set[str], post: Post, now: datetime) -> bool:
    return post.approval_status in statuses and is_listed(post, now)


def _reply_to_own(x: Exchange) -> Post:
    """The reply in the path, which stands below a post of this account."""
    reply = x.records.post(x.object_id)
    is_reply = reply is not None and reply.root_id is not None and reply.deleted_at is None
    if reply is None or not is_reply or not _is_in_conversation_of(x, reply):
        raise Refusal(no_such_object(x.object_id, "post"))
    return reply


def _is_in_conversation_of(x: Exchange, post: Post) -> bool:
    """Whether the post at the top of its conversation is this account's."""
    root = x.records.post(post.root_id) if post.root_id else post
    return root is not None and root.account_id == x.account.id
