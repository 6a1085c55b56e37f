"""Waits on this machine for the browser to come back from the authorize window.

Only the path and query of the request are read. Whatever else asks meanwhile, such as a browser for
an icon or a connection that says nothing, gets 404 or no answer and is in nobody's way.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from threadsync.errors import SettingsError, TokenError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

_MAX_REQUEST_BYTES = 16 * 1024
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>threadsync</title></head>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 10vh auto">
<h1>Back to the terminal</h1>
<p>threadsync has got the answer. This page can be closed.</p>
</body></html>
"""


class Callback:
    """A listener at a loopback address of plain http; port 0, or none, takes a free one. Close it."""

    def __init__(self, redirect_uri: str) -> None:
        """SettingsError when nothing can listen there."""
        parts = urlsplit(redirect_uri)
        self._listener = _listen(redirect_uri, parts.hostname or "", parts.port or 0)
        self._path = parts.path or "/"
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self._root = f"http://{host}:{self._listener.getsockname()[1]}"
        self.redirect_uri = redirect_uri if parts.port else f"{self._root}{self._path}"
        """As given, but with the port that is listened on."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()

    async def address(self, patience: timedelta) -> str:
        """The whole address the browser comes back to; TokenError when it does not."""
        came: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        connections: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections[writer] = asyncio.create_task(self._answer(reader, writer, came))

        server = await asyncio.start_server(
            connected, sock=self._listener, limit=_MAX_REQUEST_BYTES
        )
        try:
            return await asyncio.wait_for(came, patience.total_seconds())
        except TimeoutError:
            minutes = patience.total_seconds() / 60
            raise TokenError(
                f"the browser did not come back within {minutes:.0f} minutes; begin again"
            ) from None
        finally:
            server.close()
            await _end(connections)

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, came: asyncio.Future[str]
    ) -> None:
        # A connection that breaks or does not speak HTTP is not the one waited for.
        with suppress(OSError, EOFError, asyncio.LimitOverrunError):
            target = _target(await reader.readuntil(b"\r\n\r\n"))
            is_it = target is not None and urlsplit(target).path == self._path
            writer.write(_response(200, _PAGE) if is_it else _response(404, ""))
            await writer.drain()
            if is_it and not came.done():
                came.set_result(f"{self._root}{target}")
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _end(connections: Mapping[asyncio.StreamWriter, asyncio.Task[None]]) -> None:
    """Break off whoever has not said anything, and wait for the rest."""
    for writer, task in connections.items():
        if not task.done() and not writer.is_closing():
            writer.transport.abort()
    await asyncio.gather(*connections.values(), return_exceptions=True)


def _listen(redirect_uri: str, host: str, port: int) -> socket.socket:
    address = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family)
    except OSError as exc:
        raise SettingsError(
            f"nothing can listen at {redirect_uri}: {_reason(exc)}; "
            "use another port in THREADS_REDIRECT_URI, or 0 for a free one"
        ) from exc


def _reason(error: OSError) -> str:
    # The text of asyncio's own errors repeats the address.
    return os.strerror(error.errno).lower() if error.errno else str(error)


def _target(request: bytes) -> str | None:
    """Path and query of a GET; None for anything else."""
    words = request.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    is_get = len(words) == 3 and words[0] == "GET" and words[1].startswith("/")
    return words[1] if is_get else None


def _response(status: int, page: str) -> bytes:
    reason = {200: "OK", 404: "Not Found"}[status]
    body = page.encode()
    head = (
        f"HTTP/1.1 {status} {reason}",
        "content-type: text/html; charset=utf-8",
        f"content-length: {len(body)}",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "content-security-policy: default-src 'none'; style-src 'unsafe-inline'",
        "connection: close",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
