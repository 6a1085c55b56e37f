"""Small real pictures, made when they are needed."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from io import BytesIO

from PIL import Image

# The primaries of three colour spaces as profiles hold them, adapted to D50.
SRGB = (0.4360, 0.2225, 0.0139, 0.3851, 0.7169, 0.0971, 0.1431, 0.0606, 0.7141)
DISPLAY_P3 = (0.5151, 0.2412, -0.0011, 0.2920, 0.6922, 0.0419, 0.1571, 0.0666, 0.7841)
ADOBE_RGB = (0.6097, 0.3111, 0.0195, 0.2053, 0.6257, 0.0609, 0.1492, 0.0632, 0.7446)


@cache
def a_jpeg(colour="red", size=(400, 300)):
    """The bytes of a JPEG of one colour."""
    return a_picture("JPEG", colour, size)


@cache
def a_png(colour="red", size=(400, 300)):
    return a_picture("PNG", colour, size)


def a_picture(form, colour="red", size=(400, 300), mode="RGB", **options):
    """The bytes of a picture of one colour in any format that Pillow writes."""
    buffer = BytesIO()
    Image.new(mode, size, colour).save(buffer, form, **options)
    return buffer.getvalue()


def a_photo(form="JPEG", size=(200, 150), **options):
    """A picture whose pixels are all different, so that it does not compress to nothing."""
    buffer = BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(buffer, form, **options)
    return buffer.getvalue()


@cache
def a_wide_photo():
    """A WebP that is wider than what is sent."""
    return a_photo("WebP", size=(2000, 1000))


def an_animation(frames=3, size=(400, 300)):
    """An animated PNG."""
    buffer = BytesIO()
    first, *others = (Image.new("RGB", size, (n * 50, 0, 0)) for n in range(frames))
    first.save(buffer, "PNG", save_all=True, append_images=others)
    return buffer.getvalue()


def an_exif(orientation=None, *, has_place=False):
    """EXIF data with these, as Pillow takes them."""
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    if has_place:
        exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    return exif


def a_profile(name="Display P3", primaries=DISPLAY_P3, space=b"RGB ", version=4, padding=0):
    """An ICC profile with only what tells which one it is; no `primaries` for a table of colours.

    `padding` is how many bytes stand between its table and its values.
    """
    if version == 4:
        text = name.encode("utf-16-be")
        described = b"mluc" + struct.pack(">4xIIHHII", 1, 12, 0x656E, 0x5553, len(text), 28) + text
    else:
        described = b"desc" + struct.pack(">4xI", len(name) + 1) + name.encode() + b"\0"
    tags = {b"desc": described}
    for n, tag in enumerate((b"rXYZ", b"gXYZ", b"bXYZ") if primaries else ()):
        fixed = [round(value * 65536) for value in primaries[n * 3 : n * 3 + 3]]
        tags[tag] = b"XYZ " + struct.pack(">4xiii", *fixed)
    start = 128 + 4 + 12 * len(tags) + padding
    table, data = struct.pack(">I", len(tags)), b""
    for tag, value in tags.items():
        table += struct.pack(">4sII", tag, start + len(data), len(value))
        data += value
    return bytes(16) + space + bytes(108) + table + bytes(padding) + data


def a_png_of(*chunks):
    """A PNG of chunks as (kind, data), with right check sums."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def a_png_in(primaries, transfer, colour):
    """A PNG of one colour that names its colour space by numbers (cICP)."""
    plain = a_picture("PNG", colour, (400, 300))
    return plain[:33] + a_png_of((b"cICP", bytes([primaries, transfer, 0, 1])))[8:] + plain[33:]


def a_png_that_claims(width, height):
    """A few bytes of PNG that would unfold to all those pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return a_png_of((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))


def a_jpeg_that_claims(width, height):
    content = bytearray(a_jpeg())
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = struct.pack(">HH", height, width)
    return bytes(content)
