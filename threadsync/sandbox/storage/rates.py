"""How many calls an account has made in the last day, and the header that tells it.

Meta's page "Overview", rate limits, read 2026-11-22: 4,800 calls for each impression, of which at
least ten are taken.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from threadsync.sandbox.model import QUOTA_WINDOW

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.sandbox.storage.records import Records

CALLS_PER_DAY = 48_000
HEADER = "x-app-usage"


def add(records: Records, account_id: str, at: datetime, count: int = 1) -> None:
    """Note calls. They are kept by the minute, so that a day has few rows."""
    records.connection.execute(
        "INSERT INTO calls VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        (account_id, _minute(at), count),
    )


def count(records: Records, account_id: str, now: datetime) -> int:
    """The calls of the last day."""
    query = "SELECT total(n) FROM calls WHERE account_id = ? AND minute > ?"
    row = records.connection.execute(query, (account_id, _minute(now - QUOTA_WINDOW))).fetchone()
    return int(row[0])


def header(calls: int) -> tuple[str, str]:
    """Name and value; whole percents of the limit, and no time, which the sandbox does not measure."""
    percent = calls * 100 // CALLS_PER_DAY
    return HEADER, json.dumps({"call_count": percent, "total_cpu_time": 0, "total_time": 0})


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)
