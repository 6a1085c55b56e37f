"""Tokens: who a caller is, what they may, and how a token comes from a code or another token.

Lifetimes from Meta's pages "Get access tokens" and "Long-lived tokens", read 2026-11-22.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from threadsync.sandbox.errors.envelopes import NO_USER
from threadsync.sandbox.errors.graph import (
    INVALID_TOKEN,
    NO_GRANT,
    NO_PERMISSION,
    Refusal,
    token_expired,
)
from threadsync.sandbox.oauth import apps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.sandbox.model import Account, Token
    from threadsync.sandbox.storage.records import Records

CODE_LIFETIME = timedelta(hours=1)
SHORT_LIFETIME = timedelta(hours=1)
LONG_LIFETIME = timedelta(days=60)
MIN_REFRESH_AGE = timedelta(hours=24)
BASIC = "threads_basic"
_RANDOM_BYTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What an authorization code stands for."""

    account_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    issued_at: datetime
    is_used: bool = False


def authenticated(records: Records, bearer: str | None, now: datetime) -> Token:
    """What the token allows; raises Refusal when it is missing, unknown, expired or an app's."""
    known = records.token(bearer) if bearer else None
    if known is None:
        raise Refusal(NO_USER if is_app_token(records, bearer) else INVALID_TOKEN)
    if known.expires_at is not None and now >= known.expires_at:
        raise Refusal(token_expired(_spelt_out(known.expires_at), _spelt_out(now)))
    return known


def is_app_token(records: Records, bearer: str | None) -> bool:
    return bearer == apps.load(records).token


def check_scopes(token: Token, needed: frozenset[str]) -> None:
    """Raises Refusal when a scope is missing; `threads_basic` always is needed."""
    if not token.scopes:
        raise Refusal(NO_GRANT)
    if not needed | {BASIC} <= set(token.scopes):
        raise Refusal(NO_PERMISSION)


def issue(records: Records, account: Account, scopes: Sequence[str], *, is_short: bool) -> str:
    """A new token of the account, of a short life or a long one."""
    text = "THAA" + secrets.token_urlsafe(_RANDOM_BYTES)
    lifetime = SHORT_LIFETIME if is_short else LONG_LIFETIME
    records.add_token(account, text, scopes, lifetime, is_short_lived=is_short)
    return text


def issue_code(records: Records, code: Code) -> str:
    """A new code; it is text for a query, without the `#_` that follows it there."""
    text = "AQ" + secrets.token_urlsafe(_RANDOM_BYTES)
    _put_code(records, text, code)
    return text


def find_code(records: Records, text: str) -> Code | None:
    """The code, used or not; None for one that never was or is too old."""
    query = "SELECT value FROM codes WHERE code = ?"
    row = records.connection.execute(query, (text,)).fetchone()
    code = msgspec.json.decode(row[0], type=Code) if row else None
    is_alive = code is not None and records.now() < code.issued_at + CODE_LIFETIME
    return code if is_alive else None


def use_up(records: Records, text: str, code: Code) -> None:
    _put_code(records, text, replace(code, is_used=True))


def _put_code(records: Records, text: str, code: Code) -> None:
    row = (text, msgspec.json.encode(code))
    records.connection.execute("INSERT OR REPLACE INTO codes VALUES (?, ?)", row)


def _spelt_out(moment: datetime) -> str:
    return moment.strftime("%A, %d-%b-%y %H:%M:%S UTC")
