"""Peak memory of a plan at several sizes, and what each further entry costs."""

from __future__ import annotations

import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import corpus
import timing

MOST_KIB = 4.0


def main(counts):
    peaks = {count: _peak(count) for count in counts}
    for count, peak in peaks.items():
        print(f"plan, {count:>7,} entries: {peak / 1024:7.1f} MiB")
    for few, many in pairwise(counts):
        each = (peaks[many] - peaks[few]) / (many - few)
        word = "ok" if each <= MOST_KIB else "MISSED"
        print(f"each entry from {few:,} to {many:,}: {each:.2f} KiB (goal {MOST_KIB:.0f})  {word}")


def _peak(count):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        corpus.make(root, count)
        timing.once([timing.THREADSYNC, "plan"], cwd=root)  # fills the caches
        return timing.peak_kib([timing.THREADSYNC, "plan"], cwd=root)


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [500, 1000, 2000, 4000])
