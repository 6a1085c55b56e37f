"""What a picture looks like after it was made a JPEG."""

from io import BytesIO

import pytest
from pictures import a_jpeg, a_photo, a_picture, a_png_in, a_profile, an_exif
from PIL import Image

from threadsync.media import limits
from threadsync.media.fixing.pictures import make_jpeg
from threadsync.media.probing.facts import UnreadableError
from threadsync.media.probing.probe import probe

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
NEAR = 12
"""By how much JPEG may change a colour."""


@pytest.fixture
def jpeg(tmp_path):
    """Makes a JPEG of these bytes; its facts and the open picture."""

    def make(content):
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(content)
        make_jpeg(source, target, probe(str(source)).format)
        assert source.read_bytes() == content
        with Image.open(target) as image:
            return probe(str(target), is_deep=True), image.copy()

    return make


def is_near(found, wanted):
    return all(abs(a - b) <= NEAR for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("form", ["WebP", "AVIF", "GIF", "BMP", "TIFF", "PNG", "JPEG"])
def test_every_format_that_pillow_reads(jpeg, form):
    facts, image = jpeg(a_picture(form, "blue", (400, 300)))
    assert (facts.format, facts.picture[:4]) == ("JPEG", (400, 300, "RGB", 8))
    assert is_near(image.getpixel((200, 150)), BLUE)


def test_heic(jpeg):
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    facts, image = jpeg(a_picture("HEIF", "blue", (400, 300)))
    assert (facts.format, facts.picture[:2]) == ("JPEG", (400, 300))
    assert is_near(image.getpixel((200, 150)), BLUE)


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((319, 200), (320, 201)),
        ((320, 200), (320, 200)),
        ((1440, 900), (1440, 900)),
        ((1441, 900), (1440, 899)),
        ((4000, 400), (1440, 144)),
        ((10, 100), (320, 3200)),
    ],
)
def test_the_width_is_brought_within_the_limits(jpeg, size, seen):
    assert jpeg(a_picture("PNG", size=size))[0].picture[:2] == seen


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WebP", "TIFF"])
def test_it_stands_upright_and_says_nothing_else(jpeg, form):
    content = BytesIO()
    image = Image.new("RGB", (400, 300), "blue")
    image.paste("red", (0, 0, 400, 100))
    image.save(content, form, exif=an_exif(6, has_place=form != "TIFF"))
    facts, made = jpeg(content.getvalue())
    assert facts.picture[:2] == (320, 427)
    assert (facts.picture.orientation, facts.picture.has_metadata) == (1, False)
    assert is_near(made.getpixel((300, 200)), RED)
    assert is_near(made.getpixel((20, 200)), BLUE)


@pytest.mark.parametrize(
    "content",
    [
        a_picture("PNG", (255, 0, 0, 0), mode="RGBA"),
        a_picture("PNG", (0, 0), mode="LA"),
        a_picture("PNG", 0, mode="P", transparency=0),
        a_picture("GIF", 0, mode="P", transparency=0),
        a_picture("WebP", (255, 0, 0, 0), mode="RGBA"),
        a_picture("PNG", (255, 0, 0), mode="RGB", transparency=(255, 0, 0)),
    ],
)
def test_what_was_transparent_is_white(jpeg, content):
    assert is_near(jpeg(content)[1].getpixel((200, 150)), WHITE)


def test_half_transparent_is_half_white(jpeg):
    _, image = jpeg(a_picture("PNG", (255, 0, 0, 128), mode="RGBA"))
    assert is_near(image.getpixel((200, 150)), (255, 127, 127))


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("CMYK", (0, 255, 255, 0), RED),
        ("L", 200, (200, 200, 200)),
        ("1", 1, WHITE),
        ("P", 0, (0, 0, 0)),
    ],
)
def test_every_sort_of_colours(jpeg, mode, colour, seen):
    facts, image = jpeg(a_picture("TIFF", colour, mode=mode))
    assert (facts.picture.mode, facts.picture.is_srgb) == ("RGB", True)
    assert is_near(image.getpixel((200, 150)), seen)


def test_sixteen_bits_of_grey(jpeg):
    assert is_near(jpeg(a_picture("PNG", 0x8000, mode="I;16"))[1].getpixel((9, 9)), (128,) * 3)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WebP"])
def test_wide_colours_become_those_of_srgb(jpeg, form):
    """Red as strong as sRGB has it is a little less than all of the red of Display P3."""
    profile = a_profile_that_works()
    facts, image = jpeg(a_picture(form, (234, 51, 35), icc_profile=profile, quality=95))
    assert (facts.picture.profile, facts.picture.is_srgb) == ("", True)
    assert is_near(image.getpixel((200, 150)), RED)


def a_profile_that_works():
    """Display P3 with curves, made of the profile of sRGB with other primaries."""
    from pictures import DISPLAY_P3
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for n, tag in enumerate((b"rXYZ", b"gXYZ", b"bXYZ")):
        entry = profile.index(tag, 128)
        start = int.from_bytes(profile[entry + 4 : entry + 8], "big") + 8
        for i, value in enumerate(DISPLAY_P3[n * 3 : n * 3 + 3]):
            fixed = round(value * 65536).to_bytes(4, "big", signed=True)
            profile[start + 4 * i : start + 4 * i + 4] = fixed
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))


def test_a_profile_that_cannot_be_used_is_left_out(jpeg):
    facts, image = jpeg(a_picture("JPEG", "red", icc_profile=a_profile(primaries=None)))
    assert facts.picture.profile == ""
    assert is_near(image.getpixel((200, 150)), RED)


def test_of_an_animation_the_first_picture(jpeg):
    content = BytesIO()
    first, second = Image.new("RGB", (400, 300), "red"), Image.new("RGB", (400, 300), "blue")
    first.save(content, "GIF", save_all=True, append_images=[second])
    facts, image = jpeg(content.getvalue())
    assert facts.picture.frames == 1
    assert is_near(image.getpixel((200, 150)), RED)


@pytest.fixture
def limit_bytes(monkeypatch):
    """Sets a limit that small pictures reach, too."""

    def put(most):
        lower = limits.PICTURE_BYTES._replace(most=most)
        monkeypatch.setattr(limits, "PICTURE_BYTES", lower)

    return put


def test_the_best_quality_that_is_small_enough_is_taken(jpeg, limit_bytes):
    content = a_photo("PNG", size=(400, 300))
    sizes = []
    for most in (1_000_000, 60_000, 40_000):
        limit_bytes(most)
        sizes.append(jpeg(content)[0].size_bytes)
        assert sizes[-1] <= most
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3


def test_one_that_cannot_be_made_small_enough_is_refused(jpeg, limit_bytes):
    limit_bytes(10_000)
    with pytest.raises(UnreadableError, match="stays larger than 10,000 bytes"):
        jpeg(a_photo("PNG", size=(400, 300)))


@pytest.mark.parametrize("form", ["WebP", "GIF", "TIFF", "PNG"])
def test_half_a_picture_is_refused(jpeg, form):
    content = a_photo(form, size=(400, 300))
    with pytest.raises(UnreadableError):
        jpeg(content[: len(content) // 2])


def test_a_cameras_raw_file_is_not_taken_for_a_picture(tmp_path):
    """A DNG begins with a small copy, which is all that Pillow would read."""
    content = BytesIO()
    Image.new("RGB", (400, 300)).save(content, "TIFF", tiffinfo={50706: bytes([1, 4, 0, 0])})
    (tmp_path / "a.dng").write_bytes(content.getvalue())
    assert probe(str(tmp_path / "a.dng")).picture is None


def test_a_bomb_is_not_taken_for_a_picture(tmp_path):
    content = bytearray(a_picture("BMP"))
    content[18:26] = (60_000).to_bytes(4, "little") * 2
    (tmp_path / "a.bmp").write_bytes(content)
    assert probe(str(tmp_path / "a.bmp")).picture is None


def test_a_plain_jpeg_stays_as_good(jpeg):
    assert is_near(jpeg(a_jpeg("green"))[1].getpixel((1, 1)), (0, 128, 0))


@pytest.mark.parametrize("form", ["WebP", "TIFF", "AVIF"])
def test_a_turned_one_is_measured_as_it_is_seen(tmp_path, form):
    (tmp_path / "a").write_bytes(a_picture(form, exif=an_exif(6)))
    assert probe(str(tmp_path / "a")).picture[:2] == (300, 400)


@pytest.mark.parametrize(
    ("primaries", "transfer", "colour", "seen"),
    [
        (12, 13, (200, 40, 40), (218, 0, 26)),
        (12, 13, (128, 128, 128), (128, 128, 128)),
        (9, 13, (128, 128, 128), (128, 128, 128)),
        (9, 1, (150, 90, 90), (186, 94, 103)),
        (12, 8, (128, 128, 128), (188, 188, 188)),
        (22, 13, (200, 40, 40), (200, 40, 40)),
        (1, 13, (200, 40, 40), (200, 40, 40)),
    ],
)
def test_colours_named_by_number_are_converted(jpeg, primaries, transfer, colour, seen):
    """Worked out by the formulas of H.273 and sRGB."""
    _, image = jpeg(a_png_in(primaries, transfer, colour))
    assert image.getpixel((200, 150)) == pytest.approx(seen, abs=4)


def test_hdr_colours_of_a_picture_are_not_made_pale(jpeg):
    with pytest.raises(UnreadableError, match=r"its HDR colours \(PQ\) cannot be converted; do it"):
        jpeg(a_png_in(9, 16, "red"))
