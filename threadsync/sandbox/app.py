"""The sandbox as one ASGI application: from request to call, through the faults, to answer and log.

A call's effect and its line in the log are one transaction, committed before any byte of the answer
goes out.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import TYPE_CHECKING

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from threadsync.sandbox import calls, endpoints, faults, feed, log, media, routes, steering
from threadsync.sandbox.errors import Answer, Refusal
from threadsync.sandbox.named_errors import named
from threadsync.sandbox.params import bearer_token, read_params

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from threadsync.sandbox.faults import Fault
    from threadsync.sandbox.media import Stored
    from threadsync.sandbox.model import Options
    from threadsync.sandbox.records import Records
    from threadsync.sandbox.store import Store

_LOGGER = logging.getLogger(__name__)

ABORT = "threadsync.abort"
"""The ASGI extension with which the server closes the connection of a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One API request as it came in. `refusal` tells that it is no call at all."""

    method: str
    path: str
    base_url: str
    params: dict[str, str]
    token: str | None
    route: routes.Route | None
    refusal: Refusal | None = None

    @property
    def object_id(self) -> str:
        """What an error of this call tells about: the container it publishes or the id in its path."""
        in_path = self.route.object_id if self.route else ""
        return self.params.get("creation_id") or in_path


class Sandbox:
    """The application over an opened store. Close it when done; the store stays open."""

    def __init__(self, store: Store, options: Options) -> None:
        self._store = store
        self._options = options
        self._client: httpx.AsyncClient | None = None
        self._app = Starlette(
            routes=[
                Route("/", feed.page(store)),
                Route("/_sandbox/feed.css", feed.style),
                Route("/favicon.ico", feed.no_icon),
                Mount("/_sandbox", routes=steering.routes(store)),
                Mount("/", app=self._api),
            ],
            exception_handlers={Exception: _bug},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _api(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = await _read(Request(scope, receive))
        call, fault = self._claim(asked)
        answer = await self._answer(asked, call, fault)
        if answer is None:
            await _close_connection(scope, receive)
            return
        await _response(answer, self._now())(scope, receive, send)

    def _claim(self, asked: Asked) -> tuple[str, Fault | None]:
        """The call's name, and the fault that strikes it."""
        if asked.route is None:
            return routes.UNKNOWN_CALL, None
        with self._store.write() as records:
            call = routes.call_name(records, asked.route)
            return call, faults.claim(records, call)

    async def _answer(self, asked: Asked, call: str, fault: Fault | None) -> Answer | None:
        """The answer to send; None when the connection is to be closed without one."""
        if fault is not None and fault.fault == "delay":
            await asyncio.sleep(fault.seconds)
        is_prevented = fault is not None and fault.prevents_effect
        stored = None if is_prevented else await self._fetch(asked, call)
        with self._store.write() as records:
            answer = self._carried_out(records, asked, call, fault, stored)
            log.append(records, _logged(records, asked, call, fault, answer))
        if fault is not None and fault.fault == "delay-after":
            await asyncio.sleep(fault.seconds)
        return answer

    def _carried_out(
        self, records: Records, asked: Asked, call: str, fault: Fault | None, stored: Stored | None
    ) -> Answer | None:
        """Let the call take effect, unless the fault prevents it, and answer as the fault wants."""
        if fault is None:
            return self._performed(records, asked, stored)
        if fault.fault == faults.CONTAINER_ERROR and call != "create":
            _break_container(records, asked.object_id, fault.value)
        answer = None if fault.prevents_effect else self._performed(records, asked, stored)
        if fault.fault == faults.CONTAINER_ERROR and call == "create" and answer is not None:
            _break_created(records, answer, fault.value)
        if fault.error_name is not None:
            return named(fault.error_name, _trace_id(), asked.object_id)
        return None if fault.is_drop else answer

    def _performed(self, records: Records, asked: Asked, stored: Stored | None) -> Answer:
        try:
            exchange, endpoint = self._exchange(records, asked)
            if stored is not None:
                exchange = replace(exchange, stored=stored)
                media.add_name(records, stored.media.digest, stored)
            return Answer.of(endpoint.perform(exchange))
        except Refusal as refusal:
            return refusal.error.answer(_trace_id())

    async def _fetch(self, asked: Asked, call: str) -> Stored | None:
        """The medium that a create call names, when all else about the call is right."""
        url = self._media_url(asked) if call == "create" else None
        if url is None:
            return None
        if self._client is None:
            self._client = media.fetching_client()
        return await media.fetch(self._client, url, self._store.media_folder)

    def _media_url(self, asked: Asked) -> str | None:
        with self._store.read() as records:
            try:
                exchange, _ = self._exchange(records, asked)
                return endpoints.checked_draft(exchange).media_url
            except Refusal:
                return None

    def _exchange(
        self, records: Records, asked: Asked
    ) -> tuple[endpoints.Exchange, calls.Endpoint]:
        """The call, once it is known who makes it and that they may; else Refusal."""
        if asked.refusal is not None or asked.route is None:
            raise asked.refusal or AssertionError(asked.path)
        now = records.now()
        token = routes.authenticated(records, asked.token, now)
        account = records.account(token.account_id)
        if account is None:
            raise AssertionError(token.account_id)
        exchange = endpoints.Exchange(
            records=records,
            account=account,
            token=token,
            params={name: v for name, v in asked.params.items() if name != "access_token"},
            object_id=asked.route.object_id,
            now=now,
            options=self._options,
            base_url=asked.base_url,
        )
        routes.check_allowed(exchange, asked.route.endpoint)
        return exchange, asked.route.endpoint

    def _now(self) -> datetime:
        with self._store.read() as records:
            return records.now()


async def _read(request: Request) -> Asked:
    asked = Asked(
        method=request.method,
        path=request.url.path,
        base_url=str(request.base_url).rstrip("/"),
        params={},
        token=bearer_token(request.headers),
        route=None,
    )
    try:
        asked = replace(asked, route=routes.find_route(asked.method, asked.path))
        params = await read_params(request)
    except Refusal as refusal:
        return replace(asked, refusal=refusal)
    return replace(asked, params=params, token=asked.token or params.get("access_token"))


def _logged(
    records: Records, asked: Asked, call: str, fault: Fault | None, answer: Answer | None
) -> log.Logged:
    caller = records.token(asked.token) if asked.token else None
    return log.Logged(
        at=records.now().isoformat(timespec="milliseconds"),
        method=asked.method,
        path=asked.path,
        call=call,
        params=log.masked(asked.params),
        account_id=caller.account_id if caller else None,
        fault=str(fault) if fault else None,
        status=answer.status if answer else None,
        answer=log.readable(answer) if answer else None,
    )


def _break_container(records: Records, container_id: str, error: str) -> None:
    """Let a container that is not published end with `error`, from now on."""
    container = records.container(container_id)
    if container is not None and container.media_id is None:
        ready_at = min(container.ready_at, records.now())
        records.put_container(replace(container, error=error, ready_at=ready_at))


def _break_created(records: Records, answer: Answer, error: str) -> None:
    made = log.readable(answer)
    container = records.container(made.get("id", ""))
    if container is not None:
        records.put_container(replace(container, error=error))


async def _bug(request: Request, error: Exception) -> Response:
    """Our own fault; Starlette raises the error again after this answer."""
    if not isinstance(error, httpx.RemoteProtocolError):
        _LOGGER.error("a bug of the sandbox at %s", request.url.path, exc_info=error)
    return Response("a bug of the sandbox", 500)


def _trace_id() -> str:
    return "A" + secrets.token_urlsafe(16)


def _response(answer: Answer, now: datetime) -> Response:
    headers = {"date": format_datetime(now, usegmt=True), "content-type": answer.content_type}
    return Response(answer.body, answer.status, headers)


async def _close_connection(scope: Scope, receive: Receive) -> None:
    """End the connection without an answer; in process, without a server, raise what a client sees."""
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        message = "Server disconnected without sending a response."
        raise httpx.RemoteProtocolError(message)
    abort()
    while (await receive())["type"] != "http.disconnect":
        pass
