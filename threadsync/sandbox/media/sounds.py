"""Facts of a film's sound, from its sample description."""

from __future__ import annotations

import struct
from typing import NamedTuple

from threadsync.sandbox.media.boxes import DamagedError, number

_HEAD_BYTES = 36
_AAC = frozenset({0x40, 0x66, 0x67, 0x68})
"""MPEG-4 audio, and the three profiles of MPEG-2's AAC."""
_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_CHANNELS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8}
_DECODER, _SPECIFIC = 0x04, 0x05


class Sound(NamedTuple):
    is_aac: bool
    channels: int
    sample_rate: int


def read_sound(entry: bytes) -> Sound:
    """The sound that an entry of `stsd`, given with its head, describes.

    What AAC says of itself is believed before the entry: many writers put 2 channels there always.
    """
    channels, rate = number(entry, 24, 2), number(entry, 32, 2)
    if number(entry, 16, 2) == 2:  # QuickTime's second version keeps both elsewhere
        rate, channels = _exact_rate(entry[40:48]), number(entry, 48)
    if entry[4:8] != b"mp4a":
        return Sound(is_aac=False, channels=channels, sample_rate=rate)
    at = entry.find(b"esds", _HEAD_BYTES)
    if at < 0:
        return Sound(is_aac=True, channels=channels, sample_rate=rate)
    return _described(entry[at + 8 :], channels, rate)


def _described(descriptor: bytes, channels: int, rate: int) -> Sound:
    """By the elementary stream's descriptor of ISO/IEC 14496-1; the entry's numbers where it has none."""
    _, body = _descriptor(descriptor)
    tag, decoder = _descriptor(body[3:])
    if tag != _DECODER:
        return Sound(is_aac=True, channels=channels, sample_rate=rate)
    is_aac = number(decoder, 0, 1) in _AAC
    tag, specific = _descriptor(decoder[13:]) if len(decoder) > 15 else (0, b"")
    if tag != _SPECIFIC or len(specific) < 2:
        return Sound(is_aac, channels, rate)
    # Five bits of type, four of the rate's place, four of the channels'.
    bits = number(specific, 0, 2)
    place, layout = bits >> 7 & 15, bits >> 3 & 15
    known_rate = _RATES[place] if place < len(_RATES) else rate
    return Sound(is_aac, _CHANNELS.get(layout, channels), known_rate)


def _exact_rate(raw: bytes) -> int:
    try:
        return int(struct.unpack(">d", raw)[0])
    except (struct.error, ValueError, OverflowError):
        raise DamagedError from None


def _descriptor(raw: bytes) -> tuple[int, bytes]:
    """Tag and body of the descriptor that `raw` begins with; its length has 7 bits in each byte."""
    tag, at, length = number(raw, 0, 1), 1, 0
    for at in range(1, 5):
        byte = number(raw, at, 1)
        length = length << 7 | byte & 127
        if byte < 128:
            break
    return tag, raw[at + 1 : at + 1 + length]
