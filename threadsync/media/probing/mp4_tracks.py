"""A track of an MP4: what it holds, how it is coded and turned, and the sum of its frames. No I/O."""

from __future__ import annotations

import math
import struct
from typing import NamedTuple

from threadsync.media.probing.boxes import child, children
from threadsync.media.probing.mp4_edits import Edit, read_edits
from threadsync.media.probing.mp4_samples import Samples, read_samples

PICTURES = b"vide"
SOUND = b"soun"


class Track(NamedTuple):
    """A track of pictures or sound."""

    number: int
    rotation: int
    """Degrees, clockwise."""
    ticks_per_s: int
    length: int
    """Its length as told, in ticks."""
    coding: bytes
    """The four letters of its codec."""
    entry: memoryview
    """What its codec has to say, from behind the four letters."""
    samples: Samples
    edits: tuple[Edit, ...]

    @property
    def duration_s(self) -> float:
        return (self.samples.ticks or self.length) / self.ticks_per_s

    @property
    def bits_per_s(self) -> int:
        duration_s = self.duration_s
        return int(self.samples.size_bytes * 8 / duration_s) if duration_s else 0

    @property
    def frames_per_s(self) -> float:
        """Without the first and the last frame, which are made longer where sound goes on."""
        samples = self.samples
        frames, ticks = 1, min(samples.first_ticks, samples.last_ticks)
        if samples.frames > 2:
            frames = samples.frames - 2
            ticks = samples.ticks - samples.first_ticks - samples.last_ticks
        return round(frames * self.ticks_per_s / ticks, 3) if ticks > 0 else 0.0


def find_track(movie: memoryview, handler: bytes) -> Track | None:
    """The first track for `handler` in the content of a `moov` box; struct.error when damaged."""
    for kind, content in children(movie):
        if kind == b"trak" and _handler(content) == handler:
            return _read_track(content)
    return None


def ticks_per_s(header: memoryview) -> tuple[int, int]:
    """Time scale and length of an `mvhd` or `mdhd` box; ValueError for a scale of 0."""
    scale, length = struct.unpack_from(
        ">IQ" if header[0] == 1 else ">II", header, _scale_at(header)
    )
    if scale == 0:
        raise ValueError("a second has no ticks")
    return scale, length


def _scale_at(header: memoryview) -> int:
    return 20 if header[0] == 1 else 12


def _handler(track: memoryview) -> bytes:
    header = child(track, b"mdia", b"hdlr")
    return bytes(header[8:12]) if header is not None else b""


def _read_track(track: memoryview) -> Track:
    media = _needed(track, b"mdia")
    tables = _needed(media, b"minf", b"stbl")
    scale, length = ticks_per_s(_needed(media, b"mdhd"))
    coding, entry = _sample_entry(tables)
    number, rotation = _header(_needed(track, b"tkhd"))
    edits = tuple(read_edits(child(track, b"edts", b"elst")))
    return Track(number, rotation, scale, length, coding, entry, read_samples(tables), edits)


def _needed(data: memoryview, *path: bytes) -> memoryview:
    found = child(data, *path)
    if found is None:
        raise ValueError(f"there is no {path[-1]!r}")
    return found


def _sample_entry(tables: memoryview) -> tuple[bytes, memoryview]:
    entry = next(children(_needed(tables, b"stsd")[8:]), None)
    if entry is None:
        raise ValueError("nothing says how the track is coded")
    return entry


def _header(header: memoryview) -> tuple[int, int]:
    """Number and rotation of a track, from its `tkhd` box."""
    is_long = header[0] == 1
    (number,) = struct.unpack_from(">I", header, 20 if is_long else 12)
    right, down = struct.unpack_from(">ii", header, 52 if is_long else 40)
    return number, round(math.degrees(math.atan2(down, right))) % 360
