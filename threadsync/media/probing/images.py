"""Pictures: their facts, and whether all of them is there.

Facts come from what stands before the pixels, and a file is whole when it has its end mark. Readers
of ours do that: Pillow's import takes longer than a thousand files, and it warns aloud about odd
EXIF data. Pillow decodes where that is asked for.
"""

from __future__ import annotations

import struct
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from threadsync.media.probing.facts import UnreadableError
from threadsync.media.probing.jpeg import has_end, read_jpeg
from threadsync.media.probing.png import read_png

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from threadsync.media.probing.facts import Picture

# A picture that unfolds to more pixels than this is a bomb or a mistake; 8 MB hold far fewer.
MAX_PIXELS = 200_000_000
# What is decoded takes four bytes of memory a pixel; larger ones are only looked at.
MAX_DECODED_PIXELS = 50_000_000

_DECODING = threading.Lock()
"""Warnings can only be silenced for one thread at a time."""
DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""Everything that Pillow raises about damaged files."""


def read_picture(file: BinaryIO, name: str, size_bytes: int, *, is_deep: bool = False) -> Picture:
    """The facts of a picture in the format `name`, `JPEG` or `PNG`.

    With `is_deep` every pixel is decoded, too: that takes twenty times as long as the digest.
    UnreadableError when it is damaged, cut off or a bomb.
    """
    file.seek(0)
    try:
        if name == "JPEG":
            picture = read_jpeg(file)
            is_whole = has_end(file, size_bytes)
        else:
            picture, is_whole = read_png(file, size_bytes)
    except struct.error as exc:
        raise _damaged(name) from exc
    refuse_bomb(picture)
    if not is_whole:
        raise _damaged(name)
    if is_deep and picture.width * picture.height <= MAX_DECODED_PIXELS:
        _decode(file, name)
    return picture


def refuse_bomb(picture: Picture) -> None:
    """UnreadableError for a picture without pixels, or with more than any real one has."""
    if not picture.width or not picture.height:
        raise UnreadableError("it has no pixels")
    if picture.width * picture.height > MAX_PIXELS:
        raise UnreadableError(f"it unfolds to {picture.width:,} by {picture.height:,} pixels")


def _decode(file: BinaryIO, name: str) -> None:
    """Decode all pixels, those of a JPEG to an eighth of its size; UnreadableError if they cannot be."""
    with decoding(name):
        _decode_jpeg(file) if name == "JPEG" else _decode_png(file)


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """Let Pillow work without warnings; UnreadableError when the file in the format `name` is damaged."""
    with _DECODING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except DAMAGE as exc:
            raise _damaged(name) from exc


def _decode_jpeg(file: BinaryIO) -> None:
    from PIL import JpegImagePlugin

    file.seek(0)
    with JpegImagePlugin.JpegImageFile(file) as image:
        image.draft(None, (1, 1))
        image.load()


def _decode_png(file: BinaryIO) -> None:
    from PIL import PngImagePlugin

    file.seek(0)
    with PngImagePlugin.PngImageFile(file) as image:
        image.verify()
    file.seek(0)
    with PngImagePlugin.PngImageFile(file) as image:
        image.load()


def _damaged(name: str) -> UnreadableError:
    return UnreadableError(f"it is no whole {name} picture")
