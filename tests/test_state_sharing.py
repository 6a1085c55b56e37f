"""Records that come together share a write; what one write lacks, nobody is told is there."""

from __future__ import annotations

import asyncio
import errno
from datetime import UTC, datetime

import pytest
from builders import FakeClock

from threadsync.errors import StateError
from threadsync.state.local import journal_file
from threadsync.state.local.store import LocalStore
from threadsync.state.model import EntryState, PartState, PartStatus

pytestmark = pytest.mark.anyio


@pytest.fixture
def store(tmp_path):
    clock = FakeClock(datetime(2026, 11, 22, 10, 12, tzinfo=UTC))
    return LocalStore(
        tmp_path / "threadsync.state.json",
        seen_path=tmp_path / "seen.json",
        clock=clock,
        written_by="threadsync test",
    )


def an_entry(media_id):
    part = PartState(n=1, digest="sha256:aa", status=PartStatus.PUBLISHED, id=media_id)
    return EntryState(source="posts/a.md", parts=(part,), total=1)


def a_disk(monkeypatch, fails):
    """Lets each flush of the journal fail whose number, from 1, is in `fails`."""
    flushes = iter(range(1, 100))

    def flush(descriptor):
        if next(flushes) in fails:
            raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(journal_file, "sync_data", flush)


def together(session, *media_ids):
    """One writer for each id; the second and those after it wait while the first one writes."""
    return [
        asyncio.create_task(session.record(media_id, an_entry(media_id))) for media_id in media_ids
    ]


async def test_who_shared_a_write_that_failed_tries_by_itself(store, monkeypatch):
    a_disk(monkeypatch, fails={2})
    async with store.session("apply") as session:
        outcomes = await asyncio.gather(*together(session, *"1234"), return_exceptions=True)
        on_disk = set(store.read().entries)
    refused = {n for n, outcome in zip("1234", outcomes, strict=True) if outcome is not None}
    assert refused == {"2"}
    assert on_disk == {"1", "3", "4"}


async def test_nobody_is_told_that_a_record_is_there_on_a_disk_that_stays_full(store, monkeypatch):
    a_disk(monkeypatch, fails=range(2, 100))
    async with store.session("apply") as session:
        outcomes = await asyncio.gather(*together(session, *"1234"), return_exceptions=True)
        on_disk = set(store.read().entries)
    assert on_disk == {"1"}
    assert [type(outcome) for outcome in outcomes[1:]] == [StateError] * 3


async def test_who_gave_up_waiting_leaves_the_others_their_turn(store):
    async with store.session("apply") as session:
        first, second, third = together(session, *"123")
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(first, second, third, return_exceptions=True)
        assert {"1", "3"} <= set(store.read().entries)
        assert second.cancelled()
