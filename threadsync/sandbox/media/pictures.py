"""The size of a picture, which is unfolded whole to know that it can be."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from threadsync.sandbox.media.files import Stored

MAX_PIXELS = 200_000_000
"""More than 8 MB of a photograph hold; what claims more is a bomb or a mistake."""


def measured(stored: Stored, folder: Path) -> Stored | None:
    """The picture with its width and height; None when it cannot be unfolded."""
    from PIL import Image

    path = folder / stored.media.digest
    try:
        with warnings.catch_warnings(), Image.open(path, formats=["JPEG", "PNG"]) as picture:
            warnings.simplefilter("ignore")
            width, height = picture.size
            if width * height > MAX_PIXELS:
                return None
            # A JPEG is unfolded at an eighth of its size, which shows as well whether it is whole.
            picture.draft("RGB", (max(width // 8, 1), max(height // 8, 1)))
            picture.load()
    # Pillow has no one exception for a broken file.
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        return None
    return replace(stored, width=width, height=height)
