"""What stands between a bucket and the world in tests: a web server that serves what it is told."""

from __future__ import annotations

import ssl
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from answering import Answering, serving


class Front(ThreadingHTTPServer):
    """Serves `files` by path: (content type, bytes). What it does otherwise stands in its fields."""

    daemon_threads = True

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.server_port}"
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*certificate)
            # The handshake is made in the thread of the connection, at the first byte that is read.
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self.files = {}
        self.robots = None
        """The text of robots.txt; None for 404."""
        self.status = None
        """The status that every file is refused with."""
        self.headers = {}
        """Headers that are sent with each file, over those of its own."""
        self.knows_ranges = True
        self.asked = []
        """(path, headers) of every request."""

    def paths(self):
        """What was asked for, robots.txt left out."""
        return [path for path, _ in self.asked if path != "/robots.txt"]


class _Answer(Answering, BaseHTTPRequestHandler):
    def handle(self):
        with suppress(ConnectionError, ssl.SSLError):  # whoever has seen enough hangs up
            super().handle()

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        if self.path == "/robots.txt":
            text = self.server.robots
            self.answer(404 if text is None else 200, (text or "").encode())
        elif self.server.status is not None:
            self.answer(self.server.status, b"<html>no", **self.server.headers)
        elif self.path not in self.server.files:
            self.answer(404, b"<html>not here")
        else:
            self._file(*self.server.files[self.path])

    def _file(self, content_type, data):
        headers = {"Content-Type": content_type}
        wanted = self.headers.get("Range")
        if wanted is None or not self.server.knows_ranges:
            self.answer(200, data, **{**headers, **self.server.headers})
            return
        last = min(int(wanted.rpartition("-")[2]), len(data) - 1)
        headers["Content-Range"] = f"bytes 0-{last}/{len(data)}"
        self.answer(206, data[: last + 1], **{**headers, **self.server.headers})


@contextmanager
def front(certificate=None):
    """A `Front` that answers in a thread while open; over TLS with a certificate and its key."""
    with serving(Front(certificate)) as server:
        yield server
