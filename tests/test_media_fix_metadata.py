"""What is taken out of files without touching a pixel."""

import hashlib
import shutil
import struct
from io import BytesIO

import pytest
from movies import a_movie, a_track, box, film, needs_ffmpeg, numbers, run_ffmpeg
from pictures import a_jpeg, a_photo, a_png_of, a_profile, an_animation, an_exif
from PIL import Image

from threadsync.media.fixing.metadata import strip
from threadsync.media.probing.facts import UnreadableError
from threadsync.media.probing.probe import probe

XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>secret</x:xmpmeta>"


@pytest.fixture
def stripped(tmp_path):
    """Strips a file with these bytes; its facts and bytes then."""

    def make(content, form):
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(content)
        strip(source, target, form)
        assert source.read_bytes() == content
        return probe(str(target)), target.read_bytes()

    return make


def pixels(content):
    with Image.open(BytesIO(content)) as image:
        return hashlib.sha256(image.tobytes()).hexdigest()


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def with_segments(jpeg, *segments):
    """The JPEG with these behind its first segment, JFIF's."""
    end = 4 + int.from_bytes(jpeg[4:6], "big")
    return jpeg[:end] + b"".join(segments) + jpeg[end:]


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}])
def test_the_place_is_gone_and_every_pixel_as_it_was(stripped, form, options):
    content = a_photo(form, exif=an_exif(has_place=True), **options)
    facts, left = stripped(content, form)
    assert not facts.picture.has_location
    assert not facts.picture.has_metadata
    assert pixels(left) == pixels(content)
    assert b"Exif" not in left
    assert b"eXIf" not in left


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("turn", range(2, 9))
def test_a_turned_picture_stays_turned_and_says_nothing_else(stripped, form, turn):
    content = a_photo(form, exif=an_exif(turn, has_place=True))
    facts, left = stripped(content, form)
    assert (facts.picture.orientation, facts.picture.has_metadata) == (turn, False)
    with Image.open(BytesIO(left)) as image:
        assert dict(image.getexif()) == {0x0112: turn}
    assert pixels(left) == pixels(content)


@pytest.mark.parametrize(
    ("marker", "data"),
    [
        (0xE1, XMP),
        (0xED, b"Photoshop 3.0\08BIM\x04\x04 secret"),
        (0xEB, b"JP secret content credentials"),
        (0xE2, b"MPF\0 secret"),
        (0xE0, b"JFXX\0 secret"),
        (0xFE, b"secret"),
    ],
)
def test_every_sort_of_metadata_of_a_jpeg(stripped, marker, data):
    content = with_segments(a_jpeg(), segment(marker, data))
    facts, left = stripped(content, "JPEG")
    assert left == a_jpeg()
    assert not facts.picture.has_metadata


def test_what_shows_the_colours_stays(stripped):
    profiled = a_photo(icc_profile=a_profile(), exif=an_exif(has_place=True))
    facts, _ = stripped(profiled, "JPEG")
    assert facts.picture.profile == "Display P3"
    inks = a_photo().replace(b"", b"")
    with Image.open(BytesIO(inks)) as image:
        buffer = BytesIO()
        image.convert("CMYK").save(buffer, "JPEG", comment=b"secret")
    _, left = stripped(buffer.getvalue(), "JPEG")
    assert b"Adobe" in left
    assert pixels(left) == pixels(buffer.getvalue())


def test_what_hangs_behind_the_end_is_cut_off(stripped):
    """Phones put a short film there, which says where it was taken."""
    for content, form in ((a_jpeg(), "JPEG"), (a_photo("PNG"), "PNG")):
        assert stripped(content + b"secret film", form)[1] == content


@pytest.mark.parametrize("kind", [b"tEXt", b"iTXt", b"zTXt", b"tIME", b"caBX"])
def test_every_sort_of_metadata_of_a_png(tmp_path, stripped, kind):
    plain = a_photo("PNG")
    chunk = a_png_of((kind, b"secret\0"))[8:]
    content = plain[:33] + chunk + plain[33:]
    (tmp_path / "a").write_bytes(content)
    assert probe(str(tmp_path / "a")).picture.has_metadata
    assert stripped(content, "PNG")[1] == plain


def test_an_animation_stays_one(stripped):
    facts, left = stripped(an_animation(3), "PNG")
    assert facts.picture.frames == 3
    assert left == an_animation(3)


@pytest.mark.parametrize(
    ("content", "form"),
    [(a_jpeg()[:-2], "JPEG"), (a_jpeg()[:60], "JPEG"), (a_photo("PNG")[:-9], "PNG")],
)
def test_a_damaged_picture_is_refused(stripped, content, form):
    with pytest.raises(UnreadableError):
        stripped(content, form)


# --- films ----------------------------------------------------------------------------------------

PLACE = b"+52.5200+013.4050/"
TOLD = [
    box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0x15C7), PLACE)),
    box(b"udta", box(b"loci", numbers(0), PLACE)),
    box(b"meta", numbers(0), b"com.apple.quicktime.location.ISO6709", PLACE),
]


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("front", [True, False])
def test_the_place_of_a_film_becomes_empty_space(stripped, told, front):
    content = a_movie(movie=told, front=front)
    facts, left = stripped(content, "MP4")
    assert not facts.video.has_location
    assert PLACE not in left
    assert len(left) == len(content)
    blank = told[:4] + b"free" + bytes(len(told) - 8)
    assert left == content.replace(told, blank)


def test_the_place_beside_the_index_and_in_tracks_goes_too(stripped):
    track = a_track()
    spoken = box(b"trak", track[8:], TOLD[0])
    content = a_movie(pictures=spoken, movie=TOLD[1]) + TOLD[2]
    facts, left = stripped(content, "MP4")
    assert PLACE not in left
    assert facts.video == probe_of_plain(stripped)


def probe_of_plain(stripped):
    return stripped(a_movie(), "MP4")[0].video


@needs_ffmpeg
def test_a_real_film_plays_as_before(tmp_path, stripped):
    path = film(tmp_path, "a.mp4", "-metadata", "location=+52.5+013.4/", sound="sine=r=48000")
    assert probe(str(path)).video.has_location
    facts, left = stripped(path.read_bytes(), "MP4")
    assert not facts.video.has_location
    (tmp_path / "b.mp4").write_bytes(left)
    assert frames_of(tmp_path / "b.mp4") == frames_of(path)


def frames_of(path):
    """The digest of everything that is seen and heard."""
    report = path.with_suffix(".md5")
    run_ffmpeg("-i", str(path), "-f", "md5", str(report))
    shutil.move(report, f"{report}.read")
    return path.with_suffix(".md5.read").read_text()
