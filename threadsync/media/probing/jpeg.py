"""Facts of a JPEG, from the segments before its first scan; pixels are not decoded."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from threadsync.media.probing.colour_profiles import read_profile
from threadsync.media.probing.exif import read_exif, tells_more
from threadsync.media.probing.facts import Picture, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_MOST_SEGMENTS = 4_096
_CHUNK_BYTES = 65_536
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
# Baseline, extended and progressive; the others are lossless, hierarchical or arithmetic.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_RARE_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_SCAN, _END, _APP0, _APP1, _APP2, _APP14 = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE
_COMMENT = 0xFE
_END_MARK = b"\xff\xd9"
EXIF = b"Exif\0\0"
_ICC = b"ICC_PROFILE\0"
_FOR_SHOWING = {_APP0: b"JFIF\0", _APP2: _ICC, _APP14: b"Adobe"}
"""What programs add that is needed to show the colours right; the rest of theirs is metadata."""
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}


class Segment(NamedTuple):
    marker: int
    data: bytes


def read_jpeg(file: BinaryIO) -> Picture:
    """The facts of the file, which is left where the first scan begins.

    UnreadableError when there is no frame or no scan.
    """
    segments = list(_segments(file))
    frame = next((data for marker, data in segments if marker in _FRAMES), None)
    if frame is None or segments[-1].marker != _SCAN:
        raise UnreadableError("it is no whole JPEG picture")
    depth_bits, height, width, colours = struct.unpack_from(">BHHB", frame)
    orientation, has_location = read_exif(_first(segments, _APP1, EXIF))
    profile = _profile(segments)
    name, is_srgb = read_profile(profile) if profile else ("", colours != 4)
    return Picture(
        *((height, width) if orientation > 4 else (width, height)),
        mode=_MODES.get(colours, "RGB"),
        depth_bits=depth_bits,
        profile=name,
        is_srgb=is_srgb,
        orientation=orientation,
        has_location=has_location,
        has_metadata=any(map(is_metadata, segments)),
    )


def is_metadata(segment: Segment) -> bool:
    """Whether the segment can be left out and the picture still looks the same, turn included."""
    marker, data = segment
    if marker == _APP1 and data.startswith(EXIF):
        return tells_more(data)
    is_of_a_program = 0xE0 <= marker <= 0xEF
    is_for_showing = marker in _FOR_SHOWING and data.startswith(_FOR_SHOWING[marker])
    return marker == _COMMENT or (is_of_a_program and not is_for_showing)


def has_end(file: BinaryIO, size_bytes: int) -> bool:
    """Whether an end mark follows the first scan, at whose beginning the file stands.

    Compressed data hold no such mark, and most files end with it: the end is looked at first.
    """
    start = file.tell()
    file.seek(max(start, size_bytes - _CHUNK_BYTES))
    if file.read(_CHUNK_BYTES).rfind(_END_MARK) >= 0:
        return True
    file.seek(start)
    last = b""
    while chunk := file.read(_CHUNK_BYTES):
        if _END_MARK in last + chunk:
            return True
        last = chunk[-1:]
    return False


def _segments(file: BinaryIO) -> Iterator[Segment]:
    """Up to the first scan; of what is not needed, only the marker."""
    for _ in range(_MOST_SEGMENTS):
        marker = _next_marker(file)
        if marker in _BARE_MARKERS:
            continue
        if marker in _RARE_FRAMES:
            raise UnreadableError("it is a rare sort of JPEG that few programs read")
        length = int.from_bytes(file.read(2), "big") - 2
        if marker is None or marker == _END or length < 0:
            return
        yield Segment(marker, _needed(file, marker, length))
        if marker == _SCAN:
            return


def _next_marker(file: BinaryIO) -> int | None:
    if file.read(1) != b"\xff":
        return None
    while (byte := file.read(1)) == b"\xff":
        pass
    return byte[0] if byte else None


def _needed(file: BinaryIO, marker: int, length: int) -> bytes:
    if marker in _FRAMES or marker in {_APP0, _APP1, _APP2, _APP14, _SCAN}:
        data = file.read(length)
        is_wanted = marker in _FRAMES or data.startswith((EXIF, *_FOR_SHOWING.values()))
        return data if is_wanted else b""
    file.seek(length, 1)
    return b""


def _first(segments: list[Segment], marker: int, start: bytes) -> bytes:
    return next((s.data for s in segments if s.marker == marker and s.data.startswith(start)), b"")


def _profile(segments: list[Segment]) -> bytes:
    """The colour profile, which is cut into numbered pieces."""
    pieces = [s.data[len(_ICC) :] for s in segments if s.data.startswith(_ICC)]
    return b"".join(piece[2:] for piece in sorted(pieces, key=lambda piece: piece[:1]))
