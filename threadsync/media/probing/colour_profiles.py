"""What an ICC profile calls itself, and whether its colours are those of sRGB. No I/O."""

from __future__ import annotations

import struct

# ITU-T H.273, table 3: the transfer characteristics of pictures with a high dynamic range.
HDR_TRANSFERS = {16: "PQ", 18: "HLG"}

_HEADER_BYTES = 128
_MOST_TAGS = 100
_COLORANTS = (b"rXYZ", b"gXYZ", b"bXYZ")
# The primaries of sRGB (IEC 61966-2-1) as profiles hold them: adapted to D50.
_SRGB = (0.4360, 0.2225, 0.0139, 0.3851, 0.7169, 0.0971, 0.1431, 0.0606, 0.7141)
_NEAR = 0.01
_FIXED = 65536


def read_profile(profile: bytes) -> tuple[str, bool]:
    """Its name, and whether it is sRGB or knows grey only; a damaged one counts as sRGB."""
    try:
        tags = _tags(profile)
        name = _name(tags.get(b"desc", b"")) or "an unnamed profile"
        return name, _is_srgb(profile[16:20], tags, name)
    except (struct.error, UnicodeDecodeError):
        return "a damaged profile", True


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, _HEADER_BYTES)
    table = [
        struct.unpack_from(">4sII", profile, _HEADER_BYTES + 4 + 12 * n)
        for n in range(min(count, _MOST_TAGS))
    ]
    return {tag: profile[start : start + size] for tag, start, size in table}


def _name(tag: bytes) -> str:
    """A text of version 2 (ASCII) or the first translation of version 4 (UTF-16)."""
    if tag[:4] == b"mluc":
        size, start = struct.unpack_from(">II", tag, 20)
        text = tag[start : start + size].decode("utf-16-be")
    else:
        text = tag[12:].partition(b"\0")[0].decode("ascii", "replace")
    return "".join(filter(str.isprintable, text)).strip()[:60]


def _is_srgb(space: bytes, tags: dict[bytes, bytes], name: str) -> bool:
    if space != b"RGB ":
        return space == b"GRAY"
    if "srgb" in name.lower():
        return True
    if not all(tag in tags for tag in _COLORANTS):
        return False
    found = [
        value / _FIXED for tag in _COLORANTS for value in struct.unpack_from(">iii", tags[tag], 8)
    ]
    return all(abs(a - b) < _NEAR for a, b in zip(found, _SRGB, strict=True))
