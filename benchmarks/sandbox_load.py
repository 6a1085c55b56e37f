"""200 clients at once on the sandbox, beside a bare Starlette route on the same uvicorn settings.

Each client makes a text container, publishes it, asks for its status and reads its list, again and
again, on a connection of its own; any answer but 200 is an error. `--seconds` says how long.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from urllib.parse import urlsplit

CLIENTS = 200
POSTS_OF_AN_ACCOUNT = 240  # it may publish 250 in a day

SANDBOX = """
import pathlib, sys
from threadsync.sandbox.model import Options
from threadsync.sandbox.server import run
run("127.0.0.1", 0, pathlib.Path(sys.argv[1]), Options(), (), lambda url: print(url, flush=True))
"""
BARE = """
import asyncio, socket
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from threadsync.sandbox.server import serve_app

async def answer(request):
    await request.body()
    return Response(b'{"id": "1"}', media_type="application/json")

async def main():
    app = Starlette(routes=[Route("/v1.0/{path:path}", answer, methods=["GET", "POST"])])
    listener = socket.create_server(("127.0.0.1", 0))
    ready = lambda: print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await serve_app(listener, app, ready, asyncio.Event())

asyncio.run(main())
"""


@contextmanager
def serving(program, *arguments):
    """Host and port of a program that serves in a process of its own."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        address = urlsplit(process.stdout.readline().strip())
        try:
            yield address.hostname, address.port
        finally:
            process.terminate()


class Connection:
    """HTTP/1.1 by hand: a client that costs little, so that the server is what is measured."""

    async def open(self, address):
        self._reader, self._writer = await asyncio.open_connection(*address)
        return self

    async def call(
        self, method, path, token="", body=b"", kind="application/x-www-form-urlencoded"
    ):
        """Status and body."""
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n"
            f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        content = await self._reader.readexactly(int(headers["content-length"]))
        return int(lines[0].split()[1]), content

    def close(self):
        self._writer.close()


class Client:
    """One of the clients: what it asks, how long each answer took, what went wrong."""

    def __init__(self, number, until, *, is_sandbox):
        self._number, self._until, self._is_sandbox = number, until, is_sandbox
        self._token = ""
        self.times, self.errors = [], []

    async def run(self, address):
        self._connection = await Connection().open(address)
        try:
            for turn in count():
                if turn % POSTS_OF_AN_ACCOUNT == 0 and self._is_sandbox:
                    await self._take_account(turn)
                if time.perf_counter() >= self._until:
                    break
                await self._cycle(turn)
        except (OSError, ValueError, KeyError, asyncio.IncompleteReadError) as error:
            self.errors.append(repr(error))
        finally:
            self._connection.close()

    async def _cycle(self, turn):
        text = f"media_type=TEXT&text=Hello+{turn}"
        made = json.loads(await self._ask("POST", "me/threads", text))["id"]
        await self._ask("POST", "me/threads_publish", f"creation_id={made}")
        await self._ask("GET", f"{made}?fields=id,status")
        await self._ask("GET", "me/threads?fields=id,text,permalink&limit=10")

    async def _ask(self, method, path, body=""):
        started = time.perf_counter()
        status, content = await self._connection.call(
            method, f"/v1.0/{path}", self._token, body.encode()
        )
        self.times.append(time.perf_counter() - started)
        if status != 200:
            self.errors.append(f"{method} {path}: {status} {content[:200]!r}")
        return content

    async def _take_account(self, turn):
        self._token = f"T{self._number}.{turn}"
        account = json.dumps({"username": self._token, "token": self._token}).encode()
        await self._connection.call("POST", "/_sandbox/accounts", body=account)


async def measure(address, seconds, *, is_sandbox):
    """Prints one row; how many errors there were."""
    started = time.perf_counter()
    clients = [
        Client(number, started + seconds, is_sandbox=is_sandbox) for number in range(CLIENTS)
    ]
    await asyncio.gather(*(one.run(address) for one in clients))
    took = time.perf_counter() - started
    times = sorted(seconds for one in clients for seconds in one.times)
    errors = [error for one in clients for error in one.errors]
    median, p99 = statistics.median(times), times[len(times) * 99 // 100]
    name = "sandbox" if is_sandbox else "bare route"
    print(
        f"{name:<12} {len(times):8,} requests {len(times) / took:9,.0f} a second   "
        f"median {median * 1000:7.1f} ms   p99 {p99 * 1000:7.1f} ms   {len(errors)} errors"
    )
    for error in errors[:5]:
        print(f"  {error}")
    return len(errors)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        with serving(BARE) as address:
            errors = asyncio.run(measure(address, min(seconds, 10), is_sandbox=False))
        with serving(SANDBOX, folder) as address:
            errors += asyncio.run(measure(address, seconds, is_sandbox=True))
    sys.exit(bool(errors))


if __name__ == "__main__":
    main()
