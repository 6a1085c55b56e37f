"""Two processes on one state: one is stopped, its lock is broken, and the other one does the work.

The sandbox is a third process, and would publish a container twice.
"""

from __future__ import annotations

import re
import signal

import pytest
from builders import write
from processes import DAY_S, check, ended
from served import Served

TREE = [("Chain 1", None), ("Chain 2", "Chain 1"), ("Hello", None)]
CHANGED = [("Chain 1", None), ("Chain 2", "Chain 1"), ("Hello again", None)]


@pytest.fixture
def runs(tmp_path, server):
    """A project of its own on the one server, whose doubts are not waited for."""
    root = tmp_path / "project"
    write(root, "threadsync.yaml", "policy: {settle: 0s}\n")
    write(root, "posts/hello.md", "Hello\n")
    write(root, "posts/x.md", "Chain 1\n\n---\n\nChain 2\n")
    runs = Served(root, *server)
    runs.post("reset", {})
    return runs


def paused(runs, place):
    """An apply that has come to `place` and stands still there."""
    process = runs.begin("pausing", place, "-C", str(runs.root), "apply", "--auto-approve")
    process.wait_until_stopped()
    return process


def break_lock(runs):
    """What nobody should do while the other run is alive."""
    code, _, err = runs.run("apply", "--auto-approve")
    lock = re.search(r"threadsync state unlock ([0-9a-f]{8})$", err)
    assert code == 5
    assert runs.run("state", "unlock", lock[1])[0] == 0


def woken(process):
    """Let it go on to its end: exit code, stdout, stderr."""
    process.send_signal(signal.SIGCONT)
    return ended(process)


def overtake(runs, days=0):
    """The other run, and more a day later each; the exit codes."""
    codes = [runs.run("apply", "--auto-approve")[0]]
    for _ in range(days):
        runs.post("clock", {"advance_s": DAY_S})
        codes.append(runs.run("apply", "--auto-approve")[0])
    return codes


PUBLISHING = ["container-made", "before-intent", "intent-on-record", "published"]


@pytest.mark.parametrize("place", PUBLISHING)
def test_a_run_that_was_overtaken_while_it_stood_still_publishes_nothing_twice(runs, place):
    first = paused(runs, place)
    break_lock(runs)
    assert overtake(runs) == [4 if place == "intent-on-record" else 0]
    code, _, err = woken(first)
    assert (code, "was broken by another one; nothing was written" in err) == (5, True)
    assert runs.settle() == [0]
    check(runs, TREE)


@pytest.mark.parametrize("place", ["intent-on-record", "published"])
def test_so_does_one_that_stood_still_for_a_day(runs, place):
    first = paused(runs, place)
    break_lock(runs)
    assert overtake(runs, days=1)[-1] == 0
    assert woken(first)[0] == 5
    assert runs.settle() == [0]
    check(runs, TREE)


@pytest.mark.parametrize("place", ["before-intent", "published"])
def test_a_run_whose_lock_was_broken_stops_though_nobody_took_it(runs, place):
    first = paused(runs, place)
    break_lock(runs)
    assert woken(first)[0] == 5
    assert len(runs.seen().roots) <= 1
    assert runs.settle() == [0]
    check(runs, TREE)


@pytest.mark.parametrize("place", ["deletion-on-record", "deleted"])
def test_a_run_that_was_overtaken_in_a_replace_deletes_only_the_old_post(runs, place):
    runs.settle()
    write(runs.root, "posts/hello.md", "Hello again\n")
    first = paused(runs, place)
    break_lock(runs)
    assert overtake(runs) == [0]
    assert woken(first)[0] == 5
    assert runs.settle() == [0]
    check(runs, CHANGED)


def test_a_request_that_arrives_after_the_other_run_is_that_post(runs):
    runs.fault("publish:1:delay:4")
    first = runs.apply()
    runs.wait_for_fault(first)
    runs.stop(first)
    break_lock(runs)
    assert overtake(runs) in ([4], [0])  # 0 when it took so long that the request has arrived
    assert woken(first)[0] == 5
    assert runs.settle() == [0]
    check(runs, TREE)


def test_a_request_that_arrives_a_day_late_publishes_nothing(runs):
    runs.fault("publish:1:delay:6")
    first = runs.apply()
    runs.wait_for_fault(first)
    runs.stop(first)
    break_lock(runs)
    assert overtake(runs, days=1)[-1] == 0
    assert woken(first)[0] == 5
    check(runs, TREE)


def test_waiting_for_a_lock_ends_when_it_was_long_enough(runs):
    first = paused(runs, "before-intent")
    code, out, err = runs.run("apply", "--auto-approve", "--lock-timeout", "1s")
    assert (code, out) == (5, "")
    assert err.startswith("waiting for ")
    assert woken(first)[0] == 0
    check(runs, TREE)


def test_one_of_two_that_start_at_once_does_everything(runs):
    both = [runs.apply("--lock-timeout", "30s") for _ in range(2)]
    assert [ended(process)[0] for process in both] == [0, 0]
    check(runs, TREE)


def test_applies_of_one_state_started_again_and_again_publish_each_post_once(runs):
    codes = {ended(process)[0] for process in [runs.apply() for _ in range(4)]}
    assert codes <= {0, 5}
    runs.settle()
    check(runs, TREE)
