"""Connections of httpx by asyncio itself, without the layer that would let it run on trio as well.

That layer costs a fifth of a call, and more with many idle connections (measured 2026-11-22, httpx
0.28, anyio 4.16). httpx has no setting for it; where another httpx keeps its pools elsewhere, its
own connections stay.
"""

# ruff: noqa: ASYNC109 - the timeouts are those of httpcore's interface

from __future__ import annotations

import asyncio
import select
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable, Iterable, Iterator

    import httpx

    SocketOption = (
        tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
    )

AT_ONCE_BYTES = 64 * 1024
HAPPY_EYEBALLS_S = 0.25
"""How long IPv6 may try before IPv4 tries too (RFC 8305)."""


def connect_by_asyncio(session: httpx.AsyncClient) -> None:
    """Have `session` make its connections, those to proxies too, by asyncio."""
    proxies = getattr(session, "_mounts", {})
    for transport in (getattr(session, "_transport", None), *proxies.values()):
        pool = getattr(transport, "_pool", None)
        if isinstance(pool, httpcore.AsyncConnectionPool):
            pool._network_backend = AsyncioBackend()  # noqa: SLF001 - see above


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for a pool of httpcore; its errors are those of httpcore."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> AsyncioStream:
        with _as(httpcore.ConnectTimeout, httpcore.ConnectError):
            async with asyncio.timeout(timeout):
                reader, writer = await asyncio.open_connection(
                    host,
                    port,
                    local_addr=(local_address, 0) if local_address else None,
                    **_both_families(host),
                )
        stream = AsyncioStream(reader, writer)
        for option in socket_options or ():
            stream.socket.setsockopt(*option)
        return stream

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class AsyncioStream(httpcore.AsyncNetworkStream):
    """One connection; what is written goes out when it is much, or when something is to be read.

    So head and body of a small request are one packet.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._unsent = bytearray()
        self.socket: socket.socket = writer.get_extra_info("socket")
        self._is_readable = _readiness(self.socket)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._unsent:
            await self._send(timeout)
        with _as(httpcore.ReadTimeout, httpcore.ReadError):
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent += buffer
        if len(self._unsent) >= AT_ONCE_BYTES:
            await self._send(timeout)

    async def _send(self, timeout: float | None) -> None:
        unsent, self._unsent = self._unsent, bytearray()
        with _as(httpcore.WriteTimeout, httpcore.WriteError):
            self._writer.write(unsent)
            async with asyncio.timeout(timeout):
                await self._writer.drain()

    async def aclose(self) -> None:
        self._writer.transport.abort()
        await asyncio.sleep(0)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> AsyncioStream:
        try:
            with _as(httpcore.ConnectTimeout, httpcore.ConnectError):
                async with asyncio.timeout(timeout):
                    await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except BaseException:
            self._writer.transport.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks for, such as whether bytes, or the end, are there to be read."""
        if info == "is_readable":
            return self._is_readable()
        names = {"client_addr": "sockname", "server_addr": "peername"}
        return self._writer.get_extra_info(names.get(info, info))


def _both_families(host: str) -> dict[str, Any]:
    """The wish for happy eyeballs, where there may be two families; uvloop's loop does not know it.

    asyncio leaves a connection open for a while when it is given up in the very moment it is made in
    this way (measured 2026-11-22, Python 3.11).
    """
    is_asyncio = isinstance(asyncio.get_running_loop(), asyncio.BaseEventLoop)
    if not is_asyncio or _is_address(host):
        return {}
    return {"happy_eyeballs_delay": HAPPY_EYEBALLS_S}


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        ip_address(host)
        return True
    return False


@contextmanager
def _as(
    timeout: type[httpcore.TimeoutException], error: type[httpcore.NetworkError]
) -> Iterator[None]:
    """Raise `timeout` and `error` in place of what asyncio raises."""
    try:
        yield
    except TimeoutError as exc:
        raise timeout(str(exc) or "no answer in time") from exc
    except OSError as exc:  # ssl.SSLError is one too
        raise error(str(exc)) from exc


def _readiness(found: socket.socket) -> Callable[[], bool]:
    """Whether there are bytes to be read, or the end, when it is called; true when it is closed."""
    if not hasattr(select, "poll"):  # Windows
        return lambda: found.fileno() < 0 or bool(select.select([found], [], [], 0)[0])
    poll = select.poll()
    poll.register(found, select.POLLIN)
    # Once closed, its number may be that of another socket.
    return lambda: found.fileno() < 0 or bool(poll.poll(0))
