"""A web server elsewhere, from which media are fetched; it remembers what it was asked."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {}
        """Content by path; None is moved elsewhere."""
        self.asked = []
        """Path and user agent of each request, in order."""
        self.gate = threading.Event()
        """While it is not set, nothing is answered."""
        self.gate.set()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        """A client that has left is no news."""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers["user-agent"]))
        self.server.gate.wait(10)
        content = self.server.files.get(self.path, b"")
        is_there = self.path in self.server.files
        self.send_response(404 if not is_there else 302 if content is None else 200)
        self.send_header("location", "/cat.jpg")
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_):
        pass


@contextmanager
def a_web_server():
    """It ends with the block, also while it holds answers back."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.gate.set()
            server.shutdown()
            thread.join()
