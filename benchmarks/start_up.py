"""How long threadsync takes to start, against a bare Python in the same run."""

from __future__ import annotations

import timing


def main():
    timing.header("python")
    for flag, most in (("--version", 8), ("--help", 8)):
        ours, theirs = timing.paired([timing.THREADSYNC, flag], [timing.PYTHON, "-c", "pass"])
        goal = f"at most {most} x"
        timing.row(flag, ours * 1000, theirs * 1000, goal, verdict=ours <= most * theirs)


if __name__ == "__main__":
    main()
