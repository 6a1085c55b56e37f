"""An HTTP server on loopback that answers by a script and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import parse_headers
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict
    headers: Message
    form: dict


@dataclass(frozen=True)
class Reply:
    """What is sent: `body` as JSON unless it is bytes; a function of the Request gives either.

    A status of None closes the connection.
    """

    body: object = b""
    status: int | None = 200
    headers: dict = field(default_factory=dict)


CLOSED = Reply(status=None)
"""The request is read, and the connection closed without an answer."""
SILENCE = Reply(status=-1)
"""The request is read, and nothing is said until the client has gone."""


def graph_error(code=None, subcode=None, status=400, message="no", **values):
    error = {"message": message, "code": code, "error_subcode": subcode, **values}
    return Reply({"error": {k: v for k, v in error.items() if v is not None}}, status)


class ScriptedServer(socketserver.ThreadingTCPServer):
    """`script` holds the replies to come; when it is used up, the status is 599."""

    daemon_threads = False
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = []
        self.requests = []
        self.reads_first = True
        """Whether a request is read before a connection is closed on it."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def asked(self):
        """The requests so far as `POST /v1.0/me/threads`."""
        return [f"{request.method} {request.path}" for request in self.requests]


class _Handler(socketserver.StreamRequestHandler):
    timeout = 30  # or a test whose client says nothing would wait for ever

    def handle(self):
        if not self.server.reads_first:
            self.server.requests.append(Request("", "", {}, Message(), {}))
            return
        request = self._read()
        if request is None:
            return
        self.server.requests.append(request)
        reply = self.server.script.pop(0) if self.server.script else Reply(status=599)
        if reply is SILENCE:
            self.rfile.read()
        elif reply.status is not None:
            self._write(reply, request)

    def _read(self):
        words = self.rfile.readline().decode().split()
        if not words:
            return None
        headers = parse_headers(self.rfile)
        form = self.rfile.read(int(headers.get("content-length", 0))).decode()
        target = urlsplit(words[1])
        return Request(words[0], target.path, _pairs(target.query), headers, _pairs(form))

    def _write(self, reply, request):
        body = reply.body(request) if callable(reply.body) else reply.body
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Length": len(body), "Connection": "close", **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} X", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        self.wfile.write("\r\n".join(lines).encode() + body)


def _pairs(text):
    return dict(parse_qsl(text, keep_blank_values=True))


@contextmanager
def scripted_server():
    with ScriptedServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def unused_url():
    """An address at which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
