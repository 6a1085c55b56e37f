"""Getting an access token: the authorize window, codes, short and long tokens.

Blocking, by the names of PyThreads: a web server calls these from its handlers. Nothing here is
repeated, because a code counts once. Source: Meta's pages "Get access tokens" and "Long-lived
tokens", read 2026-11-22.
"""

from __future__ import annotations

import hmac
import os
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from threadsync.api.answers import Answer, Id
from threadsync.api.credentials import Configuration, Credentials
from threadsync.api.transport import CONNECT_TIMEOUT_S, META_BASE_URL, VERSION, is_local, lost
from threadsync.api.wire import Call, answer_of, params_of, read_answer
from threadsync.errors import TokenError, TokenExpiredError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")

AUTHORIZE_URL = "https://threads.net/oauth/authorize"
SHORT_LIFETIME = timedelta(hours=1)
MIN_AGE_TO_REFRESH = timedelta(hours=24)


class _ShortToken(Answer, frozen=True):
    access_token: str
    user_id: Id


class _LongToken(Answer, frozen=True):
    access_token: str
    expires_in: int


class _AppToken(Answer, frozen=True):
    access_token: str


class Threads:
    """How an account's owner lets an app act for the account.

    1. `auth_url, state = Threads.authorization_url()`; keep the state, send the browser there.
    2. `credentials = Threads.complete_authorization(url_the_browser_came_back_with, state)`.
    3. `Threads.refresh_long_lived_token(credentials)` once a week or so: it lives for 60 days.

    Without a `config` the environment's THREADS_APP_ID, THREADS_API_SECRET and
    THREADS_REDIRECT_URI are used, and every scope of `ALL_SCOPES`. Errors are the ApiError tree;
    TokenError where Meta, or the state, says no.
    """

    ALL_SCOPES: Sequence[str] = (
        "threads_basic",
        "threads_content_publish",
        "threads_manage_insights",
        "threads_manage_replies",
        "threads_read_replies",
    )
    """What an app usually needs; deleting, searching and the like must be asked for by name."""

    @staticmethod
    def load_configuration(
        scopes: Sequence[str] | None = None,
        app_id: str | None = None,
        api_secret: str | None = None,
        redirect_uri: str | None = None,
    ) -> Configuration:
        """What is given, else the environment's; ValueError for what is in neither."""
        return Configuration(
            scopes=list(scopes or Threads.ALL_SCOPES),
            app_id=app_id or _from_environment("THREADS_APP_ID"),
            api_secret=api_secret or _from_environment("THREADS_API_SECRET"),
            redirect_uri=redirect_uri or _from_environment("THREADS_REDIRECT_URI"),
        )

    @staticmethod
    def authorization_url(config: Configuration | None = None) -> tuple[str, str]:
        """The address to send the browser to, and the state to keep until it comes back."""
        configuration = config or Threads.load_configuration()
        state = secrets.token_urlsafe(24)
        query = urlencode(
            {
                "client_id": configuration.app_id,
                "redirect_uri": configuration.redirect_uri,
                "scope": configuration.scopes_str(),
                "response_type": "code",
                "state": state,
            }
        )
        return f"{_authorize_url()}?{query}", state

    @staticmethod
    def complete_authorization(
        callback_url: str,
        state: str,
        long_lived_token: bool = True,
        config: Configuration | None = None,
    ) -> Credentials:
        """Credentials from the address the browser came back with; TokenError when it was denied,
        when `state` is not the one of `authorization_url`, or when the code is used or too old.
        """
        configuration = config or Threads.load_configuration()
        user_id, token, expiration = Threads.fetch_user_id_and_token(
            callback_url, state, configuration
        )
        if long_lived_token:
            token, expiration = Threads.fetch_long_lived_token(token, expiration, configuration)
        return Credentials(
            user_id=user_id,
            scopes=configuration.scopes,
            short_lived=not long_lived_token,
            access_token=token,
            expiration=expiration,
        )

    @staticmethod
    def fetch_user_id_and_token(
        request_url: str, state: str, config: Configuration | None = None
    ) -> tuple[str, str, datetime]:
        """The user's id, a token for an hour, and when it expires."""
        configuration = config or Threads.load_configuration()
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
            secrets={
                "client_secret": configuration.api_secret,
                "code": code_in(request_url, state),
            },
            is_repeatable=False,
        )
        answer = _send(call)
        return answer.user_id, answer.access_token, _now() + SHORT_LIFETIME

    @staticmethod
    def fetch_long_lived_token(
        access_token: str, expiration: datetime, config: Configuration | None = None
    ) -> tuple[str, datetime]:
        """A token for 60 days and when it expires, for a short one that has not expired."""
        _check_not_expired(expiration, "a short-lived token cannot be exchanged after its hour")
        configuration = config or Threads.load_configuration()
        call = Call(
            "exchange token",
            "GET",
            "access_token",
            answer_of(_LongToken),
            params_of(grant_type="th_exchange_token"),
            secrets={"client_secret": configuration.api_secret, "access_token": access_token},
        )
        return _token_and_end(_send(call))

    @staticmethod
    def refresh_long_lived_token(credentials: Credentials) -> Credentials:
        """New credentials for 60 more days; the old ones are left as they are.

        TypeError for a short-lived token, TokenExpiredError for an expired one; Meta refuses one
        that is less than 24 hours old.
        """
        if credentials.short_lived:
            raise TypeError(
                "a short-lived token cannot be refreshed; exchange it with fetch_long_lived_token"
            )
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
        return Credentials(
            user_id=credentials.user_id,
            scopes=credentials.scopes,
            short_lived=False,
            access_token=token,
            expiration=expiration,
        )

    @staticmethod
    def fetch_app_token(config: Configuration | None = None) -> str:
        """A token that acts for the app itself, not for an account. For servers only."""
        configuration = config or Threads.load_configuration()
        call = Call(
            "get app token",
            "GET",
            "oauth/access_token",
            answer_of(_AppToken),
            params_of(client_id=configuration.app_id, grant_type="client_credentials"),
            secrets={"client_secret": configuration.api_secret},
        )
        return _send(call).access_token

    @staticmethod
    def build_graph_api_url(
        path: str,
        params: Mapping[str, Any] | None = None,
        access_token: str | None = None,
        base_url: str | None = None,
    ) -> str:
        """The address of a call as a text. It holds the token: never log it."""
        query = dict(params or {})
        if access_token:
            query["access_token"] = access_token
        root = base_url or f"{_base_url()}/{VERSION}/"
        return f"{root}{path}?{urlencode(query)}" if query else f"{root}{path}"


def code_in(callback_url: str, state: str) -> str:
    """The code of the address the browser came back with; TokenError when there is none to use."""
    query = parse_qs(urlsplit(callback_url.strip()).query)
    if "error" in query:
        why = query.get("error_description", query["error"])[0]
        raise TokenError(f"access was not given: {why}")
    given = query.get("state", [""])[0]
    if not hmac.compare_digest(given.encode(), state.encode()):
        raise TokenError("the state in the address is not the one that was sent; begin again")
    code = query.get("code", [""])[0].removesuffix("#_")
    if not code:
        raise TokenError("there is no code in the address the browser came back with")
    return code


def _send(call: Call[T]) -> T:
    base_url = _base_url()
    where = "data" if call.method == "POST" else "params"
    try:
        with httpx.Client(trust_env=not is_local(base_url)) as client:
            request = client.build_request(
                call.method,
                f"{base_url}/{call.path}",
                timeout=httpx.Timeout(call.timeout_s, connect=CONNECT_TIMEOUT_S),
                **{where: {**call.params, **call.secrets}},  # type: ignore[arg-type]
            )
            response = client.send(request)
    except httpx.HTTPError as exc:
        raise lost(call, exc, httpx.URL(base_url).host) from exc
    return read_answer(
        call, response.status_code, response.content, hide=lambda text: _hidden(call, text)
    )


def _hidden(call: Call[Any], text: str) -> str:
    for secret in call.secrets.values():
        text = text.replace(secret, "***")
    return text


def _token_and_end(answer: _LongToken) -> tuple[str, datetime]:
    return answer.access_token, _now() + timedelta(seconds=answer.expires_in)


def _check_not_expired(expiration: datetime, meaning: str) -> None:
    if expiration <= _now():
        raise TokenExpiredError(
            f"the access token expired at {expiration:%Y-%m-%d %H:%M} UTC, {meaning}; "
            "authorise the app again"
        )


def _base_url() -> str:
    return (os.environ.get("THREADS_API_BASE_URL") or META_BASE_URL).rstrip("/")


def _authorize_url() -> str:
    """Meta's window, or that of the server that stands in for Meta."""
    host = httpx.URL(_base_url()).host
    is_meta = host.endswith((".threads.net", ".threads.com"))
    return AUTHORIZE_URL if is_meta else f"{_base_url()}/oauth/authorize"


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ValueError(f"{name} is not set; set it in the environment, or give it")
    return value


def _now() -> datetime:
    return datetime.now(UTC)
