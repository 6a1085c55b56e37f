"""What the small web servers of the tests share: an answer in one call, and a thread to serve in."""

from __future__ import annotations

import threading
from contextlib import contextmanager


class Answering:
    """Beside BaseHTTPRequestHandler: keeps connections open, answers whole, writes nothing of it."""

    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def serving(server):
    """`server`, answering in a thread while open."""
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
