"""The async client: every call of the Threads API for one access token."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import httpx

from threadsync.api.discovery import Discovery
from threadsync.api.hiding import Hidden
from threadsync.api.measuring import Measuring
from threadsync.api.network import connect_by_asyncio
from threadsync.api.publish import Publishing
from threadsync.api.reading import Reading
from threadsync.api.replies import Replies
from threadsync.api.tokens import Tokens
from threadsync.api.transport import META_BASE_URL, Transport, check_base_url, is_local
from threadsync.errors import TokenError, TokenExpiredError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from threadsync.api.credentials import Credentials
    from threadsync.api.wire import Call

T = TypeVar("T")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _session_with(base_url: str) -> httpx.AsyncClient:
    is_near = is_local(base_url)
    # Reading all certificates takes 30 ms, for nothing where there is no TLS.
    is_plain = is_near and httpx.URL(base_url).scheme == "http"
    session = httpx.AsyncClient(follow_redirects=False, trust_env=not is_near, verify=not is_plain)
    connect_by_asyncio(session)
    return session


class API(Publishing, Reading, Replies, Discovery, Measuring, Tokens):
    """The Threads API for the account of `credentials`.

    `async with API(credentials) as api:` opens an HTTP session and closes it; a `session` that is
    handed in stays the caller's to close, and `async with` is then not needed. Calls go to
    `base_url`, else to the environment's THREADS_API_BASE_URL, else to Meta. Every call raises the
    ApiError tree, and TokenExpiredError before anything is sent once the credentials have expired.
    No text holds the token.

    Reads and the making of containers are repeated with back-off; publishing, deleting and
    reposting never are. `sleep` takes seconds, `clock` gives the time, `jitter` a number from 0 to 1.
    """

    def __init__(
        self,
        credentials: Credentials,
        session: httpx.AsyncClient | None = None,
        *,
        base_url: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], datetime] = _utc_now,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        _check_token(credentials)
        self.credentials = credentials
        self._base_url = base_url or os.environ.get("THREADS_API_BASE_URL") or META_BASE_URL
        check_base_url(self._base_url)
        self._session = session
        self._owns_session = session is None
        self._sleep, self._clock, self._jitter = sleep, clock, jitter
        self._transport = None if session is None else self._over(session)

    @property
    def session(self) -> httpx.AsyncClient | None:
        return self._session

    @property
    def server_time(self) -> datetime | None:
        """Meta's clock as of the last answer."""
        return self._transport.server_time if self._transport else None

    @property
    def app_usage(self) -> int | None:
        """Percent of the app's call rate that is used, when Meta's last answer said so."""
        return self._transport.app_usage if self._transport else None

    async def __aenter__(self) -> API:
        if self._session is None:
            self._session = _session_with(self._base_url)
            self._transport = self._over(self._session)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._owns_session and self._session is not None:
            await self._session.aclose()
            self._session = self._transport = None

    async def send(self, call: Call[T]) -> T:
        if self._transport is None:
            raise RuntimeError(
                "the client is not open: use `async with API(…) as api:`, or give it a session"
            )
        return await self._transport.send(call)

    async def pause(self, seconds: float) -> None:
        await self._sleep(seconds)

    def _over(self, session: httpx.AsyncClient) -> Transport:
        return Transport(
            session,
            self._base_url,
            self._access_token,
            sleep=self._sleep,
            clock=self._clock,
            jitter=self._jitter,
        )

    def _access_token(self) -> str:
        if self.credentials.expired(self._clock()):
            raise TokenExpiredError(
                f"the access token expired at {self.credentials.expiration:%Y-%m-%d %H:%M} UTC; "
                "authorise the app again"
            )
        # They can be changed and replaced while the client is in use.
        _check_token(self.credentials)
        return self.credentials.access_token


def _check_token(credentials: Credentials) -> None:
    # Meta promises no more than this of a token's form (read 2026-11-22).
    token = Hidden(credentials.access_token or "")
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise TokenError("the access token is empty, or holds blanks or characters no token has")
