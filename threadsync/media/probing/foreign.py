"""Pictures in formats that Threads does not take: the little that is needed to convert them.

Pillow reads their heads. It is only imported for them, which are rare.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from threadsync.media.probing.facts import Picture, UnreadableError
from threadsync.media.probing.images import decoding, refuse_bomb

if TYPE_CHECKING:
    from typing import BinaryIO

    from PIL.Image import Image

_HEIC_PACKAGE = "pillow_heif"
_ORIENTATION = 0x0112
_SUBFILE_TYPE, _DNG_VERSION = 0x00FE, 0xC612
_QUARTER_TURNS = frozenset({5, 6, 7, 8})


def read_foreign(file: BinaryIO, name: str) -> Picture | None:
    """The facts of a picture in the format `name`; None when Pillow cannot read it."""
    if name == "HEIC" and not can_read_heic():
        return None
    try:
        with decoding(name), open_picture(file, name) as image:
            return _picture(image)
    except UnreadableError:
        return None


def can_read_heic() -> bool:
    """Whether the package that teaches Pillow to read HEIC is installed."""
    return find_spec(_HEIC_PACKAGE) is not None


def open_picture(file: BinaryIO, name: str) -> Image:
    """The picture as Pillow opens it, not yet decoded. Only inside of `decoding`."""
    from PIL import Image

    if name == "HEIC":
        import_module(_HEIC_PACKAGE).register_heif_opener()
    file.seek(0)
    try:
        return Image.open(file)
    except Image.DecompressionBombError as exc:
        raise UnreadableError("it unfolds to more pixels than any real picture has") from exc


def _picture(image: Image) -> Picture:
    if image.format == "TIFF" and _is_raw(image):
        raise UnreadableError("it is a camera's raw file")
    turn = image.getexif().get(_ORIENTATION, 1)
    width, height = image.size
    # Of a TIFF Pillow tells the size as it is seen.
    is_turned = turn in _QUARTER_TURNS and image.format != "TIFF"
    picture = Picture(
        *((height, width) if is_turned else (width, height)),
        mode=image.mode,
        depth_bits=8,
        frames=getattr(image, "n_frames", 1),
    )
    refuse_bomb(picture)
    return picture


def _is_raw(image: Image) -> bool:
    """Whether a TIFF only holds a small copy of what a camera recorded, or says it is a DNG."""
    tags = image.getexif()
    return bool(tags.get(_SUBFILE_TYPE, 0) & 1) or _DNG_VERSION in tags
