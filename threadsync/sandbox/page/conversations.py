"""The posts of a conversation in the order in which they are read: chains and replies. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.sandbox.model import Post

Replies = dict[str, list["Post"]]
"""The direct replies to a post, keyed by its id, the oldest first."""


class Answered(NamedTuple):
    """The post that a chain hangs on, and its number in its own chain, from 1."""

    post: Post
    n: int
    is_alone: bool
    """Whether its chain has no other post."""


class Chain(NamedTuple):
    """Posts of one author, each answering the one before; at least one."""

    posts: tuple[Post, ...]
    depth: int
    answers_to: Answered | None = None


def chains(root: Post, replies: Sequence[Post]) -> list[Chain]:
    """All posts worth showing in reading order; `replies` come with the oldest first.

    A deleted post is there only when something below it is left to see.
    """
    below = _direct_replies(root, _worth_showing(replies))
    found: list[Chain] = []
    waiting: list[tuple[Post, int, Answered | None]] = [(root, 0, None)]
    while waiting:
        post, depth, answers_to = waiting.pop()
        posts = _chain_from(post, below)
        found.append(Chain(posts, depth, answers_to))
        answers = [
            (reply, depth + 1, Answered(parent, n, is_alone=len(posts) == 1))
            for n, parent in enumerate(posts, 1)
            for reply in below.get(parent.id, [])
        ]
        waiting += reversed(answers)
    return found


def _worth_showing(replies: Sequence[Post]) -> list[Post]:
    needed: set[str | None] = set()
    shown = []
    for reply in reversed(replies):
        if reply.deleted_at is None or reply.id in needed:
            needed.add(reply.parent_id)
            shown.append(reply)
    return shown[::-1]


def _direct_replies(root: Post, replies: Sequence[Post]) -> Replies:
    """A reply to something that is not here stands below the root."""
    below: Replies = {root.id: []}
    for reply in replies:
        parent = reply.parent_id if reply.parent_id in below else root.id
        below.setdefault(parent or root.id, []).append(reply)
        below[reply.id] = []
    return below


def _chain_from(post: Post, below: Replies) -> tuple[Post, ...]:
    """The post and its author's first answers to it, one after the other; they leave `below`."""
    posts = [post]
    while own := next((one for one in below[posts[-1].id] if _continues(posts[-1], one)), None):
        below[posts[-1].id].remove(own)
        posts.append(own)
    return tuple(posts)


def _continues(post: Post, reply: Post) -> bool:
    return reply.account_id == post.account_id
