"""The world outlives its server: restart, kill -9, two servers on one folder."""

import asyncio
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from caller import JPEG, MP4, Caller, bearer

from threadsync.errors import SettingsError, StateError
from threadsync.sandbox.app import Sandbox
from threadsync.sandbox.model import Options
from threadsync.sandbox.server import SandboxServer
from threadsync.sandbox.storage import store as stores
from threadsync.sandbox.storage.store import Store

COMMAND = """
import sys, pathlib
from threadsync.sandbox.model import Options
from threadsync.sandbox.server import run
run("127.0.0.1", 0, pathlib.Path(sys.argv[1]), Options(), (), lambda url: print(url, flush=True))
"""


def start(folder):
    """A server in a process of its own, and its base URL."""
    command = [sys.executable, "-W", "error", "-c", COMMAND, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def end(process, number):
    """The exit status and all that was written after the address."""
    process.send_signal(number)
    output, errors = process.communicate(timeout=10)
    return process.returncode, output + errors


def test_everything_is_there_after_a_restart(tmp_path):
    with SandboxServer(tmp_path) as server, Caller(server.base_url) as caller:
        url = caller.put_media("cat.jpg", JPEG)
        container_id = caller.create()
        root = caller.published("root", media_type="IMAGE", image_url=url)
        caller.advance(1000)
        before = caller.get("/_sandbox/clock").json()["now"]
    with SandboxServer(tmp_path) as server, Caller(server.base_url) as caller:
        assert caller.status(container_id)["status"] == "FINISHED"
        assert caller.listed("me/threads") == ["root"]
        assert caller.get(caller.node(root, "media_url")["media_url"]).content == JPEG
        assert caller.get("/_sandbox/clock").json()["now"] >= before
        assert len(caller.log()) >= 5
        assert caller.published() > root


def test_nothing_is_lost_by_kill_9(tmp_path):
    process, url = start(tmp_path)
    with Caller(url) as caller:
        published = caller.published("last words")
    assert end(process, signal.SIGKILL)[0] == -signal.SIGKILL
    with SandboxServer(tmp_path) as server, Caller(server.base_url) as caller:
        assert caller.node(published, "text")["text"] == "last words"
        assert caller.log()[1]["answer"] == {"id": published}


def test_a_video_that_was_being_fetched_is_fetched_after_kill_9(tmp_path, elsewhere):
    elsewhere.files["/film"] = MP4
    elsewhere.gate.clear()
    process, url = start(tmp_path)
    with Caller(url) as caller:
        data = {"media_type": "VIDEO", "video_url": f"{elsewhere.url}/film"}
        container_id = caller.post("/me/threads", data=data).json()["id"]
    assert end(process, signal.SIGKILL)[0] == -signal.SIGKILL
    elsewhere.gate.set()
    with SandboxServer(tmp_path) as server, Caller(server.base_url) as caller:
        caller.settle()
        assert caller.status(container_id)["status"] == "FINISHED"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_ends_quietly_on_a_signal(tmp_path, number):
    process, url = start(tmp_path)
    with Caller(url) as caller:
        caller.create()
        assert end(process, number) == (0, "")


def test_two_processes_share_one_world(tmp_path):
    process, url = start(tmp_path)
    with SandboxServer(tmp_path) as server, Caller(server.base_url) as here, Caller(url) as there:
        container_id = here.create("shared")
        assert there.status(container_id)["status"] == "FINISHED"
        there.set_faults("publish:1:drop-before")
        with pytest.raises(httpx.TransportError):
            here.publish(container_id)
        there.advance(24 * 3600)
        assert here.status(container_id)["status"] == "EXPIRED"
        there.published("fresh")
        assert here.listed("me/threads") == ["fresh"]
        end(process, signal.SIGTERM)


def test_a_container_published_by_two_servers_at_once_is_one_post(tmp_path):
    with (
        SandboxServer(tmp_path) as one,
        SandboxServer(tmp_path) as two,
        Caller(one.base_url) as a,
        Caller(two.base_url) as b,
        ThreadPoolExecutor() as pool,
    ):
        containers = [a.create() for _ in range(10)]
        for container_id in containers:
            answers = [pool.submit(caller.publish, container_id) for caller in (a, b)]
            assert sorted(one.result().status_code for one in answers) == [200, 400]
        assert len(a.listed("me/threads")) == 10


def test_many_servers_may_start_in_a_new_folder_at_once(tmp_path):
    with ThreadPoolExecutor() as pool:
        opened = list(pool.map(Store, [tmp_path / "new"] * 8))
    for store in opened:
        with store.read() as records:
            assert records.account_named("sandbox").id == "17841400000000001"
        store.close()


class Busy:
    """A connection that is locked for the first so many statements."""

    def __init__(self, times):
        self.left = times

    def execute(self, _statement):
        if self.left:
            self.left -= 1
            raise sqlite3.OperationalError("database is locked")


def test_a_start_beside_others_is_tried_again_and_not_for_ever(monkeypatch):
    monkeypatch.setattr(stores, "_PAUSES_S", (0, 0))
    stores._use_wal(Busy(2))
    with pytest.raises(sqlite3.OperationalError):
        stores._use_wal(Busy(3))


def test_a_port_in_use_says_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port} .* choose another"):
            SandboxServer(tmp_path, port=port).start()


def test_a_damaged_folder_says_where(tmp_path):
    (tmp_path / "world.sqlite3").write_bytes(b"no database" * 500)
    with pytest.raises(StateError, match=r"world\.sqlite3.*delete the folder"):
        SandboxServer(tmp_path).start()


def test_a_folder_of_the_first_format_is_brought_up(tmp_path):
    with SandboxServer(tmp_path) as server, Caller(server.base_url) as caller:
        original = caller.published("cat")
        with caller.other("fan") as fan:
            fan.published("@sandbox", quote_post_id=original)
    connection = sqlite3.connect(tmp_path / "world.sqlite3")
    for table in ("app", "codes", "relations", "reached", "calls", "fetches"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    with SandboxServer(tmp_path) as server, Caller(server.base_url) as caller:
        assert caller.listed("me/mentions") == ["@sandbox"]
        metric = caller.get(f"/{original}/insights", params={"metric": "quotes"}).json()
        assert metric["data"][0]["values"] == [{"value": 1}]


def test_a_folder_of_a_later_format_is_left_alone(tmp_path):
    Store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "world.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateError, match="format 99"):
        Store(tmp_path)


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StateError, match="file"):
        Store(tmp_path / "file" / "world")


def test_the_embedded_server_leaves_signals_and_threads_alone(tmp_path):
    before = signal.getsignal(signal.SIGINT), threading.active_count()
    with SandboxServer(tmp_path) as server:
        assert signal.getsignal(signal.SIGINT) is before[0]
        assert server.base_url.startswith("http://127.0.0.1:")
    assert (signal.getsignal(signal.SIGINT), threading.active_count()) == before


@pytest.mark.anyio
async def test_the_embedded_server_works_in_async_code(tmp_path):
    async with SandboxServer(tmp_path) as server, httpx.AsyncClient(verify=False) as client:
        answer = await client.get(f"{server.base_url}/me", headers=bearer("SANDBOX"))
        assert answer.json() == {"id": "17841400000000001"}


@pytest.mark.anyio
async def test_the_application_works_without_a_socket(tmp_path):
    with Store(tmp_path) as store:
        transport = httpx.ASGITransport(Sandbox(store, Options()))
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            client.headers.update(bearer("SANDBOX"))
            await client.post("/_sandbox/faults", json=["me:1:drop-before"])
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get("/me")
            answers = await asyncio.gather(*(client.get("/me") for _ in range(5)))
            assert all(answer.is_success for answer in answers)
