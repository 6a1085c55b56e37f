"""Make a JPEG that Threads takes of a picture: upright, in sRGB, on white, of the right size."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from threadsync.media import limits
from threadsync.media.fixing.colour_spaces import profile_of
from threadsync.media.probing.facts import UnreadableError
from threadsync.media.probing.foreign import open_picture
from threadsync.media.probing.images import decoding
from threadsync.media.probing.png import colour_numbers

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from PIL.Image import Image

QUALITIES = (90, 85, 80, 75, 70, 60, 50, 40, 30)
"""Tried in this order until the file is small enough."""

_NARROWEST, _WIDEST = int(limits.PICTURE_WIDTH.least or 1), int(limits.PICTURE_WIDTH.most or 1)
_WITH_PROFILE = frozenset({"RGB", "CMYK", "L"})


def make_jpeg(source: Path, target: Path, form: str) -> None:
    """Write the first picture of the file in the format `form` as a JPEG without any metadata.

    UnreadableError when it is damaged or too large; OSError.
    """
    with source.open("rb") as file, decoding(form), open_picture(file, form) as image:
        profile = _named_by_number(file, form) or image.info.get("icc_profile")
        image.draft("RGB", (_WIDEST, _WIDEST))
        content = _smallest_loss(_scaled(_seen(image, profile)))
    target.write_bytes(content)


def _named_by_number(file: BinaryIO, form: str) -> bytes | None:
    """The profile of a PNG that names its colour space by numbers, which count first; else None."""
    if form != "PNG":
        return None
    position = file.tell()
    numbers = colour_numbers(file, file.seek(0, 2))
    file.seek(position)
    return profile_of(*numbers) if numbers else None


def _seen(image: Image, profile: bytes | None) -> Image:
    """The picture as it is seen: upright, in sRGB, on white."""
    from PIL import Image as Images
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image)
    colours = _in_srgb(_plain(upright), profile)
    if not upright.has_transparency_data:
        return colours
    paper = Images.new("RGB", upright.size, "white")
    paper.paste(colours, mask=upright.convert("RGBA").getchannel("A"))
    return paper


def _plain(image: Image) -> Image:
    """The colours without transparency and palette, with 8 bits each."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in _WITH_PROFILE:
        return image
    return image.convert("L" if image.mode in {"1", "LA", "La"} else "RGB")


def _in_srgb(image: Image, profile: bytes | None) -> Image:
    """The same colours in sRGB; without a profile that can be used they are taken to be that."""
    from PIL import ImageCms

    try:
        converted = profile and ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        converted = None
    return converted or image.convert("RGB")


def _scaled(image: Image) -> Image:
    from PIL.Image import Resampling

    width = min(max(image.width, _NARROWEST), _WIDEST)
    if width == image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Resampling.LANCZOS)


def _smallest_loss(image: Image) -> bytes:
    """The picture in the best of `QUALITIES` that is small enough."""
    for quality in QUALITIES:
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True)
        if limits.PICTURE_BYTES.allows(buffer.tell()):
            return buffer.getvalue()
    raise UnreadableError(f"it stays larger than {limits.PICTURE_BYTES.most:,} bytes")
