"""threadsync that kills itself (kill -9) at one place, the N-th time it comes there.

    python tests/crashing.py PLACE N ARGUMENT...

For `test_crash_points`. A process that comes there less often ends as ever.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys

from pausing import PLACES as STEPS
from pausing import watch

from threadsync.cli import run
from threadsync.publishing.driver import Driver
from threadsync.state.local.journal_file import JournalFile
from threadsync.state.local.session import LocalSession
from threadsync.state.local.store import LocalStore
from threadsync.state.recording import Recording

PLACES = {
    "locked": (LocalStore, "_open", "before"),
    "first-record": (LocalSession, "_new_journal", "before"),
    "record-written": (JournalFile, "append", "after"),
    "record-on-disk": (JournalFile, "sync", "after"),
    **STEPS,
    "looked": (Driver, "_look", "after"),
    "folding": (LocalSession, "write_state", "before"),
    "state-written": (Recording, "saved", "before"),
    "folded": (LocalStore, "_release", "before"),
    "unlocked": (LocalStore, "_release", "after"),
}
"""Whose method it is, and on which side of it the process dies."""


def kill_at(owner, name, side, nth):
    count = itertools.count(1)

    def passed_by(here):
        if here == side and next(count) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(owner, name, passed_by)


def main():
    kill_at(*PLACES[sys.argv[1]], int(sys.argv[2]))
    sys.exit(run(sys.argv[3:]))


if __name__ == "__main__":
    main()
