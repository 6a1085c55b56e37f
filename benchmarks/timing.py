"""Time whole processes in turn, so that a machine that gets slower is slower for both."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PYTHON = sys.executable
THREADSYNC = str(Path(sys.executable).with_name("threadsync"))
RUNS = 15


def paired(first, second, *, cwd=None, runs=RUNS):
    """Median seconds of two commands that are run in turn, after one run of each as warm-up."""
    commands = (first, second)
    times = ([], [])
    for round_number in range(runs + 1):
        for command, list_of_times in zip(commands, times, strict=True):
            seconds = once(command, cwd)
            if round_number:
                list_of_times.append(seconds)
    return tuple(statistics.median(list_of_times) for list_of_times in times)


def once(command, cwd=None):
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL, env=environment())
    return time.perf_counter() - started


# A child counts what its parent had when it was made, so a small parent makes it.
_MEASURE = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ,
                       file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def peak_kib(command, cwd=None):
    """The largest resident memory of a command, in KiB."""
    measured = [PYTHON, "-S", "-c", _MEASURE, *command]
    return int(subprocess.check_output(measured, cwd=cwd, env=environment()))


def environment():
    """Ours without what would change what is measured."""
    dropped = ("THREADS_", "AWS_", "PYTHON", "COVERAGE")
    return {name: value for name, value in os.environ.items() if not name.startswith(dropped)}


def row(name, ours, theirs, goal, *, verdict):
    word = "ok" if verdict else "MISSED"
    print(f"{name:<28} {ours:9.1f} ms {theirs:9.1f} ms  {ours / theirs:6.2f} x   {goal:<24} {word}")


def header(theirs):
    print(f"{'':<28} {'threadsync':>12} {theirs:>12}  {'ratio':>8}   goal")
