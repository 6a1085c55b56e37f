"""Real processes on one local state: killed at any moment, two at once, stopped and overtaken."""

from __future__ import annotations

import random
import signal
from contextlib import contextmanager
from datetime import UTC, datetime

import forked
import pytest
from forked import PIPE

from threadsync.errors import StateLockedError
from threadsync.state.local.store import LocalStore
from threadsync.state.model import PartStatus

pytestmark = pytest.mark.anyio
ROUNDS = 25


def a_store(folder):
    return LocalStore(
        folder / "threadsync.state.json",
        seen_path=folder / ".threadsync" / "seen.json",
        clock=lambda: datetime.now(UTC),
        written_by="threadsync test",
    )


@contextmanager
def writer(folder, first, fold_every=0, pace="free"):
    """A process that records keys from `first` up and prints each number once it is on record.

    With the pace `asked` it waits for a line before each record but the first.
    """
    arguments = [str(folder), str(first), str(fold_every), pace]
    with forked.begin("state_writer", arguments, stdin=PIPE, stdout=PIPE) as process:
        yield process
        process.kill()


def acknowledged(process, at_least):
    """Read `at_least` numbers, kill the process at that moment, read the rest of what it said."""
    lines = [process.stdout.readline() for _ in range(at_least)]
    process.kill()
    # A line that was cut off was not yet said.
    rest = [line for line in process.stdout.read().splitlines(keepends=True) if line[-1:] == b"\n"]
    return [int(line) for line in lines + rest if line]


@pytest.mark.parametrize("fold_every", [0, 3])
async def test_a_killed_run_keeps_what_it_acknowledged(tmp_path, fold_every):
    choice = random.Random(fold_every)  # the same rounds each time, whatever the machine does
    kept = set()
    for round_ in range(ROUNDS):
        with writer(tmp_path, round_ * 10_000, fold_every) as process:
            kept.update(acknowledged(process, choice.randrange(1, 12)))
        state = a_store(tmp_path).read()
        assert kept <= {int(key) for key in state.entries}, round_
        assert len(state.entries) <= len(kept) + round_ + 1  # at most one not acknowledged each
    async with a_store(tmp_path).session("apply") as session:
        assert kept <= {int(key) for key in session.state.entries}
    assert not (tmp_path / "threadsync.state.journal.json").exists()


async def test_two_processes_never_write_at_once(tmp_path):
    with writer(tmp_path, 0) as process:
        process.stdout.readline()
        with pytest.raises(StateLockedError, match=r"\(apply, lock [0-9a-f]{8}\)"):
            async with a_store(tmp_path).session("apply"):
                pytest.fail("two processes hold one lock")


async def test_the_lock_of_a_killed_process_does_not_hold_up_the_next(tmp_path):
    with writer(tmp_path, 0) as process:
        process.stdout.readline()
        process.kill()
        process.wait()
        async with a_store(tmp_path).session("apply") as session:
            assert "0" in session.state.entries


async def test_a_process_that_died_and_was_not_waited_for_is_gone(tmp_path):
    with writer(tmp_path, 0) as process:
        process.stdout.readline()
        process.kill()
        process.wait_until_dead()  # and still in the table
        async with a_store(tmp_path).session("apply"):
            pass


async def test_a_stopped_process_that_was_overtaken_writes_nothing(tmp_path):
    store = a_store(tmp_path)
    with writer(tmp_path, 0, pace="asked") as process:
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        process.wait_until_stopped()
        await store.unlock((await store.locked_by()).id)
        async with store.session("apply") as session:
            before = set(session.state.entries)
        process.send_signal(signal.SIGCONT)
        process.communicate(b"\n")
        assert process.returncode == 5
    assert set((store.read()).entries) == before


async def test_a_killed_run_leaves_no_half_entry(tmp_path):
    with writer(tmp_path, 0) as process:
        acknowledged(process, 5)
    for _, entry in (a_store(tmp_path).read()).typed_entries():
        assert entry.parts[0].status is PartStatus.PUBLISHED
