"""The addresses under `/_sandbox/`, and who may use them; clock, faults, the log and media.

What sets the stage, such as accounts, is in `staging`; what shows it is in `looking`.
"""

from __future__ import annotations

import ipaddress
import re
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from threadsync.errors import UsageError
from threadsync.sandbox import faults
from threadsync.sandbox.media import files
from threadsync.sandbox.steering import bodies, looking, staging
from threadsync.sandbox.storage import log
from threadsync.sandbox.storage.records import MAX_AHEAD_S

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from threadsync.sandbox.storage.store import Store

    Handler = Callable[[Store, Request], Awaitable[Response]]

_MEDIA_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")


def routes(store: Store, settle: Callable[[], Awaitable[None]]) -> list[Route]:
    """The routes, relative to `/_sandbox`; `settle` ends what is under way before time moves on."""
    handlers: list[tuple[str, str, Handler]] = [
        ("GET", "/clock", read_clock),
        ("POST", "/clock", partial(advance_clock, settle)),
        ("POST", "/reset", reset),
        ("GET", "/requests", read_requests),
        ("GET", "/faults", read_faults),
        ("POST", "/faults", add_faults),
        ("DELETE", "/faults", clear_faults),
        ("GET", "/accounts", looking.read_accounts),
        ("GET", "/posts", looking.read_posts),
        ("POST", "/accounts", staging.add_account),
        ("POST", "/app", staging.set_app),
        ("POST", "/usage", staging.add_usage),
        ("POST", "/numbers", staging.set_numbers),
        ("PUT", "/media/{name}", put_media),
    ]
    guarded = [
        Route(path, partial(_guarded, store, handler), methods=[method])
        for method, path, handler in handlers
    ]
    # Media are fetched by their address, by the sandbox itself and by the page.
    return [*guarded, Route("/media/{name}", partial(get_media, store), methods=["GET", "HEAD"])]


async def read_clock(store: Store, _request: Request) -> Response:
    with store.read() as records:
        return JSONResponse({"now": records.now().isoformat()})


async def advance_clock(
    settle: Callable[[], Awaitable[None]], store: Store, request: Request
) -> Response:
    seconds = bodies.seconds("advance_s", (await bodies.json_object(request)).get("advance_s"))
    await settle()
    with store.write() as records:
        is_moved = records.advance_clock(seconds)
    if not is_moved:
        raise UsageError(
            f"advance_s is {seconds:,.0f}, which makes more than {MAX_AHEAD_S:,} seconds in all; "
            "POST /_sandbox/reset starts anew"
        )
    return await read_clock(store, request)


async def reset(store: Store, _request: Request) -> Response:
    with store.write() as records:
        records.reset()
    files.delete_all(store.media_folder)
    return JSONResponse({"success": True})


async def read_requests(store: Store, request: Request) -> Response:
    after = request.query_params.get("after", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 15:
        raise UsageError(f"after is {after!r}; use the number of a request")
    with store.read() as records:
        return JSONResponse({"requests": log.entries(records, int(after))})


async def read_faults(store: Store, _request: Request) -> Response:
    with store.read() as records:
        found = [{"n": n, **fault.to_json()} for n, fault in faults.pending(records)]
    return JSONResponse({"faults": found})


async def add_faults(store: Store, request: Request) -> Response:
    """Takes a list of objects or of texts as for `--fault`, alone or under `faults`."""
    wanted = faults.faults_from_json(await bodies.json_body(request))
    with store.write() as records:
        for fault in wanted:
            faults.add(records, fault)
    return await read_faults(store, request)


async def clear_faults(store: Store, request: Request) -> Response:
    with store.write() as records:
        faults.clear(records)
    return await read_faults(store, request)


async def put_media(store: Store, request: Request) -> Response:
    name = _media_name(request)
    try:
        stored = await files.keep(request.stream(), store.media_folder)
    except files.MediaTooLargeError:
        message = f"{name} is larger than {files.MAX_MEDIA_BYTES} bytes"
        return JSONResponse({"error": message}, 413)
    except ClientDisconnect:  # nobody is left to answer
        return Response(status_code=400)
    with store.write() as records:
        files.add_name(records, name, stored)
    return JSONResponse({"name": name, "digest": stored.media.digest, "size": stored.size_bytes})


async def get_media(store: Store, request: Request) -> Response:
    with store.read() as records:
        found = files.find(records, request.path_params["name"])
    if found is None:
        return JSONResponse({"error": "there is no such medium; put it first"}, 404)
    headers = {"x-content-type-options": "nosniff"}
    path = store.media_folder / found.digest
    return FileResponse(path, media_type=found.content_type, headers=headers)


async def _guarded(store: Store, handler: Handler, request: Request) -> Response:
    """Steering is for programs on this computer: not for others, nor for pages in a browser."""
    if not _is_local(request):
        return JSONResponse({"error": "steering works from this computer only"}, 403)
    try:
        return await handler(store, request)
    except UsageError as error:
        return JSONResponse({"error": str(error)}, 400)


def _is_local(request: Request) -> bool:
    client = request.client.host if request.client else ""
    # A page that made its own name point here would send that name as Host, or an Origin.
    host = request.url.hostname or ""
    is_plain_name = "." not in host or _is_address(host)
    return _is_loopback(client) and is_plain_name and "origin" not in request.headers


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def _media_name(request: Request) -> str:
    name: str = request.path_params["name"]
    if not _MEDIA_NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name of a medium; use letters, digits, '.', '_', ':', '-'"
        )
    return name
