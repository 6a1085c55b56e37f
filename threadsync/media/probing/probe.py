"""Facts of a media file, from its content alone: names and suffixes are never believed.

What Threads makes of the facts is in `media.rules`. Of pictures in formats that Threads does not
take there is what their conversion needs; other such files are only named.
"""

from __future__ import annotations

import os

from threadsync.media.probing.facts import Facts
from threadsync.media.probing.foreign import read_foreign
from threadsync.media.probing.images import read_picture
from threadsync.media.probing.mp4 import read_movie
from threadsync.post import MediaKind

HEAD_BYTES = 512
"""How much of a file `sniff` wants to see."""

_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"FLV\x01", "FLV"),
    (b"\0\0\1\xba", "MPEG"),
    (b"\0\0\1\xb3", "MPEG"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"%PDF", "PDF"),
    (b"PK\3\4", "ZIP"),
    (b"version https://git-lfs", "Git LFS pointer"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_BRANDS = {
    b"qt  ": "MOV",
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"crx ": "Canon raw",
    **dict.fromkeys(_HEIF_BRANDS, "HEIC"),
}
_OLD_MOV_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_MARKUP = (b"<svg", b"<?xml", b"<!doc", b"<html")
_MPEG_PACKET_BYTES = 188

_PICTURES = frozenset({"JPEG", "PNG"})
_VIDEOS = frozenset({"MP4", "MOV"})
_FOREIGN = frozenset({"GIF", "WebP", "BMP", "TIFF", "AVIF", "HEIC"})
_OTHER_PICTURES = (*_FOREIGN, "JPEG XL", "JPEG 2000", "Canon raw")
_OTHER_VIDEOS = ("WebM", "Matroska", "AVI", "FLV", "MPEG", "MPEG-TS", "WMV", "Ogg")
_KINDS = {
    **dict.fromkeys((*_PICTURES, *_OTHER_PICTURES), MediaKind.IMAGE),
    **dict.fromkeys((*_VIDEOS, *_OTHER_VIDEOS), MediaKind.VIDEO),
}


def probe(path: str, *, is_deep: bool = False) -> Facts:
    """The facts of the file at `path`; with `is_deep` every pixel of a picture is decoded, too.

    OSError when it cannot be opened; UnreadableError for a damaged picture or video.
    """
    with open(path, "rb") as file:  # noqa: PTH123 - a path of the loader is a str
        name = sniff(file.read(HEAD_BYTES))
        facts = Facts(kind_of(name), name, os.fstat(file.fileno()).st_size)
        if name in _PICTURES:
            picture = read_picture(file, name, facts.size_bytes, is_deep=is_deep)
            return facts._replace(picture=picture)
        if name in _VIDEOS:
            video, sound = read_movie(file, facts.size_bytes)
            return facts._replace(video=video, sound=sound)
        if name in _FOREIGN:
            return facts._replace(picture=read_foreign(file, name))
        return facts


def kind_of(name: str) -> MediaKind | None:
    """What the format of this name is one of, whether it is taken or not; None for neither."""
    return _KINDS.get(name)


def sniff(head: bytes) -> str:
    """The name of the format that a file beginning with `head` has, "" when it is not known."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return _by_boxes(head) or _by_parts(head)


def _by_boxes(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    return "MOV" if head[4:8] in _OLD_MOV_BOXES else ""


def _by_brand(head: bytes) -> str:
    """The name by the brand of a file, or by those it says it is compatible with."""
    name = _BRANDS.get(head[8:12], "MP4")
    length = int.from_bytes(head[:4], "big")
    if name == "HEIC" and b"avif" in head[16:length]:
        return "AVIF"
    return name


def _by_parts(head: bytes) -> str:
    """Formats that are not told by their first bytes alone."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "WebP", b"AVI ": "AVI"}.get(head[8:12], "")
    if head[:4] == b"\x1aE\xdf\xa3":
        return "WebM" if b"webm" in head[:64] else "Matroska"
    if head[:1] == b"G" and head[_MPEG_PACKET_BYTES : _MPEG_PACKET_BYTES + 1] == b"G":
        return "MPEG-TS"
    if head.lstrip()[:5].lower().startswith(_MARKUP):
        return "SVG" if b"<svg" in head else "HTML or XML"
    return ""
