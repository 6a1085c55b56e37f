"""How the tracks of an MP4 are coded, from their sample descriptions. No I/O."""

from __future__ import annotations

import struct
from typing import NamedTuple

from threadsync.media.probing.bits import Bits
from threadsync.media.probing.boxes import child
from threadsync.media.probing.colour_profiles import HDR_TRANSFERS
from threadsync.media.probing.h264 import CHROMA, Coding, read_avcc

_VIDEO_CODECS = {
    **dict.fromkeys((b"avc1", b"avc2", b"avc3", b"avc4", b"dva1", b"dvav"), "H.264"),
    **dict.fromkeys((b"hvc1", b"hev1", b"dvh1", b"dvhe"), "HEVC"),
    **dict.fromkeys((b"apch", b"apcn", b"apcs", b"apco", b"ap4h", b"ap4x"), "ProRes"),
    **dict.fromkeys((b"jpeg", b"mjpa", b"mjpb"), "Motion JPEG"),
    b"av01": "AV1",
    b"vp08": "VP8",
    b"vp09": "VP9",
    b"mp4v": "MPEG-4 Visual",
    b"s263": "H.263",
    b"vvc1": "VVC",
    b"encv": "encrypted",
}
_HEVC_PROFILES = {1: "Main", 2: "Main 10", 3: "Main Still Picture", 4: "Range Extensions"}
_VISUAL_BYTES = 78
"""The fixed beginning of a description of pictures; boxes follow."""

_SOUND_CODECS = {
    **dict.fromkeys(
        (b"lpcm", b"sowt", b"twos", b"in24", b"in32", b"fl32", b"fl64", b"raw ", b"ipcm", b"fpcm"),
        "PCM",
    ),
    b".mp3": "MP3",
    b"Opus": "Opus",
    b"ac-3": "AC-3",
    b"ec-3": "E-AC-3",
    b"alac": "ALAC",
    b"fLaC": "FLAC",
    b"samr": "AMR",
    b"sawb": "AMR-WB",
    b"enca": "encrypted",
}
# ISO/IEC 14496-1, object type indication, as registered at mp4ra.org.
_OBJECT_TYPES = {
    **dict.fromkeys((0x40, 0x66, 0x67, 0x68), "AAC"),
    **dict.fromkeys((0x69, 0x6B), "MP3"),
    0xA5: "AC-3",
    0xA6: "E-AC-3",
    0xA9: "DTS",
    0xAD: "Opus",
    0xDD: "Vorbis",
}
_AAC_RATES_HZ = (
    *(96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000),
    *(22_050, 16_000, 12_000, 11_025, 8_000, 7_350),
)
_ANY_RATE = 15
_AAC_CHANNELS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 14: 8}
_SBR, _STEREO = 5, 29
"""Audio object types that write twice the rate, and two channels for one."""
_SOUND_BYTES = 28
_MORE_SOUND_BYTES = {1: 16, 2: 36}
"""What QuickTime's versions of a description of sound have before the boxes."""


class SoundCoding(NamedTuple):
    codec: str
    rate_hz: int
    channels: int


def video_codec(coding: bytes) -> str:
    """The name for people of a codec's four letters."""
    return _VIDEO_CODECS.get(coding) or _letters(coding)


def frame_size(entry: memoryview) -> tuple[int, int]:
    """Columns and rows of the pictures as they are coded."""
    width, height = struct.unpack_from(">HH", entry, 24)
    return width, height


def video_coding(entry: memoryview) -> Coding:
    """What H.264 and HEVC say of themselves; IndexError or ValueError when that is damaged."""
    boxes = entry[_VISUAL_BYTES:]
    avcc, hvcc, fields = (child(boxes, kind) for kind in (b"avcC", b"hvcC", b"fiel"))
    coding = Coding()
    if avcc is not None:
        coding = read_avcc(bytes(avcc[:1024]))
    elif hvcc is not None:
        coding = _read_hvcc(hvcc)
    if fields is not None and len(fields):
        # QuickTime says itself whether a frame is one field or two.
        return coding._replace(is_interlaced=fields[0] > 1)
    return coding


def hdr_of(entry: memoryview) -> str:
    """The name of its high dynamic range, as its `colr` box says; "" for none."""
    colours = child(entry[_VISUAL_BYTES:], b"colr")
    if colours is None or bytes(colours[:4]) not in {b"nclx", b"nclc"}:
        return ""
    return HDR_TRANSFERS.get(int.from_bytes(colours[6:8], "big"), "")


def sound_coding(coding: bytes, entry: memoryview) -> SoundCoding:
    """Codec, rate and channels; what AAC says of itself wins over the description around it."""
    version, channels, rate_hz = struct.unpack_from(">8xH6xH6xH", entry)
    if version == 2:
        rate, channels = struct.unpack_from(">dI", entry, 32)
        rate_hz = int(rate) if 0 <= rate < 1 << 31 else 0
    boxes = entry[_SOUND_BYTES + _MORE_SOUND_BYTES.get(version, 0) :]
    described = child(boxes, b"esds") or child(boxes, b"wave", b"esds")
    if described is not None:
        return _read_esds(bytes(described[4:1024]), rate_hz, channels)
    name = _SOUND_CODECS.get(coding) or ("MP3" if coding == b"ms\0U" else _letters(coding))
    return SoundCoding(name, rate_hz, channels)


def _letters(coding: bytes) -> str:
    text = "".join(chr(byte) if 32 < byte < 127 else "" for byte in coding)
    return text or "unknown"


def _read_hvcc(configuration: memoryview) -> Coding:
    profile, constraints = configuration[1] & 31, configuration[6]
    is_progressive, is_interlaced = bool(constraints & 0x80), bool(constraints & 0x40)
    return Coding(
        _HEVC_PROFILES.get(profile, f"profile {profile}"),
        CHROMA[configuration[16] & 3],
        (configuration[17] & 7) + 8,
        is_interlaced and not is_progressive,
    )


def _read_esds(described: bytes, rate_hz: int, channels: int) -> SoundCoding:
    """An elementary stream descriptor (ISO/IEC 14496-1, 7.2.6): tagged values inside each other."""
    decoder = _inside(_inside(described, 3)[3:], 4)
    codec = _OBJECT_TYPES.get(decoder[0], f"MPEG object {decoder[0]:#04x}")
    if codec != "AAC" or len(decoder) <= 13:
        return SoundCoding(codec, rate_hz, channels)
    own_rate_hz, own_channels = _read_aac(_inside(decoder[13:], 5))
    return SoundCoding(codec, own_rate_hz or rate_hz, own_channels or channels)


def _inside(data: bytes, tag: int) -> bytes:
    """The value of the first thing in `data`, which has to be of the kind `tag`."""
    if data[0] != tag:
        raise ValueError(tag)
    length = position = 0
    for position in range(1, 5):
        length = length << 7 | data[position] & 127
        if data[position] < 128:
            break
    return data[position + 1 : position + 1 + length]


def _read_aac(configuration: bytes) -> tuple[int, int]:
    """Rate and channels of an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1), 0 when not told."""
    bits = Bits(configuration)
    kind = _object_type(bits)
    rate_hz = _rate(bits)
    channels = _AAC_CHANNELS.get(bits.read(4), 0)
    if kind in {_SBR, _STEREO}:
        rate_hz = _rate(bits)
    return rate_hz, 2 if kind == _STEREO and channels == 1 else channels


def _object_type(bits: Bits) -> int:
    kind = bits.read(5)
    return 32 + bits.read(6) if kind == 31 else kind


def _rate(bits: Bits) -> int:
    index = bits.read(4)
    if index == _ANY_RATE:
        return bits.read(24)
    return _AAC_RATES_HZ[index] if index < len(_AAC_RATES_HZ) else 0
