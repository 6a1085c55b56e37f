"""The local store on disk: files, locks of gone processes, what was seen, backups, full disks."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import resource
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import FakeClock
from filelock import FileLock

from threadsync.errors import StateError, StateLockedError
from threadsync.state import backups
from threadsync.state.local import journal_file, lockfile
from threadsync.state.local import session as local_session
from threadsync.state.local.lockfile import process_start
from threadsync.state.local.store import LocalStore
from threadsync.state.model import EntryState, PartState, PartStatus, State

pytestmark = pytest.mark.anyio
NAME = "threadsync.state.json"


@pytest.fixture
def clock():
    return FakeClock(datetime(2026, 11, 22, 10, 12, tzinfo=UTC))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "project"


@pytest.fixture
def store(folder, clock):
    return a_store(folder, clock)


def a_store(folder, clock, path=None):
    return LocalStore(
        path or folder / NAME,
        seen_path=folder / ".threadsync" / "seen.json",
        clock=clock,
        written_by="threadsync test",
        sleep=clock.sleep,
    )


def an_entry(media_id="1"):
    part = PartState(n=1, digest="sha256:aa", status=PartStatus.PUBLISHED, id=media_id)
    return EntryState(source="posts/a.md", parts=(part,), total=1)


async def reading(store):
    return store.read()


async def publish(store, *media_ids):
    """One run that records each id under a key of the same name."""
    async with store.session("apply") as session:
        for media_id in media_ids:
            await session.record(media_id, an_entry(media_id))


async def crash(store, folder, *media_ids):
    """A run that recorded and was killed before it could fold: what is left on disk."""
    async with store.session("apply") as session:
        for media_id in media_ids:
            await session.record(media_id, an_entry(media_id))
        paths = [folder / NAME, folder / "threadsync.state.journal.json"]
        left = {path: path.read_bytes() for path in paths if path.exists()}
        seen = (folder / ".threadsync" / "seen.json").read_bytes()
    (folder / NAME).unlink()
    for path, data in left.items():
        path.write_bytes(data)
    (folder / ".threadsync" / "seen.json").write_bytes(seen)


def edit(path, **fields):
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def everything_in(folder):
    return {
        path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))
    }


# --- files ----------------------------------------------------------------------------------------


async def test_it_is_one_tidy_file_in_the_end(store, folder):
    await publish(store, "1")
    assert {path.name for path in folder.iterdir()} - {".threadsync"} == {
        NAME,
        ".threadsync.state.guard",
    }


async def test_the_journal_lies_beside_it_while_a_run_goes_on(store, folder):
    async with store.session("apply") as session:
        await session.record("1", an_entry())
        assert (folder / "threadsync.state.journal.json").is_file()
        assert not (folder / NAME).exists()


async def test_the_lock_names_the_process(store, folder):
    async with store.session("apply"):
        lock = json.loads((folder / "threadsync.state.lock").read_text())
    assert (lock["pid"], lock["host"]) == (os.getpid(), socket.gethostname())


async def test_a_writer_that_stands_still_is_named_with_the_way_out(
    store, folder, clock, monkeypatch
):
    monkeypatch.setattr(lockfile, "GUARD_TIMEOUT_S", 0.05)
    async with store.session("apply"):
        with (
            FileLock(folder / ".threadsync.state.guard"),
            pytest.raises(StateLockedError) as stopped,
        ):
            await a_store(folder, clock).session("apply").__aenter__()
    said = str(stopped.value)
    assert f"apply of {lockfile.this_user()} (process {os.getpid()}) has been writing" in said
    assert said.endswith(f"or end it with kill -9 {os.getpid()}, then run again")


async def test_the_disk_is_waited_for_without_the_guard(store, folder, monkeypatch):
    def synced(_):
        with FileLock(folder / ".threadsync.state.guard", timeout=0):
            synced.was_free = True

    async with store.session("apply") as session:
        await session.record("1", an_entry("1"))
        monkeypatch.setattr(journal_file, "sync_data", synced)
        await session.record("2", an_entry("2"))
    assert synced.was_free


async def test_a_record_that_does_not_reach_the_disk_is_taken_back(store, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "no space left on device")

    async with store.session("apply") as session:
        await session.record("1", an_entry("1"))
        with monkeypatch.context() as patched:
            patched.setattr(journal_file, "sync_data", full)
            with pytest.raises(StateError, match="no space left"):
                await session.record("2", an_entry("2"))
        assert set(store.read().entries) == {"1"}
        await session.record("3", an_entry("3"))
        assert set(store.read().entries) == {"1", "3"}


async def test_killed_before_the_folded_journal_is_gone(store, folder, monkeypatch):
    """The document has what was only noted; the journal that is left must not say otherwise."""
    with monkeypatch.context() as patched:
        patched.setattr(local_session, "remove_file", lambda _: None)
        async with store.session("apply") as session:
            await session.record("1", an_entry("1"))
            await session.note("1", noted := replace(an_entry("1"), source="posts/noted.md"))
    assert (folder / "threadsync.state.journal.json").exists()
    async with store.session("apply") as session:
        assert session.state.entry("1") == noted


async def test_reading_writes_nothing(store, folder):
    await crash(store, folder, "1")
    before = everything_in(folder)
    store.read()
    await store.locked_by()
    await store.seen()
    assert everything_in(folder) == before


async def test_reading_a_new_project_makes_no_folder(store, folder):
    store.read()
    assert not folder.exists()


async def test_permission_bits_stay(store, folder):
    await publish(store, "1")
    (folder / NAME).chmod(0o640)
    await publish(store, "2")
    assert (folder / NAME).stat().st_mode & 0o777 == 0o640


async def test_a_link_stays_a_link(folder, clock, tmp_path):
    folder.mkdir()
    (folder / NAME).symlink_to(tmp_path / "elsewhere.json")
    await publish(a_store(folder, clock), "1")
    assert (folder / NAME).is_symlink()
    assert "1" in json.loads((tmp_path / "elsewhere.json").read_text())["entries"]


async def test_files_of_a_killed_write_are_removed(store, folder):
    await publish(store, "1")
    left = folder / f".{NAME}.tmp"
    left.write_bytes(b"{")
    async with store.session("apply"):
        pass
    assert not left.exists()


async def test_what_an_earlier_run_left_is_folded_at_the_start(store, folder):
    await publish(store, "1")
    await crash(store, folder, "2")
    async with store.session("apply"):
        assert set(json.loads((folder / NAME).read_text())["entries"]) == {"1", "2"}
        assert not (folder / "threadsync.state.journal.json").exists()
    assert (store.read()).serial == 2


async def test_a_crash_between_state_and_journal_loses_nothing(store, folder):
    await publish(store, "1")
    async with store.session("apply") as session:
        await session.record("2", an_entry("2"))
        journal = (folder / "threadsync.state.journal.json").read_bytes()
    (folder / "threadsync.state.journal.json").write_bytes(journal)
    async with store.session("apply"):
        pass
    state = store.read()
    assert (state.serial, set(state.entries)) == (2, {"1", "2"})
    assert not (folder / "threadsync.state.journal.json").exists()


async def test_a_cancelled_run_folds_and_unlocks(store):
    recorded = asyncio.Event()

    async def run():
        async with store.session("apply") as session:
            await session.record("1", an_entry())
            recorded.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await recorded.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await store.locked_by() is None
    assert (store.read()).serial == 1


# --- what is refused ------------------------------------------------------------------------------


async def test_a_damaged_state_is_left_alone(store, folder):
    await publish(store, "1")
    (folder / NAME).write_text("{")
    before = everything_in(folder)
    for attempt in (reading(store), publish(store, "2")):
        with pytest.raises(StateError, match=f"{NAME}: is not JSON"):
            await attempt
    assert everything_in(folder) == before


async def test_an_older_state_is_refused(store, folder):
    await publish(store, "1")
    old = (folder / NAME).read_bytes()
    await publish(store, "2")
    (folder / NAME).write_bytes(old)
    for attempt in (reading(store), publish(store, "3")):
        with pytest.raises(StateError, match="serial 1, this machine has seen 2"):
            await attempt
    assert (folder / NAME).read_bytes() == old


async def test_a_newer_state_of_the_same_lineage_is_fine(store, folder):
    await publish(store, "1")
    edit(folder / NAME, serial=9)
    await publish(store, "2")
    assert (store.read()).serial == 10


async def test_another_lineage_is_refused(store, folder):
    await publish(store, "1")
    edit(folder / NAME, lineage="other")
    with pytest.raises(StateError, match=r"is of lineage other, .* or delete .*seen\.json"):
        store.read()


async def test_a_state_is_taken_anew_without_the_memory(store, folder):
    await publish(store, "1")
    edit(folder / NAME, lineage="other")
    (folder / ".threadsync" / "seen.json").unlink()
    await publish(store, "2")
    assert (await store.seen()).lineage == "other"


async def test_a_damaged_memory_is_said(store, folder):
    await publish(store, "1")
    (folder / ".threadsync" / "seen.json").write_text("[]")
    with pytest.raises(StateError, match=r"seen\.json: is damaged; .* delete this file"):
        store.read()


async def test_a_missing_state_reads_empty_and_is_still_remembered(store, folder):
    await publish(store, "1")
    lineage = (store.read()).lineage
    (folder / NAME).unlink()
    assert store.read() == State()
    async with store.session("plan"):
        pass
    assert await store.seen() == (lineage, 1)


async def test_a_fresh_start_after_a_lost_state_survives_a_crash(store, folder):
    await publish(store, "1")
    (folder / NAME).unlink()
    await crash(store, folder, "2")
    await publish(store, "3")
    assert set((store.read()).entries) == {"2", "3"}


async def test_a_journal_whose_state_is_gone_is_refused(store, folder):
    await publish(store, "1")
    await crash(store, folder, "2")
    (folder / NAME).unlink()
    with pytest.raises(StateError, match="from serial 1, the state is at 0: it is older or gone"):
        store.read()


async def test_nothing_seen_yet_is_none(store):
    assert await store.seen() is None


async def test_a_state_changed_meanwhile_is_left_alone(store, folder):
    await publish(store, "1")
    with pytest.raises(StateError, match="changed by something else"):
        await publish_while(store, lambda: edit(folder / NAME, serial=7), "2")
    assert json.loads((folder / NAME).read_text())["serial"] == 7


async def test_a_state_changed_before_the_first_record_stops_it(store, folder):
    await publish(store, "1")
    with pytest.raises(StateError, match="changed by something else"):
        await publish_while(store, lambda: edit(folder / NAME, serial=7))
    assert not (folder / "threadsync.state.journal.json").exists()


async def publish_while(store, change, *before):
    async with store.session("apply") as session:
        for media_id in before:
            await session.record(media_id, an_entry(media_id))
        change()
        if not before:
            await session.record("9", an_entry("9"))


# --- locks ----------------------------------------------------------------------------------------


def lock_of(folder, **fields):
    """A lock as another process would have left it."""
    folder.mkdir(exist_ok=True)
    lock = {
        "id": "3f2c0000",
        "who": "ana@laptop",
        "operation": "apply",
        "created": "2026-11-22T10:12:00Z",
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "run": None,
        "started": process_start(os.getpid()),
    }
    (folder / "threadsync.state.lock").write_text(json.dumps({**lock, **fields}))


def a_finished_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


async def test_a_lock_of_a_process_that_is_gone_is_taken_over(store, folder):
    lock_of(folder, pid=a_finished_process(), started=None)
    assert await store.locked_by() is None
    await publish(store, "1")
    assert await store.locked_by() is None


@pytest.mark.skipif(process_start(os.getpid()) is None, reason="needs /proc")
async def test_a_number_used_again_is_another_process(store, folder):
    lock_of(folder, started=process_start(os.getpid()) - 1)
    await publish(store, "1")


async def test_a_lock_without_a_start_time_holds_while_its_process_lives(store, folder):
    lock_of(folder, started=None)
    with pytest.raises(StateLockedError):
        await publish(store, "1")


async def test_a_lock_of_another_host_holds(store, folder):
    lock_of(folder, host="laptop", pid=a_finished_process())
    with pytest.raises(StateLockedError) as caught:
        await publish(store, "1")
    assert str(caught.value) == (
        "state is locked by ana@laptop since 10:12 UTC (apply, lock 3f2c0000); "
        "wait, or run: threadsync state unlock 3f2c0000"
    )


async def test_a_lock_of_another_day_says_so(store, folder):
    lock_of(folder, created="2026-11-20T23:05:00Z")
    with pytest.raises(StateLockedError, match="since 2026-11-20 23:05 UTC"):
        await publish(store, "1")


async def test_a_lock_of_another_host_is_broken_by_its_id(store, folder):
    lock_of(folder, host="laptop")
    assert (await store.unlock("3f2c0000")).who == "ana@laptop"
    await publish(store, "1")


async def test_waiting_ends_with_the_time_given(store, folder, clock):
    lock_of(folder, host="laptop")
    with pytest.raises(StateLockedError):
        async with store.session("apply", timeout_s=1.2):
            pytest.fail("the lock is held")
    assert clock.slept_s == pytest.approx([0.5, 0.5, 0.2])


async def test_waiting_ends_when_the_lock_is_free(folder, clock):
    lock_of(folder, host="laptop")

    async def sleep(_):
        (folder / "threadsync.state.lock").unlink()

    store = LocalStore(
        folder / NAME,
        seen_path=folder / ".threadsync" / "seen.json",
        clock=clock,
        written_by="threadsync test",
        sleep=sleep,
    )
    async with store.session("apply", timeout_s=60) as session:
        await session.record("1", an_entry())


@pytest.mark.parametrize("text", ["", "x", "{}", "[]", '{"id": "3f2c"}'])
async def test_a_damaged_lock_is_said(store, folder, text):
    folder.mkdir()
    (folder / "threadsync.state.lock").write_text(text)
    with pytest.raises(StateError, match=r"lock: is damaged; .* delete the file"):
        await publish(store, "1")


# --- backups --------------------------------------------------------------------------------------


async def test_the_state_before_a_run_is_kept_once(store, folder, clock):
    await publish(store, "1")
    before = (folder / NAME).read_bytes()
    async with store.session("apply") as session:
        for media_id in "23":
            await session.record(media_id, an_entry(media_id))
            await session.fold()
    kept = list((folder / ".threadsync" / "backups").iterdir())
    assert [path.name for path in kept] == ["1-20261122T101200Z.json"]
    assert kept[0].read_bytes() == before


async def test_fifty_backups_are_kept(tmp_path, clock):
    for serial in range(60):
        clock.advance(minutes=1)
        backups.keep_backup(tmp_path, b"{}", serial, clock.now)
    serials = sorted(int(path.name.split("-")[0]) for path in tmp_path.iterdir())
    assert serials == list(range(10, 60))


# --- disks ----------------------------------------------------------------------------------------


@contextmanager
def a_disk_that_takes(size_bytes):
    """No file may grow beyond `size_bytes`, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_record_on_a_full_disk_leaves_the_journal_as_it_was(store, folder):
    journal = folder / "threadsync.state.journal.json"
    async with store.session("apply") as session:
        await session.record("1", an_entry("1"))
        before = journal.read_bytes()
        with (
            a_disk_that_takes(len(before) + 20),
            pytest.raises(StateError, match=r"cannot be written: .*; make room"),
        ):
            await session.record("2", an_entry("2"))
        assert journal.read_bytes() == before
        await session.record("3", an_entry("3"))
    assert set((store.read()).entries) == {"1", "3"}


async def test_a_fold_on_a_full_disk_leaves_state_and_journal(store, folder):
    await publish(store, "1")
    before = (folder / NAME).read_bytes()
    async with store.session("apply") as session:
        await session.record("2", an_entry("2"))
        with (
            a_disk_that_takes(len(before) + 20),
            pytest.raises(StateError, match=f"{NAME}: cannot be written"),
        ):
            await session.fold()
        assert (folder / NAME).read_bytes() == before
        assert not (folder / f".{NAME}.tmp").exists()
        assert set((store.read()).entries) == {"1", "2"}
    assert (store.read()).serial == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_read_only_folder_is_said(store, folder):
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(StateError, match="permission denied"):
        await publish(store, "1")
    folder.chmod(0o700)


async def test_a_folder_that_is_a_file_is_said(store, folder):
    folder.write_text("")
    with pytest.raises(StateError, match="cannot be written"):
        await publish(store, "1")
    with pytest.raises(StateError, match="cannot be read: not a directory"):
        store.read()


async def test_a_state_that_is_a_folder_is_said(store, folder):
    (folder / NAME).mkdir(parents=True)
    with pytest.raises(StateError, match=f"{NAME}: cannot be read: is a directory"):
        await publish(store, "1")
