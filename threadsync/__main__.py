"""The door of the command line: answers `--version` before anything is imported."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line in sys.argv and end the process with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from threadsync import __version__

        sys.stdout.write(f"threadsync {__version__}\n")
        return
    make_light()
    try:
        from threadsync.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the imports were under way
        code = 130
    leave(code)


def make_light() -> None:
    """Spare this process what only costs time; to be called before anything else is imported."""
    # Thousands of entries make no rubbish worth looking for again and again.
    gc.set_threshold(100_000)
    # httpx would bring a command line of its own, with all of rich: 60 ms.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


def leave(code: int) -> None:
    """End at once: taking ten thousand values apart one by one only costs the user time."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
