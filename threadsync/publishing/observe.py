"""Ask the API what is there now, as far as a plan needs to know it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from threadsync.errors import ApiError, NotFoundError, SettingsError, StateError
from threadsync.planning.guard import Room
from threadsync.planning.ledger import used_of
from threadsync.planning.matching import FIELDS, Observed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from typing import Any, Literal

    from threadsync.api.client import API
    from threadsync.api.pages import Listing
    from threadsync.api.types import Account, PublishedPost
    from threadsync.planning.actions import Action
    from threadsync.state.model import OldPart, State

MOST_POSTS = 1000
"""How many posts are read at most to find those that are out already."""

_LIMITS = "quota_usage,config,reply_quota_usage,reply_config"
_LIMITS_AND_DELETES = f"{_LIMITS},delete_quota_usage,delete_config"

_AT_LEAST = 100
CLOCK_SLACK = timedelta(minutes=2)
"""How far the clocks of Meta and of what is on record may be apart."""


async def fetch_observed(
    api: API, actions: Iterable[Action], known_ids: frozenset[str], since: datetime | None
) -> Observed:
    """The account's own posts that could be what `actions` publish, without those in `known_ids`.

    Newest first, back to `since` or the 100 newest; everything up to MOST_POSTS when it is None.
    Replies are only read, which takes another permission, when some action would publish one.
    """
    posts = [post async for post in _back_to(own_posts(api, "threads"), since)]
    if any("reply_to_id" in part.request.params for a in actions for part in a.parts):
        posts += [post async for post in _back_to(own_posts(api, "replies"), since)]
    return Observed.of(posts, known_ids)


def own_posts(
    api: API, edge: Literal["threads", "replies"], since: datetime | None = None
) -> Listing[PublishedPost]:
    """The account's own root posts or replies, newest first, with what they are recognised by."""
    listed = api.threads if edge == "threads" else api.user_replies
    return listed(since=since, limit=100, fields=FIELDS)


async def is_gone(api: API, old: OldPart) -> bool:
    """Whether Meta does not find a post, and does not list it either.

    Not finding alone would not do: error 100/33 also stands for a permission that is missing
    (Graph API error codes, read 2026-11-22). Where the list cannot be read, it has to.
    """
    try:
        await api.thread(old.id, "id")
    except NotFoundError:
        pass
    else:
        return False
    since = datetime.fromisoformat(old.published_at) - CLOCK_SLACK if old.published_at else None
    listed = own_posts(api, "replies" if old.reply_to else "threads", since)
    with suppress(ApiError):
        return old.id not in [post.id async for post in _back_to(listed, since)]
    return True


async def _back_to(
    posts: Listing[PublishedPost], since: datetime | None
) -> AsyncIterator[PublishedPost]:
    count = 0
    async for post in posts:
        is_old = since is not None and post.timestamp is not None and post.timestamp < since
        if count >= MOST_POSTS or (is_old and count >= _AT_LEAST):
            return
        count += 1
        yield post


async def fetch_account(api: API, recorded: Mapping[str, Any]) -> Account:
    """The owner of the token; StateError when the state belongs to somebody else."""
    account = await api.account()
    if recorded and recorded.get("user_id") not in {None, account.id}:
        raise StateError(
            f"the state belongs to the account {recorded.get('username')} "
            f"({recorded.get('user_id')}), the token to {account.username} ({account.id}); "
            "use the token of that account or another state.path"
        )
    return account


async def fetch_room(api: API, state: State) -> Room:
    """What is left of Meta's quotas; where Meta does not say, as far as the state knows."""
    # Asking for a part that the token may not see breaks the whole answer (publishers' reports,
    # read 2026-11-22).
    for fields in (_LIMITS_AND_DELETES, _LIMITS):
        with suppress(ApiError):
            return Room.of(await api.publishing_limit(fields))
    now = api.server_time
    return Room.without(used_of(state, now)) if now else Room(0, 0, 0)


async def check_may_delete(api: API) -> None:
    """SettingsError when the token lacks the scope that deleting needs, or that cannot be seen."""
    if "threads_delete" not in (await api.debug_token()).scopes:
        raise SettingsError(
            "the token lacks the scope threads_delete, which replacing and deleting need; nothing "
            "was published. Authorise the app again with that scope, or set on_change: ignore"
        )
