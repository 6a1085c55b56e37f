"""threadsync that stops itself (SIGSTOP) at one place, the first time it comes there.

    python tests/pausing.py PLACE ARGUMENT...

For `test_two_runs`: from outside, nobody hits the moment between a record and a request.
"""

from __future__ import annotations

import os
import signal
import sys

from threadsync.api.client import API
from threadsync.cli import run
from threadsync.publishing.driver import Driver

PLACES = {
    "container-made": (API, "create", "after"),
    "before-intent": (Driver, "_turn", "after"),
    "intent-on-record": (API, "publish_container", "before"),
    "published": (API, "publish_container", "after"),
    "deletion-on-record": (API, "delete", "before"),
    "deleted": (API, "delete", "after"),
}
"""Whose method it is, and on which side of it the process stops."""


def pause_at(owner, name, side):
    real = getattr(owner, name)
    ahead = [side]

    async def paused(self, *arguments):
        _stop_once(ahead, "before")
        value = await real(self, *arguments)
        _stop_once(ahead, "after")
        return value

    setattr(owner, name, paused)


def _stop_once(ahead, side):
    if ahead == [side]:
        ahead.clear()
        os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    pause_at(*PLACES[sys.argv[1]])
    sys.exit(run(sys.argv[2:]))
