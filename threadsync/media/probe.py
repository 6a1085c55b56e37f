"""Facts of a media file, from its content alone: names and suffixes are never believed.

What Threads makes of the facts is in `media.rules`. Pillow is imported for the pixel size of a
JPEG or PNG and for nothing else; the pixel size of a video is not read yet.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from threadsync.media.facts import Facts, UnreadableError
from threadsync.post import MediaKind

if TYPE_CHECKING:
    from typing import BinaryIO

HEAD_BYTES = 512
"""How much of a file `sniff` wants to see."""

# A picture that unfolds to more pixels than this is a bomb or a mistake; 8 MB hold far fewer.
MAX_PIXELS = 200_000_000

_TAIL_BYTES = 65_536
_END_MARKS = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}

_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x1aE\xdf\xa3", "WebM"),
    (b"%PDF", "PDF"),
    (b"version https://git-lfs", "Git LFS pointer"),
)
_BRANDS = {
    b"qt  ": "MOV",
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"heim": "HEIC",
    b"hevc": "HEIC",
    b"mif1": "HEIC",
    b"msf1": "HEIC",
}
_OLD_MOV_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_KINDS = {
    **dict.fromkeys(("JPEG", "PNG", "GIF", "WebP", "BMP", "TIFF", "AVIF", "HEIC"), MediaKind.IMAGE),
    **dict.fromkeys(("MP4", "MOV", "WebM", "AVI"), MediaKind.VIDEO),
}


def probe(path: str) -> Facts:
    """The facts of the file at `path`.

    OSError when it cannot be opened; UnreadableError for a damaged picture.
    """
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a path of the loader is a str
        head = file.read(HEAD_BYTES)
        size_bytes = os.fstat(file.fileno()).st_size
        name = sniff(head)
        width, height = _pixels(file, name, size_bytes) if name in _END_MARKS else (None, None)
        return Facts(_KINDS.get(name), name, size_bytes, width, height)


def sniff(head: bytes) -> str:
    """The name of the format that a file beginning with `head` has, "" when it is not known."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF":
        return {b"WEBP": "WebP", b"AVI ": "AVI"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "MP4")
    return "MOV" if head[4:8] in _OLD_MOV_BOXES else ""


def _pixels(file: BinaryIO, name: str, size_bytes: int) -> tuple[int, int]:
    # The plugins are used directly: Image.open would warn about large pictures on its own terms.
    from PIL import JpegImagePlugin, PngImagePlugin

    reader = JpegImagePlugin.JpegImageFile if name == "JPEG" else PngImagePlugin.PngImageFile
    file.seek(0)
    try:
        with reader(file) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise UnreadableError(f"it unfolds to {width:,} by {height:,} pixels")
            if not _has_end(file, name, size_bytes):
                image.load()
            return width, height
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError) as exc:
        raise UnreadableError(f"it is no whole {name} picture") from exc


def _has_end(file: BinaryIO, name: str, size_bytes: int) -> bool:
    """Whether the end mark of the format is near the end: cheap, and enough for most files."""
    position = file.tell()
    file.seek(max(0, size_bytes - _TAIL_BYTES))
    has_end = _END_MARKS[name] in file.read(_TAIL_BYTES)
    file.seek(position)
    return has_end
