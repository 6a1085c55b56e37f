"""A state in a vault: leases over time, lost and stopped runs, torn documents, backups, crashes."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import threading
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import FakeClock
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from vaults import MemoryVault

from threadsync.errors import StateError, StateLockedError
from threadsync.state.journal import field_record
from threadsync.state.model import EntryState, PartState, PartStatus, State
from threadsync.state.remote import session as remote_session
from threadsync.state.remote.journal import RemoteJournal
from threadsync.state.remote.store import RemoteStore
from threadsync.state.remote.vault import LostRaceError

pytestmark = pytest.mark.anyio
STATE, JOURNAL, LOCK = "state.json", "journal.json", "lock.json"
BROKEN = "broken by another"


class SlowClock(FakeClock):
    """Sleeps end when the test lets time pass, and not before."""

    def __init__(self):
        super().__init__(datetime(2026, 11, 22, 10, 12, tzinfo=UTC))
        self._sleepers = []
        self._asleep = asyncio.Event()

    async def sleep(self, seconds):
        self.slept_s.append(seconds)
        woken = asyncio.Event()
        self._sleepers.append((self.monotonic() + seconds, woken))
        self._asleep.set()
        await woken.wait()

    async def let_pass(self, seconds):
        """Move on, wake who has slept enough, and wait until somebody sleeps again."""
        await self._asleep.wait()
        self._asleep.clear()
        self.advance(seconds=seconds)
        due = [woken for end, woken in self._sleepers if end <= self.monotonic()]
        self._sleepers = [(end, woken) for end, woken in self._sleepers if woken not in due]
        for woken in due:
            woken.set()
        if due:
            await self._asleep.wait()


@pytest.fixture
async def clock():
    return SlowClock()


@pytest.fixture
def vault():
    return MemoryVault()


@pytest.fixture
def make_store(vault, tmp_path, clock):
    """Makes a store of one machine, with a clock of its own if it is given one."""

    def make(name="one", clock=clock):
        return RemoteStore(
            vault,
            seen_path=tmp_path / name / "seen.json",
            clock=clock,
            written_by="threadsync test",
            sleep=clock.sleep,
            monotonic=clock.monotonic,
        )

    return make


@pytest.fixture
def store(make_store):
    return make_store()


def an_entry(media_id="1"):
    part = PartState(n=1, digest="sha256:aa", status=PartStatus.PUBLISHED, id=media_id)
    return EntryState(source="posts/a.md", parts=(part,), total=1)


def an_intent(container_id="77"):
    part = PartState(
        n=1, digest="sha256:aa", status=PartStatus.PUBLISHING, container_id=container_id
    )
    return EntryState(source="posts/a.md", parts=(part,), total=1)


async def publish(store, *media_ids):
    """One run that records each id under a key of the same name."""
    async with store.session("apply") as session:
        for media_id in media_ids:
            await session.record(media_id, an_entry(media_id))


async def reading(store):
    return store.read()


def content(vault, name):
    return json.loads(vault.documents[name].data)


def fails_on(wanted):
    """A hook that refuses to write a document."""

    def refuse(name):
        if name == wanted:
            raise StateError("no space")

    return refuse


def names(vault):
    return [name for name, _ in vault.written]


@asynccontextmanager
async def killed(vault, store, *media_ids):
    """A run that was killed after it recorded: what it left, while it is open."""
    async with store.session("apply") as session:
        for media_id in media_ids:
            await session.record(media_id, an_entry(media_id))
        left = dict(vault.documents)
    vault.documents = left
    yield


# --- documents ------------------------------------------------------------------------------------


async def test_a_record_is_one_write_of_the_journal(store, vault):
    await publish(store, "1")
    async with store.session("apply") as session:
        vault.written.clear()
        await session.record("2", an_entry("2"))
        assert names(vault) == [JOURNAL]


async def test_records_that_wait_share_a_write(store, vault):
    async with store.session("apply") as session:
        vault.written.clear()
        await asyncio.gather(*(session.record(n, an_entry(n)) for n in "12345"))
        assert names(vault) == [JOURNAL, JOURNAL]
        assert set(store.read().entries) == set("12345")


async def test_steps_of_one_entry_are_written_one_by_one(store, vault):
    """What an intent says must be readable before what came of it is."""
    async with store.session("apply") as session:
        vault.written.clear()
        steps = [an_intent("1"), an_intent("2"), an_entry("3")]
        await asyncio.gather(*(session.record("a", step) for step in steps))
        written = [json.loads(data)["records"][0]["entry"] for _, data in vault.written]
    assert written[:3] == [step.to_json() for step in steps]


async def test_a_refused_record_does_not_hold_up_those_beside_it(store):
    async with store.session("apply") as session:
        await session.record("0", an_entry("7"))
        put = [session.record(key, an_entry(media_id)) for key, media_id in ("a1", "b7", "c3")]
        first, refused, third = await asyncio.gather(*put, return_exceptions=True)
        assert (first, third) == (None, None)
        assert "7 is used twice, first by 0" in str(refused)
        assert set(store.read().entries) == {"0", "a", "c"}


async def test_a_shared_write_that_fails_fails_for_all(store, vault):
    async with store.session("apply") as session:
        vault.before_write = fails_on(JOURNAL)
        put = [session.record(n, an_entry(n)) for n in "123"]
        outcomes = await asyncio.gather(*put, return_exceptions=True)
        vault.before_write = lambda _: None
        assert [type(outcome) for outcome in outcomes] == [StateError] * 3
    assert not store.read().entries


async def test_a_record_given_up_before_its_turn_is_not_written(store):
    async with store.session("apply") as session:
        first = asyncio.create_task(session.record("1", an_entry("1")))
        second = asyncio.create_task(session.record("2", an_entry("2")))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        await session.record("3", an_entry("3"))
        assert set(store.read().entries) == {"1", "3"}


async def test_killed_before_the_folded_journal_is_empty(store, vault, make_store):
    """The document has what was only noted; the journal that is left must not say otherwise."""
    noted = replace(an_entry("1"), source="posts/noted.md")
    async with store.session("apply") as session:
        await session.record("1", an_entry("1"))
        await session.note("1", noted)
        vault.after_write = lambda name: left.update(vault.documents) if name == STATE else None
        left = {}
    vault.documents = left
    del vault.documents[LOCK]
    async with make_store("two").session("apply") as session:
        assert session.state.entry("1") == noted


async def test_a_run_without_records_writes_only_its_lock(store, vault):
    async with store.session("plan"):
        pass
    assert names(vault) == [LOCK, LOCK]


async def test_the_journal_keeps_the_newest_record_of_an_entry(store, vault):
    async with store.session("apply") as session:
        await session.record("a", an_intent())
        await session.set_field("account", {"user_id": "1"})
        await session.record("a", an_entry())
        await session.set_field("account", {"user_id": "2"})
        account, entry = content(vault, JOURNAL)["records"][::-1]
    assert (entry["key"], entry["entry"]["status"]) == ("a", "published")
    assert account["value"] == {"user_id": "2"}


async def test_an_entry_that_was_moved_and_made_anew_is_kept_twice(make_store):
    async with make_store().session("apply") as session:
        await session.record("a", an_entry("1"))
        await session.record("b", an_entry("1"), was="a")
        await session.record("a", an_entry("2"))
        await session.record("b", None)
        assert set(make_store("two").read().entries) == {"a"}


async def test_a_long_journal_is_folded_on_the_way(store, vault, monkeypatch):
    monkeypatch.setattr(remote_session, "FOLD_AT", 3)
    async with store.session("apply") as session:
        for media_id in "1234":
            await session.record(media_id, an_entry(media_id))
        assert set(content(vault, STATE)["entries"]) == {"1", "2", "3"}
        assert [record["key"] for record in content(vault, JOURNAL)["records"]] == ["4"]
        assert set(session.state.entries) == {"1", "2", "3", "4"}
    assert store.read().serial == 2


async def test_the_documents_follow_their_schemas(store, vault, schema):
    state, journal = schema("state"), schema("journal")
    known = Registry().with_resources(
        [(raw["$id"], Resource.from_contents(raw)) for raw in (state, journal)]
    )
    async with store.session("apply") as session:
        await session.record("a", an_entry())
        await session.record("b", an_entry(), was="a")
        await session.set_field("account", {"user_id": "1", "username": "acme"})
        Draft202012Validator(journal, registry=known).validate(content(vault, JOURNAL))
    Draft202012Validator(journal, registry=known).validate(content(vault, JOURNAL))
    Draft202012Validator(state, registry=known).validate(content(vault, STATE))


async def test_no_two_writes_are_alike(make_store, vault):
    for name in ("one", "two"):
        for _ in range(2):
            async with make_store(name).session("apply") as session:
                for _ in range(3):
                    await session.record("a", an_entry())
                    await session.fold()
    assert len(set(vault.written)) == len(vault.written)


async def test_what_two_writers_say_alike_is_not_written_alike():
    said = set()
    for writer in ("3f2c91aa", "70b1c2d3"):
        vault = MemoryVault()
        journal = RemoteJournal(vault, writer, None, ())
        for _ in range(2):
            journal.put("L", 7, field_record("account", {}, "2026-11-22T10:15:02Z"))
        said.update(vault.written)
    assert len(said) == 4


async def test_the_state_tells_people_which_run_wrote_it(store, vault):
    await publish(store, "1")
    lock = content(vault, LOCK)["id"]
    assert content(vault, STATE)["written_by"] == f"threadsync test (apply, lock {lock})"


async def test_what_a_killed_run_left_is_folded_at_the_start(make_store, vault, clock):
    async with killed(vault, make_store(), "1", "2"):
        clock.advance(minutes=4)
        async with make_store("two").session("apply"):
            assert set(content(vault, STATE)["entries"]) == {"1", "2"}
            assert content(vault, JOURNAL)["records"] == []


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
    assert store.read().serial == 1


async def test_a_record_is_finished_when_the_run_is_cancelled(store, vault):
    writing, may_end = threading.Event(), threading.Event()

    def hold(name):
        if name == JOURNAL:
            writing.set()
            may_end.wait()

    async def run():
        async with store.session("apply") as session:
            vault.before_write = hold
            await session.record("1", an_entry())

    task = asyncio.create_task(run())
    await asyncio.to_thread(writing.wait)
    task.cancel()
    task.cancel()
    may_end.set()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert (store.read().entry("1"), store.read().serial) == (an_entry(), 1)
    assert await store.locked_by() is None


async def test_records_of_parallel_work_are_all_kept(store):
    ids = [str(n) for n in range(20)]
    async with store.session("apply") as session:
        await asyncio.gather(*(session.record(n, an_entry(n)) for n in ids))
    assert set(store.read().entries) == set(ids)


# --- leases ---------------------------------------------------------------------------------------


async def test_a_lock_says_who_why_and_until_when(store, vault):
    async with store.session("apply"):
        lock = content(vault, LOCK)
    assert (lock["operation"], lock["epoch"], lock["released"]) == ("apply", 1, False)
    assert (lock["created"], lock["expires"]) == ("2026-11-22T10:12:00Z", "2026-11-22T10:15:00Z")
    assert lock["who"].endswith(f"@{lock['host']}")


async def test_a_released_lock_stays_as_a_document(store, vault):
    await publish(store, "1")
    await publish(store, "2")
    lock = content(vault, LOCK)
    assert (lock["released"], lock["epoch"]) == (True, 2)


async def test_a_lease_is_renewed_while_the_run_lasts(make_store, vault, clock):
    async with make_store().session("apply"):
        for _ in range(10):
            await clock.let_pass(45)
        assert content(vault, LOCK)["renewals"] == 10
        with pytest.raises(StateLockedError):
            await publish(make_store("two"), "1")
    assert content(vault, LOCK)["released"]


async def test_a_lease_that_ended_is_taken_over(make_store, vault, clock):
    async with killed(vault, make_store(), "1"):
        with pytest.raises(StateLockedError):
            await publish(make_store("two"), "2")
        clock.advance(minutes=3)
        assert await make_store("two").locked_by() is None
        await publish(make_store("two"), "2")
    assert content(vault, LOCK)["epoch"] == 2
    assert set(make_store().read().entries) == {"1", "2"}


async def test_a_lease_that_ended_can_still_be_broken(make_store, vault, clock):
    async with killed(vault, make_store(), "1"):
        lock_id = content(vault, LOCK)["id"]
        clock.advance(hours=1)
        assert (await make_store("two").unlock(lock_id)).id == lock_id
    with pytest.raises(StateError, match="not locked; there is nothing"):
        await make_store("two").unlock(lock_id)


@asynccontextmanager
async def overtaken(make_store, *before):
    """A run that was stopped for an hour, and the one that has taken its place; both sessions.

    The first has recorded `before`. Its clock stood still, so only the store can tell.
    """
    sleeper = SlowClock()
    late = SlowClock()
    late.advance(hours=1)
    with suppress(StateError):
        async with make_store("one", sleeper).session("apply") as first:
            for media_id in before:
                await first.record(media_id, an_entry(media_id))
            async with make_store("two", late).session("apply") as second:
                yield first, second


@pytest.mark.parametrize("before", [(), ("1",)])
async def test_a_stopped_run_that_was_overtaken_writes_nothing(make_store, vault, before):
    async with overtaken(make_store, *before) as (first, second):
        vault.written.clear()
        for _ in range(2):
            with pytest.raises(StateError, match=BROKEN):
                await first.record("9", an_entry("9"))
        assert vault.written == []
        await second.record("2", an_entry("2"))
    assert set(make_store().read().entries) == {*before, "2"}


async def test_a_run_that_folds_while_it_is_overtaken_loses_nothing(make_store, vault):
    """The lock is taken between the look at it and the write of the state."""
    late = SlowClock()
    late.advance(hours=1)
    async with killed(vault, make_store(), "1"):
        old = content(vault, JOURNAL)

        def fold_of_the_old_run(name):
            if name == JOURNAL and content(vault, JOURNAL) == old:
                vault.before_write = lambda _: None
                state = folded(old)
                vault.put(STATE, json.dumps(state).encode())

        vault.before_write = fold_of_the_old_run
        async with make_store("two", late).session("apply") as session:
            await session.record("2", an_entry("2"))
    state = make_store().read()
    assert (set(state.entries), state.serial) == ({"1", "2"}, 2)


def folded(journal):
    """The first state made of a journal."""
    entries = {record["key"]: record["entry"] for record in journal["records"]}
    return {"format": 1, "lineage": journal["lineage"], "serial": 1, "entries": entries}


async def test_a_run_that_slept_and_was_not_overtaken_goes_on(make_store, vault, clock):
    async with make_store().session("apply") as session:
        clock.advance(hours=1)
        await session.record("1", an_entry())
        assert content(vault, LOCK)["expires"] == "2026-11-22T11:15:00Z"
    assert set(make_store().read().entries) == {"1"}


@pytest.mark.parametrize(
    ("wall", "monotonic"), [({"days": -1}, {"minutes": 5}), ({"minutes": 5}, {})]
)
async def test_the_clock_that_says_less_counts(vault, tmp_path, clock, wall, monotonic):
    """A clock may be set back, and seconds may not count while a laptop sleeps."""
    seconds = FakeClock(clock.now)
    store = RemoteStore(
        vault,
        seen_path=tmp_path / "seen.json",
        clock=clock,
        written_by="threadsync test",
        sleep=clock.sleep,
        monotonic=seconds.monotonic,
    )
    async with store.session("apply") as session:
        clock.advance(**wall)
        seconds.advance(**monotonic)
        await session.record("1", an_entry())
        assert content(vault, LOCK)["renewals"] == 1


async def test_a_renewal_that_was_lost_stops_the_next_record(make_store, vault, clock):
    with suppress(StateError):
        async with make_store().session("apply") as session:
            await make_store("two").unlock(content(vault, LOCK)["id"])
            await asyncio.wait_for(lost_renewal(vault, clock), 10)
            with pytest.raises(StateError, match=BROKEN):
                await session.record("1", an_entry())
    assert JOURNAL not in vault.documents


async def lost_renewal(vault, clock):
    """Let the time for a renewal come and wait until it was tried."""
    tried = asyncio.Event()
    loop = asyncio.get_running_loop()
    vault.before_write = lambda _: loop.call_soon_threadsafe(tried.set)
    await clock._asleep.wait()
    clock.advance(seconds=45)
    clock._sleepers.pop()[1].set()
    await tried.wait()


def no_lock_writes(name):
    if name == LOCK:
        raise StateError("the store cannot be reached")


async def test_a_renewal_that_failed_stops_the_next_record(store, vault, clock):
    async with store.session("apply") as session:
        vault.before_write = no_lock_writes
        await clock.let_pass(45)
        with pytest.raises(StateError, match="cannot be reached"):
            await session.record("1", an_entry())
    assert JOURNAL not in vault.documents


async def test_a_renewal_that_works_again_lets_the_next_record_pass(store, vault, clock):
    async with store.session("apply") as session:
        vault.before_write = no_lock_writes
        await clock.let_pass(45)
        vault.before_write = lambda _: None
        await session.record("1", an_entry())
    assert set(store.read().entries) == {"1"}


async def test_a_lock_whose_answer_was_lost_is_ours(store, vault):
    def lose_the_answer(name):
        vault.after_write = lambda _: None
        raise LostRaceError(f"{name} was written by another")

    vault.after_write = lose_the_answer
    await publish(store, "1")
    assert content(vault, LOCK)["epoch"] == 1
    assert content(vault, LOCK)["released"]


async def test_a_release_that_fails_is_no_error(store, vault, clock):
    async with store.session("apply") as session:
        await session.record("1", an_entry())
        await session.fold()
        vault.before_write = no_lock_writes
    assert await store.locked_by() is not None
    clock.advance(minutes=3)
    assert await store.locked_by() is None


async def test_waiting_ends_with_the_time_given(make_store, clock):
    quick = FakeClock(clock.now)
    async with make_store().session("apply"):
        with pytest.raises(StateLockedError, match=r"\(apply, lock .*threadsync state unlock"):
            async with make_store("two", quick).session("apply", timeout_s=5):
                pytest.fail("the lock is held")
    assert quick.slept_s == pytest.approx([2, 2, 1])


async def test_waiting_ends_when_the_lock_is_free(make_store, clock):
    async with make_store().session("apply"):
        waiting = asyncio.create_task(wait_and_publish(make_store("two"), "2"))
        await clock.let_pass(0)
    await clock.let_pass(2)
    await waiting
    assert set(make_store().read().entries) == {"2"}


async def wait_and_publish(store, media_id):
    async with store.session("apply", timeout_s=60) as session:
        await session.record(media_id, an_entry(media_id))


@pytest.mark.parametrize(
    "fields",
    [
        {"id": 1},
        {"pid": "1"},
        {"expires": "tomorrow"},
        {"expires": "2026-11-22T10:15:00"},
        {"epoch": None},
        {"renewals": []},
    ],
)
async def test_a_damaged_lock_is_said(store, vault, fields):
    await publish(store, "1")
    vault.put(LOCK, json.dumps({**content(vault, LOCK), **fields}).encode())
    with pytest.raises(StateError, match=r"\(lock\.json\): is damaged; .* delete it"):
        await publish(store, "2")


async def test_of_many_runs_at_once_one_writes(make_store, vault):
    outcomes = await asyncio.gather(
        *(publish(make_store(str(n)), str(n)) for n in range(8)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(outcome, StateLockedError) for outcome in refused)
    assert len(make_store("reader").read().entries) == 8 - len(refused)
    assert content(vault, LOCK)["epoch"] == 8 - len(refused)


@pytest.mark.parametrize("seed", range(8))
async def test_no_acknowledged_record_is_lost_whoever_breaks_whose_lock(
    make_store, monkeypatch, seed
):
    monkeypatch.setattr(remote_session, "FOLD_AT", 3)
    chance, acknowledged = random.Random(seed), set()

    async def run(name):
        store = make_store(name)
        for turn in range(4):
            with suppress(StateError):
                if (holder := await store.locked_by()) and chance.random() < 0.7:
                    await store.unlock(holder.id)
                async with store.session("apply") as session:
                    for n in range(chance.randint(0, 5)):
                        key = f"{name}-{turn}-{n}"
                        await session.record(key, an_entry(key))
                        acknowledged.add(key)

    await asyncio.gather(*(run(name) for name in "abcd"))
    assert acknowledged
    assert acknowledged <= set(make_store("reader").read().entries)


# --- what is refused ------------------------------------------------------------------------------


async def publish_and_then(store, media_id, happens, *more):
    """A run that records `media_id`, then something happens, then it records `more`."""
    async with store.session("apply") as session:
        await session.record(media_id, an_entry(media_id))
        happens()
        for each in more:
            await session.record(each, an_entry(each))


async def test_a_write_that_failed_ends_the_session(store, vault):
    def fail(name):
        vault.before_write = lambda _: None
        raise StateError(f"{name}: the store answered 503")

    async with store.session("apply") as session:
        await session.record("1", an_entry("1"))
        await session.fold()
        vault.before_write = fail
        for media_id in "23":
            with pytest.raises(StateError, match="answered 503"):
                await session.record(media_id, an_entry(media_id))
    assert set(store.read().entries) == {"1"}
    await publish(store, "4")
    assert set(store.read().entries) == {"1", "4"}


async def test_a_session_with_records_that_cannot_be_folded_says_so(store, vault):
    def fail():
        vault.before_write = no_lock_writes_nor_states

    with pytest.raises(StateError, match="cannot be reached"):
        await publish_and_then(store, "1", fail)
    assert store.read().entry("1") == an_entry("1")


def no_lock_writes_nor_states(name):
    if name != JOURNAL:
        raise StateError("the store cannot be reached")


async def test_a_journal_changed_meanwhile_is_left_alone(store, vault):
    with pytest.raises(LostRaceError, match="changed by something else"):
        await publish_and_then(store, "1", lambda: vault.put(JOURNAL, b"{}"), "2")
    assert vault.documents[JOURNAL].data == b"{}"


async def test_a_state_changed_meanwhile_is_left_alone(store, vault):
    await publish(store, "1")
    with pytest.raises(LostRaceError, match="changed by something else"):
        await publish_and_then(store, "2", lambda: vault.put(STATE, b"{}"))
    assert vault.documents[STATE].data == b"{}"


async def test_an_older_state_is_refused(store, vault):
    await publish(store, "1")
    old = dict(vault.documents)
    await publish(store, "2")
    vault.documents = old
    for attempt in (reading(store), publish(store, "3")):
        with pytest.raises(StateError, match="serial 1, this machine has seen 2"):
            await attempt


async def test_another_lineage_is_refused(make_store, vault):
    await publish(make_store(), "1")
    vault.documents.clear()
    await publish(make_store("two"), "2")
    with pytest.raises(StateError, match=r"is of lineage .*seen\.json if this one is right"):
        make_store().read()


async def test_a_state_that_is_gone_is_noticed_by_its_journal(make_store, vault):
    await publish(make_store(), "1")
    del vault.documents[STATE]
    with pytest.raises(StateError, match="from serial 1, the state is at 0: it is older or gone"):
        make_store("two").read()


async def test_an_emptied_place_starts_anew(store, vault):
    await publish(store, "1")
    vault.documents.clear()
    assert store.read() == State()
    await publish(store, "2")
    assert set(store.read().entries) == {"2"}


@pytest.mark.parametrize("name", [STATE, JOURNAL])
async def test_a_document_that_was_cut_off_is_refused(make_store, vault, name):
    async with killed(vault, make_store(), "1"):
        await publish_late(make_store, "2")
    async with killed(vault, make_store("three", late(2)), "3"):
        whole = vault.documents[name].data
        for length in range(len(whole) - 2):
            vault.put(name, whole[:length])
            with pytest.raises(StateError, match="memory://state"):
                make_store("reader").read()


def late(hours):
    clock = SlowClock()
    clock.advance(hours=hours)
    return clock


async def publish_late(make_store, media_id):
    await publish(make_store("two", late(1)), media_id)


@pytest.mark.parametrize("name", [STATE, JOURNAL, LOCK])
async def test_garbled_documents_are_refused_or_read_and_never_break_it(make_store, vault, name):
    await publish(make_store(), "1")
    async with killed(vault, make_store(), "2"):
        whole = vault.documents[name].data
        for place in range(0, len(whole), 7):
            vault.put(name, whole[:place] + b"\xff{" + whole[place + 2 :])
            with suppress(StateError):
                make_store("reader").read()
                await make_store("reader").locked_by()


async def test_reading_while_another_run_folds_sees_one_moment(make_store, vault):
    reader = make_store("reader")
    async with make_store().session("apply") as session:
        for media_id in "12":
            await session.record(media_id, an_entry(media_id))
            run_once(vault, asyncio.get_running_loop(), session.fold)
            state = await asyncio.to_thread(reader.read)
            assert media_id in state.entries
            assert state.serial == int(media_id)


def run_once(vault, loop, work):
    """Do `work` after the next read of the state, before the journal is read."""

    def after_read(name):
        if name == STATE:
            vault.after_read = lambda _: None
            asyncio.run_coroutine_threadsafe(work(), loop).result()

    vault.after_read = after_read


async def test_a_state_that_never_rests_is_said(make_store, vault):
    await publish(make_store(), "1")
    serials = itertools.count(2)

    def rest_not(name):
        if name == STATE:
            journal = {**content(vault, JOURNAL), "serial": next(serials)}
            vault.put(JOURNAL, json.dumps(journal).encode())

    vault.after_read = rest_not
    with pytest.raises(StateError, match="changes all the time"):
        make_store().read()


# --- backups --------------------------------------------------------------------------------------


async def test_the_state_before_a_run_is_kept_once(store, vault):
    await publish(store, "1")
    before = vault.documents[STATE].data
    async with store.session("apply") as session:
        for media_id in "23":
            await session.record(media_id, an_entry(media_id))
            await session.fold()
    assert vault.names("backups/") == ["backups/1-20261122T101200Z.json"]
    assert vault.documents["backups/1-20261122T101200Z.json"].data == before


async def test_fifty_backups_are_kept(store, vault, clock):
    for n in range(55):
        clock.advance(minutes=1)
        await publish(store, str(n))
    serials = sorted(int(name[8:].split("-")[0]) for name in vault.names("backups/"))
    assert serials == list(range(5, 55))


async def test_none_is_removed_where_they_cannot_be_listed(store, vault, clock):
    vault.names = lambda _: None
    for n in range(53):
        clock.advance(minutes=1)
        await publish(store, str(n))
    assert sum(name.startswith("backups/") for name in vault.documents) == 52


# --- crashes --------------------------------------------------------------------------------------

STEPS = [
    ("a", an_intent("1"), None),
    ("a", an_entry("1"), None),
    ("b", an_intent("2"), None),
    ("b", an_entry("2"), None),
    ("c", an_entry("2"), "b"),
    ("d", an_intent("3"), None),
    ("c", None, None),
]


class PowerCut(BaseException):
    """The process is gone: nothing of it runs any more, no clean-up either."""


def expected(count):
    """The entries after so many of STEPS."""
    entries = {}
    for key, entry, was in STEPS[:count]:
        entries.pop(was, None)
        entries[key] = entry
        if entry is None:
            del entries[key]
    return entries


@pytest.mark.parametrize("moment", ["before_write", "after_write"])
async def test_a_crash_at_any_write_loses_no_record_and_needs_nobody(
    make_store, vault, monkeypatch, moment
):
    monkeypatch.setattr(remote_session, "FOLD_AT", 2)
    for last in itertools.count(1):
        vault.documents.clear()
        done, is_over = await run_until(vault, make_store(f"runner{last}"), last, moment)
        healer = make_store(f"healer{last}", late(last))
        await publish(healer, "z")
        state = healer.read()
        entries = dict(state.typed_entries())
        assert entries.pop("z") == an_entry("z")
        assert entries in (expected(done), expected(done + 1))
        if is_over:
            return


async def run_until(vault, store, last, moment):
    """Do STEPS and crash at write number `last`; how many were acknowledged, and whether it ended."""
    count, done, is_over = itertools.count(1), 0, False

    def crash(_):
        if next(count) >= last:
            vault.before_write = crash
            raise PowerCut

    setattr(vault, moment, crash)
    with suppress(PowerCut):
        async with store.session("apply") as session:
            for key, entry, was in STEPS:
                await session.record(key, entry, was=was)
                done += 1
        is_over = True
    vault.before_write = vault.after_write = lambda _: None
    return done, is_over
