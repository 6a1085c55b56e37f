"""The bucket of media tried out: a small picture is stored, fetched as Meta does, and removed."""

from __future__ import annotations

import hashlib
import struct
import tempfile
import zlib
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from threadsync.checkup.verdicts import Check, Verdict
from threadsync.errors import MediaError, ThreadsyncError

if TYPE_CHECKING:
    from threadsync.config import MediaSettings
    from threadsync.media.delivery.s3 import S3Uploader

_CHANGE = "see docs/media.md"


async def bucket_check(media: MediaSettings) -> Check:
    """Whether files can be stored, and be fetched from where the settings say."""
    from threadsync.media.delivery.s3 import S3Uploader

    picture = _picture()
    digest = hashlib.sha256(picture).hexdigest()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = _written(Path(folder), picture)
            async with aclosing(S3Uploader(media)) as uploader:
                await uploader.upload(path, f"sha256:{digest}", digest)
                refusals = await uploader.refusals(path, digest)
                left_over = await _removed(uploader, path, digest)
    except ThreadsyncError as error:
        return Check("media", Verdict.PROBLEM, str(error))
    except OSError as error:
        found = f"the picture to try with cannot be written: {error.strerror}"
        return Check("media", Verdict.PROBLEM, found, "set TMPDIR to a folder with room")
    return _judged(media, refusals, left_over)


async def _removed(uploader: S3Uploader, path: Path, stem: str) -> str | None:
    """Why the picture could not be removed again, None when it is gone."""
    try:
        await uploader.remove(path, stem)
    except MediaError as error:
        return f"{error}; media prune cannot remove anything either"
    return None


def _judged(media: MediaSettings, refusals: list[str], left_over: str | None) -> Check:
    """`refusals` has a sentence for each address that does not work, host first."""
    found = f"bucket {media.bucket} takes files"
    addresses = len(media.public_base_urls) or 1
    if refusals:
        verdict = Verdict.PROBLEM if len(refusals) == addresses else Verdict.WARNING
        return Check("media", verdict, f"{found}; {'; '.join(refusals)}", _CHANGE)
    if left_over:
        return Check("media", Verdict.WARNING, left_over)
    if not media.check_reachability:
        return Check("media", Verdict.OK, f"{found}; not fetched: media.check_reachability is off")
    reached = " and ".join(media.public_base_urls) or "presigned addresses"
    return Check("media", Verdict.OK, f"{found}, which can be fetched from {reached}")


def _written(folder: Path, picture: bytes) -> Path:
    path = folder / "probe.png"
    path.write_bytes(picture)
    return path


def _picture() -> bytes:
    """A PNG of one pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
