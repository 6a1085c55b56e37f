"""The listener that waits for the browser: what it answers, what it takes, what it leaves aside."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from threadsync.errors import SettingsError, TokenError
from threadsync.signin.callback import Callback

PATIENCE = timedelta(seconds=30)


@pytest.fixture
def callback():
    with Callback("http://127.0.0.1:0/back") as callback:
        yield callback


def come_back(callback, visit):
    """What `callback` gets while `visit`, a coroutine function, acts as the browser."""

    async def both():
        waiting = asyncio.create_task(callback.address(PATIENCE))
        async with httpx.AsyncClient(trust_env=False) as browser:
            await visit(browser)
        return await waiting

    return asyncio.run(both())


def test_the_address_is_whole(callback):
    async def visit(browser):
        answer = await browser.get(f"{callback.redirect_uri}?code=a%2Fb&state=s")
        assert "Back to the terminal" in answer.text
        assert answer.headers["cache-control"] == "no-store"

    assert come_back(callback, visit) == f"{callback.redirect_uri}?code=a%2Fb&state=s"


def test_whatever_else_is_asked_for_is_not_the_answer(callback):
    async def visit(browser):
        root = callback.redirect_uri.removesuffix("/back")
        statuses = [
            (await browser.get(f"{root}/favicon.ico")).status_code,
            (await browser.head(callback.redirect_uri)).status_code,
            (await browser.get(f"{root}//back")).status_code,
        ]
        assert statuses == [404] * 3
        await browser.get(f"{callback.redirect_uri}?code=1")

    assert come_back(callback, visit).endswith("?code=1")


@pytest.mark.parametrize("sent", [b"", b"\r\n\r\n", b"hello\r\n\r\n", b"x" * 100_000])
def test_a_connection_that_speaks_no_http_is_in_nobodys_way(callback, sent):
    parts = urlsplit(callback.redirect_uri)
    with closing(socket.create_connection((parts.hostname, parts.port))) as other:
        other.sendall(sent)

        async def visit(browser):
            await browser.get(f"{callback.redirect_uri}?code=1")

        assert come_back(callback, visit).endswith("?code=1")


def test_patience_ends(callback):
    with pytest.raises(TokenError, match="did not come back within 0 minutes; begin again"):
        asyncio.run(callback.address(timedelta(0)))


def test_a_named_port_is_kept_as_it_was_registered():
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
    with Callback(f"http://localhost:{port}") as callback:
        assert callback.redirect_uri == f"http://localhost:{port}"


def test_a_port_that_is_taken(callback):
    with pytest.raises(SettingsError, match="address already in use; use another port"):
        Callback(callback.redirect_uri)
