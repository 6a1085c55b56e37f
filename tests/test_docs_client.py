"""docs/client.md: its examples run in their order, and it names what there is."""

from __future__ import annotations

import ast
import asyncio
import hmac
import inspect
import re
from pathlib import Path

import httpx
import pytest
from pictures import a_jpeg
from sandboxed import MP4, a_world

import threadsync.api
from threadsync.api import API, Credentials, Threads

PAGE = Path(__file__).parent.parent / "docs/client.md"
ENVIRONMENT = {
    "THREADS_ACCESS_TOKEN": "SANDBOX",
    "THREADS_APP_ID": "1",
    "THREADS_API_SECRET": "sandbox",
    "THREADS_REDIRECT_URI": "https://example.org/callback",
    "THREADS_VERIFY_TOKEN": "mine",
}


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with a_world(tmp_path / "world") as world:
        monkeypatch.setenv("THREADS_API_BASE_URL", world.base_url)
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        world.put_media("cat.jpg", a_jpeg())
        world.put_media("walk.mp4", MP4)
        yield world


@pytest.fixture
def names(world):
    """What the names of the page stand for after all its examples have run."""
    with asyncio.Runner() as runner:
        api = API(Credentials.of_token("SANDBOX"))
        runner.run(api.__aenter__())
        names = {"api": api}
        for line, block in blocks("python"):
            if "auth_url" in names:
                names.setdefault("callback_url", world.allow(names["auth_url"]))
            run(runner, world, line, block, names)
        runner.run(api.__aexit__(None, None, None))
    return names


def blocks(language):
    """The line on which each fenced block begins, and the block."""
    page = PAGE.read_text()
    for match in re.finditer(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        yield page[: match.start(1)].count("\n"), match[1]


def run(runner, world, line, block, names):
    """Run one example, in which `await` may stand outside of functions; errors tell the line."""
    # Media of the examples lie in the sandbox.
    text = re.sub(r"https://example\.com/(?=\w)", f"{world.base_url}/_sandbox/media/", block)
    code = compile("\n" * line + text, PAGE, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    coroutine = eval(code, names)
    if coroutine is not None:
        runner.run(coroutine)


def test_every_example_runs(names, world, tmp_path, capsys):
    names["test_everybody_is_welcome"](tmp_path / "theirs")
    for name in ("text", "one", "many", "reply", "quote", "link", "poll", "gif", "ghost", "hidden"):
        assert names[name].id
    assert "read_replies" in names["credentials"].to_json()
    assert "publish" in world.calls()


@pytest.mark.anyio
async def test_the_webhook_example_answers_meta_alone(names, capsys):
    body = b'{"values": {"field": "publish", "value": {"id": "18000000000000001"}}}'
    signature = "sha256=" + hmac.digest(b"sandbox", body, "sha256").hex()
    transport = httpx.ASGITransport(names["app"])
    query = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "mine"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as meta:
        shaken = await meta.get("/webhook", params=query)
        foreign = await meta.get("/webhook", params={**query, "hub.verify_token": "guess"})
        signed = {"X-Hub-Signature-256": signature}
        taken = await meta.post("/webhook", content=body, headers=signed)
        forged = await meta.post("/webhook", content=body + b" ", headers=signed)
    assert (shaken.text, foreign.status_code) == ("42", 403)
    assert (taken.status_code, forged.status_code) == (200, 403)
    assert "publish PublishedPost(id='18000000000000001'" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [API, Threads], ids=lambda kind: kind.__name__)
def test_every_call_is_documented_with_its_arguments(kind):
    page, internal = PAGE.read_text(), {"send", "pause", "session"}
    for name, member in inspect.getmembers(kind, inspect.isroutine):
        if name.startswith("_") or name in internal:
            continue
        row = re.search(rf"`(?:Threads\.|await api\.)?{name}\((.*?)\)`", page)
        assert row, f"docs/client.md lacks {name}"
        known = set(inspect.signature(member).parameters)
        named = {argument.strip("* ").partition("=")[0] for argument in row[1].split(",")} - {""}
        assert named <= known, f"docs/client.md has {named - known} for {name}"


def test_every_public_name_is_documented():
    page = PAGE.read_text()
    assert [name for name in threadsync.api.__all__ if not re.search(rf"\b{name}\b", page)] == []


def test_every_option_of_a_post_is_documented():
    page = PAGE.read_text()
    options = threadsync.api.parameters.PostOptions.__annotations__
    assert [name for name in options if f"`{name}`" not in page] == []
