"""The two things of a picture's EXIF data that matter here. No I/O."""

from __future__ import annotations

import struct

_ORIENTATION = 0x0112
_LOCATION = 0x8825
_ENTRY_BYTES = 12
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}


def read_exif(data: bytes) -> tuple[int, bool]:
    """Orientation (1 to 8) and whether there is a place on earth; (1, False) when it is damaged."""
    tags = _tags(data.removeprefix(b"Exif\0\0"))
    orientation = tags.get(_ORIENTATION, 1)
    return orientation if 1 <= orientation <= 8 else 1, _LOCATION in tags


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
