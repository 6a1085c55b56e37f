"""The embedded server ends clean: no connection stays open, whenever one is made."""

import gc
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from threadsync.sandbox.server import SandboxServer


@contextmanager
def knocking(address):
    """Two clients that open connection after connection, until the end."""
    ended, opened = threading.Event(), []

    def knock():
        while not ended.is_set():
            with suppress(OSError):
                opened.append(socket.create_connection(address, timeout=1))

    clients = [threading.Thread(target=knock) for _ in range(2)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        ended.set()
        for client in clients:
            client.join()
        for connection in opened:
            connection.close()


@pytest.mark.filterwarnings("default")
def test_a_connection_that_is_just_made_is_closed_when_the_server_ends(tmp_path, monkeypatch):
    lost = []
    monkeypatch.setattr("sys.unraisablehook", lost.append)
    monkeypatch.setattr("warnings.showwarning", lambda *warning: lost.append(warning))
    for _ in range(3):
        server = SandboxServer(tmp_path)
        server.start()
        host, port = server.base_url.removeprefix("http://").split(":")
        with knocking((host, int(port))):
            time.sleep(0.02)
            server.stop()
        gc.collect()
    assert lost == []
