"""Lists of posts: the parameters they take, one page of them, and its cursors."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from threadsync.sandbox.errors.graph import Refusal, bad_param
from threadsync.sandbox.world import values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from threadsync.sandbox.model import Post
    from threadsync.sandbox.storage.records import Records

    Shows = Callable[[Post, datetime], bool]
    """Whether a list shows a post at a time."""

DEFAULT_LIMIT = 25
MAX_LIMIT = 100
# Meta's reference "Retrieve posts", read 2026-11-22.
EARLIEST_SINCE = 1_688_540_400
_FIRST, _LAST = 0, 2**62
_CURSOR = "post:"


@dataclass(frozen=True, slots=True)
class Page:
    """Which posts of a list are asked for. Ids are exclusive bounds; times are unix seconds."""

    limit: int
    is_newest_first: bool
    above: int = _FIRST
    below: int = _LAST
    is_backward: bool = False
    """The page before a cursor: those nearest to it, not those at the start of the list."""
    since: int | None = None
    until: int | None = None


def read_page(params: Mapping[str, str], now: datetime, *, is_newest_first: bool = True) -> Page:
    """The page that the parameters ask for; raises Refusal when they make no sense."""
    before, after = params.get("before"), params.get("after")
    if before and after:
        raise Refusal(bad_param("Params before and after must not be used together"))
    since, until = read_time(params, "since"), read_time(params, "until")
    _check_range(since, until, now)
    above, below = _FIRST, _LAST
    if cursor := before or after:
        edge = _read_cursor(cursor)
        if bool(after) == is_newest_first:
            below = edge
        else:
            above = edge
    return Page(_limit(params), is_newest_first, above, below, bool(before), since, until)


def listed(records: Records, page: Page, shows: Shows, condition: str, *of: object) -> list[Post]:
    """The posts of a page, of those that the list shows, in list order.

    `condition` is SQL of ours with a blank for each value in `of`.
    """
    is_descending = page.is_newest_first != page.is_backward
    query = (
        f"{condition} AND carousel_id IS NULL AND id > ? AND id < ? AND published_at >= ? "
        f"AND published_at < ? ORDER BY id {'DESC' if is_descending else 'ASC'}"
    )
    # A post's time is told in whole seconds, and so `until` takes its whole second in.
    until = _LAST if page.until is None else page.until + 1
    found = records.posts(query, *of, page.above, page.below, page.since or 0, until)
    now = records.now()
    posts = list(islice((post for post in found if shows(post, now)), page.limit))
    if page.is_backward:
        posts.reverse()
    return posts


def ranked(posts: Sequence[Post], page: Page) -> list[Post]:
    """The page of a list that has an order of its own; its bounds in time are the caller's."""
    ids = [int(post.id) for post in posts]
    start, end = 0, len(ids)
    # A cursor at a post that is gone ends the list; it must not begin anew.
    if page.below != _LAST:
        start = ids.index(page.below) + 1 if page.below in ids else len(ids)
    if page.above != _FIRST:
        end = ids.index(page.above) if page.above in ids else 0
    found = list(posts[start:end])
    return found[-page.limit :] if page.is_backward else found[: page.limit]


def paging(posts: list[Post]) -> dict[str, Any]:
    """The `paging` of a list that shows `posts`, as an object to merge in; empty when there are none."""
    if not posts:
        return {}
    cursors = {"before": _cursor(posts[0].id), "after": _cursor(posts[-1].id)}
    return {"paging": {"cursors": cursors}}


def _cursor(media_id: str) -> str:
    return base64.urlsafe_b64encode(f"{_CURSOR}{media_id}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> int:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        text = base64.urlsafe_b64decode(padded).decode()
    except (binascii.Error, ValueError):
        text = ""
    media_id = text.removeprefix(_CURSOR)
    if not text.startswith(_CURSOR) or not values.is_id(media_id):
        raise Refusal(bad_param("Param after or before is not a valid cursor"))
    return min(int(media_id), _LAST)


def _limit(params: Mapping[str, str]) -> int:
    raw = params.get("limit") or str(DEFAULT_LIMIT)
    if not values.is_id(raw) or not 1 <= int(raw) <= MAX_LIMIT:
        raise Refusal(bad_param(f"Param limit must be a number from 1 to {MAX_LIMIT}"))
    return int(raw)


def read_time(params: Mapping[str, str], name: str) -> int | None:
    """Unix seconds, or an ISO date; Meta takes whatever PHP's strtotime reads."""
    raw = params.get(name)
    if not raw:
        return None
    if values.is_id(raw):
        return min(int(raw), _LAST)
    try:
        moment = datetime.fromisoformat(raw)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise Refusal(bad_param(f"Param {name} must be a unix timestamp or a date")) from None


def _check_range(since: int | None, until: int | None, now: datetime) -> None:
    if since is not None and since < EARLIEST_SINCE:
        raise Refusal(bad_param(f"Param since must be at least {EARLIEST_SINCE}"))
    if until is not None and until > now.timestamp():
        raise Refusal(bad_param("Param until must not be in the future"))
    if since is not None and until is not None and since >= until:
        raise Refusal(bad_param("Param since must be before until"))
