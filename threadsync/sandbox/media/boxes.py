"""MP4 and MOV as boxes in boxes, by ISO/IEC 14496-12; bytes to bytes.

Written for the sandbox alone: the client has a reader of its own, and neither sees the other's
mistakes.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_MOOV_BYTES = 16 * 1024 * 1024
"""Five minutes take less than one of these."""
_SMALL_HEAD, _LARGE_HEAD = 8, 16


class DamagedError(Exception):
    """These bytes are no film that can be read."""


class Box(NamedTuple):
    """`kind` has four characters; `body` is what follows the head."""

    kind: str
    body: bytes


def read_moov(file: IO[bytes]) -> bytes:
    """The body of the first `moov`, wherever it stands; DamagedError without one or when cut short."""
    end, at, moov = file.seek(0, os.SEEK_END), 0, None
    while at + _SMALL_HEAD <= end:
        file.seek(at)
        kind, head_bytes, size = _head(file.read(_LARGE_HEAD), end - at)
        if kind == "moov" and moov is None:
            if size > MAX_MOOV_BYTES:
                raise DamagedError
            file.seek(at + head_bytes)
            moov = file.read(size - head_bytes)
        at += size
    if moov is None:
        raise DamagedError
    return moov


def boxes(body: bytes) -> Iterator[Box]:
    """The boxes that a body is made of, in order."""
    at = 0
    while at + _SMALL_HEAD <= len(body):
        kind, head_bytes, size = _head(body[at : at + _LARGE_HEAD], len(body) - at)
        yield Box(kind, body[at + head_bytes : at + size])
        at += size


def find(body: bytes, *path: str) -> bytes | None:
    """The body of the first box at `path`, going down one step for each name; None when there is none."""
    for kind in path:
        found = next((box.body for box in boxes(body) if box.kind == kind), None)
        if found is None:
            return None
        body = found
    return body


def need(body: bytes, *path: str) -> bytes:
    """As `find`; DamagedError when there is none."""
    found = find(body, *path)
    if found is None:
        raise DamagedError
    return found


def number(body: bytes, at: int, size: int = 4) -> int:
    """An unsigned number of `size` bytes; DamagedError beyond the end."""
    raw = body[at : at + size]
    if len(raw) < size:
        raise DamagedError
    return int.from_bytes(raw, "big")


def _head(raw: bytes, left: int) -> tuple[str, int, int]:
    """Kind, bytes of the head, and bytes of the whole box, of which `left` are there at most."""
    size, kind = number(raw, 0), raw[4:8].decode("latin-1")
    head_bytes = _SMALL_HEAD
    if size == 1:
        size, head_bytes = number(raw, _SMALL_HEAD, 8), _LARGE_HEAD
    elif size == 0:  # to the end
        size = left
    if not head_bytes <= size <= left:
        raise DamagedError
    return kind, head_bytes, size
