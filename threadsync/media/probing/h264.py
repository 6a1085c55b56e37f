"""What an H.264 stream says of itself, in its sequence parameter set (ITU-T H.264, 7.3.2.1). No I/O."""

from __future__ import annotations

from typing import NamedTuple

from threadsync.media.probing.bits import Bits

_PROFILES = {
    66: "Baseline",
    77: "Main",
    88: "Extended",
    100: "High",
    110: "High 10",
    122: "High 4:2:2",
    244: "High 4:4:4",
}
# Only these profiles write chroma and depth; the others are 4:2:0 with 8 bits.
_HIGH = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
CHROMA = {0: "4:0:0", 1: "4:2:0", 2: "4:2:2", 3: "4:4:4"}
_MOST_BYTES = 256
"""A parameter set has about thirty."""


class Coding(NamedTuple):
    """How pictures are coded: `chroma` is "" and `depth_bits` 0 when that is not known."""

    profile: str = ""
    chroma: str = ""
    depth_bits: int = 0
    is_interlaced: bool = False


def read_avcc(configuration: bytes) -> Coding:
    """The coding in the content of an `avcC` box; IndexError or ValueError when it is damaged."""
    length = int.from_bytes(configuration[6:8], "big")
    return _read_parameters(configuration[8 : 8 + min(length, _MOST_BYTES)])


def _read_parameters(unit: bytes) -> Coding:
    profile = unit[1]
    bits = Bits(unit[4:].replace(b"\0\0\3", b"\0\0"))
    bits.exp_golomb()  # its number
    chroma, depth_bits = _high(bits) if profile in _HIGH else (1, 8)
    _skip_order(bits)
    bits.exp_golomb()  # reference frames
    bits.flag()  # gaps in their numbers
    bits.exp_golomb()  # width and height
    bits.exp_golomb()
    has_frames_only = bits.flag()
    return Coding(
        _PROFILES.get(profile, f"profile {profile}"),
        CHROMA.get(chroma, ""),
        depth_bits,
        not has_frames_only,
    )


def _high(bits: Bits) -> tuple[int, int]:
    """Chroma format and depth, and what follows them."""
    chroma = bits.exp_golomb()
    if chroma == 3:
        bits.flag()
    depth_bits = bits.exp_golomb() + 8
    bits.exp_golomb()
    bits.flag()
    if bits.flag():
        for n in range(12 if chroma == 3 else 8):
            if bits.flag():
                _skip_scaling_list(bits, 16 if n < 6 else 64)
    return chroma, depth_bits


def _skip_scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + _signed(bits)) % 256
        last = following or last


def _skip_order(bits: Bits) -> None:
    """Skip how the order of frames is written."""
    bits.exp_golomb()
    kind = bits.exp_golomb()
    if kind == 0:
        bits.exp_golomb()
    elif kind == 1:
        bits.flag()
        bits.exp_golomb()
        bits.exp_golomb()
        for _ in range(min(bits.exp_golomb(), 255)):
            bits.exp_golomb()


def _signed(bits: Bits) -> int:
    value = bits.exp_golomb()
    return (value + 1) // 2 if value % 2 else -(value // 2)
