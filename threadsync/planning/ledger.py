"""What the state says was used of Meta's quotas in the last 24 hours. Pure.

Meta counts what other programs post too, so its own numbers are asked first; these are for when it
does not answer, or lags.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from threadsync.state.store import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
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


def _posts(state: State) -> Iterable[Mapping[str, Any]]:
    for raw in state.entries.values():
        yield from raw["parts"]
        yield from raw.get("history", ())
