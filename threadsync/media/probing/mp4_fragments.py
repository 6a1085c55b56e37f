"""Fragmented MP4: frames that are listed piece by piece (`moof`) and not in the index. No I/O."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from threadsync.media.probing.boxes import child, children
from threadsync.media.probing.mp4_samples import MOST_ENTRIES, Samples, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Flags of `tfhd` and `trun`, ISO/IEC 14496-12, 8.8.7 and 8.8.8.
_BASE_PLACE, _DESCRIPTION, _LENGTH, _SIZE = 0x1, 0x2, 0x8, 0x10
_RUN_PLACE, _RUN_FIRST_FLAGS = 0x1, 0x4
_RUN_LENGTH, _RUN_SIZE, _RUN_FLAGS, _RUN_DELAY = 0x100, 0x200, 0x400, 0x800


class Usual(NamedTuple):
    """Length (ticks) and size (bytes) of a frame that does not say its own."""

    length: int
    size_bytes: int


def read_usual(movie: memoryview) -> dict[int, Usual] | None:
    """What is usual in the fragments of a movie, by track; None when it has no fragments."""
    extension = child(movie, b"mvex")
    if extension is None:
        return None
    usual = {}
    for kind, content in children(extension):
        if kind == b"trex":
            number, length, size_bytes = struct.unpack_from(">4xI4xII", content)
            usual[number] = Usual(length, size_bytes)
    return usual


def read_fragment(
    fragment: memoryview, usual: Mapping[int, Usual]
) -> Iterable[tuple[int, Samples]]:
    """Track and frames of each run in the content of a `moof` box; struct.error when damaged."""
    for kind, content in children(fragment):
        header = child(content, b"tfhd") if kind == b"traf" else None
        if header is not None:
            number, own = _header(header, usual)
            for name, run in children(content):
                if name == b"trun":
                    yield number, _run(run, own)


def _header(header: memoryview, usual: Mapping[int, Usual]) -> tuple[int, Usual]:
    flags, number = struct.unpack_from(">II", header)
    length, size_bytes = usual.get(number, Usual(0, 0))
    position = 8 + (8 if flags & _BASE_PLACE else 0) + (4 if flags & _DESCRIPTION else 0)
    if flags & _LENGTH:
        (length,) = struct.unpack_from(">I", header, position)
        position += 4
    if flags & _SIZE:
        (size_bytes,) = struct.unpack_from(">I", header, position)
    return number, Usual(length, size_bytes)


def _run(run: memoryview, usual: Usual) -> Samples:
    flags, count = struct.unpack_from(">II", run)
    start = 8 + (4 if flags & _RUN_PLACE else 0) + (4 if flags & _RUN_FIRST_FLAGS else 0)
    fields = [bit for bit in (_RUN_LENGTH, _RUN_SIZE, _RUN_FLAGS, _RUN_DELAY) if flags & bit]
    count = min(count, MOST_ENTRIES)
    values = numbers(run[start : start + count * len(fields) * 4])
    columns = {bit: values[n :: len(fields)] for n, bit in enumerate(fields)}
    lengths, sizes, delays = (columns.get(bit) for bit in (_RUN_LENGTH, _RUN_SIZE, _RUN_DELAY))
    return Samples(
        count,
        sum(lengths) if lengths is not None else count * usual.length,
        lengths[0] if lengths else usual.length,
        lengths[-1] if lengths else usual.length,
        sum(sizes) if sizes is not None else count * usual.size_bytes,
        delays[0] if delays else 0,
    )
