"""The two things of a picture's EXIF data that matter here, and data that say only one. No I/O."""

from __future__ import annotations

import struct

_ORIENTATION = 0x0112
_LOCATION = 0x8825
_SHORT = 3
_ENTRY_BYTES = 12
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def read_exif(data: bytes) -> tuple[int, bool]:
    """Orientation (1 to 8) and whether there is a place on earth; (1, False) when it is damaged."""
    tags = _tags(data.removeprefix(b"Exif\0\0"))
    orientation = tags.get(_ORIENTATION, 1)
    return orientation if 1 <= orientation <= 8 else 1, _LOCATION in tags


def orientation_only(orientation: int) -> bytes:
    """EXIF data that say nothing but how to turn the picture, from the byte order on."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)


def tells_more(data: bytes) -> bool:
    """Whether EXIF data say anything else than how to turn the picture."""
    bare = data.removeprefix(b"Exif\0\0")
    return bool(bare) and bare != orientation_only(read_exif(bare)[0])


def _tags(data: bytes) -> dict[int, int]:
    """The first 16 bits of each value of the main directory, by tag."""
    order = _ORDERS.get(data[:4])
    if order is None or len(data) < 8:
        return {}
    (place,) = struct.unpack_from(f"{order}I", data, 4)
    if place + 2 > len(data):
        return {}
    (count,) = struct.unpack_from(f"{order}H", data, place)
    whole = min(count, (len(data) - place - 2) // _ENTRY_BYTES)
    entries = data[place + 2 : place + 2 + whole * _ENTRY_BYTES]
    return {tag: value for tag, value in struct.iter_unpack(f"{order}H6xH2x", entries)}  # noqa: C416 - iter_unpack yields any length
