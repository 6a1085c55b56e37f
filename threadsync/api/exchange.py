"""The calls that give tokens: one request each, blocking, never repeated.

A code counts once, and so a lost answer is not asked for again. No value in here shows a token or a
secret. Source: Meta's pages "Get access tokens" and "Long-lived tokens", read 2026-11-22.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import httpx

from threadsync.api.answers import Answer, Id, UnfitError
from threadsync.api.hiding import Hidden, Token, hider
from threadsync.api.transport import META_BASE_URL, build_request, check_base_url, is_local, lost
from threadsync.api.wire import Call, answer_of, params_of, read_answer
from threadsync.errors import RejectedError, TokenError, TokenExpiredError

if TYPE_CHECKING:
    from threadsync.api.credentials import Configuration, Credentials

T = TypeVar("T")

SHORT_LIFETIME = timedelta(hours=1)
# Meta says 60 days; what is far beyond cannot be added to a date.
_LONGEST_LIFETIME_S = 10**10


def _lifetime(raw: Any) -> timedelta:
    if type(raw) is int and 0 < raw < _LONGEST_LIFETIME_S:
        return timedelta(seconds=raw)
    raise UnfitError("this is no number of seconds")


class _ShortToken(Answer, frozen=True):
    access_token: Token
    user_id: Id


class _LongToken(Answer, frozen=True):
    access_token: Token
    expires_in: Annotated[timedelta, _lifetime]
    token_type: str | None = None


class _AppToken(Answer, frozen=True):
    access_token: Token
    token_type: str | None = None


def exchange_code(code: Hidden, configuration: Configuration) -> tuple[str, Hidden, datetime]:
    """The user's id, a token for an hour, and when it expires."""
    call = Call(
        "exchange code",
        "POST",
        "oauth/access_token",
        answer_of(_ShortToken),
        params_of(
            client_id=configuration.app_id,
            grant_type="authorization_code",
            redirect_uri=configuration.redirect_uri,
        ),
        secrets={"client_secret": configuration.api_secret, "code": code},
        is_repeatable=False,
    )
    try:
        answer = _send(call)
    except RejectedError as error:
        raise _of_the_code(error) from None
    return answer.user_id, answer.access_token, _now() + SHORT_LIFETIME


def exchange_token(
    token: Hidden, expiration: datetime, configuration: Configuration
) -> tuple[Hidden, datetime]:
    """A token for 60 days, and when it expires."""
    _check_not_expired(expiration, "a short-lived token cannot be exchanged after its hour")
    call = Call(
        "exchange token",
        "GET",
        "access_token",
        answer_of(_LongToken),
        params_of(grant_type="th_exchange_token"),
        secrets={"client_secret": configuration.api_secret, "access_token": token},
    )
    return _token_and_end(_send(call))


def refresh(credentials: Credentials) -> Credentials:
    """The same with a token for 60 more days."""
    _check_not_expired(credentials.expiration, "it cannot be refreshed any more")
    call = Call(
        "refresh token",
        "GET",
        "refresh_access_token",
        answer_of(_LongToken),
        params_of(grant_type="th_refresh_token"),
        secrets={"access_token": credentials.access_token},
    )
    token, expiration = _token_and_end(_send(call))
    return replace(credentials, access_token=str(token), expiration=expiration)


def app_token(configuration: Configuration) -> Hidden:
    """A token that acts for the app itself."""
    call = Call(
        "get app token",
        "GET",
        "oauth/access_token",
        answer_of(_AppToken),
        params_of(client_id=configuration.app_id, grant_type="client_credentials"),
        secrets={"client_secret": configuration.api_secret},
    )
    return _send(call).access_token


def server_url() -> str:
    """The server of the environment's THREADS_API_BASE_URL, else Meta's."""
    root = (os.environ.get("THREADS_API_BASE_URL") or META_BASE_URL).rstrip("/")
    check_base_url(root)
    return root


def _send(call: Call[T]) -> T:
    root = server_url()
    try:
        with httpx.Client(trust_env=not is_local(root)) as client:
            response = client.send(build_request(client, call, f"{root}/{call.path}", {}))
    except httpx.HTTPError as exc:
        raise lost(call, exc, root) from exc
    hide = hider(*call.secrets.values())
    return read_answer(call, response.status_code, response.content, hide=hide)


def _of_the_code(error: RejectedError) -> RejectedError:
    """TokenError for the flat envelope too, in which Meta gives its HTTP status as the code."""
    if type(error) is not RejectedError or "error_type" not in error.response:
        return error
    return TokenError(str(error), status=error.status, code=error.code, response=error.response)


def _token_and_end(answer: _LongToken) -> tuple[Hidden, datetime]:
    return answer.access_token, _now() + answer.expires_in


def _check_not_expired(expiration: datetime, meaning: str) -> None:
    if expiration <= _now():
        raise TokenExpiredError(
            f"the access token expired at {expiration:%Y-%m-%d %H:%M} UTC, {meaning}; "
            "authorise the app again"
        )


def _now() -> datetime:
    return datetime.now(UTC)
