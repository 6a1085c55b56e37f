"""What the tables of a track in an MP4 add up to: frames, time and bytes. No I/O.

Tables are summed up to `MOST_ENTRIES`, which is half an hour of a phone's video; of a longer one
the rest is taken to be like the beginning.
"""

from __future__ import annotations

import struct
from operator import mul
from typing import NamedTuple

from threadsync.media.probing.boxes import child

MOST_ENTRIES = 60_000


class Samples(NamedTuple):
    """The frames of a track; times in ticks of its time scale."""

    frames: int = 0
    ticks: int = 0
    first_ticks: int = 0
    """How long the first one lasts."""
    last_ticks: int = 0
    size_bytes: int = 0
    first_delay: int = 0
    """How much later than it is decoded the first one is shown."""
    last_place: int = 0
    """Where in the file the last group of frames begins, in bytes."""

    def followed_by(self, other: Samples) -> Samples:
        return Samples(
            self.frames + other.frames,
            self.ticks + other.ticks,
            self.first_ticks if self.frames else other.first_ticks,
            other.last_ticks,
            self.size_bytes + other.size_bytes,
            self.first_delay if self.frames else other.first_delay,
            max(self.last_place, other.last_place),
        )


def read_samples(tables: memoryview) -> Samples:
    """The frames that the content of an `stbl` box lists; struct.error when it is damaged."""
    return Samples(
        *_times(child(tables, b"stts")),
        _sizes(child(tables, b"stsz")),
        _first_delay(child(tables, b"ctts")),
        _last_place(tables),
    )


def numbers(data: memoryview, code: str = "I") -> tuple[int, ...]:
    """As many big-endian numbers as `data` holds whole, of the type `code` of `struct`."""
    return struct.unpack_from(f">{len(data) // struct.calcsize(code)}{code}", data)


def entries(table: memoryview, width: int, first: int = 8) -> memoryview:
    """The entries of a table, `width` bytes each, from byte `first`, as many as are summed up."""
    count = min(int.from_bytes(table[first - 4 : first], "big"), MOST_ENTRIES)
    return table[first : first + count * width]


def _times(table: memoryview | None) -> tuple[int, int, int, int]:
    """How many frames there are, how long all of them last, the first one, the last one."""
    runs = numbers(entries(table, 8)) if table is not None else ()
    counts, lengths = runs[0::2], runs[1::2]
    if not lengths:
        return 0, 0, 0, 0
    return sum(counts), sum(map(mul, counts, lengths)), lengths[0], lengths[-1]


def _sizes(table: memoryview | None) -> int:
    if table is None:
        return 0
    each, count = int.from_bytes(table[4:8], "big"), int.from_bytes(table[8:12], "big")
    if each:
        return each * count
    read = numbers(entries(table, 4, first=12))
    return sum(read) * count // len(read) if read else 0


def _first_delay(table: memoryview | None) -> int:
    return int.from_bytes(table[12:16], "big", signed=True) if table is not None else 0


def _last_place(tables: memoryview) -> int:
    for kind, code, width in ((b"stco", "I", 4), (b"co64", "Q", 8)):
        table = child(tables, kind)
        if table is not None:
            return max(numbers(entries(table, width), code), default=0)
    return 0
