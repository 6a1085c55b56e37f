"""The tables of the sandbox's world, and what turns those of an older format into today's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection

FORMAT = 3

_FIRST = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE accounts (id TEXT PRIMARY KEY, username TEXT UNIQUE, value BLOB) WITHOUT ROWID",
    "CREATE TABLE tokens (token TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "CREATE TABLE containers (id INTEGER PRIMARY KEY, value BLOB)",
    """CREATE TABLE posts (id INTEGER PRIMARY KEY, account_id TEXT, parent_id INTEGER,
       root_id INTEGER, carousel_id INTEGER, published_at REAL, value BLOB)""",
    "CREATE INDEX posts_of_account ON posts (account_id, id)",
    "CREATE INDEX posts_of_parent ON posts (parent_id, id) WHERE parent_id IS NOT NULL",
    "CREATE INDEX posts_of_root ON posts (root_id, id) WHERE root_id IS NOT NULL",
    "CREATE TABLE usage (account_id TEXT, kind TEXT, at REAL)",
    "CREATE INDEX usage_at ON usage (account_id, kind, at)",
    "CREATE TABLE media (name TEXT PRIMARY KEY, digest TEXT, content_type TEXT, size INTEGER)",
    "CREATE TABLE faults (n INTEGER PRIMARY KEY AUTOINCREMENT, value BLOB)",
    "CREATE TABLE requests (n INTEGER PRIMARY KEY AUTOINCREMENT, value BLOB)",
)
_SECOND = (
    "CREATE TABLE app (id TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "CREATE TABLE codes (code TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    """CREATE TABLE relations (kind TEXT, target TEXT, post_id INTEGER,
       PRIMARY KEY (kind, target, post_id)) WITHOUT ROWID""",
    """CREATE TABLE reached (account_id TEXT, post_id INTEGER,
       PRIMARY KEY (account_id, post_id)) WITHOUT ROWID""",
    """CREATE TABLE calls (account_id TEXT, minute INTEGER, n INTEGER,
       PRIMARY KEY (account_id, minute)) WITHOUT ROWID""",
)
_THIRD = ("CREATE TABLE fetches (container_id INTEGER PRIMARY KEY, taken_at REAL)",)
_STEPS = (_FIRST, _SECOND, _THIRD)
"""The statements that lead from each format to the next; a new folder has format 0."""

WORLD = (
    "accounts",
    "tokens",
    "containers",
    "posts",
    "usage",
    "media",
    "faults",
    "requests",
    "app",
    "codes",
    "relations",
    "reached",
    "calls",
    "fetches",
)
"""The tables that a reset empties: all but `meta`, which counts ids."""


def found_format(connection: Connection) -> int:
    """The format of the tables that are there; 0 when there are none."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def upgrade(connection: Connection, found: int) -> None:
    """Bring tables of an older format to `FORMAT`, inside the transaction that is open."""
    for statement in (statement for step in _STEPS[found:] for statement in step):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {FORMAT}")
