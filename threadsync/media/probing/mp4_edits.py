"""Edit lists of MP4 files: which parts of a track are shown, when. No I/O."""

from __future__ import annotations

import struct
from typing import NamedTuple

from threadsync.media.probing.mp4_samples import entries

_MOST_EDITS = 1_000


class Edit(NamedTuple):
    """A piece of a track: `length` in ticks of the movie, `start` in those of the track."""

    length: int
    start: int
    """-1 for a time in which nothing is shown."""
    speed: int


def read_edits(table: memoryview | None) -> list[Edit]:
    """The edits in the content of an `elst` box, in order."""
    if table is None:
        return []
    form = ">QqI" if table[0] == 1 else ">IiI"
    size = struct.calcsize(form)
    listed = entries(table, size)
    whole = listed[: min(len(listed) // size, _MOST_EDITS) * size]
    return [Edit(*values) for values in struct.iter_unpack(form, whole)]
