"""What happened to posts: replies, reposts and quotes are counted, the rest is what steering set.

Something that happened to a post counts at its own time; what was set counts at the post's.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from threadsync.sandbox.world import relations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from threadsync.sandbox.model import Post
    from threadsync.sandbox.storage.records import Records


def media_totals(records: Records, post: Post) -> dict[str, int]:
    """All metrics of a post, by name, since it was published."""
    return {
        "views": post.numbers.views,
        "likes": post.numbers.likes,
        "replies": _count(_replies(records, post)),
        "reposts": _count(records.related(relations.REPOST, post.id)),
        "quotes": _count(records.related(relations.QUOTE, post.id)),
        "shares": post.numbers.shares,
    }


def account_totals(
    records: Records, account_id: str, since: datetime, until: datetime
) -> dict[str, int]:
    """Views, likes, replies, reposts and quotes of an account's posts after `since`, up to `until`."""
    posts = list(posts_of(records, account_id))
    totals = Counter(dict.fromkeys(("views", "likes", "replies", "reposts", "quotes"), 0))
    for post in _between(posts, since, until):
        totals["views"] += post.numbers.views
        totals["likes"] += post.numbers.likes
    for post in posts:
        events = {
            "replies": _replies(records, post),
            "reposts": records.related(relations.REPOST, post.id),
            "quotes": records.related(relations.QUOTE, post.id),
        }
        totals.update(
            {name: _count(_between(found, since, until)) for name, found in events.items()}
        )
    return dict(totals)


def clicks(records: Records, account_id: str, since: datetime, until: datetime) -> dict[str, int]:
    """Clicks by link on the posts of that time, the most clicked first."""
    counted: Counter[str] = Counter()
    for post in _between(posts_of(records, account_id), since, until):
        counted.update(post.numbers.clicks)
    return dict(counted.most_common())


def posts_of(records: Records, account_id: str) -> Iterator[Post]:
    """The posts and replies of an account that are there, but for its reposts."""
    found = records.posts("account_id = ? AND carousel_id IS NULL", account_id)
    return (post for post in found if post.deleted_at is None and post.reposted_id is None)


def popularity(records: Records, post: Post) -> int:
    """By how much a search for the top posts prefers this one."""
    return post.numbers.likes + _count(_replies(records, post))


def _replies(records: Records, post: Post) -> Iterator[Post]:
    """Direct replies that were let in."""
    found = records.posts("parent_id = ?", int(post.id))
    return (reply for reply in found if reply.approval_status is None)


def _between(posts: Iterable[Post], since: datetime, until: datetime) -> Iterator[Post]:
    return (post for post in posts if since < post.published_at <= until)


def _count(posts: Iterable[Post]) -> int:
    return sum(1 for post in posts if post.deleted_at is None)
