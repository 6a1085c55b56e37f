"""What the page looks up in the stored world: one page of conversations, containers or requests."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from threadsync.sandbox.model import Container

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from threadsync.sandbox.model import Account, Post
    from threadsync.sandbox.page.asked import Asked
    from threadsync.sandbox.storage.records import Records

CONVERSATIONS = 20
ROWS = 50
"""Containers, or requests, of a page."""
REPLIES = 30
"""Of each conversation in a feed."""
ALL_REPLIES = 500
"""Of a conversation that is shown alone."""
_LAST = 2**62
_OF_ACCOUNT = """carousel_id IS NULL AND account_id = ? AND id < ? AND NOT EXISTS (
    SELECT 1 FROM posts AS top WHERE top.id = posts.root_id AND top.account_id = posts.account_id
) ORDER BY id DESC"""

T = TypeVar("T")


class Talk(NamedTuple):
    """The stored posts of a conversation."""

    root: Post
    replies: tuple[Post, ...]
    """The oldest first, deleted ones too."""
    has_more: bool
    """Whether there are further replies."""


class Page(NamedTuple):
    """One page of something, newest first; `older` is where the next one begins, None at the end."""

    talks: tuple[Talk, ...] = ()
    containers: tuple[Container, ...] = ()
    requests: tuple[dict[str, Any], ...] = ()
    older: int | None = None


def conversations(records: Records, asked: Asked, account: Account | None) -> Page:
    """Those with something to see, by when they began, or by when the account took part."""
    talks: dict[str, Talk] = {}
    last = None
    for post in _starts(records, asked.before or _LAST, account):
        root = records.post(post.root_id) if post.root_id else post
        if root is None or root.id in talks:
            continue
        talk = _talk(records, root, REPLIES)
        if not _has_something(records, talk):
            continue
        if len(talks) == CONVERSATIONS:
            return Page(talks=tuple(talks.values()), older=last)
        talks[root.id] = talk
        last = int(post.id)
    return Page(talks=tuple(talks.values()))


def conversation(records: Records, post_id: int) -> Page:
    """The whole conversation in which a post stands; empty when there is no such post."""
    post = records.post(str(post_id))
    if post is not None and post.carousel_id is not None:
        post = records.post(post.carousel_id)
    root = records.post(post.root_id) if post and post.root_id else post
    return Page(talks=(_talk(records, root, ALL_REPLIES),)) if root else Page()


def containers(records: Records, asked: Asked, account: Account | None) -> Page:
    query = "SELECT value FROM containers WHERE id < ? ORDER BY id DESC"
    rows = records.connection.execute(query, (asked.before or _LAST,))
    found = (msgspec.json.decode(value, type=Container) for (value,) in rows)
    wanted = (one for one in found if account is None or one.account_id == account.id)
    shown, has_more = _cut(wanted, ROWS)
    return Page(containers=shown, older=int(shown[-1].id) if has_more else None)


def requests(records: Records, asked: Asked, account: Account | None) -> Page:
    """Each with the keys of `log.Logged` and `n`, as far as they have a value."""
    query = "SELECT n, value FROM requests WHERE n < ? ORDER BY n DESC"
    rows = records.connection.execute(query, (asked.before or _LAST,))
    found: Iterator[dict[str, Any]] = ({"n": n, **json.loads(value)} for n, value in rows)
    wanted = (one for one in found if account is None or one.get("account_id") == account.id)
    shown, has_more = _cut(wanted, ROWS)
    return Page(requests=shown, older=shown[-1]["n"] if has_more else None)


def _starts(records: Records, before: int, account: Account | None) -> Iterator[Post]:
    """Posts that lead to the conversations to show, newest first."""
    if account is None:
        where = "root_id IS NULL AND carousel_id IS NULL AND id < ? ORDER BY id DESC"
        return records.posts(where, before)
    return records.posts(_OF_ACCOUNT, account.id, before)


def _talk(records: Records, root: Post, limit: int) -> Talk:
    replies = records.posts("root_id = ? ORDER BY id LIMIT ?", int(root.id), limit + 1)
    return Talk(root, *_cut(replies, limit))


def _has_something(records: Records, talk: Talk) -> bool:
    if any(post.deleted_at is None for post in (talk.root, *talk.replies)):
        return True
    replies = records.posts("root_id = ?", int(talk.root.id)) if talk.has_more else ()
    return any(post.deleted_at is None for post in replies)


def _cut(found: Iterable[T], limit: int) -> tuple[tuple[T, ...], bool]:
    """The first `limit`, and whether there are more."""
    shown = tuple(islice(found, limit + 1))
    return shown[:limit], len(shown) > limit
