"""Colour spaces that a PNG names by numbers (cICP), as the ICC profiles that converters want. Pure."""

from __future__ import annotations

import struct
from typing import NamedTuple

from threadsync.media.probing.colour_profiles import HDR_TRANSFERS
from threadsync.media.probing.facts import UnreadableError

# The red, green and blue of ITU-T H.273, table 2, adapted to D50 (Bradford), as ICC profiles hold them.
_COLORANTS = {
    9: ((0.67348, 0.27904, -0.00194), (0.16568, 0.67535, 0.02998), (0.12505, 0.04561, 0.79686)),
    12: ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
}
_D50 = (0.9642, 1.0, 0.8249)


class Curve(NamedTuple):
    """((a x + b) to the power of gamma) from d on, and c x below (ICC.1:2022, 10.18, type 3)."""

    gamma: float
    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 0


_OF_TELEVISION = Curve(1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
# ITU-T H.273, table 3.
_CURVES = {
    **dict.fromkeys((1, 6, 14, 15), _OF_TELEVISION),
    4: Curve(2.2),
    5: Curve(2.8),
    8: Curve(1),
    13: Curve(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
}


def profile_of(primaries: int, transfer: int) -> bytes | None:
    """The ICC profile of a colour space by its numbers; None for one that is as good as sRGB or not known.

    UnreadableError for HDR, which would only look pale.
    """
    if transfer in HDR_TRANSFERS:
        found = HDR_TRANSFERS[transfer]
        raise UnreadableError(f"its HDR colours ({found}) cannot be converted; do it yourself")
    if primaries not in _COLORANTS or transfer not in _CURVES:
        return None
    curve = _curve(_CURVES[transfer])
    tags = {b"wtpt": _xyz(_D50)}
    for letter, colorant in zip((b"r", b"g", b"b"), _COLORANTS[primaries], strict=True):
        tags[letter + b"XYZ"] = _xyz(colorant)
        tags[letter + b"TRC"] = curve
    return _profile(tags)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    """Of a screen with three colours, of version 4.3."""
    start = 128 + 4 + 12 * len(tags)
    table, content = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += struct.pack(">4sII", name, start + len(content), len(data))
        content += data
    size = start + len(content)
    head = struct.pack(
        ">I4sI4s4s4s12s4s", size, b"", 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"", b"acsp"
    )
    return (head.ljust(68, b"\0") + _numbers(*_D50)).ljust(128, b"\0") + table + content


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _numbers(*values)


def _curve(curve: Curve) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + _numbers(*curve)


def _numbers(*values: float) -> bytes:
    """As fixed point numbers with 16 bits before and behind the point."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
