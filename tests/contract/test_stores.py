"""What every store of a state promises; each store is made by a factory and runs the whole suite."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
import servers
from git_places import a_clone, git
from vaults import MemoryVault

from threadsync.config import StateSettings
from threadsync.errors import StateError, StateLockedError
from threadsync.state.git.vault import GitVault
from threadsync.state.local.store import LocalStore
from threadsync.state.model import EntryState, OldPart, PartState, PartStatus, State
from threadsync.state.remote.store import RemoteStore
from threadsync.state.s3.vault import S3Vault

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 10, 12, tzinfo=UTC)


def local(folder, name="one"):
    """One machine's way to the state in `folder`; `name` is the machine."""
    return LocalStore(
        folder / "threadsync.state.json",
        seen_path=folder / name / "seen.json",
        clock=lambda: NOW,
        written_by="threadsync test",
    )


def remote(vault, folder, name="one"):
    """One machine's way to the state in `vault`; `name` is the machine."""
    return RemoteStore(
        vault,
        seen_path=folder / name / "seen.json",
        clock=lambda: NOW,
        written_by="threadsync test",
    )


@pytest.fixture
def stores_on_disk(tmp_path):
    return partial(local, tmp_path)


@pytest.fixture
def stores_in_memory(tmp_path):
    return partial(remote, MemoryVault(), tmp_path)


@pytest.fixture
def stores_on_moto(moto, tmp_path, monkeypatch):
    return stores_in_a_bucket(moto, tmp_path, monkeypatch)


@pytest.fixture
def stores_on_seaweed(seaweed, tmp_path, monkeypatch):
    return stores_in_a_bucket(seaweed, tmp_path, monkeypatch)


def stores_in_a_bucket(endpoint, tmp_path, monkeypatch):
    """Each machine has its own connection to the state of this test."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", servers.ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", servers.SECRET_KEY)
    servers.share_clients(monkeypatch)
    settings = StateSettings(
        bucket="my-state", key=f"{tmp_path.name}/state.json", endpoint_url=endpoint
    )
    probed = tmp_path / "probed.json"
    return lambda name="one": remote(S3Vault(settings, probed_path=probed), tmp_path, name)


@pytest.fixture
def stores_in_a_branch(tmp_path):
    """Each machine has a clone of one bare repository."""
    bare = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", str(bare))

    def make(name="one"):
        clone = tmp_path / name / "clone"
        if not clone.exists():
            a_clone(bare, clone)
        vault = GitVault(clone, branch="threadsync-state", remote="origin", folder="default")
        return remote(vault, tmp_path, name)

    return make


@pytest.fixture(scope="module")
def moto():
    with servers.moto() as endpoint:
        servers.make_bucket(endpoint, "my-state")
        yield endpoint


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory):
    with servers.seaweed(tmp_path_factory.mktemp("seaweed")) as endpoint:
        servers.make_bucket(endpoint, "my-state")
        yield endpoint


@pytest.fixture(params=["on_disk", "in_memory", "on_moto", "on_seaweed", "in_a_branch"])
def make_store(request):
    """Makes stores of one state; its argument is the name of a machine."""
    return request.getfixturevalue(f"stores_{request.param}")


@pytest.fixture
def store(make_store):
    return make_store()


def published(media_id, **fields):
    part = PartState(n=1, digest="sha256:aa", status=PartStatus.PUBLISHED, id=media_id)
    return EntryState(source="posts/a.md", digest="sha256:ee", parts=(part,), total=1, **fields)


def intent(container_id="77"):
    part = PartState(
        n=1,
        digest="sha256:aa",
        status=PartStatus.PUBLISHING,
        container_id=container_id,
        attempts=({"n": 1, "nonce": "b3", "at": "2026-11-22T10:12:00Z", "outcome": None},),
    )
    return EntryState(source="posts/a.md", digest="sha256:ee", parts=(part,), total=1)


class StoppedError(Exception):
    pass


async def stop_after(store, *records):
    """A run that ends in the middle, as far as one process can play it."""
    with suppress(StoppedError):
        async with store.session("apply") as session:
            for key, entry in records:
                await session.record(key, entry)
            raise StoppedError


async def test_a_new_project_has_an_empty_state(store):
    assert store.read() == State()


async def test_reading_does_not_start_a_lineage(store):
    assert (store.read()).lineage is None
    assert (store.read()).lineage is None


async def test_a_record_is_read_back(store):
    async with store.session("apply") as session:
        await session.record("a", published("1"))
    assert (store.read()).entry("a") == published("1")


async def test_an_intent_is_read_back_whole(store):
    async with store.session("apply") as session:
        await session.record("a", intent())
        assert (store.read()).entry("a") == intent()
    assert (store.read()).entry("a") == intent()


async def test_a_record_is_there_before_it_is_folded(make_store):
    async with make_store().session("apply") as session:
        await session.record("a", published("1"))
        assert (make_store("two").read()).entry("a") == published("1")


async def test_a_session_shows_what_it_recorded(store):
    async with store.session("apply") as session:
        await session.record("a", intent())
        await session.record("a", published("1"))
        await session.record("b", published("2"))
        await session.record("b", None)
        assert dict(session.state.typed_entries()) == {"a": published("1")}


async def test_a_note_is_kept_like_a_record(store):
    async with store.session("apply") as session:
        await session.record("a", intent())
        await session.note("a", published("1"))
        assert session.state.entry("a") == published("1")
    assert store.read().entry("a") == published("1")


async def test_a_note_is_on_record_with_the_next_record(make_store):
    async with make_store().session("apply") as session:
        await session.record("a", intent())
        await session.note("a", published("1"))
        await session.record("b", intent("78"))
        assert make_store("two").read().entry("a") == published("1")


async def test_a_session_replaces_the_whole_state(make_store):
    async with make_store().session("apply") as session:
        await session.record("a", published("1"))
    other = State(lineage="another", serial=40, entries={"b": published("2").to_json()})
    async with make_store().session("state push") as session:
        await session.replace(other)
    there = make_store().read()
    assert (there.lineage, there.serial, set(there.entries)) == ("another", 41, {"b"})


async def test_a_forgotten_entry_stays_forgotten(store):
    async with store.session("apply") as session:
        await session.record("a", published("1"))
    async with store.session("state rm") as session:
        await session.record("a", None)
    assert (store.read()).entries == {}


async def test_a_move_is_one_record(store):
    async with store.session("apply") as session:
        await session.record("a", published("1"))
        await session.record("b", published("1"), was="a")
        assert set((store.read()).entries) == {"b"}
    assert set((store.read()).entries) == {"b"}


async def test_fields_of_the_document_are_kept(store):
    account = {"user_id": "17", "username": "acme"}
    async with store.session("apply") as session:
        await session.set_field("account", account)
        await session.set_field("note", [1])
        assert session.state.account == account
        assert (store.read()).account == account
    state = store.read()
    assert (state.account, state.extra) == (account, {"note": [1]})


async def test_the_serial_grows_with_each_fold_that_has_records(store):
    serials = []
    async with store.session("apply") as session:
        for media_id in "123":
            await session.record(media_id, published(media_id))
            await session.fold()
            await session.fold()
            serials.append((store.read()).serial)
    assert serials == [1, 2, 3]


async def test_a_session_without_records_changes_nothing(store):
    async with store.session("apply") as session:
        await session.record("a", published("1"))
    before = store.read()
    async with store.session("apply") as session:
        pass
    assert store.read() == before


async def test_the_lineage_stays(store):
    lineages = set()
    for media_id in "123":
        async with store.session("apply") as session:
            await session.record(media_id, published(media_id))
        lineages.add((store.read()).lineage)
    assert len(lineages) == 1
    assert lineages != {None}


async def test_the_lineage_of_a_first_run_that_stopped_stays(store):
    await stop_after(store, ("a", intent()))
    lineage = (store.read()).lineage
    async with store.session("apply") as session:
        assert session.state.lineage == lineage
        assert session.state.entry("a") == intent()


async def test_records_of_a_stopped_run_are_kept(store):
    await stop_after(store, ("a", published("1")), ("b", intent()))
    state = store.read()
    assert (state.entry("a"), state.entry("b")) == (published("1"), intent())


async def test_a_stopped_run_holds_no_lock(store):
    await stop_after(store, ("a", intent()))
    assert await store.locked_by() is None
    async with store.session("apply") as session:
        assert session.state.entry("a") == intent()


async def test_unknown_fields_survive(store):
    entry = replace(published("1"), extra={"protect": True, "later": {"x": [1, None, "é"]}})
    async with store.session("apply") as session:
        await session.record("a", entry)
    async with store.session("apply") as session:
        await session.record("b", published("2"))
    assert (store.read()).entry("a") == entry


async def test_history_and_totals_survive(store):
    old = OldPart(revision=1, id="1", digest="sha256:aa", deleting_since="2026-11-22T10:00:00Z")
    entry = replace(published("2", revision=2, history=(old,)), total=3)
    async with store.session("apply") as session:
        await session.record("a", entry)
    assert (store.read()).entry("a") == entry


async def test_a_published_id_belongs_to_one_entry(store):
    async with store.session("apply") as session:
        await session.record("a", published("1"))
        with pytest.raises(StateError, match="id 1 is used twice, first by a"):
            await session.record("b", published("1"))
    assert set((store.read()).entries) == {"a"}


async def test_a_published_id_is_free_again(store):
    async with store.session("apply") as session:
        await session.record("a", published("1"))
        await session.record("a", None)
        await session.record("b", published("1"))
    assert set((store.read()).entries) == {"b"}


async def test_a_record_that_could_not_be_read_back_is_refused(store):
    part = PartState(n=2, digest="sha256:aa", status=PartStatus.PUBLISHED, id="1")
    async with store.session("apply") as session:
        with pytest.raises(StateError, match="a#2 is published without reply_to"):
            await session.record("a", EntryState(parts=(part,)))
    assert store.read() == State()


async def test_the_second_session_is_refused(make_store):
    async with make_store().session("apply"):
        with pytest.raises(StateLockedError) as caught:
            async with make_store("two").session("plan"):
                pytest.fail("two runs hold one lock")
        lock = await make_store().locked_by()
    assert str(caught.value) == (
        f"state is locked by {lock.who} since 10:12 UTC (apply, lock {lock.id}); "
        f"wait, or run: threadsync state unlock {lock.id}"
    )


async def test_a_lock_names_its_holder(store):
    async with store.session("apply"):
        lock = await store.locked_by()
    assert (lock.operation, lock.created) == ("apply", "2026-11-22T10:12:00Z")
    assert len(lock.id) == 8
    assert int(lock.id, 16) >= 0


async def test_a_lock_ends_with_its_session(store):
    async with store.session("apply"):
        pass
    assert await store.locked_by() is None


async def test_reading_needs_no_lock(make_store):
    async with make_store().session("apply"):
        assert make_store("two").read() == State()


async def test_another_lock_is_not_broken(store):
    async with store.session("apply"):
        lock = await store.locked_by()
        with pytest.raises(StateError, match=f"threadsync state unlock {lock.id}"):
            await store.unlock("00000000")
        assert await store.locked_by() == lock


async def test_nothing_to_unlock_is_said(store):
    with pytest.raises(StateError, match="not locked"):
        await store.unlock("00000000")


@asynccontextmanager
async def beside_a_winner(make_store):
    """A session whose lock was broken by another run, which has begun its own; both sessions."""
    loser, winner = make_store(), make_store("two")
    with suppress(StateError):
        async with loser.session("apply") as lost:
            await lost.record("a", intent())
            await winner.unlock((await winner.locked_by()).id)
            async with winner.session("apply") as won:
                yield lost, won


async def test_who_lost_the_lock_cannot_record(make_store):
    async with beside_a_winner(make_store) as (lost, won):
        await won.record("a", published("1"))
        with pytest.raises(StateError, match="broken by another"):
            await lost.record("a", intent("88"))
    assert (make_store().read()).entry("a") == published("1")


async def test_who_lost_the_lock_cannot_set_a_field(make_store):
    async with beside_a_winner(make_store) as (lost, _):
        with pytest.raises(StateError, match="broken by another"):
            await lost.set_field("account", {"user_id": "17"})
    assert (make_store().read()).account == {}


async def test_who_lost_the_lock_cannot_fold(make_store):
    async with beside_a_winner(make_store) as (lost, won):
        with pytest.raises(StateError, match="broken by another"):
            await lost.fold()
        assert won.state.entry("a") == intent()


async def test_who_lost_the_lock_is_told_at_the_end(make_store):
    store = make_store()
    session = store.session("apply")
    await (await session.__aenter__()).record("a", intent())
    await store.unlock((await store.locked_by()).id)
    with pytest.raises(StateError, match="broken by another"):
        await session.__aexit__(None, None, None)
    assert (store.read()).entry("a") == intent()


async def test_who_lost_the_lock_leaves_the_next_one_alone(make_store):
    loser, winner = make_store(), make_store("two")
    first = loser.session("apply")
    await first.__aenter__()
    await winner.unlock((await winner.locked_by()).id)
    async with winner.session("apply"):
        held = await winner.locked_by()
        await first.__aexit__(None, None, None)
        assert await winner.locked_by() == held
