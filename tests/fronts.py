"""What stands between a bucket and the world in tests: a web server that serves what it is told."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Front(ThreadingHTTPServer):
    """Serves `files` by path: (content type, bytes). What it does otherwise stands in its fields."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
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


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle(self):
        with suppress(ConnectionError):  # whoever has seen enough hangs up
            super().handle()

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        if self.path == "/robots.txt":
            text = self.server.robots
            self._answer(404 if text is None else 200, (text or "").encode())
        elif self.server.status is not None:
            self._answer(self.server.status, b"<html>no", **self.server.headers)
        elif self.path not in self.server.files:
            self._answer(404, b"<html>not here")
        else:
            self._file(*self.server.files[self.path])

    def _file(self, content_type, data):
        headers = {"Content-Type": content_type}
        wanted = self.headers.get("Range")
        if wanted is None or not self.server.knows_ranges:
            self._answer(200, data, **{**headers, **self.server.headers})
            return
        last = min(int(wanted.rpartition("-")[2]), len(data) - 1)
        headers["Content-Range"] = f"bytes 0-{last}/{len(data)}"
        self._answer(206, data[: last + 1], **{**headers, **self.server.headers})

    def _answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def front():
    """A `Front` that answers in a thread while open."""
    with Front() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
