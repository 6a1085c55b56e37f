"""The preview at an address of this computer, made anew whenever a file has changed.

`GET /` is the page, `GET /mark` what it is made of: a page that finds another mark loads itself
again. Pages of other sites cannot read either, under whatever name they reach this computer.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from threadsync.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "127.0.0.1"
_HOSTS = frozenset({HOST, "localhost"})


class PreviewServer:
    """Listens from the start on; `serve` answers until it is interrupted or `close` is called.

    `mark` tells what the page is made of, `draw` makes it together with its policy; neither is
    called twice at a time.
    """

    def __init__(
        self, port: int, mark: Callable[[], str], draw: Callable[[], tuple[str, str]]
    ) -> None:
        """SettingsError when the port, of which 0 is a free one, cannot be listened on."""
        self._lock = threading.Lock()
        self._mark, self._draw = mark, draw
        self._drawn: tuple[str, str, str] | None = None
        try:
            self._server = ThreadingHTTPServer((HOST, port), self._handler())
        except OSError as error:
            raise SettingsError(
                f"{HOST}:{port} cannot be listened on: {error.strerror}; choose another with --port"
            ) from error
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self._server.server_port}/"

    def serve(self) -> None:
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            self._server.server_close()

    def close(self) -> None:
        """Let `serve` end, from another thread."""
        self._server.shutdown()

    def _page(self) -> tuple[str, str]:
        """The page and its policy, as new as its files."""
        with self._lock:
            mark = self._mark()
            if self._drawn is None or self._drawn[0] != mark:
                self._drawn = (mark, *self._draw())
            return self._drawn[1:]

    def _now(self) -> str:
        with self._lock:
            return self._mark()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        page, now = self._page, self._now

        class Handler(BaseHTTPRequestHandler):
            server_version, sys_version = "threadsync", ""

            def do_GET(self) -> None:
                host = self.headers.get("host", "").rpartition(":")[0]
                if host not in _HOSTS:
                    self._answer(403, "This address is for this computer only.\n")
                elif self.path == "/mark":
                    self._answer(200, now())
                elif self.path.partition("?")[0] == "/":
                    text, policy = page()
                    self._answer(200, text, "text/html", policy)
                else:
                    self._answer(404, "Only / is here.\n")

            def _answer(
                self, status: int, text: str, form: str = "text/plain", policy: str = ""
            ) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("content-type", f"{form}; charset=utf-8")
                self.send_header("content-length", str(len(body)))
                self.send_header("cache-control", "no-store")
                self.send_header("content-security-policy", policy or "default-src 'none'")
                self.send_header("cross-origin-resource-policy", "same-origin")
                self.send_header("x-content-type-options", "nosniff")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
                """Nothing: each page asks once a second."""

        return Handler
