"""Which posts of others an account has come upon: only those can it read by their id.

Meta's page "Retrieve posts" gives posts of others only through search, mentions and profiles
(read 2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threadsync.sandbox.model import Post
    from threadsync.sandbox.storage.records import Records


def add(records: Records, account_id: str, posts: Iterable[Post]) -> None:
    """Note that a list showed these posts to the account."""
    rows = [(account_id, int(post.id)) for post in posts]
    records.connection.executemany("INSERT OR IGNORE INTO reached VALUES (?, ?)", rows)


def has_reached(records: Records, account_id: str, media_id: str) -> bool:
    query = "SELECT 1 FROM reached WHERE account_id = ? AND post_id = ?"
    row = records.connection.execute(query, (account_id, int(media_id))).fetchone()
    return row is not None
