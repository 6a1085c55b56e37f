"""Runs that are killed, interrupted, stopped and overtaken: every post is out exactly once."""

from __future__ import annotations

import random
import re
import signal
import time

import pytest
from builders import write
from forked import Executed, begin, until
from killing import FIRST, a_project, kill_round
from processes import Processes, check, ended, killed

ROUNDS, KILLS = 2, 10
TEXTS = [("Hello, Threads!", None), ("Second", None), ("Third", None)]


@pytest.fixture
def runs(project):
    """A project with three posts whose doubts are not waited for."""
    write(project, "threadsync.yaml", "policy: {settle: 0s}\n")
    write(project, "posts/second.md", "Second\n")
    write(project, "posts/third.md", "Third\n")
    return Processes(project)


def interrupt(process):
    process.send_signal(signal.SIGINT)


def first_event(process, name):
    """Read the events of an apply up to the first `name`."""
    return next(line for line in process.stdout if f'"event": "{name}"' in line)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_kills_at_any_moment_publish_nothing_twice(tmp_path, seed):
    runs = a_project(tmp_path / "project")
    kill_round(runs, random.Random(seed), KILLS)
    runs.settle()
    check(runs, FIRST)


@pytest.mark.parametrize("how", [begin, Executed])
def test_a_run_killed_after_the_post_is_out_finds_it_again(runs, how):
    runs = Processes(runs.root, how)
    runs.fault("publish:1:delay-after:30")
    process = runs.apply()
    until(lambda: any(request["call"] == "publish" for request in runs.seen().requests))
    assert killed(process)
    assert runs.settle() == [0]
    check(runs, TEXTS)


def test_a_run_killed_before_the_post_is_out_waits_until_its_container_expires(runs):
    runs.fault("publish:1:delay:30")
    process = runs.apply()
    runs.wait_for_fault(process)
    assert killed(process)
    assert runs.settle() == [4, 0]
    check(runs, TEXTS)


def test_the_second_of_two_runs_is_refused_and_told_who_holds_the_lock(runs):
    runs.fault("publish:1:delay:4")
    first = runs.apply()
    runs.wait_for_fault(first)
    code, out, err = runs.run("apply", "--auto-approve")
    assert (code, out) == (5, "")
    assert re.search(r"locked by \S+@\S+ since \d\d:\d\d UTC \(apply, lock ([0-9a-f]{8})\)", err)
    assert ended(first)[0] == 0
    check(runs, TEXTS)


def test_the_second_of_two_runs_waits_when_asked_to(runs):
    runs.fault("publish:1:delay:4")
    first = runs.apply()
    runs.wait_for_fault(first)
    code, out, err = runs.run("apply", "--auto-approve", "--lock-timeout", "30s")
    assert err.startswith("waiting for ")
    assert (code, out) == (0, "No changes. Threads matches the files.\n")
    assert ended(first)[0] == 0
    check(runs, TEXTS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_lets_the_step_end_and_starts_nothing_new(runs, number):
    runs.fault("publish:2:delay:1")
    process = runs.apply()
    first_event(process, "published")
    runs.wait_for_fault(process)
    process.send_signal(number)
    code, out, err = ended(process)
    assert code == 130
    assert "stopping after the current step" in err
    assert out.count('"event": "published"') == 1
    assert len(runs.seen().roots) == 2
    assert runs.settle() == [0]
    check(runs, TEXTS)


def test_a_second_interrupt_ends_at_once_and_nothing_is_lost(runs):
    runs.fault("publish:1:delay:30")
    process = runs.apply()
    runs.wait_for_fault(process)
    interrupt(process)
    assert "once more stops at once" in process.stderr.readline()
    interrupt(process)
    started = time.monotonic()
    assert ended(process)[0] == 130
    assert time.monotonic() - started < 3
    runs.settle()
    check(runs, TEXTS)


def test_an_interrupt_while_waiting_for_the_lock_ends_the_wait(runs):
    runs.fault("publish:1:delay:30")
    first = runs.apply()
    runs.wait_for_fault(first)
    second = runs.apply("--lock-timeout", "10m")
    until(lambda: "waiting" in second.stderr.readline())
    interrupt(second)
    assert ended(second)[0] == 130
    assert killed(first)


@pytest.mark.parametrize("call", ["create", "publish"])
def test_a_stopped_run_that_was_overtaken_publishes_nothing_twice(runs, call):
    runs.fault(f"{call}:1:delay:1")
    stopped = runs.apply()
    runs.wait_for_fault(stopped)
    runs.stop(stopped)
    refused = runs.run("apply", "--auto-approve")
    lock = re.search(r"threadsync state unlock ([0-9a-f]{8})$", refused[2])
    assert refused[0] == 5
    assert runs.run("state", "unlock", lock[1])[0] == 0
    assert runs.run("apply", "--auto-approve")[0] in {0, 4}
    stopped.send_signal(signal.SIGCONT)
    code, _, err = ended(stopped)
    assert (code, "was broken by another one" in err) == (5, True)
    runs.settle()
    check(runs, TEXTS)
