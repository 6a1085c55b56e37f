"""Sends the calls of `wire` with httpx: the only place that repeats, paces and reads clocks."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

import httpx

from threadsync.api import wire
from threadsync.api.hiding import Hidden, hider
from threadsync.api.retry import (
    may_repeat,
    pause_at,
    read_date,
    read_retry_after,
    read_usage,
    wait_before,
)
from threadsync.errors import (
    AmbiguousError,
    ApiError,
    InvalidParameterError,
    NotSentError,
    TemporaryError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
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
            # Asked for once: it may expire while Meta answers, and must be hidden all the same.
            token = Hidden(self._token() if call.has_token else "")
            try:
                response = await self._send(call, token)
                retry_after = read_retry_after(response.headers.get("retry-after"), self._clock())
                return wire.read_answer(
                    call,
                    response.status_code,
                    _without_own_address(response.content, token),
                    retry_after=retry_after,
                    hide=hider(token, *call.secrets.values()),
                )
            except ApiError as error:
                if not may_repeat(call, error, tries):
                    raise
            await self._pause(wait_before(tries, retry_after, self._jitter()))

    async def _pause(self, wait: timedelta) -> None:
        if wait:
            await self._sleep(wait.total_seconds())

    async def _send(self, call: wire.Call[Any], token: Hidden) -> httpx.Response:
        try:
            # A redirect would be a second request.
            response = await self._session.send(self._request(call, token), follow_redirects=False)
        except httpx.HTTPError as exc:
            raise lost(call, exc, self._root) from exc
        self.server_time = read_date(response.headers.get("date")) or self.server_time
        self.app_usage = read_usage(response.headers.get("x-app-usage"))
        return response

    def _request(self, call: wire.Call[Any], token: Hidden) -> httpx.Request:
        return build_request(
            self._session,
            call,
            self._root + call.path,
            {"Authorization": Hidden(f"Bearer {token}")} if call.has_token else {},
        )


def build_request(
    session: httpx.Client | httpx.AsyncClient,
    call: wire.Call[Any],
    url: str,
    headers: Mapping[str, str],
) -> httpx.Request:
    """The HTTP request of `call`; InvalidParameterError for what no request can hold."""
    is_form = call.method == "POST"
    try:
        return session.build_request(
            call.method,
            url if is_form else _with_query(url, call),
            data=_values(call) if is_form else None,
            headers=headers,
            timeout=httpx.Timeout(call.timeout_s, connect=CONNECT_TIMEOUT_S),
        )
    except UnicodeEncodeError:
        why = "half of a surrogate pair, which is no text"
    except httpx.InvalidURL:
        why = "more than an address can hold; shorten it"
    # Outside of the handlers: what they caught quotes the parameters.
    raise InvalidParameterError(f"a parameter of {call.name!r} holds {why}")


def _with_query(url: str, call: wire.Call[Any]) -> str:
    query = urlencode(_values(call))
    return f"{url}?{query}" if query else url


def _values(call: wire.Call[Any]) -> dict[str, str]:
    return {**call.params, **call.secrets}


def lost(call: wire.Call[Any], error: httpx.HTTPError, base_url: str) -> ApiError:
    """What it means that no answer came."""
    why, host = str(error) or type(error).__name__, httpx.URL(base_url).host
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return NotSentError(f"{call.name!r} did not reach {host}: {why}")
    kind = TemporaryError if call.is_repeatable else AmbiguousError
    return kind(f"no answer to {call.name!r} from {host}: {why}")


def check_base_url(base_url: str) -> None:
    """InvalidParameterError when it is not the http or https address of a server."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host:
        raise InvalidParameterError(
            f"base_url is {base_url!r}, not an address such as {META_BASE_URL}"
        )


def is_local(base_url: str) -> bool:
    """Whether the server is on this machine; a proxy must not stand between us and it."""
    return httpx.URL(base_url).host in {"127.0.0.1", "localhost", "::1"}


def _without_own_address(body: bytes, token: str) -> bytes:
    """Meta puts the token into the addresses of pages; nobody needs it there."""
    for secret in {token, quote(token, safe="")} - {""}:
        body = body.replace(f"access_token={secret}".encode(), b"access_token=***")
    return body


class _HideSecrets(logging.Filter):
    """Takes tokens out of what httpx logs of each request: its whole address."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_hidden(arg) for arg in record.args)
        return True


def _hidden(value: object) -> object:
    return _SECRET_PARAMS.sub(r"\1***", str(value)) if isinstance(value, httpx.URL) else value


logging.getLogger("httpx").addFilter(_HideSecrets())
