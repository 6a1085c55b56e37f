"""The calls that give and inspect tokens. They need no token of a user themselves.

Meta's pages "Get access tokens", "Long-lived tokens", "App access tokens" and "Debug", read
2026-11-22.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from threadsync.sandbox.errors.envelopes import (
    BAD_APP_ID,
    BAD_REDIRECT,
    BAD_SECRET,
    CODE_UNKNOWN,
    CODE_USED,
    SESSION_KEY,
    TOO_YOUNG,
)
from threadsync.sandbox.errors.graph import INVALID_TOKEN, Refusal
from threadsync.sandbox.oauth import apps, tokens
from threadsync.sandbox.world import values

if TYPE_CHECKING:
    from threadsync.sandbox.calls.exchange import Question, Result
    from threadsync.sandbox.model import Token
    from threadsync.sandbox.oauth.tokens import Code

_GRANT_LIFETIME = timedelta(days=90)
_SHOWN_LIFETIME = tokens.LONG_LIFETIME
"""What `debug_token` shows of a token without end."""


def token(q: Question) -> Result:
    """A user's short-lived token for a code, or the app's own token."""
    grant = _grant_type(q, ("authorization_code", "client_credentials"))
    app = apps.load(q.records)
    if values.required(q.params, "client_id") != app.id:
        raise Refusal(BAD_APP_ID)
    _check_secret(q, app)
    if grant == "client_credentials":
        return {"access_token": app.token, "token_type": "bearer"}
    return _for_code(q, app)


def exchange(q: Question) -> Result:
    """A long-lived token for a short-lived one."""
    _grant_type(q, ("th_exchange_token",))
    _check_secret(q, apps.load(q.records))
    short = tokens.authenticated(q.records, q.bearer, q.now)
    if not short.is_short_lived:
        raise Refusal(SESSION_KEY)
    return _long_lived(q, short)


def refresh(q: Question) -> Result:
    """A new long-lived token for one that is a day old; the old one stays what it is."""
    _grant_type(q, ("th_refresh_token",))
    old = tokens.authenticated(q.records, q.bearer, q.now)
    tokens.check_scopes(old, frozenset())
    if old.is_short_lived:
        raise Refusal(SESSION_KEY)
    if q.now < old.issued_at + tokens.MIN_REFRESH_AGE:
        raise Refusal(TOO_YOUNG)
    return _long_lived(q, old)


def debug(q: Question) -> Result:
    """What is known of a token, to a user or to the app."""
    if not tokens.is_app_token(q.records, q.bearer):
        caller = tokens.authenticated(q.records, q.bearer, q.now)
        tokens.check_scopes(caller, frozenset())
    text = values.required(q.params, "input_token")
    if tokens.is_app_token(q.records, text):
        return {"data": _app_facts(q)}
    inspected = q.records.token(text)
    if inspected is None:
        error = {"code": INVALID_TOKEN.code, "message": INVALID_TOKEN.message}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    return {"data": _token_facts(q, inspected)}


def _grant_type(q: Question, allowed: tuple[str, ...]) -> str:
    values.required(q.params, "grant_type")
    return values.one_of(q.params, "grant_type", allowed) or ""


def _check_secret(q: Question, app: apps.App) -> None:
    if values.required(q.params, "client_secret") != app.secret:
        raise Refusal(BAD_SECRET)


def _for_code(q: Question, app: apps.App) -> Result:
    text = values.required(q.params, "code")
    code = _usable_code(q, text)
    if values.required(q.params, "redirect_uri") != code.redirect_uri:
        raise Refusal(BAD_REDIRECT)
    account = q.records.account(code.account_id)
    if account is None:
        raise AssertionError(code.account_id)
    tokens.use_up(q.records, text, code)
    issued = tokens.issue(q.records, account, code.scopes, is_short=True)
    return {
        "access_token": issued,
        "user_id": account.id if app.is_user_id_text else int(account.id),
    }


def _usable_code(q: Question, text: str) -> Code:
    code = tokens.find_code(q.records, text)
    if code is None:
        raise Refusal(CODE_UNKNOWN)
    if code.is_used:
        raise Refusal(CODE_USED)
    return code


def _long_lived(q: Question, known: Token) -> Result:
    account = q.records.account(known.account_id)
    if account is None:
        raise AssertionError(known.account_id)
    issued = tokens.issue(q.records, account, known.scopes, is_short=False)
    expires_in_s = int(tokens.LONG_LIFETIME.total_seconds())
    return {"access_token": issued, "token_type": "bearer", "expires_in": expires_in_s}


def _token_facts(q: Question, token: Token) -> Result:
    expires_at = token.expires_at or q.now + _SHOWN_LIFETIME
    granted_at = token.issued_at if token.expires_at else q.now
    return {
        "type": "USER",
        "application": apps.load(q.records).name,
        "data_access_expires_at": int((granted_at + _GRANT_LIFETIME).timestamp()),
        "expires_at": int(expires_at.timestamp()),
        "is_valid": expires_at > q.now,
        "issued_at": int(token.issued_at.timestamp()),
        "scopes": list(token.scopes),
        "user_id": token.account_id,
    }


def _app_facts(q: Question) -> Result:
    return {
        "type": "APP",
        "application": apps.load(q.records).name,
        "is_valid": True,
        "scopes": [],
    }
