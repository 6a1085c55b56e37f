"""What a file is, told by its content."""

import pytest
from builders import write
from movies import a_movie
from pictures import a_jpeg, a_picture, a_png

from threadsync.media.probing.facts import Facts
from threadsync.media.probing.probe import kind_of, probe, sniff
from threadsync.post import MediaKind


@pytest.fixture
def probed(tmp_path):
    return lambda content, name="x.bin": probe(str(write(tmp_path, name, content)))


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"GIF87a", "GIF"),
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI"),
        (b"RIFF\0\0\0\0WAVE", ""),
        (b"\0\0\0\x20ftypheic", "HEIC"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf", "HEIC"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x20ftypavif", "AVIF"),
        (b"\0\0\0\x20ftypcrx ", "Canon raw"),
        (b"\0\0\0\x20ftypisom", "MP4"),
        (b"\0\0\0\x20ftypmp42", "MP4"),
        (b"\0\0\0\x14ftypqt  ", "MOV"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "MOV"),
        (b"BM6\0", "BMP"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "WebM"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "Matroska"),
        (b"G" + bytes(187) + b"G", "MPEG-TS"),
        (b"G" + bytes(187) + b"H", ""),
        (b"\n <!DOCTYPE html>", "HTML or XML"),
        (b"<?xml version='1.0'?><svg>", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        (b"", ""),
        (b"Hello", ""),
    ],
)
def test_a_format_is_known_by_its_first_bytes(head, name):
    assert sniff(head) == name


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WebP", "AVIF", "GIF", "BMP", "TIFF"])
def test_what_pillow_writes_is_known_whatever_its_name(probed, form):
    content = a_picture(form, size=(64, 48))
    facts = probed(content, "x.jpg")
    assert (facts.format, facts.kind, facts.size_bytes) == (form, MediaKind.IMAGE, len(content))
    assert facts.picture[:2] == (64, 48)


def test_only_media_are_media():
    names = [name for name in ("JPEG", "HEIC", "MP4", "WMV", "PDF", "") if kind_of(name)]
    assert names == ["JPEG", "HEIC", "MP4", "WMV"]


def test_names_are_not_believed(probed):
    assert probed(a_png(), "x.jpg").format == "PNG"
    assert probed(a_movie(), "x.png").format == "MP4"
    assert probed(b"Hello", "x.jpg") == Facts(None, "", 5)
    assert probed(b"", "x.jpg") == Facts(None, "", 0)


def test_a_picture_and_a_video_have_a_size_in_pixels(probed):
    for content, size in ((a_jpeg(size=(640, 480)), (640, 480)), (a_movie(), (320, 240))):
        shown = probed(content).shown
        assert (shown.width, shown.height) == size


def test_a_file_that_is_gone(tmp_path):
    with pytest.raises(FileNotFoundError):
        probe(str(tmp_path / "x.jpg"))
