"""Facts of pictures, and damaged ones."""

import struct
import sys
import tracemalloc
import zlib

import pytest
from builders import write
from pictures import (
    ADOBE_RGB,
    SRGB,
    a_jpeg,
    a_jpeg_that_claims,
    a_photo,
    a_picture,
    a_png,
    a_png_of,
    a_png_that_claims,
    a_profile,
    an_animation,
    an_exif,
)
from PIL import ImageCms

from threadsync.media.probing.colour_profiles import read_profile
from threadsync.media.probing.exif import read_exif
from threadsync.media.probing.facts import Picture, UnreadableError
from threadsync.media.probing.images import MAX_DECODED_PIXELS, MAX_PIXELS
from threadsync.media.probing.probe import probe


@pytest.fixture
def picture(tmp_path):
    """The facts of a picture of these bytes."""

    def read(content, **options):
        return probe(str(write(tmp_path, "x", content)), **options).picture

    return read


def test_a_plain_jpeg_and_a_plain_png(picture):
    assert picture(a_jpeg()) == Picture(400, 300, "RGB", 8)
    assert picture(a_png()) == Picture(400, 300, "RGB", 8)


@pytest.mark.parametrize(
    ("form", "mode", "read", "depth_bits", "has_alpha"),
    [
        ("JPEG", "L", "L", 8, False),
        ("JPEG", "CMYK", "CMYK", 8, False),
        ("PNG", "1", "L", 1, False),
        ("PNG", "L", "L", 8, False),
        ("PNG", "LA", "LA", 8, True),
        ("PNG", "P", "P", 1, False),
        ("PNG", "RGBA", "RGBA", 8, True),
        ("PNG", "I;16", "L", 16, False),
    ],
)
def test_modes(picture, form, mode, read, depth_bits, has_alpha):
    facts = picture(a_picture(form, 0, mode=mode))
    assert (facts.mode, facts.depth_bits, facts.has_alpha) == (read, depth_bits, has_alpha)


def test_cmyk_is_not_srgb(picture):
    assert not picture(a_picture("JPEG", 0, mode="CMYK")).is_srgb
    assert picture(a_picture("JPEG", 0, mode="L")).is_srgb


def test_a_colour_that_stands_for_nothing_is_transparency(picture):
    assert picture(a_picture("PNG", 0, mode="P", transparency=0)).has_alpha


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_turns_width_and_height(picture, form, orientation):
    facts = picture(a_picture(form, exif=an_exif(orientation)))
    assert facts.orientation == orientation
    assert (facts.width, facts.height) == ((300, 400) if orientation > 4 else (400, 300))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_there_is_not_is_none(picture, orientation):
    assert picture(a_picture("JPEG", exif=an_exif(orientation))).orientation == 1


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_the_place_where_it_was_taken(picture, form):
    assert picture(a_picture(form, exif=an_exif(has_place=True))).has_location
    assert not picture(a_picture(form, exif=an_exif(1))).has_location


def test_exif_data_behind_the_pixels_of_a_png(picture):
    exif = an_exif(6, has_place=True).tobytes().removeprefix(b"Exif\0\0")
    content = a_png()[:-12] + a_png_of((b"eXIf", exif), (b"IEND", b""))[8:]
    facts = picture(content)
    assert (facts.orientation, facts.has_location) == (6, True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"MM\0*\0\0\0\x08\0\x05" + bytes(20),
    ],
)
def test_damaged_exif_data_say_nothing(data):
    assert read_exif(data) == (1, False)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize(
    ("name", "primaries", "is_srgb"),
    [
        ("Display P3", None, False),
        ("Adobe RGB (1998)", ADOBE_RGB, False),
        ("c2", SRGB, True),
        ("sRGB IEC61966-2.1", None, True),
    ],
)
def test_colour_profiles(picture, form, version, name, primaries, is_srgb):
    profile = a_profile(name, primaries or (), version=version)
    facts = picture(a_picture(form, icc_profile=profile))
    assert (facts.profile, facts.is_srgb) == (name, is_srgb)


def test_a_profile_in_several_pieces_in_any_order(picture):
    profile = a_profile(padding=150_000)
    content = a_picture("JPEG", icc_profile=profile)
    assert picture(content).profile == "Display P3"
    numbered = content.replace(b"ICC_PROFILE\0\x01", b"ICC_PROFILE\0\x09")
    assert numbered != content
    assert picture(numbered).profile == "an unnamed profile"


def test_the_srgb_profile_of_pillow_is_srgb():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert read_profile(profile) == ("sRGB built-in", True)


@pytest.mark.parametrize(
    ("profile", "is_srgb"),
    [
        (a_profile("Dot Gain 20%", (), space=b"GRAY"), True),
        (a_profile("SWOP", (), space=b"CMYK"), False),
        (b"", True),
        (a_profile()[:150], True),
        (bytes(128) + b"\xff" * 8, True),
    ],
)
def test_profiles_of_other_spaces_and_damaged_ones(profile, is_srgb):
    assert read_profile(profile)[1] == is_srgb


@pytest.mark.parametrize(
    ("primaries", "transfer", "name", "is_srgb"),
    [
        (1, 13, "sRGB", True),
        (9, 1, "BT.2020", False),
        (12, 13, "Display P3", False),
        (22, 13, "colour space 22", False),
        (9, 16, "BT.2020 PQ", False),
        (1, 18, "sRGB HLG", False),
    ],
)
def test_colours_named_by_number_win_over_a_profile(picture, primaries, transfer, name, is_srgb):
    plain = a_picture("PNG", icc_profile=a_profile("other"))
    named = a_png_of((b"cICP", bytes([primaries, transfer, 0, 1])))[8:]
    facts = picture(plain[:33] + named + plain[33:])
    assert (facts.profile, facts.is_srgb) == (name, is_srgb)


def test_a_profile_that_unfolds_to_too_much_is_cut(picture):
    packed = zlib.compress(a_profile() + bytes(50_000_000))
    plain = a_png()
    content = plain[:33] + a_png_of((b"iCCP", b"x\0\0" + packed))[8:] + plain[33:]
    tracemalloc.start()
    assert picture(content).profile == "Display P3"
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_an_animation_has_frames(picture):
    assert picture(an_animation(3)).frames == 3
    assert picture(a_png()).frames == 1


# --- damaged ones -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        a_photo(),
        a_photo(progressive=True),
        a_photo(exif=an_exif(6, has_place=True)),
        a_photo("PNG", size=(60, 40)),
        an_animation(size=(60, 40)),
    ],
    ids=["jpeg", "progressive", "exif", "png", "animation"],
)
def test_a_picture_that_was_cut_off_is_unreadable(picture, content):
    assert picture(content)
    for length in (*range(8, len(content), max(1, len(content) // 100)), len(content) - 1):
        with pytest.raises(UnreadableError, match=r"no whole (JPEG|PNG) picture"):
            picture(content[:length])


def test_the_end_of_a_small_picture_inside_is_not_the_end(picture):
    small = a_photo(size=(60, 40))
    exif = an_exif(1)
    exif[0x9286] = small  # a comment, which may hold anything
    whole = a_photo(exif=exif)
    assert picture(whole)
    with pytest.raises(UnreadableError):
        picture(whole[: len(whole) // 2])


@pytest.mark.parametrize("make", [a_jpeg, a_png])
@pytest.mark.parametrize("more", [100, 200_000])
def test_a_picture_with_something_after_its_end_is_whole(picture, make, more):
    assert picture(make() + bytes(more)) == picture(make())


def test_damage_inside_is_found_when_every_pixel_is_decoded(picture):
    content = bytearray(a_photo("PNG"))
    content[len(content) // 2] ^= 0xFF
    assert picture(bytes(content))
    with pytest.raises(UnreadableError, match="no whole PNG picture"):
        picture(bytes(content), is_deep=True)


@pytest.mark.parametrize("content", [a_photo(), a_photo(progressive=True), a_photo("PNG")])
def test_whole_pictures_can_be_decoded(picture, content):
    assert picture(content, is_deep=True) == picture(content)


@pytest.mark.parametrize("claim", [a_png_that_claims, a_jpeg_that_claims])
@pytest.mark.parametrize("is_deep", [False, True])
def test_a_bomb_is_not_unfolded(picture, claim, is_deep):
    with pytest.raises(UnreadableError, match=r"unfolds to 50,000 by 50,000 pixels"):
        picture(claim(50_000, 50_000), is_deep=is_deep)


def test_a_large_picture_is_only_looked_at(picture):
    width = MAX_PIXELS // 10_000
    assert width * 10_000 > MAX_DECODED_PIXELS
    assert picture(a_png_that_claims(width, 10_000), is_deep=True).width == width
    with pytest.raises(UnreadableError, match="no whole PNG"):
        picture(a_png_that_claims(width, 10_000)[:-4])


@pytest.mark.parametrize("size", [(0, 10), (10, 0)])
def test_a_picture_without_pixels(picture, size):
    with pytest.raises(UnreadableError, match="no pixels"):
        picture(a_png_that_claims(*size))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xd8\xff\xd9", "no whole JPEG"),
        (b"\xff\xd8\xff\xe0\0\0", "no whole JPEG"),
        (b"\xff\xd8" + b"\xff\xe0\0\x02" * 5000, "no whole JPEG"),
        (a_jpeg().replace(b"\xff\xc0", b"\xff\xc3", 1), "rare sort of JPEG"),
        (b"\x89PNG\r\n\x1a\n", "no whole PNG"),
        (a_png_of((b"IDAT", b""), (b"IEND", b"")), "no whole PNG"),
        (a_png_of((b"IHDR", b"short"), (b"IEND", b"")), "no whole PNG"),
        (a_png_of((b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 0))), "no whole PNG"),
    ],
)
def test_pictures_that_are_none(picture, content, why):
    with pytest.raises(UnreadableError, match=why):
        picture(content)


def test_pillow_is_not_needed_for_facts(picture, monkeypatch):
    contents = [a_jpeg(), a_png()]
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert [picture(content).width for content in contents] == [400, 400]
