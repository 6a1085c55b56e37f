"""Facts of a video from its `moov` box: length, picture, sound; no frame is ever unfolded.

Boxes by ISO/IEC 14496-12, sample descriptions by 14496-14 and QuickTime's file format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from threadsync.sandbox.media.boxes import DamagedError, boxes, find, need, number, read_moov
from threadsync.sandbox.media.sounds import Sound, read_sound

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DamagedError", "Film", "Sound", "read_film"]

_VIDEO, _SOUND = b"vide", b"soun"


@dataclass(frozen=True, slots=True)
class Film:
    """What matters of a video. Width and height are as it is shown, turned if it says so."""

    duration_s: float
    codec: str
    """The first sample description's four characters, such as `avc1`."""
    width: int
    height: int
    frame_rate: float
    """Frames in a second, on average."""
    bits_per_second: float
    """Of the picture, on average."""
    sound: Sound | None


class _Samples(NamedTuple):
    """How many frames or blocks a track has, how long it lasts, and the bytes they take."""

    frames: int
    seconds: float
    size_bytes: int


def read_film(path: Path) -> Film:
    """Raises DamagedError when there is no video in the file or its boxes make no sense."""
    with path.open("rb") as file:
        moov = read_moov(file)
    tracks = [box.body for box in boxes(moov) if box.kind == "trak"]
    video = next((track for track in tracks if _kind(track) == _VIDEO), None)
    if video is None:
        raise DamagedError
    sound = next((track for track in tracks if _kind(track) == _SOUND), None)
    samples = _samples(video)
    width, height = _size(video)
    return Film(
        duration_s=_duration_s(need(moov, "mvhd")) or samples.seconds,
        codec=_description(video)[4:8].decode("latin-1"),
        width=width,
        height=height,
        frame_rate=samples.frames / samples.seconds if samples.seconds else 0.0,
        bits_per_second=samples.size_bytes * 8 / samples.seconds if samples.seconds else 0.0,
        sound=read_sound(_description(sound)) if sound is not None else None,
    )


def _kind(track: bytes) -> bytes:
    handler = find(track, "mdia", "hdlr")
    return b"" if handler is None else handler[8:12]


def _description(track: bytes) -> bytes:
    """The first entry of `stsd`, with its head."""
    entries = need(track, "mdia", "minf", "stbl", "stsd")
    if not number(entries, 4):
        raise DamagedError
    return entries[8 : 8 + number(entries, 8)]


def _size(video: bytes) -> tuple[int, int]:
    """Columns and rows, which change places when the film is turned by a quarter."""
    entry, header = _description(video), need(video, "tkhd")
    width, height = number(entry, 32, 2), number(entry, 34, 2)
    matrix_at = 52 if header[:1] == b"\x01" else 40
    is_turned = not number(header, matrix_at) and not number(header, matrix_at + 16)
    return (height, width) if is_turned else (width, height)


def _samples(track: bytes) -> _Samples:
    table = need(track, "mdia", "minf", "stbl")
    times = need(table, "stts")
    count = sum(number(times, 8 + 8 * n) for n in range(_count(times, 4, 8)))
    size_bytes = _size_bytes(find(table, "stsz") or bytes(12))
    return _Samples(count, _duration_s(need(track, "mdia", "mdhd")), size_bytes)


def _size_bytes(sizes: bytes) -> int:
    """The bytes of all samples by `stsz`: one size for all, or one for each."""
    each = number(sizes, 4)
    if each:
        return each * number(sizes, 8)
    return sum(number(sizes, 12 + 4 * n) for n in range(_count(sizes, 8, 4)))


def _count(table: bytes, at: int, entry_bytes: int) -> int:
    """The number of entries that a table says it has, when they are there."""
    count = number(table, at)
    if count * entry_bytes > len(table):
        raise DamagedError
    return count


def _duration_s(header: bytes) -> float:
    """Of an `mvhd` or `mdhd`, which begin alike."""
    is_long = header[:1] == b"\x01"
    scale, units = (
        (number(header, 20), number(header, 24, 8))
        if is_long
        else (number(header, 12), number(header, 16))
    )
    is_known = scale and units != (2**64 - 1 if is_long else 2**32 - 1)
    return units / scale if is_known else 0.0
