"""Facts of media files, from their content."""

import struct
import zlib

import pytest
from builders import write
from pictures import a_jpeg, a_png

from threadsync.media.facts import Facts, UnreadableError
from threadsync.media.probe import MAX_PIXELS, probe, sniff
from threadsync.post import MediaKind


@pytest.fixture
def probed(tmp_path):
    return lambda content, name="x.bin": probe(str(write(tmp_path, name, content)))


def a_png_that_claims(width, height):
    """The head of a PNG with these sizes; a few bytes that would unfold to all those pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI"),
        (b"RIFF\0\0\0\0WAVE", ""),
        (b"\0\0\0\x20ftypheic", "HEIC"),
        (b"\0\0\0\x20ftypavif", "AVIF"),
        (b"\0\0\0\x20ftypisom", "MP4"),
        (b"\0\0\0\x20ftypmp42", "MP4"),
        (b"\0\0\0\x14ftypqt  ", "MOV"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "MOV"),
        (b"BM6\0", "BMP"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"\x1aE\xdf\xa3", "WebM"),
        (b"%PDF-1.7", "PDF"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        (b"", ""),
        (b"Hello", ""),
    ],
)
def test_a_format_is_known_by_its_first_bytes(head, name):
    assert sniff(head) == name


def test_names_are_not_believed(probed):
    content = a_png(size=(320, 200))
    assert probed(content, "x.jpg") == Facts(MediaKind.IMAGE, "PNG", len(content), 320, 200)
    assert probed(b"Hello", "x.jpg") == Facts(None, "", 5)
    assert probed(b"", "x.jpg") == Facts(None, "", 0)


def test_a_jpeg_has_a_size_in_pixels(probed):
    content = a_jpeg(size=(640, 480))
    assert probed(content) == Facts(MediaKind.IMAGE, "JPEG", len(content), 640, 480)


def test_a_picture_with_something_after_its_end_is_whole(probed):
    assert probed(a_jpeg() + b"\0" * 100).format == "JPEG"
    assert probed(a_jpeg() + b"\0" * 100_000).format == "JPEG"


def test_a_video_has_no_size_in_pixels_yet(probed):
    assert probed(b"\0\0\0\x20ftypisom" + bytes(20)) == Facts(MediaKind.VIDEO, "MP4", 32)


@pytest.mark.parametrize("make", [a_jpeg, a_png])
def test_a_picture_that_lacks_some_of_its_pixels_is_unreadable(probed, make):
    whole = make(size=(64, 64))
    for length in range(8, len(whole) - 24):
        with pytest.raises(UnreadableError, match=r"no whole (JPEG|PNG) picture"):
            probed(whole[:length])


def test_a_bomb_is_not_unfolded(probed):
    with pytest.raises(UnreadableError, match=r"unfolds to 50,000 by 50,000 pixels"):
        probed(a_png_that_claims(50_000, 50_000))


def test_a_large_picture_is_not_warned_about(probed):
    width = 100_000_000 // 5_000
    assert width * 5_000 < MAX_PIXELS
    assert probed(a_png_that_claims(width, 5_000)).width == width


def test_a_file_that_is_gone(tmp_path):
    with pytest.raises(FileNotFoundError):
        probe(str(tmp_path / "x.jpg"))
