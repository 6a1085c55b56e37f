"""A process for `test_forked`: runs its first argument as Python."""

from __future__ import annotations

import sys


def main():
    exec(sys.argv[1], {"__name__": "given"})


if __name__ == "__main__":
    main()
