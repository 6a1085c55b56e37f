"""The media folder: files kept by digest, and the names under which they are served again."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from threadsync.sandbox.model import Fetched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from threadsync.sandbox.storage.records import Records

# Meta's page "Posts", media specifications, read 2026-11-22.
MAX_MEDIA_BYTES = 1_000_000_000
MAX_IMAGE_BYTES = 8 * 1024 * 1024

IMAGE_TYPES = frozenset({"image/jpeg", "image/png"})
VIDEO_TYPES = frozenset({"video/mp4", "video/quicktime"})
UNKNOWN_TYPE = "application/octet-stream"
_HEAD_BYTES = 16
_PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_OLD_MOV_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


class MediaTooLargeError(Exception):
    """More bytes came than a medium may have."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the media folder, named by its digest."""

    media: Fetched
    size_bytes: int
    width: int = 0
    """Of a picture that was looked into, in pixels; else 0."""
    height: int = 0

    @property
    def is_image(self) -> bool:
        return self.media.content_type in IMAGE_TYPES

    @property
    def is_video(self) -> bool:
        return self.media.content_type in VIDEO_TYPES


def content_type_of(head: bytes) -> str:
    """The type told by the first 16 bytes of a file, never by its name or header."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    atom, brand = head[4:8], head[8:12]
    if atom == b"ftyp" and brand not in _PICTURE_BRANDS:
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    return "video/quicktime" if atom in _OLD_MOV_ATOMS else UNKNOWN_TYPE


async def keep(
    chunks: AsyncIterator[bytes], folder: Path, max_bytes: int = MAX_MEDIA_BYTES
) -> Stored:
    """Write a stream to the folder under its digest; raises MediaTooLargeError and leaves nothing."""
    digest, head, size_bytes = hashlib.sha256(), b"", 0
    with _part_file(folder) as file:
        async for chunk in chunks:
            size_bytes += len(chunk)
            if size_bytes > max_bytes:
                raise MediaTooLargeError
            head = (head + chunk)[:_HEAD_BYTES]
            digest.update(chunk)
            file.write(chunk)
        _move(file, folder / digest.hexdigest())
    media = Fetched(digest=digest.hexdigest(), content_type=content_type_of(head))
    return Stored(media, size_bytes)


@contextmanager
def _part_file(folder: Path) -> Iterator[IO[bytes]]:
    """A new file that does not outlive an exception."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as file:
        try:
            yield file
        except BaseException:
            Path(file.name).unlink()
            raise


def _move(file: IO[bytes], target: Path) -> None:
    file.close()
    Path(file.name).replace(target)


def add_name(records: Records, name: str, stored: Stored) -> None:
    """Let a stored file be found under `name`, and under its digest."""
    media = stored.media
    for one in (name, media.digest):
        row = (one, media.digest, media.content_type, stored.size_bytes)
        records.connection.execute("INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?)", row)


def find(records: Records, name: str) -> Fetched | None:
    query = "SELECT digest, content_type FROM media WHERE name = ?"
    row = records.connection.execute(query, (name,)).fetchone()
    return Fetched(digest=row[0], content_type=row[1]) if row else None


def delete_all(folder: Path) -> None:
    """Remove every file of the media folder; one that is being read stays readable to its reader."""
    for path in folder.iterdir():
        with suppress(OSError):
            path.unlink()
