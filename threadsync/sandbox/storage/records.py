"""What is stored, and how it is found: accounts, tokens, containers, posts, quotas, the clock.

Each row keeps its value whole as JSON beside the columns it is looked up by.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import msgspec

from threadsync.sandbox.model import SCOPES, Account, Container, Post, Token
from threadsync.sandbox.storage.schema import WORLD
from threadsync.sandbox.world.relations import relations_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

T = TypeVar("T")

MAX_AHEAD_S = 100 * 365 * 86_400

DEFAULT_USERNAME = "sandbox"
DEFAULT_TOKEN = "SANDBOX"  # noqa: S105 - a name for the sandbox, not a secret

_MAX_DIGITS = 18  # what fits SQLite's integers

# Ids have 17 digits; a container's never equals a post's. The first digits are those seen in logs.
_FIRST_ID = {
    "account": 17841400000000001,
    "container": 17900000000000001,
    "post": 18000000000000001,
}


class Records:
    """The stored world inside one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._ahead: timedelta | None = None

    def now(self) -> datetime:
        """The sandbox's time: the computer's, moved on by what was asked for, in whole microseconds."""
        if self._ahead is None:
            self._ahead = timedelta(seconds=self._meta("clock"))
        return datetime.fromtimestamp(time.time(), UTC) + self._ahead

    def advance_clock(self, seconds: float) -> bool:
        """Move the time on; False, and nothing moved, when that would lead too far from today."""
        ahead_s = self._meta("clock") + seconds
        if ahead_s > MAX_AHEAD_S:
            return False
        self._set_meta("clock", ahead_s)
        return True

    def new_id(self, kind: str) -> str:
        """An id never given before in this folder, not even before a reset."""
        count = int(self._meta(kind))
        self._set_meta(kind, count + 1)
        return str(_FIRST_ID[kind] + count)

    def reset(self) -> None:
        """Empty the world, but for the default account, which keeps its id.

        All other ids go on counting; the clock is the computer's.
        """
        default = self.account_named(DEFAULT_USERNAME)
        for table in WORLD:
            self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        self._set_meta("clock", 0)
        if default is not None:
            self.put_account(Account(id=default.id, username=DEFAULT_USERNAME))
        self.add_default_account()

    def add_default_account(self) -> None:
        """Make the account `sandbox` and its token, unless they are there."""
        account = self.account_named(DEFAULT_USERNAME) or self.add_account(DEFAULT_USERNAME)
        if self.token(DEFAULT_TOKEN) is None:
            self.add_token(account, DEFAULT_TOKEN, SCOPES)

    def add_account(self, username: str, *, is_eligible_for_geo_gating: bool = True) -> Account:
        account = Account(
            id=self.new_id("account"),
            username=username,
            is_eligible_for_geo_gating=is_eligible_for_geo_gating,
        )
        self.put_account(account)
        return account

    def put_account(self, account: Account) -> None:
        row = (account.id, account.username, msgspec.json.encode(account))
        self.connection.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?)", row)

    def accounts(self) -> Iterator[Account]:
        """All accounts, the oldest first."""
        return self._all(Account, "SELECT value FROM accounts ORDER BY id")

    def account(self, account_id: str) -> Account | None:
        return self._one(Account, "SELECT value FROM accounts WHERE id = ?", account_id)

    def account_named(self, username: str) -> Account | None:
        return self._one(Account, "SELECT value FROM accounts WHERE username = ?", username)

    def add_token(
        self,
        account: Account,
        token: str,
        scopes: Sequence[str],
        lifetime: timedelta | None = None,
        *,
        is_short_lived: bool = False,
    ) -> None:
        """Let `token` act for the account; one that exists changes. Without lifetime it never expires."""
        now = self.now()
        value = Token(
            account_id=account.id,
            scopes=tuple(scopes),
            issued_at=now,
            expires_at=None if lifetime is None else now + lifetime,
            is_short_lived=is_short_lived,
        )
        row = (token, msgspec.json.encode(value))
        self.connection.execute("INSERT OR REPLACE INTO tokens VALUES (?, ?)", row)

    def token(self, token: str) -> Token | None:
        return self._one(Token, "SELECT value FROM tokens WHERE token = ?", token)

    def put_container(self, container: Container) -> None:
        row = (int(container.id), msgspec.json.encode(container))
        self.connection.execute("INSERT OR REPLACE INTO containers VALUES (?, ?)", row)

    def container(self, container_id: str) -> Container | None:
        return self._one(
            Container, "SELECT value FROM containers WHERE id = ?", _number(container_id)
        )

    def containers(self, limit: int) -> Iterator[Container]:
        """The newest containers of all accounts, newest first."""
        return self._all(Container, "SELECT value FROM containers ORDER BY id DESC LIMIT ?", limit)

    def put_post(self, post: Post) -> None:
        row = (
            int(post.id),
            post.account_id,
            post.parent_id,
            post.root_id,
            post.carousel_id,
            post.published_at.timestamp(),
            msgspec.json.encode(post),
        )
        self.connection.execute("INSERT OR REPLACE INTO posts VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        related = [(kind, target, int(post.id)) for kind, target in relations_of(post)]
        self.connection.executemany("INSERT OR IGNORE INTO relations VALUES (?, ?, ?)", related)

    def relate_all(self) -> None:
        """Note the relations of posts that an older format stored without them."""
        for post in list(self.posts("TRUE")):
            self.put_post(post)

    def post(self, media_id: str) -> Post | None:
        return self._one(Post, "SELECT value FROM posts WHERE id = ?", _number(media_id))

    def posts(self, where: str, *values: object) -> Iterator[Post]:
        """The posts for which a condition of ours holds, read one by one; it may end in ORDER BY."""
        return self._all(Post, f"SELECT value FROM posts WHERE {where}", *values)  # noqa: S608

    def related(self, kind: str, target: str) -> Iterator[Post]:
        """The posts that stand in a relation to `target`, the newest first; deleted ones too."""
        related = "SELECT post_id FROM relations WHERE kind = ? AND target = ?"
        return self.posts(f"id IN ({related}) ORDER BY id DESC", kind, target)

    def has_replies(self, media_id: str) -> bool:
        replies = self.posts("parent_id = ?", int(media_id))
        return any(reply.deleted_at is None and reply.approval_status is None for reply in replies)

    def add_usage(self, account_id: str, kind: str, at: datetime, count: int = 1) -> None:
        row = (account_id, kind, at.timestamp())
        self.connection.executemany("INSERT INTO usage VALUES (?, ?, ?)", [row] * count)

    def usage(self, account_id: str, kind: str, since: datetime) -> int:
        query = "SELECT count(*) FROM usage WHERE account_id = ? AND kind = ? AND at > ?"
        row = self.connection.execute(query, (account_id, kind, since.timestamp())).fetchone()
        return int(row[0])

    def _meta(self, name: str) -> float:
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else 0

    def _set_meta(self, name: str, value: float) -> None:
        self._ahead = None
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def _one(self, kind: type[T], query: str, value: object) -> T | None:
        row = self.connection.execute(query, (value,)).fetchone()
        return msgspec.json.decode(row[0], type=kind) if row else None

    def _all(self, kind: type[T], query: str, *values: object) -> Iterator[T]:
        for row in self.connection.execute(query, values):
            yield msgspec.json.decode(row[0], type=kind)


def _number(object_id: str) -> int:
    """The row of an id; 0, which is no row, for what is no id."""
    is_row = object_id.isascii() and object_id.isdigit() and len(object_id) <= _MAX_DIGITS
    return int(object_id) if is_row else 0
