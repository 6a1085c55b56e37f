"""The sandbox on a socket: `run` for the command, `SandboxServer` inside another program.

Both speak real HTTP by uvicorn, on loopback unless told otherwise, and write no log of their own.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from threadsync.errors import SettingsError
from threadsync.sandbox import faults as fault_store
from threadsync.sandbox.app import ABORT, Sandbox
from threadsync.sandbox.model import Options
from threadsync.sandbox.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Self

    from starlette.types import ASGIApp, Receive, Scope, Send

    from threadsync.sandbox.faults import Fault

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8700
_GRACE_S = 0.2
_TURNS_OF_ACCEPTING = 3
"""Turns of asyncio's loop until a connection it has accepted can be closed."""


class _Protocol(H11Protocol):
    """Hands the application a way to close its connection without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio forgets it for sockets made without a protocol number; each answer took 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = transport.abort
            await inner(scope, receive, send)

        self.app = app


async def serve(
    listener: socket.socket,
    store: Store,
    options: Options,
    on_ready: Callable[[], None],
    stop: asyncio.Event,
) -> None:
    """Serve until `stop` is set. Closes the listener; the store stays open."""
    app = Sandbox(store, options)
    app.resume()
    try:
        await serve_app(listener, app, on_ready, stop)
    finally:
        await app.aclose()


async def serve_app(
    listener: socket.socket, app: ASGIApp, on_ready: Callable[[], None], stop: asyncio.Event
) -> None:
    """As `serve`, for any application."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    try:
        on_ready()
        await stop.wait()
    finally:
        await _shut_down(server)


async def _shut_down(server: uvicorn.Server) -> None:
    # Not uvicorn's own shutdown: that waits for a tenth of a second and for every delayed answer.
    await _stop_listening(server.servers)
    for connection in list(server.server_state.connections):
        connection.shutdown()
    if tasks := set(server.server_state.tasks):
        await asyncio.wait(tasks, timeout=_GRACE_S)
    # First the connections, or uvicorn answers 500 for each call that is cut short.
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _stop_listening(listening: Sequence[asyncio.Server]) -> None:
    # asyncio loses, and never closes, a connection it has accepted from a server that closes before
    # the connection is made.
    loop = asyncio.get_running_loop()
    for listener in (one for server in listening for one in server.sockets):
        with suppress(NotImplementedError):  # Windows
            loop.remove_reader(listener)
    for _ in range(_TURNS_OF_ACCEPTING):
        await asyncio.sleep(0)
    for server in listening:
        server.close()


def run(
    host: str,
    port: int,
    data: Path,
    options: Options,
    faults: Sequence[Fault],
    on_ready: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `on_ready` gets the base URL once requests are answered.

    `faults` take the place of those that are set in `data`.
    Raises SettingsError when the address cannot be used and StateError when the folder cannot.
    """
    listener = _listen(host, port)
    with listener, _opened(data, faults) as store:
        asyncio.run(_run(listener, store, options, lambda: on_ready(_base_url(listener))))


async def _run(
    listener: socket.socket, store: Store, options: Options, on_ready: Callable[[], None]
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Where there are no such handlers (Windows), Ctrl-C raises KeyboardInterrupt as ever.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await serve(listener, store, options, on_ready, stop)


class SandboxServer:
    """An embedded server in a thread of its own: `with` or `async with`, then `base_url`.

    Installs no signal handlers. Port 0 takes a free one. `data` is kept when the server ends;
    another server may use it at the same time. `faults` take the place of those that are set there;
    None leaves them.
    """

    def __init__(
        self,
        data: Path,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        options: Options = Options(),
        faults: Sequence[Fault] | None = None,
    ) -> None:
        self._data, self._host, self._port = data, host, port
        self._options, self._faults = options, faults
        self._stop: Callable[[], None] | None = None
        self._thread: threading.Thread | None = None
        self.base_url = ""
        """`http://127.0.0.1:PORT` while the server runs; empty before."""

    def start(self) -> None:
        """Returns when requests are answered; raises as `run` does."""
        listener = _listen(self._host, self._port)
        try:
            store = _opened(self._data, self._faults)
        except BaseException:
            listener.close()
            raise
        self.base_url = _base_url(listener)
        started: Future[None] = Future()
        arguments = (listener, store, started)
        self._thread = threading.Thread(target=self._work, args=arguments, daemon=True)
        self._thread.start()
        started.result()

    def stop(self) -> None:
        """Ends the server and waits for its end; harmless when it does not run."""
        if self._thread is None:
            return
        if self._stop is not None:
            self._stop()
        self._thread.join()
        self._thread = self._stop = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await asyncio.to_thread(self.stop)

    def _work(self, listener: socket.socket, store: Store, started: Future[None]) -> None:
        try:
            with listener, store:
                asyncio.run(self._serve(listener, store, started))
        except BaseException as error:
            # Whoever waits for the start gets it.
            if started.done():
                raise
            started.set_exception(error)

    async def _serve(self, listener: socket.socket, store: Store, started: Future[None]) -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()

        def end() -> None:
            # A loop that ended by itself needs no telling.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(stop.set)

        self._stop = end
        await serve(listener, store, self._options, lambda: started.set_result(None), stop)


def _opened(data: Path, faults: Sequence[Fault] | None) -> Store:
    store = Store(data)
    if faults is not None:
        with store.write() as records:
            fault_store.replace_all(records, faults)
    return store


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"{host}:{port} cannot be listened on: {error}; choose another address or port"
        ) from error


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
