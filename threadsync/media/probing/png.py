"""Facts of a PNG, from the heads of its chunks; pixels are not unfolded."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

from threadsync.media.probing.colour_profiles import HDR_TRANSFERS, read_profile
from threadsync.media.probing.exif import read_exif, tells_more
from threadsync.media.probing.facts import Picture, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_SIGNATURE_BYTES = 8
_MOST_CHUNKS = 100_000
_MOST_PROFILE_BYTES = 1_000_000
_NEEDED = frozenset({b"IHDR", b"acTL", b"cICP", b"iCCP", b"eXIf"})
_MOST_NEEDED_BYTES = 4_000_000
EXIF = b"eXIf"
# Texts, times, EXIF data, content credentials (C2PA), and what Apple's programs note of the others.
_METADATA = frozenset({b"tEXt", b"iTXt", b"zTXt", b"tIME", EXIF, b"caBX", b"iDOT"})
_MODES = {0: "L", 2: "RGB", 3: "P", 4: "LA", 6: "RGBA"}
# ITU-T H.273, table 2: the colour primaries that a cICP chunk names by number; 1 is sRGB.
_PRIMARIES = {1: "sRGB", 9: "BT.2020", 12: "Display P3"}


class Chunk(NamedTuple):
    kind: bytes
    data: bytes
    """"" unless it is needed."""


def read_png(file: BinaryIO, size_bytes: int) -> tuple[Picture, bool]:
    """The facts of the file, and whether it has pixels and an end; UnreadableError for none."""
    chunks = list(_chunks(file, size_bytes))
    data: dict[bytes, bytes] = {}
    for chunk in chunks:
        data.setdefault(chunk.kind, chunk.data)
    if not chunks or chunks[0].kind != b"IHDR" or len(data[b"IHDR"]) != 13:
        raise UnreadableError("it is no whole PNG picture")
    width, height, depth_bits, colours = struct.unpack_from(">IIBB", data[b"IHDR"])
    orientation, has_location = read_exif(data.get(b"eXIf", b""))
    profile, is_srgb = _colours(data)
    picture = Picture(
        *((height, width) if orientation > 4 else (width, height)),
        mode=_MODES.get(colours, "RGB"),
        depth_bits=depth_bits,
        profile=profile,
        is_srgb=is_srgb,
        has_alpha=colours in {4, 6} or b"tRNS" in data,
        orientation=orientation,
        frames=_frames(data.get(b"acTL", b"")),
        has_location=has_location,
        has_metadata=any(map(is_metadata, chunks)),
    )
    return picture, b"IDAT" in data and b"IEND" in data


def colour_numbers(file: BinaryIO, size_bytes: int) -> tuple[int, int] | None:
    """Primaries and transfer of the file's colour space, when it names one by numbers (ITU-T H.273)."""
    found = next((c.data for c in _chunks(file, size_bytes) if c.kind == b"cICP"), b"")
    return (found[0], found[1]) if len(found) == 4 else None


def is_metadata(chunk: Chunk) -> bool:
    """Whether the chunk can be left out and the picture still looks the same, turn included."""
    return chunk.kind in _METADATA and (chunk.kind != EXIF or tells_more(chunk.data))


def _chunks(file: BinaryIO, size_bytes: int) -> Iterator[Chunk]:
    """Those that are whole."""
    position = _SIGNATURE_BYTES
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        position += 12 + length
        if position > size_bytes:
            return
        is_needed = kind in _NEEDED and length <= _MOST_NEEDED_BYTES
        yield Chunk(kind, file.read(length) if is_needed else b"")
        if kind == b"IEND":
            return


def _frames(control: bytes) -> int:
    return max(1, int.from_bytes(control[:4], "big")) if len(control) == 8 else 1


def _colours(data: dict[bytes, bytes]) -> tuple[str, bool]:
    """The name of what says how its colours are meant, and whether that is sRGB."""
    if data.get(b"cICP"):
        primaries, transfer = data[b"cICP"][0], data[b"cICP"][1:2]
        name = _PRIMARIES.get(primaries, f"colour space {primaries}")
        hdr = HDR_TRANSFERS.get(transfer[0] if transfer else 0, "")
        return f"{name} {hdr}".rstrip(), primaries == 1 and not hdr
    if data.get(b"iCCP"):
        return read_profile(_unfolded(data[b"iCCP"].partition(b"\0")[2][1:]))
    return "", True


def _unfolded(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _MOST_PROFILE_BYTES)
    except zlib.error:
        return b""
