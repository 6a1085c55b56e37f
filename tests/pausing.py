"""threadsync that stops itself (SIGSTOP) at one place, the first time it comes there.

    python tests/pausing.py PLACE ARGUMENT...

For `test_two_runs`: from outside, nobody hits the moment between a record and a request.
"""

from __future__ import annotations

import functools
import inspect
import os
import signal
import sys
from pathlib import Path

from filelock import FileLock

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


def watch(owner, name, passed_by):
    """Have `passed_by` called with "before" and "after" whenever the method is called."""
    real = getattr(owner, name)

    @functools.wraps(real)
    async def watched_async(*arguments, **options):
        passed_by("before")
        value = await real(*arguments, **options)
        passed_by("after")
        return value

    @functools.wraps(real)
    def watched(*arguments, **options):
        passed_by("before")
        value = real(*arguments, **options)
        passed_by("after")
        return value

    setattr(owner, name, watched_async if inspect.iscoroutinefunction(real) else watched)


def pause_at(owner, name, side):
    ahead = [side]

    def passed_by(here):
        if ahead == [here]:
            ahead.clear()
            _let_the_disk_be_reached()
            os.kill(os.getpid(), signal.SIGSTOP)

    watch(owner, name, passed_by)


def _let_the_disk_be_reached():
    """Wait until no thread writes; none begins to, because the event loop stands still here."""
    for guard in Path(sys.argv[sys.argv.index("-C") + 1]).rglob(".*.guard"):
        with FileLock(guard):
            pass


def main():
    pause_at(*PLACES[sys.argv[1]])
    sys.exit(run(sys.argv[2:]))


if __name__ == "__main__":
    main()
