"""One API call as the endpoints get it, and what many of them check or answer with.

The endpoints run inside one transaction and raise Refusal before they write anything but the count
of ids. Which call is which function stands in `requests.table`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from threadsync.sandbox.answers import views
from threadsync.sandbox.answers.fields import Fields, parse_fields
from threadsync.sandbox.calls import lists
from threadsync.sandbox.errors.graph import NO_PERMISSION, Refusal, media_not_found, no_such_object
from threadsync.sandbox.storage import reach
from threadsync.sandbox.world.lifecycle import is_public

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.sandbox.media.files import Stored
    from threadsync.sandbox.model import Account, Options, Post, Token
    from threadsync.sandbox.storage.records import Records
    from threadsync.sandbox.world.values import Params

ME = "me"

Result = dict[str, Any]
"""The JSON object of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One call, whoever makes it. `params` has no `access_token` in it."""

    records: Records
    params: Params
    bearer: str | None = field(default=None, repr=False)
    """The text of the caller's token, which may be none that exists; None when there was none."""
    object_id: str
    """The user or object in the path; `me` is the account itself; empty when the path has none."""
    now: datetime
    options: Options
    base_url: str

    @property
    def fields(self) -> Fields:
        return parse_fields(self.params.get("fields", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange(Question):
    """One authenticated call: who calls, with what, when."""

    account: Account
    token: Token
    stored: Stored | None = None
    """The picture that the call names, when it could be fetched."""

    @property
    def is_own(self) -> bool:
        """Whether the path names the account that calls."""
        return self.object_id in {ME, self.account.id}


def check_own(x: Exchange) -> None:
    # Seen on Threads: a user id that is not the token's reads like a missing container.
    if not x.is_own:
        raise Refusal(media_not_found(x.object_id))


def check_scopes(x: Exchange, *scopes: str) -> None:
    if not set(scopes) <= set(x.token.scopes):
        raise Refusal(NO_PERMISSION)


def own_post(x: Exchange, method: str = "get") -> Post:
    """The account's own post in the path."""
    post = x.records.post(x.object_id)
    if post is None or post.account_id != x.account.id or post.deleted_at is not None:
        raise Refusal(no_such_object(x.object_id, method))
    return post


def visible_post(x: Exchange, method: str = "get") -> Post:
    """The post in the path, if it is the account's own or stands in a conversation of its own."""
    post = x.records.post(x.object_id)
    if post is None or post.deleted_at is not None or not _is_in_own_conversation(x, post):
        raise Refusal(no_such_object(x.object_id, method))
    return post


def readable_post(x: Exchange) -> Post:
    """A visible post, or another's that this account has found before."""
    post = x.records.post(x.object_id)
    is_found = post is not None and post.deleted_at is None and is_public(post, x.now)
    if is_found and post and reach.has_reached(x.records, x.account.id, post.id):
        return post
    return visible_post(x)


def view(x: Exchange, post: Post) -> Result:
    """The asked-for fields of a post."""
    original = x.records.post(post.reposted_id) if post.reposted_id else None
    author_id = (original or post).account_id
    is_own = author_id == x.account.id
    author = x.account if is_own else x.records.account(author_id) or x.account
    return views.post_answer(x.records, post, author, x.fields, viewer(x))


def viewer(x: Exchange) -> views.Viewer:
    may_see_places = "threads_location_tagging" in x.token.scopes
    return views.Viewer(x.account.id, x.now, x.base_url, may_see_places=may_see_places)


def list_answer(x: Exchange, posts: list[Post]) -> Result:
    return {"data": [view(x, post) for post in posts], **lists.paging(posts)}


def _is_in_own_conversation(x: Exchange, post: Post) -> bool:
    root = x.records.post(post.root_id) if post.root_id else post
    return x.account.id in {post.account_id, root.account_id if root else None}
