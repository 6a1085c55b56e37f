"""How long 1,000 status calls of the client take, against bare httpx doing the same requests.

Both have an `AsyncClient` with the settings that `API` gives its own, keep it to the end, and parse
the JSON. They take short turns, so that a machine that is busy for a while is busy for both. The
server is a process of its own and gives every request the same answer.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import timing

from threadsync.api import API, Credentials

CALLS = 1000
TURNS = 10
"""Each makes its calls in so many turns, as often as there are rounds."""
ROUNDS = 4
GOAL = 1.25
CONTAINER = "17900000000000001"
FIELDS = "id,status,error_message"


async def by_client(api, in_flight):
    async def one():
        assert (await api.container_status(CONTAINER)).status == "FINISHED"

    return await timed(one, in_flight)


async def by_httpx(client, url, in_flight):
    async def one():
        headers = {"Authorization": "Bearer TOKEN"}
        answer = await client.get(url, params={"fields": FIELDS}, headers=headers)
        assert answer.json()["status"] == "FINISHED"

    return await timed(one, in_flight)


async def timed(one, in_flight):
    """Milliseconds that a turn takes, `in_flight` calls at any time."""
    left = iter(range(CALLS // TURNS))

    async def work():
        for _ in left:
            await one()

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(in_flight)))
    return (time.perf_counter() - started) * 1000


async def compare(base_url, in_flight):
    """Milliseconds for CALLS calls of both, by their median turns, after one round as warm-up."""
    url = f"{base_url}/v1.0/{CONTAINER}"
    ours, theirs = [], []
    async with (
        API(Credentials.of_token("TOKEN"), base_url=base_url) as api,
        httpx.AsyncClient(follow_redirects=False, trust_env=False) as client,
    ):
        for _ in range((ROUNDS + 1) * TURNS):
            ours.append(await by_client(api, in_flight))
            theirs.append(await by_httpx(client, url, in_flight))
    return tuple(TURNS * statistics.median(times[TURNS:]) for times in (ours, theirs))


# The whole server: requests without a body, one at a time on each connection.
_SERVER = """
import asyncio

BODY = b'{"id":"17900000000000001","status":"FINISHED"}'
ANSWER = (
    b"HTTP/1.1 200 OK\\r\\ndate: Sun, 22 Nov 2026 12:00:00 GMT\\r\\n"
    b"content-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n%s" % (len(BODY), BODY)
)

class Answering(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.received = transport, b""

    def data_received(self, data):
        self.received += data
        if self.received.endswith(b"\\r\\n\\r\\n"):
            self.received = b""
            self.transport.write(ANSWER)

async def main():
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def a_server():
    """The base URL of a server that ends with the block."""
    server = subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.kill()
        server.communicate()


def main():
    timing.header("httpx")
    with a_server() as base_url:
        for in_flight in (1, 32):
            ours, theirs = asyncio.run(compare(base_url, in_flight))
            name = f"{CALLS:,} calls, {in_flight} in flight"
            timing.row(name, ours, theirs, f"at most {GOAL} x", verdict=ours <= GOAL * theirs)


if __name__ == "__main__":
    main()
