"""A state goes to another place and comes back: what lies there from before is older, and goes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from vaults import MemoryVault

from threadsync.errors import RefusedError, StateError
from threadsync.state.local.store import LocalStore
from threadsync.state.model import EntryState, PartState, PartStatus
from threadsync.state.moving import pulled, push_state
from threadsync.state.remote.store import RemoteStore
from threadsync.state.seen import load_seen

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 10, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path):
    return a_file(tmp_path, "threadsync.state.json")


@pytest.fixture
def bucket(tmp_path):
    return RemoteStore(MemoryVault(), seen_path=tmp_path / "seen.json", **like_every_store())


def a_file(folder, name):
    return LocalStore(folder / name, seen_path=folder / "seen.json", **like_every_store())


def like_every_store():
    return {"clock": lambda: NOW, "written_by": "threadsync test"}


def an_entry(media_id):
    part = PartState(n=1, digest="sha256:aa", status=PartStatus.PUBLISHED, id=media_id)
    return EntryState(source="posts/a.md", parts=(part,), total=1)


async def publish(store, media_id):
    async with store.session("apply") as session:
        await session.record(media_id, an_entry(media_id))


async def move(here, there, *, force=False):
    await push_state(there, pulled(here.read()).encode(), "state.json", force=force)


class KilledError(Exception):
    """Takes the place of a kill: nothing is folded after it."""


async def kill_after_publishing(store, media_id, monkeypatch):
    async def nothing(_):
        raise StateError("killed")

    with suppress(KilledError):
        async with store.session("apply") as session:
            await session.record(media_id, an_entry(media_id))
            monkeypatch.setattr(type(session), "fold", nothing)
            raise KilledError
    monkeypatch.undo()


@pytest.mark.parametrize("is_first_a_file", [True, False])
async def test_what_came_back_is_what_the_next_run_finds(file, bucket, is_first_a_file):
    here, there = (file, bucket) if is_first_a_file else (bucket, file)
    await publish(here, "1")
    await move(here, there)
    await publish(there, "2")
    with pytest.raises(StateError, match="older copy"):
        here.read()
    await move(there, here)
    assert set(here.read().entries) == {"1", "2"}
    await publish(here, "3")


@pytest.mark.parametrize("is_first_a_file", [True, False])
async def test_what_a_killed_run_left_there_does_not_stand_in_the_way(
    file, bucket, monkeypatch, is_first_a_file
):
    here, there = (file, bucket) if is_first_a_file else (bucket, file)
    await publish(here, "1")
    await kill_after_publishing(here, "2", monkeypatch)
    await move(here, there)
    await publish(there, "3")
    await publish(there, "4")
    await move(there, here)
    assert set(here.read().entries) == {"1", "2", "3", "4"}


@pytest.mark.parametrize("is_first_a_file", [True, False])
async def test_a_copy_older_than_the_last_one_seen_is_refused_and_not_remembered(
    file, bucket, tmp_path, is_first_a_file
):
    here, there = (file, bucket) if is_first_a_file else (bucket, file)
    await publish(here, "1")
    old = pulled(here.read()).encode()
    await move(here, there)
    await publish(there, "2")
    seen = load_seen(tmp_path / "seen.json")
    with pytest.raises(RefusedError, match="the last one seen here 3: it is older"):
        await push_state(here, old, "state.json", force=False)
    assert load_seen(tmp_path / "seen.json") == seen
    await push_state(here, old, "state.json", force=True)
    assert set(here.read().entries) == {"1"}


async def test_a_state_of_another_project_in_the_same_place_is_refused(file, tmp_path):
    path, seen_elsewhere = tmp_path / "threadsync.state.json", tmp_path / "other.json"
    other = LocalStore(path, seen_path=seen_elsewhere, **like_every_store())
    await publish(other, "1")
    theirs = pulled(other.read()).encode()
    elsewhere = a_file(tmp_path, "mine.json")
    await publish(elsewhere, "2")
    with pytest.raises(RefusedError, match="the last one seen here of"):
        await push_state(file, theirs, "state.json", force=False)
