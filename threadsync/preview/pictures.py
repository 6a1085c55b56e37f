"""Pictures made small enough to be part of the page, and what stands in the place of films."""

from __future__ import annotations

import base64
import io
import warnings
from typing import TYPE_CHECKING

from threadsync.drawing.model import Medium
from threadsync.media.digests import read_media
from threadsync.media.probing.facts import UnreadableError
from threadsync.post import MediaKind
from threadsync.reporting.media_facts import details_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from PIL.Image import Image

    from threadsync.config import Settings
    from threadsync.media.digests import Wanted
    from threadsync.post import Media

LONGEST_SIDE = 720
"""Of a picture on the page, in pixels."""
_QUALITY = 78


class Pictures:
    """Draws media of one project; what was drawn once is kept while its file stays the same."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._drawn: dict[str | None, Medium] = {}

    def draw(self, media: Iterable[Media]) -> dict[str, Medium]:
        """What to show for each medium, by `Media.name`."""
        return {medium.name: self._medium(medium) for medium in media}

    def _medium(self, medium: Media) -> Medium:
        is_video = medium.kind is MediaKind.VIDEO
        if medium.url is not None:
            return Medium(src=None, is_video=is_video, note=f"{_word(is_video)} at {medium.url}")
        if medium.digest is None:
            return Medium(src=None, is_video=is_video, note=f"{medium.name} cannot be shown")
        if medium.digest not in self._drawn:
            self._drawn[medium.digest] = self._file(medium, is_video=is_video)
        return self._drawn[medium.digest]

    def _file(self, medium: Media, *, is_video: bool) -> Medium:
        path = self._settings.root / medium.name
        if is_video:
            return Medium(src=None, is_video=True, note=self._told(medium.name, path))
        return Medium(src=(src := inlined(path)), note=None if src else f"{medium.name}, a picture")

    def _told(self, name: str, path: Path) -> str:
        """A film in words; no frame of it is decoded."""
        wanted: dict[str, Wanted] = {name: _wanted(path)}
        found = read_media(wanted, self._settings.cache_folder)[name]
        if isinstance(found, UnreadableError) or found.facts.video is None:
            return f"Video: {name}"
        video = found.facts.video
        facts = [f"{video.width:,} x {video.height:,}", *details_of(found.facts)]
        return f"Video: {name}\n{', '.join(facts)}"


def inlined(path: Path) -> str | None:
    """The picture at `path`, scaled down, as a data: URL; None when it cannot be drawn."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("JPEG", "PNG")) as picture:
                picture.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                return _data_url(upright)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None


def _data_url(picture: Image) -> str:
    written = io.BytesIO()
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    picture.convert(mode).save(written, "WEBP", quality=_QUALITY)
    return "data:image/webp;base64," + base64.b64encode(written.getvalue()).decode()


def _wanted(path: Path) -> Wanted:
    from threadsync.media.digests import Wanted

    return Wanted(str(path), path.stat())


def _word(is_video: bool) -> str:
    return "Video" if is_video else "Picture"
