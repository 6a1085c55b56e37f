"""Kill threadsync with kill -9 at its network and file system calls, and look for lost or double posts.

    python tests/kill_every_call.py [--sample 300] [--calls sendto,fsync] [--seed 1]

Not collected by pytest; `test_kill_calls` is the small one that is. What a process does reaches the
outside by system calls only, so stopping it at each of them is stopping it at any instruction. strace
kills a real `threadsync apply` when it enters its K-th call of a name, while the sandbox is another
process and lives on. After each kill it is run until it is quiet, and the account is looked at; then
the files are edited and the next kill strikes an apply that replaces, appends, answers and deletes.
What fails is left in its folder. Exit 1 when something failed, 2 where there is no strace.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from builders import write
from killing import FIRST, SECOND, a_project, edit
from pictures import a_jpeg
from processes import check, ended
from served import Served, a_server

CALLS = (
    *("write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "openat", "close", "flock"),
    *("socket", "connect", "sendto", "sendmsg", "recvfrom", "recvmsg", "shutdown"),
)
KILLED = -9
MOST_MISSED = 20
PHASES = (FIRST, SECOND)


@dataclass
class Tally:
    """What the kills so far came to."""

    rounds: int = 0
    kills: Counter = field(default_factory=Counter)
    """How many processes were killed, by the call at which they were."""
    missed: int = 0
    """Runs that made fewer calls of that name than were counted before."""
    codes: Counter = field(default_factory=Counter)
    requests: int = 0
    failed: list = field(default_factory=list)

    def __str__(self):
        calls = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        codes = ", ".join(f"{count} times {code}" for code, count in sorted(self.codes.items()))
        return (
            f"{self.kills.total()} kills in {self.rounds} rounds ({calls}), {self.missed} missed; "
            f"{self.requests} publish requests; exit codes afterwards: {codes}; "
            f"{len(self.failed)} rounds failed"
        )


def is_possible():
    """Whether strace is here and may trace."""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run([*strace("execve"), "true"], stderr=subprocess.DEVNULL, check=False)
    return tried.returncode == 0


def strace(calls, *options):
    """What a command is run by, so that its system calls are seen."""
    # Not --seccomp-bpf: strace 6.1 then injects nothing.
    return ["strace", "-f", "-qq", "-e", f"trace={calls}", *options]


def new_project(root, server):
    """The project of `killing`, with a picture that is on the sandbox already."""
    a_project(root)
    runs = Served(root, *server)
    runs.post("reset", {})
    with runs.witness() as client:
        client.put("/_sandbox/media/red.jpg", content=a_jpeg("red")).raise_for_status()
    media = f"---\nmedia: [{{url: {runs.address}/_sandbox/media/red.jpg}}]\n---\n"
    write(root, "posts/picture.md", f"{media}A picture\n")
    return runs


def counted(root, server, calls):
    """How many calls of each name one thread makes at most, in an apply of each phase."""
    runs = new_project(root, server)
    counts = []
    for _ in PHASES:
        log = root / "calls.log"
        code, _, err = ended(apply(runs, strace(",".join(calls), "-o", str(log))))
        assert code == 0, err
        counts.append(_most(log.read_text().splitlines(), calls))
        edit(root)
    return counts


def _most(lines, calls):
    """Of the lines `PID NAME(...`, how many there are of a name for the thread with the most."""
    seen = Counter()
    for line in lines:
        thread, _, rest = line.partition(" ")
        seen[thread, rest.strip().partition("(")[0]] += 1
    most = {
        name: max((n for (_, of), n in seen.items() if of == name), default=0) for name in calls
    }
    return {name: count for name, count in most.items() if count}


def apply(runs, through):
    return runs.start_through(through, "apply", "--auto-approve", "--format", "json")


def killed_at(runs, name, number):
    """Run an apply that is killed when it enters its call `number` (from 1); whether it was."""
    inject = ("-e", f"inject={name}:signal=SIGKILL:when={number}", "-o", os.devnull)
    code, _, err = ended(apply(runs, strace(name, *inject)))
    assert code in {KILLED, 0, 3, 4}, (code, err)
    return code == KILLED


def unsound(runs):
    """Ids that are on record as published and that the sandbox never gave."""
    seen = runs.seen()
    gone = {r["path"].rpartition("/")[2] for r in seen.requests if r["call"] == "delete"}
    if not runs.state_path.exists():
        return []
    return sorted(set(runs.recorded_ids) - set(seen.ids) - gone)


def one_round(root, server, kills, tally):
    """A new project; `kills` are (call, number) for the apply of each phase."""
    runs = new_project(root, server)
    for expected, (name, number) in zip(PHASES, kills, strict=True):
        was_killed = killed_at(runs, name, number)
        tally.kills[name] += was_killed
        tally.missed += not was_killed
        assert unsound(runs) == []
        tally.codes.update(runs.settle())
        check(runs, expected)
        edit(root)
    tally.requests += sum(request["call"] == "publish" for request in runs.seen().requests)


def sampled(counts, choice):
    """Which call to kill in each phase: each name as often as another, then any of its calls."""
    for _ in iter(int, 1):
        names = [choice.choice(sorted(count)) for count in counts]
        yield [
            (name, choice.randint(1, count[name]))
            for name, count in zip(names, counts, strict=True)
        ]


def try_rounds(folder, server, wanted, calls, seed, tally, say=lambda _: None):
    """Rounds until `wanted` processes were killed; what failed is in the tally."""
    counts = counted(folder / "counted", server, calls)
    say("calls of one apply: " + "; ".join(map(str, counts)))
    for kills in sampled(counts, random.Random(seed)):
        if tally.kills.total() >= wanted or tally.missed > tally.kills.total() + MOST_MISSED:
            return
        root = folder / f"round-{tally.rounds}"
        tally.rounds += 1
        try:
            one_round(root, server, kills, tally)
            shutil.rmtree(root)
        except AssertionError as error:
            tally.failed.append(f"{root}, killed at {kills}: {error}")
            say(tally.failed[-1])
        if tally.rounds % 10 == 0:
            say(str(tally))


def main(options):
    if not is_possible():
        print("strace is missing or may not trace here: nothing was tried")
        return 2
    folder, started = Path(tempfile.mkdtemp(prefix="kill-calls-")), time.monotonic()

    def say(text):
        print(f"{time.monotonic() - started:.0f} s: {text}", flush=True)

    tally = Tally()
    with a_server(folder / "server") as address:
        server = (folder / "server", address)
        try_rounds(folder, server, options.sample, options.calls, options.seed, tally, say)
    say(f"in the end: {tally}")
    return 1 if tally.failed or tally.kills.total() < options.sample else 0


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, default=300, help="how many processes to kill")
    parser.add_argument("--calls", type=lambda text: text.split(","), default=CALLS)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(_options()))
