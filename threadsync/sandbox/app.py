"""The sandbox as one ASGI application: from request to call, through the faults, to answer and log.

A call's effect and its line in the log are one transaction, committed before any byte of the answer
goes out.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from email.utils import format_datetime
from typing import TYPE_CHECKING, NamedTuple

import httpx
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from threadsync.sandbox import faults
from threadsync.sandbox.media import pending
from threadsync.sandbox.media.fetching import Fetcher
from threadsync.sandbox.page import feed, pictures
from threadsync.sandbox.requests import performing, routes
from threadsync.sandbox.requests.asking import Asked, caller_of, read_asked
from threadsync.sandbox.steering import addresses
from threadsync.sandbox.storage import log, rates
from threadsync.sandbox.world import lifecycle

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from threadsync.sandbox.errors.graph import Answer
    from threadsync.sandbox.faults import Fault
    from threadsync.sandbox.media.files import Stored
    from threadsync.sandbox.model import Options, Token
    from threadsync.sandbox.storage.records import Records
    from threadsync.sandbox.storage.store import Store

_LOGGER = logging.getLogger(__name__)

ABORT = "threadsync.abort"
"""The ASGI extension with which the server closes the connection of a request."""


class _Answered(NamedTuple):
    """What came of a request. `answer` is None when the connection is to be closed without one."""

    answer: Answer | None
    at: datetime
    has_videos: bool
    """Whether a video is still to be fetched."""


class Sandbox:
    """The application over an opened store. Close it when done; the store stays open."""

    def __init__(self, store: Store, options: Options) -> None:
        self._store = store
        self._options = options
        self._fetcher = Fetcher(store.media_folder)
        self._videos = pending.PendingVideos(store, self._fetcher)
        steering = addresses.routes(store, self._videos.settle)
        self._app = Starlette(
            routes=[
                Route("/", feed.page(store)),
                Route("/_sandbox/feed.css", feed.style),
                Route("/favicon.ico", feed.no_icon),
                Route("/_sandbox/pictures/{name}.svg", pictures.picture),
                Mount("/_sandbox", Router(steering, redirect_slashes=False)),
            ],
            exception_handlers={Exception: _bug},
        )
        # Every other path is an API call, or an error of the API; also one with a line break in it,
        # which no route of Starlette's matches.
        self._app.router.default = self._api
        self._app.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Whoever hangs up while still sending gets no answer, and nothing takes effect.
        with suppress(ClientDisconnect):
            await self._app(scope, receive, send)

    def resume(self) -> None:
        """Go on with what a server before this one left undone. Needs the running loop."""
        self._videos.resume()

    async def aclose(self) -> None:
        await self._videos.aclose()
        await self._fetcher.aclose()

    async def _api(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = await read_asked(Request(scope, receive))
        answered = await self._answer(asked)
        if answered.answer is None:
            await _close_connection(scope, receive)
            return
        await _response(answered.answer, answered.at)(scope, receive, send)

    async def _answer(self, asked: Asked) -> _Answered:
        """Mostly one transaction; two where there is something to wait for in between."""
        with self._store.write() as records:
            call, fault = _claim(records, asked)
            is_waiting = fault is not None or self._picture_url(records, asked, call) is not None
            answered = None if is_waiting else self._carry_out(records, asked, call)
        if answered is None:
            stored = await self._prepare(asked, call, fault)
            with self._store.write() as records:
                answered = self._carry_out(records, asked, call, fault, stored)
        if answered.has_videos:
            self._videos.wake()
        if fault is not None and fault.fault == "delay-after":
            await asyncio.sleep(fault.seconds)
            return answered._replace(at=self._now())
        return answered

    async def _prepare(self, asked: Asked, call: str, fault: Fault | None) -> Stored | None:
        """What must be waited for before the call: a delay, and the picture that it names."""
        if fault is not None and fault.fault == "delay":
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.prevents_effect:
            return None
        with self._store.read() as records:
            url = self._picture_url(records, asked, call)
        return await self._fetcher.picture(url) if url else None

    def _carry_out(
        self,
        records: Records,
        asked: Asked,
        call: str,
        fault: Fault | None = None,
        stored: Stored | None = None,
    ) -> _Answered:
        """Count the call, let it take effect, note it in the log."""
        caller = caller_of(records, asked)
        calls = performing.count(records, caller)
        answer = self._effect(records, asked, call, fault, stored)
        now = records.now()
        log.append(records, _logged(now, asked, call, fault, answer, caller))
        if answer is not None:
            answer = replace(answer, headers=(*answer.headers, rates.header(calls)))
        return _Answered(answer, now, has_videos=pending.is_any(records))

    def _effect(
        self, records: Records, asked: Asked, call: str, fault: Fault | None, stored: Stored | None
    ) -> Answer | None:
        """Let the call take effect, unless the fault prevents it, and answer as the fault wants."""
        if fault is None:
            return performing.perform(records, asked, self._options, stored)
        if fault.fault == faults.CONTAINER_ERROR and call != "create":
            _break_container(records, asked.object_id, fault.value)
        answer = (
            None
            if fault.prevents_effect
            else performing.perform(records, asked, self._options, stored)
        )
        if fault.fault == faults.CONTAINER_ERROR and call == "create" and answer is not None:
            _break_created(records, answer, fault.value)
        if fault.error_name is not None:
            return performing.refuse(fault, fault.error_name, asked.object_id)
        return None if fault.is_drop else answer

    def _picture_url(self, records: Records, asked: Asked, call: str) -> str | None:
        """The address of the picture that a create call names, when all else about it is right."""
        if call != "create" or not asked.params.get("image_url"):
            return None
        return performing.picture_url(records, asked, self._options)

    def _now(self) -> datetime:
        with self._store.read() as records:
            return records.now()


def _claim(records: Records, asked: Asked) -> tuple[str, Fault | None]:
    """The call's name, and the fault that strikes it."""
    if asked.route is None:
        return routes.UNKNOWN_CALL, None
    call = routes.call_name(records, asked.route)
    return call, faults.claim(records, call)


def _logged(
    now: datetime,
    asked: Asked,
    call: str,
    fault: Fault | None,
    answer: Answer | None,
    caller: Token | None,
) -> log.Logged:
    return log.Logged(
        at=now.isoformat(timespec="milliseconds"),
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
    container = records.container(container_id)
    if container is not None:
        records.put_container(lifecycle.broken(container, records.now(), error))


def _break_created(records: Records, answer: Answer, error: str) -> None:
    """Let the new container end with `error` when its time has come."""
    made = log.readable(answer) if answer.status == httpx.codes.OK else {}
    container = records.container(made.get("id", ""))
    if container is not None:
        records.put_container(replace(container, error=error, is_fetching=False))


async def _bug(request: Request, error: Exception) -> Response:
    """Our own fault; Starlette raises the error again after this answer."""
    if not isinstance(error, httpx.RemoteProtocolError | ClientDisconnect):
        _LOGGER.error("a bug of the sandbox at %s", request.scope["path"], exc_info=error)
    return Response("a bug of the sandbox", 500)


def _response(answer: Answer, now: datetime) -> Response:
    headers = {
        "date": format_datetime(now, usegmt=True),
        "content-type": answer.content_type,
        **dict(answer.headers),
    }
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
