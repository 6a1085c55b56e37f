"""Kill running threadsync so many times, and look whether a post was lost or is out twice.

    python tests/kill_often.py 300 [SEED]

Not collected by pytest; `test_kill` is the small one that is. Each round makes a project, kills
runs of it, runs it until it is quiet and looks at the account; then it edits the files and does the
same again. What fails is left in its folder, with its seed. Exit 1 when something failed.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from killing import FIRST, SECOND, a_project, edit, kill_round
from processes import check

MOST_KILLS = 12


class Tally:
    """What the rounds so far came to."""

    def __init__(self):
        self.kills = self.hits = self.rounds = self.requests = 0
        self.codes = Counter()
        self.failed = []

    def __str__(self):
        codes = ", ".join(f"{count} times {code}" for code, count in sorted(self.codes.items()))
        return (
            f"{self.kills} kills ({self.hits} of a process that ran) in {self.rounds} rounds; "
            f"{self.requests} publish requests; exit codes afterwards: {codes}; "
            f"{len(self.failed)} rounds failed"
        )


def one_round(folder, seed, tally):
    choice = random.Random(seed)
    runs = a_project(folder)
    for expected in (FIRST, SECOND):
        kills = choice.randrange(1, MOST_KILLS)
        tally.kills += kills
        tally.hits += kill_round(runs, choice, kills)
        tally.codes.update(runs.settle())
        check(runs, expected)
        edit(folder)
    tally.requests += sum(request["call"] == "publish" for request in runs.seen().requests)


def main(wanted, seed):
    tally, started = Tally(), time.monotonic()
    while tally.hits < wanted:
        folder = Path(tempfile.mkdtemp(prefix=f"kill-{seed}-"))
        try:
            one_round(folder, seed, tally)
            shutil.rmtree(folder)
        except AssertionError as error:
            tally.failed.append(seed)
            print(f"seed {seed}, left in {folder}: {error}", flush=True)
        tally.rounds += 1
        seed += 1
        print(f"{time.monotonic() - started:.0f} s: {tally}", flush=True)
    return 1 if tally.failed else 0


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(arguments[0] if arguments else 300, arguments[1] if len(arguments) > 1 else 1))
