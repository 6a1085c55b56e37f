"""The boxes that MP4 and MOV files are made of: each has a length, a kind and its content.

At the top a file is walked by its lengths, so that pictures and sound are never read; what lies
inside of a box is walked in memory. Both give up after a number of boxes that no real file has.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from threadsync.media.probing.facts import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

MOST_BOXES = 5_000
"""At the top of a file. An unfragmented one has about five."""
MOST_CHILDREN = 256

_HEADER_BYTES = 8
_LARGE_HEADER_BYTES = 16
_AT_THE_TOP = frozenset(
    b"ftyp moov mdat moof mfra free skip wide uuid udta meta pnot sidx styp emsg PICT".split()
)


class Box(NamedTuple):
    """A box at the top of a file; its content is from `start` to `end`, in bytes of the file."""

    kind: bytes
    start: int
    end: int

    @property
    def size_bytes(self) -> int:
        return self.end - self.start


def top_boxes(file: BinaryIO, size_bytes: int) -> list[Box]:
    """The boxes of a file; the last one may end behind its end, where the file was cut off.

    What follows the first thing that is no box is left out: cameras append data of their own.
    """
    boxes: list[Box] = []
    position = 0
    while position + _HEADER_BYTES <= size_bytes:
        box = _box_at(file, position, size_bytes)
        if box is None:
            break
        boxes.append(box)
        position = box.end
        if len(boxes) > MOST_BOXES:
            raise UnreadableError(f"it is in more than {MOST_BOXES:,} pieces")
    return boxes


def _box_at(file: BinaryIO, position: int, size_bytes: int) -> Box | None:
    file.seek(position)
    header = file.read(_LARGE_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        return None
    length, kind = struct.unpack_from(">I4s", header)
    start = position + _HEADER_BYTES
    if length == 0:
        length = size_bytes - position
    elif length == 1 and len(header) == _LARGE_HEADER_BYTES:
        (length,) = struct.unpack_from(">Q", header, 8)
        start = position + _LARGE_HEADER_BYTES
    if kind not in _AT_THE_TOP or position + length < start:
        return None
    return Box(kind, start, position + length)


def children(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and content of each box in the content of another, up to the first that is damaged."""
    position = 0
    for _ in range(MOST_CHILDREN):
        if position + _HEADER_BYTES > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, position)
        length = length or len(data) - position
        if not _HEADER_BYTES <= length <= len(data) - position:
            return
        yield kind, data[position + _HEADER_BYTES : position + length]
        position += length


def child(data: memoryview, *path: bytes) -> memoryview | None:
    """The content of the first box of each kind on `path`, one inside the other."""
    for kind in path:
        found = next((content for name, content in children(data) if name == kind), None)
        if found is None:
            return None
        data = found
    return data
