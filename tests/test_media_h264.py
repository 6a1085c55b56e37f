"""What H.264 says of itself, from parameter sets written bit by bit."""

import pytest

from threadsync.media.probing.bits import Bits
from threadsync.media.probing.h264 import Coding, read_avcc


class Writer:
    """Bits in a row, written as `Bits` reads them."""

    def __init__(self):
        self.bits = ""

    def flags(self, *values):
        self.bits += "".join("1" if value else "0" for value in values)

    def numbers(self, *values):
        for value in values:
            digits = f"{value + 1:b}"
            self.bits += "0" * (len(digits) - 1) + digits

    def to_bytes(self):
        whole = self.bits + "1" + "0" * (-(len(self.bits) + 1) % 8)
        return int(whole, 2).to_bytes(len(whole) // 8, "big")


def a_configuration(profile=100, *, chroma=1, depth_bits=8, lists=None, order=(0, 2), frames=True):
    """The content of an `avcC` box with one parameter set."""
    writer = Writer()
    writer.numbers(0)
    if profile >= 100:
        writer.numbers(chroma)
        if chroma == 3:
            writer.flags(False)
        writer.numbers(depth_bits - 8, depth_bits - 8)
        writer.flags(False, lists is not None)
        for one in lists or ():
            writer.flags(bool(one))
            writer.numbers(*one)
    writer.numbers(4, order[0])
    if order[0] == 1:
        writer.flags(False)
    writer.numbers(*order[1:])
    writer.numbers(3)
    writer.flags(False)
    writer.numbers(19, 14)
    writer.flags(frames)
    unit = bytes([0x67, profile, 0, 30]) + escaped(writer.to_bytes())
    return bytes([1, profile, 0, 30, 0xFF, 0xE1]) + len(unit).to_bytes(2, "big") + unit


def escaped(data):
    """With a 3 wherever two zeros would be followed by something that looks like a mark."""
    out, zeros = bytearray(), 0
    for byte in data:
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        zeros = zeros + 1 if byte == 0 else 0
        out.append(byte)
    return bytes(out)


@pytest.mark.parametrize(
    ("values", "coding"),
    [
        ({"profile": 66}, Coding("Baseline", "4:2:0", 8, False)),
        ({"profile": 77, "frames": False}, Coding("Main", "4:2:0", 8, True)),
        ({"profile": 100}, Coding("High", "4:2:0", 8, False)),
        ({"profile": 100, "chroma": 0}, Coding("High", "4:0:0", 8, False)),
        ({"profile": 110, "depth_bits": 10}, Coding("High 10", "4:2:0", 10, False)),
        ({"profile": 122, "chroma": 2}, Coding("High 4:2:2", "4:2:2", 8, False)),
        ({"profile": 244, "chroma": 3, "depth_bits": 9}, Coding("High 4:4:4", "4:4:4", 9, False)),
        ({"profile": 118}, Coding("profile 118", "4:2:0", 8, False)),
    ],
)
def test_profiles(values, coding):
    assert read_avcc(a_configuration(**values)) == coding


@pytest.mark.parametrize("order", [(0, 7), (1, 1, 2, 2, 5, 6), (2,)])
@pytest.mark.parametrize("frames", [True, False])
def test_each_way_to_write_the_order_of_frames(order, frames):
    assert read_avcc(a_configuration(order=order, frames=frames)).is_interlaced is not frames


@pytest.mark.parametrize(
    "lists",
    [
        [()] * 8,
        [(0,) * 16] * 6 + [(0,) * 64] * 2,
        [(16,)] + [()] * 7,  # 8 less is 0: the rest is as it was
        [(1, 2, 16)] + [()] * 7,
    ],
)
@pytest.mark.parametrize("frames", [True, False])
def test_scaling_lists_are_passed_over(lists, frames):
    assert read_avcc(a_configuration(lists=lists, frames=frames)).is_interlaced is not frames


@pytest.mark.parametrize("frames", [True, False])
def test_a_three_between_zeros_is_no_part_of_the_numbers(frames):
    configuration = a_configuration(order=(1, 0, 0, 2, 1 << 30, 1 << 30), frames=frames)
    assert b"\0\0\3" in configuration
    assert read_avcc(configuration).is_interlaced is not frames


@pytest.mark.parametrize("length", range(8, 15))
def test_a_parameter_set_that_ends_too_soon(length):
    with pytest.raises((IndexError, ValueError)):
        read_avcc(a_configuration()[:length])


def test_numbers_are_read_as_they_are_written():
    writer = Writer()
    writer.numbers(0, 1, 2, 7, 300)
    writer.flags(True)
    bits = Bits(writer.to_bytes())
    assert [bits.exp_golomb() for _ in range(5)] == [0, 1, 2, 7, 300]
    assert bits.flag()
    with pytest.raises(ValueError, match="no more bits"):
        bits.read(100)
