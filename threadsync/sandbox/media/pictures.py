"""The size of a picture, which is unfolded whole to know that it can be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from threadsync.sandbox.media.files import Stored

MAX_PIXELS = 200_000_000
"""More than 8 MB of a photograph hold; what claims more is a bomb or a mistake."""


def measured(stored: Stored, folder: Path) -> Stored | None:
    """The picture with its width and height; None when it cannot be unfolded."""
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile

    # Not by Image.open, which warns of what is large, and warnings are the whole process's.
    kind = {"image/jpeg": JpegImageFile, "image/png": PngImageFile}[stored.media.content_type]
    try:
        with kind(folder / stored.media.digest) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                return None
            # A JPEG is unfolded at an eighth of its size, which shows as well whether it is whole.
            picture.draft("RGB", (max(width // 8, 1), max(height // 8, 1)))
            picture.load()
    # Pillow has no one exception for a broken file.
    except (OSError, SyntaxError, ValueError, EOFError):
        return None
    return replace(stored, width=width, height=height)
