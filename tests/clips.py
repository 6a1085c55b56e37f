"""Small films, box by box, after ISO/IEC 14496-12; their frames are empty, all facts are there."""

from __future__ import annotations

import struct
from functools import cache

_SCALE = 1_000
_QUARTER_TURN = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
_UPRIGHT = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def box(kind, *bodies):
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + kind.encode() + body


@cache
def a_clip(
    *,
    seconds=2,
    size=(640, 360),
    fps=30,
    codec="avc1",
    bits_per_second=1_000_000,
    sound="aac",
    channels=2,
    rate=44_100,
    brand=b"isom",
    is_turned=False,
):
    """The bytes of an MP4, or of a MOV with the brand `qt  `; `sound` is aac, mp3 or None."""
    frames = round(seconds * fps)
    tracks = [_track(b"vide", seconds, frames, _picture(codec, size), bits_per_second, is_turned)]
    if sound:
        blocks = round(seconds * rate / 1024)
        tracks.append(_track(b"soun", seconds, blocks, _sound(sound, channels, rate), 96_000))
    header = struct.pack(">4xIIII", 0, 0, _SCALE, round(seconds * _SCALE)) + bytes(80)
    moov = box("moov", box("mvhd", header), *tracks)
    return box("ftyp", brand, bytes(4), brand) + moov + box("mdat", bytes(64))


def _track(handler, seconds, count, entry, bits_per_second, is_turned=False):
    size_bytes = int(bits_per_second * seconds / 8 / count) if count else 0
    duration = round(seconds * _SCALE)
    table = box(
        "stbl",
        box("stsd", struct.pack(">4xI", 1), entry),
        box("stts", struct.pack(">4xIII", 1, count, duration // count if count else 0)),
        box("stsz", struct.pack(">4xII", size_bytes, count)),
    )
    media = box(
        "mdia",
        box("mdhd", struct.pack(">4xIIII4x", 0, 0, _SCALE, duration)),
        box("hdlr", bytes(8), handler, bytes(13)),
        box("minf", table),
    )
    matrix = _QUARTER_TURN if is_turned else _UPRIGHT
    return box("trak", box("tkhd", bytes(40), matrix, bytes(8)), media)


def _picture(codec, size):
    return box(codec, bytes(24), struct.pack(">HH", *size), bytes(50))


def _sound(sound, channels, rate):
    # As many writers do: 2 channels always, the real number only in what AAC says of itself.
    entry = bytes(8) + bytes(8) + struct.pack(">HH4xHxx", 2, 16, rate & 0xFFFF)
    if sound != "aac":
        return box({"mp3": ".mp3"}[sound], entry)
    rates = {96_000: 0, 48_000: 3, 44_100: 4}
    specific = struct.pack(">H", 2 << 11 | rates[rate] << 7 | channels << 3)
    decoder = b"\x40\x15" + bytes(11) + _tagged(5, specific)
    stream = _tagged(3, b"\x00\x01\x00" + _tagged(4, decoder) + _tagged(6, b"\x02"))
    return box("mp4a", entry, box("esds", bytes(4), stream))


def _tagged(tag, body):
    return bytes([tag, len(body)]) + body
