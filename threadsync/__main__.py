"""The door of the command line: answers `--version` before anything is imported."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line in sys.argv; the exit code."""
    if sys.argv[1:] == ["--version"]:
        from threadsync import __version__

        sys.stdout.write(f"threadsync {__version__}\n")
        return 0
    # Thousands of entries make no rubbish worth looking for again and again.
    gc.set_threshold(100_000)
    from threadsync.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
