"""Take out of a file what is not needed to show it: nothing else of it changes, no pixel is touched.

Pictures are written anew without the segments or chunks; in a video the boxes become empty space of
the same size, so that nothing in it moves.
"""

from __future__ import annotations

import re
import shutil
import struct
import zlib
from typing import TYPE_CHECKING

from threadsync.media.probing.boxes import children, top_boxes
from threadsync.media.probing.exif import orientation_only, read_exif
from threadsync.media.probing.facts import UnreadableError
from threadsync.media.probing.jpeg import EXIF, Segment
from threadsync.media.probing.jpeg import is_metadata as is_metadata_segment
from threadsync.media.probing.png import EXIF as EXIF_CHUNK
from threadsync.media.probing.png import Chunk
from threadsync.media.probing.png import is_metadata as is_metadata_chunk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from threadsync.media.probing.boxes import Box

_START, _END, _SCAN, _APP1 = 0xD8, 0xD9, 0xDA, 0xE1
# What ends compressed data: a marker that is neither a stuffed byte, a restart nor a filling one.
_MARKER = re.compile(rb"\xff+([^\x00\x01\xd0-\xd7\xff])")
_PNG_START_BYTES = 8
_METADATA_BOXES = frozenset({b"udta", b"meta"})
_FREE = b"free"


def strip(source: Path, target: Path, form: str) -> None:
    """Write the file in the format `form` to `target` without its metadata.

    UnreadableError when it is damaged; OSError.
    """
    if form in {"MP4", "MOV"}:
        shutil.copyfile(source, target)
        _blank_boxes(target)
        return
    content = source.read_bytes()
    try:
        bare = _bare_jpeg(content) if form == "JPEG" else _bare_png(content)
    except struct.error as exc:
        raise UnreadableError(f"it is no whole {form} picture") from exc
    target.write_bytes(bare)


def _bare_jpeg(content: bytes) -> bytes:
    """The picture up to its end mark; of its EXIF data only how it is turned."""
    turn = 1
    kept = []
    for segment, whole in _segments(content):
        if segment.marker == _APP1 and segment.data.startswith(EXIF):
            turn = read_exif(segment.data)[0] if turn == 1 else turn
        elif not is_metadata_segment(segment):
            kept.append(whole)
    if turn != 1:
        data = EXIF + orientation_only(turn)
        # Behind the first segment: readers want to see JFIF's before all others.
        kept.insert(1, struct.pack(">BBH", 0xFF, _APP1, len(data) + 2) + data)
    return b"\xff\xd8" + b"".join(kept) + b"\xff\xd9"


def _segments(content: bytes) -> Iterator[tuple[Segment, bytes]]:
    """Each segment between the start and the end mark, and its bytes with what follows it."""
    found = _MARKER.match(content, 2)
    while found and found[1][0] != _END:
        start = found.end()
        (length,) = struct.unpack_from(">H", content, start)
        data = content[start + 2 : start + length]
        following = _MARKER.search(content, start + length)
        if following is None:
            raise UnreadableError("it is no whole JPEG picture")
        is_scan = found[1][0] == _SCAN
        end = following.start() if is_scan else start + length
        yield Segment(found[1][0], data), b"\xff" + found[1] + content[start:end]
        found = following


def _bare_png(content: bytes) -> bytes:
    kept = [content[:_PNG_START_BYTES]]
    for chunk, whole in _chunks(content):
        if not is_metadata_chunk(chunk):
            kept.append(whole)
        elif chunk.kind == EXIF_CHUNK and read_exif(chunk.data)[0] != 1:
            kept.append(_chunk(EXIF_CHUNK, orientation_only(read_exif(chunk.data)[0])))
    return b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[Chunk, bytes]]:
    """Each chunk up to the end of the picture, and its bytes."""
    position, kind = _PNG_START_BYTES, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if end > len(content):
            raise UnreadableError("it is no whole PNG picture")
        yield Chunk(kind, content[position + 8 : end - 4]), content[position:end]
        position = end


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _blank_boxes(path: Path) -> None:
    with path.open("r+b") as file:
        size_bytes = file.seek(0, 2)
        for box in top_boxes(file, size_bytes):
            if box.kind == b"moov":
                _rewrite_index(file, box)
            elif box.kind in _METADATA_BOXES:
                _rewrite_empty(file, box)


def _rewrite_index(file: BinaryIO, box: Box) -> None:
    file.seek(box.start)
    index = bytearray(file.read(box.size_bytes))
    _blank(memoryview(index))
    file.seek(box.start)
    file.write(index)


def _rewrite_empty(file: BinaryIO, box: Box) -> None:
    file.seek(box.start - 4)
    is_short = file.read(4) == box.kind
    file.seek(box.start - (4 if is_short else 12))
    file.write(_FREE)
    file.seek(box.start)
    file.write(bytes(box.size_bytes))


def _blank(content: memoryview) -> None:
    """Make free space of the metadata among the boxes of `content`, and of those of its tracks."""
    position = 0
    for kind, inside in children(content):
        if kind in _METADATA_BOXES:
            content[position + 4 : position + 8] = _FREE
            inside[:] = bytes(len(inside))
        elif kind == b"trak":
            _blank(inside)
        position += 8 + len(inside)
