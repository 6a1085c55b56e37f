"""Small real pictures, made when they are needed."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image


@cache
def a_jpeg(colour="red", size=(400, 300)):
    """The bytes of a JPEG of one colour."""
    return _bytes(colour, size, "JPEG")


@cache
def a_png(colour="red", size=(400, 300)):
    return _bytes(colour, size, "PNG")


def _bytes(colour, size, form):
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, form)
    return buffer.getvalue()
