"""Connections made by asyncio: they carry, end and fail as httpx's own do."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import struct
from contextlib import asynccontextmanager
from datetime import timedelta

import httpcore
import httpx
import pytest
from builders import NOON
from fronts import front
from scripted_server import SILENCE, Reply, scripted_server, unused_url
from servers import make_certificate

from threadsync.api import API, Credentials
from threadsync.api.network import AsyncioBackend, AsyncioStream, connect_by_asyncio

pytestmark = pytest.mark.anyio

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
ME = Credentials("1", [], False, "t", NOON + timedelta(days=9_999))
LARGE = bytes(range(256)) * 12_000


@pytest.fixture
def anyio_backend():
    return "asyncio"


def opened(**options):
    session = httpx.AsyncClient(**options)
    connect_by_asyncio(session)
    return session


@asynccontextmanager
async def raw_server(serve):
    """The address of a server whose connections `serve` deals with, and the list of these."""
    connections = []

    async def accepted(reader, writer):
        connections.append(writer)
        await serve(reader, writer)

    async with await asyncio.start_server(accepted, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connections
        for writer in connections:
            writer.transport.abort()
        await asyncio.sleep(0)


async def test_the_client_makes_its_connections_so():
    with scripted_server() as server:
        server.script = [Reply({})]
        async with API(ME, base_url=server.url) as api:
            answer = await api.session.get(server.url)
    assert isinstance(answer.extensions["network_stream"], AsyncioStream)


async def test_a_session_of_the_users_own_is_left_as_it_is():
    with scripted_server() as server:
        server.script = [Reply({})]
        async with httpx.AsyncClient(trust_env=False) as session:
            API(ME, session, base_url=server.url)
            answer = await session.get(server.url)
    assert not isinstance(answer.extensions["network_stream"], AsyncioStream)


async def test_tls(tmp_path):
    certificate = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=certificate[0])
    with front(certificate) as server:
        server.files["/large"] = ("application/octet-stream", LARGE)
        async with opened(verify=trusting, trust_env=False) as session:
            answer = await session.get(f"{server.url}/large")
    assert answer.content == LARGE
    assert answer.extensions["network_stream"].get_extra_info("ssl_object").version()


async def test_a_certificate_that_is_not_trusted(tmp_path):
    with front(make_certificate(tmp_path)) as server:
        async with opened(trust_env=False) as session:
            with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
                await session.get(server.url)


async def test_through_a_proxy(monkeypatch):
    with front() as proxy:
        proxy.files["http://example.invalid/x"] = ("text/plain", b"by proxy")
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        async with opened() as session:
            answer = await session.get("http://example.invalid/x")
    assert answer.text == "by proxy"
    assert isinstance(answer.extensions["network_stream"], AsyncioStream)


async def test_an_idle_connection_that_the_server_has_closed_is_not_used():
    async def once(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        writer.close()

    async with raw_server(once) as (url, connections), opened(trust_env=False) as session:
        for _ in range(3):
            assert (await session.post(url)).json() == {}
    assert len(connections) == 3


async def test_an_idle_connection_is_used_again():
    async def on_and_on(reader, writer):
        while await reader.read(1000):
            writer.write(ANSWER)
        writer.close()

    async with raw_server(on_and_on) as (url, connections), opened(trust_env=False) as session:
        for _ in range(3):
            await session.get(url)
    assert len(connections) == 1


async def test_nobody_listens():
    async with opened(trust_env=False) as session:
        with pytest.raises(httpx.ConnectError):
            await session.get(unused_url())


async def test_a_host_that_does_not_exist():
    async with opened(trust_env=False) as session:
        with pytest.raises(httpx.ConnectError):
            await session.get("http://nowhere.invalid")


async def test_no_answer_in_time():
    with scripted_server() as server:
        server.script = [SILENCE]
        impatient = httpx.Timeout(5, read=0.05)
        async with opened(trust_env=False, timeout=impatient) as session:
            with pytest.raises(httpx.ReadTimeout, match="no answer in time"):
                await session.get(server.url)


async def test_a_connection_that_is_given_up_is_closed():
    async def close(_, writer):
        writer.close()

    backend, given_up = AsyncioBackend(), 0
    async with raw_server(close) as (url, _):
        host, port = url.removeprefix("http://").split(":")
        for n in range(300):
            try:
                stream = await backend.connect_tcp(host, int(port), timeout=n / 1e6)
            except httpcore.ConnectTimeout:
                given_up += 1
            else:
                await stream.aclose()
    gc.collect()  # a connection that is lost now is an error of this test
    assert given_up


async def test_a_server_that_does_not_read_in_time():
    async def never(reader, writer):
        writer.transport.pause_reading()  # what is there already stays in the kernel
        await asyncio.Event().wait()

    async with raw_server(never) as (url, _), opened(trust_env=False, timeout=0.2) as session:
        with pytest.raises(httpx.WriteTimeout):
            await session.post(url, content=LARGE * 10)


async def test_a_connection_that_is_reset():
    async def reset(reader, writer):
        gone_at_once = struct.pack("ii", 1, 0)
        found = writer.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, gone_at_once)
        writer.transport.abort()

    async with raw_server(reset) as (url, _), opened(trust_env=False) as session:
        with pytest.raises((httpx.ReadError, httpx.WriteError)):
            await session.get(url)


async def test_an_address_of_our_own_can_be_chosen():
    transport = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
    with front() as server:
        server.files["/"] = ("text/plain", b"")
        async with opened(transport=transport, trust_env=False) as session:
            answer = await session.get(server.url)
            stream = answer.extensions["network_stream"]
            assert stream.get_extra_info("client_addr")[0] == "127.0.0.2"
            assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"


def test_pools_are_where_we_look_for_them():
    session = opened(trust_env=False)
    assert isinstance(session._transport._pool, httpcore.AsyncConnectionPool)
