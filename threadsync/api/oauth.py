"""Getting an access token: the authorize window, codes, short and long tokens.

Blocking, by the names of PyThreads: a web server calls these from its handlers. The requests are
made in `exchange`. Source: Meta's pages "Get access tokens" and "Long-lived tokens", read
2026-11-22.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from threadsync.api.credentials import Configuration, Credentials
from threadsync.api.exchange import (
    app_token,
    exchange_code,
    exchange_token,
    refresh,
    server_url,
)
from threadsync.api.hiding import Hidden, is_same
from threadsync.api.transport import VERSION
from threadsync.errors import TokenError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

AUTHORIZE_URL = "https://threads.net/oauth/authorize"
MIN_AGE_TO_REFRESH = timedelta(hours=24)


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
        callback_url, state = Hidden(callback_url), Hidden(state)
        configuration = config or Threads.load_configuration()
        user_id, token, expiration = exchange_code(code_in(callback_url, state), configuration)
        if long_lived_token:
            token, expiration = exchange_token(token, expiration, configuration)
        return Credentials(
            user_id=user_id,
            scopes=list(configuration.scopes),
            short_lived=not long_lived_token,
            access_token=str(token),
            expiration=expiration,
        )

    @staticmethod
    def fetch_user_id_and_token(
        request_url: str, state: str, config: Configuration | None = None
    ) -> tuple[str, str, datetime]:
        """The user's id, a token for an hour, and when it expires."""
        request_url, state = Hidden(request_url), Hidden(state)
        configuration = config or Threads.load_configuration()
        user_id, token, expiration = exchange_code(code_in(request_url, state), configuration)
        return user_id, str(token), expiration

    @staticmethod
    def fetch_long_lived_token(
        access_token: str, expiration: datetime, config: Configuration | None = None
    ) -> tuple[str, datetime]:
        """A token for 60 days and when it expires, for a short one that has not expired."""
        access_token = Hidden(access_token)
        configuration = config or Threads.load_configuration()
        token, expiration = exchange_token(access_token, expiration, configuration)
        return str(token), expiration

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
        return refresh(credentials)

    @staticmethod
    def fetch_app_token(config: Configuration | None = None) -> str:
        """A token that acts for the app itself, not for an account. For servers only."""
        return str(app_token(config or Threads.load_configuration()))

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
        root = base_url or f"{server_url()}/{VERSION}/"
        return f"{root}{path}?{urlencode(query)}" if query else f"{root}{path}"


def code_in(callback_url: str, state: str) -> Hidden:
    """The code of the address the browser came back with; TokenError when there is none to use."""
    callback_url, state = Hidden(callback_url), Hidden(state)
    query = _query_of(callback_url)
    if "error" in query:
        raise TokenError(f"access was not given: {query.get('error_description', query['error'])}")
    if not is_same(query.get("state", ""), state):
        raise TokenError("the state in the address is not the one that was sent; begin again")
    code = Hidden(query.get("code", "").removesuffix("#_"))
    if not code:
        raise TokenError("there is no code in the address the browser came back with")
    return code


def _query_of(url: str) -> dict[str, Hidden]:
    """The first value of each parameter."""
    try:
        query = parse_qs(urlsplit(url.strip()).query)
    except ValueError:
        return {}
    return {name: Hidden(values[0]) for name, values in query.items()}


def _authorize_url() -> str:
    """Meta's window, or that of the server that stands in for Meta."""
    host = httpx.URL(server_url()).host
    is_meta = host.endswith((".threads.net", ".threads.com"))
    return AUTHORIZE_URL if is_meta else f"{server_url()}/oauth/authorize"


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ValueError(f"{name} is not set; set it in the environment, or give it")
    return value
