"""What is there, for a test to look at: accounts and posts, without a token and without a count."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from threadsync.errors import UsageError
from threadsync.sandbox.answers.known_fields import POST_FIELDS
from threadsync.sandbox.answers.views import Viewer, post_answer
from threadsync.sandbox.steering import bodies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from threadsync.sandbox.answers.fields import Fields
    from threadsync.sandbox.model import Post
    from threadsync.sandbox.storage.records import Records
    from threadsync.sandbox.storage.store import Store

MAX_POSTS = 1_000
_ALL_FIELDS: Fields = {
    name: {one: {} for one in inside} if inside else {} for name, inside in POST_FIELDS.items()
}


async def read_accounts(store: Store, _request: Request) -> Response:
    """The accounts, the oldest first."""
    with store.read() as records:
        found = [{"id": one.id, "username": one.username} for one in records.accounts()]
    return JSONResponse({"accounts": found})


async def read_posts(store: Store, request: Request) -> Response:
    """The newest posts, replies and reposts of all accounts or of one, the newest first."""
    username = request.query_params.get("username")
    base_url = str(request.base_url).rstrip("/")
    with store.read() as records:
        found = (post for post in _posts(records, username) if post.deleted_at is None)
        shown = [_shown(records, post, base_url) for post in list(islice(found, MAX_POSTS))]
    return JSONResponse({"posts": shown})


def _posts(records: Records, username: str | None) -> Iterator[Post]:
    if username is None:
        return records.posts("carousel_id IS NULL ORDER BY id DESC")
    account = records.account_named(bodies.text("username", username))
    if account is None:
        raise UsageError(f"there is no account {username!r}; POST /_sandbox/accounts adds it")
    return records.posts("carousel_id IS NULL AND account_id = ? ORDER BY id DESC", account.id)


def _shown(records: Records, post: Post, base_url: str) -> dict[str, Any]:
    """The post with all its fields, as its author sees it."""
    author = records.account(post.account_id)
    if author is None:
        raise AssertionError(post.account_id)
    viewer = Viewer(post.account_id, records.now(), base_url)
    return post_answer(records, post, author, _ALL_FIELDS, viewer)
