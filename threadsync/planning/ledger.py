"""What the state says of the posts made so far: how many in a day, and when the newest. Pure.

Meta counts what other programs post too, so its own numbers of the quotas are asked first; these are
for when it does not answer, or lags.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from threadsync.state.model import UNSETTLED
from threadsync.state.store import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from threadsync.state.model import State

# Meta's overview of limits, read 2026-11-22: a window that moves.
WINDOW = timedelta(hours=24)


class Used(NamedTuple):
    """How many of each were made within the window."""

    posts: int
    replies: int
    deletes: int


def used_of(state: State, now: datetime) -> Used:
    """What `state` has on record of the 24 hours before `now`, replaced and deleted posts included."""
    since = rfc3339(now - WINDOW)
    published = [post for post in _posts(state) if (post.get("published_at") or "") > since]
    replies = sum("reply_to" in post for post in published)
    deletes = sum((post.get("deleted_at") or "") > since for post in _posts(state))
    return Used(len(published) - replies, replies, deletes)


def newest_of(state: State) -> datetime | None:
    """When the newest post on record went out, deleted ones included; None when there is none.

    A part of which it is not known whether it is out counts as out since it was last tried.
    """
    moments = [moment for post in _posts(state) if (moment := _out_since(post))]
    return max(moments, default=None)


def _out_since(post: Mapping[str, Any]) -> datetime | None:
    at = post.get("published_at")
    if at is None and post.get("status") in UNSETTLED and post.get("attempts"):
        at = post["attempts"][-1].get("at")
    try:
        moment = datetime.fromisoformat(at or "")
    except ValueError:  # a state that somebody edited
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _posts(state: State) -> Iterable[Mapping[str, Any]]:
    for raw in state.entries.values():
        yield from raw["parts"]
        yield from raw.get("history", ())
