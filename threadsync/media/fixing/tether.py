"""Start a program that ends when the one that started it ends, however that happens. Linux only.

    python tether.py PID PROGRAM ARGUMENT...

It runs between the fork and the program, in an interpreter of its own and without threadsync: a
function of ours in that place (`preexec_fn`) can hang where there are threads.
"""

from __future__ import annotations

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def main(parent: str, program: str, *arguments: str) -> None:
    _end_with_parent()
    if os.getppid() != int(parent):
        sys.exit("whoever wanted this has ended")
    try:
        os.execv(program, [program, *arguments])  # noqa: S606 - arguments of ours, and no shell
    except OSError as exc:
        sys.exit(f"{program} cannot be started: {exc.strerror}")


def _end_with_parent() -> None:
    try:
        from ctypes import CDLL
    except ImportError:  # a Python without it: the program then runs to its end
        return
    CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
