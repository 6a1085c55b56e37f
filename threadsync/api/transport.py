"""Sends the calls of `wire` with httpx: the only place that repeats, paces and reads clocks."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from threadsync.api import wire
from threadsync.api.retry import (
    may_repeat,
    pause_at,
    read_date,
    read_retry_after,
    read_usage,
    wait_before,
)
from threadsync.errors import AmbiguousError, ApiError, NotSentError, TemporaryError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime, timedelta

T = TypeVar("T")

META_BASE_URL = "https://graph.threads.net"
VERSION = "v1.0"
CONNECT_TIMEOUT_S = 20.0
_SECRET_PARAMS = re.compile(r"((?:access_token|client_secret|input_token|code)=)[^&\s\"]+")


class Transport:
    """One server, one session, the token of whoever calls.

    `token` gives the access token or raises; it is asked before each request.
    """

    def __init__(
        self,
        session: httpx.AsyncClient,
        base_url: str,
        token: Callable[[], str],
        *,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        self._session = session
        self._root = f"{base_url.rstrip('/')}/{VERSION}/"
        self._token = token
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self.server_time: datetime | None = None
        """Meta's clock as of the last answer: the `Date` header."""
        self.app_usage: int | None = None
        """Percent of the app's call rate that is used, as of the last answer that said so."""

    async def send(self, call: wire.Call[T]) -> T:
        """Send `call`, repeating it where `retry` allows, and read the answer."""
        tries = 0
        while True:
            tries += 1
            retry_after = None
            await self._pause(pause_at(self.app_usage))
            try:
                response = await self._send(call)
                retry_after = read_retry_after(response.headers.get("retry-after"), self._clock())
                return wire.read_answer(
                    call,
                    response.status_code,
                    response.content,
                    retry_after=retry_after,
                    hide=self._hide,
                )
            except ApiError as error:
                if not may_repeat(call, error, tries):
                    raise
            await self._pause(wait_before(tries, retry_after, self._jitter()))

    async def _pause(self, wait: timedelta) -> None:
        if wait:
            await self._sleep(wait.total_seconds())

    async def _send(self, call: wire.Call[Any]) -> httpx.Response:
        request = self._request(call)
        try:
            response = await self._session.send(request)
        except httpx.HTTPError as exc:
            raise lost(call, exc, request.url.host) from exc
        self.server_time = read_date(response.headers.get("date")) or self.server_time
        self.app_usage = read_usage(response.headers.get("x-app-usage"))
        return response

    def _request(self, call: wire.Call[Any]) -> httpx.Request:
        where = "data" if call.method == "POST" else "params"
        headers = {"Authorization": f"Bearer {self._token()}"} if call.has_token else {}
        return self._session.build_request(
            call.method,
            self._root + call.path,
            headers=headers,
            timeout=httpx.Timeout(call.timeout_s, connect=CONNECT_TIMEOUT_S),
            **{where: {**call.params, **call.secrets}},  # type: ignore[arg-type]
        )

    def _hide(self, text: str) -> str:
        return text.replace(self._token(), "***")


def lost(call: wire.Call[Any], error: httpx.HTTPError, host: str) -> ApiError:
    """What it means that no answer came."""
    why = str(error) or type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return NotSentError(f"{call.name!r} did not reach {host}: {why}")
    kind = TemporaryError if call.is_repeatable else AmbiguousError
    return kind(f"no answer to {call.name!r} from {host}: {why}")


def is_local(base_url: str) -> bool:
    """Whether the server is on this machine; a proxy must not stand between us and it."""
    return httpx.URL(base_url).host in {"127.0.0.1", "localhost", "::1"}


class _HideSecrets(logging.Filter):
    """Takes tokens out of what httpx logs of each request: its whole address."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_hidden(arg) for arg in record.args)
        return True


def _hidden(value: object) -> object:
    return _SECRET_PARAMS.sub(r"\1***", str(value)) if isinstance(value, httpx.URL) else value


logging.getLogger("httpx").addFilter(_HideSecrets())
