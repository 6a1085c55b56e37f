"""How long a plan takes when nothing changed, against `git status` of the same tree."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import corpus
import timing


def main(counts):
    timing.header("git status")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "project"
            corpus.make(root, count)
            plan = [timing.THREADSYNC, "plan", "--detailed-exitcode"]
            ours, theirs = timing.paired(plan, ["git", "status", "--short"], cwd=root)
            most = 6 * theirs + 0.150
            goal = f"6 x + 150 ms = {most * 1000:.0f} ms"
            name = f"plan, {count:,} entries"
            timing.row(name, ours * 1000, theirs * 1000, goal, verdict=ours <= most)


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [1000])
