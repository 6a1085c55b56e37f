"""What is mended by which recipe, and what is said of a file then."""

import pytest
from test_media_rules import PLAIN_PICTURE, a_film, a_picture, heard

from threadsync.media.mending import judged
from threadsync.media.probing.facts import Facts, Sound
from threadsync.post import MediaKind
from threadsync.treatment import FFMPEG, HEIF, Treatment, recipe

FIX = Treatment(is_fixed=True)
RAW = Treatment(is_stripped=False)
A_DIGEST = "sha256:" + "ab" * 32


def foreign(form, picture=PLAIN_PICTURE):
    return Facts(MediaKind.IMAGE, form, 1000, picture)


def a_clip(form, **values):
    return Facts(MediaKind.VIDEO, form, 1000, **values)


def what(facts, treatment=FIX):
    """The codes that are left, and the name of the recipe."""
    found, made = judged("a", facts, treatment)
    return [finding.kind.code for finding in found], made and made.name


@pytest.mark.parametrize(
    ("facts", "made"),
    [
        (a_picture(), None),
        (a_picture(has_alpha=True, orientation=6), None),
        (a_picture(width=319), "jpeg"),
        (a_picture(width=320), None),
        (a_picture(width=1440), None),
        (a_picture(width=1441), "jpeg"),
        (a_picture(size_bytes=8_000_000), None),
        (a_picture(size_bytes=8_000_001), "jpeg"),
        (a_picture(is_srgb=False), "jpeg"),
        (a_picture(has_metadata=True), "strip"),
        (a_picture(has_metadata=True, has_location=True), "strip"),
        (a_picture(has_metadata=True, has_location=True, width=9000), "jpeg"),
        *((foreign(form), "jpeg") for form in ("WebP", "HEIC", "AVIF", "GIF", "BMP", "TIFF")),
        (foreign("HEIC", None), "jpeg"),
        (foreign("WebP", PLAIN_PICTURE._replace(width=5000, has_metadata=True)), "jpeg"),
        (a_film(), None),
        (a_film(has_location=True), "strip"),
        (a_film(is_index_first=False), "remux"),
        (a_film(is_fragmented=True, has_location=True), "remux"),
        (a_film(has_edit_list=True), "remux"),
        (heard(codec="MP3"), "sound"),
        (heard(bits_per_s=300_000), "sound"),
        (a_film(is_index_first=False, sound=Sound("MP3", 44_100, 2, 1)), "sound"),
        (a_film(has_edit_list=True, trimmed_s=0.3), "encode"),
        (a_film(codec="VP9", chroma=""), "encode"),
        (a_film(chroma="4:2:2"), "encode"),
        (a_film(depth_bits=10), "encode"),
        (a_film(hdr="HLG", depth_bits=10), "encode"),
        (a_film(is_interlaced=True), "encode"),
        (a_film(frames_per_s=120), "encode"),
        (a_film(width=1921, height=1080), "encode"),
        (a_film(bits_per_s=25_000_001), "encode"),
        (a_film(bits_per_s=200_000_000), "encode"),
        (a_film(size_bytes=1_000_000_001), "encode"),
        (a_film(frames_per_s=10, sound=Sound("MP3", 1, 1, 1), is_fragmented=True), "encode"),
        *((a_clip(form), "encode") for form in ("WebM", "Matroska", "AVI", "FLV", "MPEG", "WMV")),
    ],
)
def test_with_fix_nothing_is_left_of_what_is_mended(facts, made):
    assert what(facts) == ([], made)


@pytest.mark.parametrize(
    ("facts", "left", "made"),
    [
        (a_picture(width=3000, height=100), ["media-aspect"], "jpeg"),
        (a_picture(frames=3), ["media-animated"], None),
        (foreign("WebP", None), ["media-format"], None),
        (foreign("JPEG XL", None), ["media-format"], None),
        (foreign("GIF", PLAIN_PICTURE._replace(frames=9)), ["media-animated"], "jpeg"),
        (foreign("BMP", PLAIN_PICTURE._replace(width=99_999)), ["media-aspect"], "jpeg"),
        (Facts(None, "", 5), ["media-format"], None),
        (a_clip("MP4"), ["media-format"], None),
        (a_film(duration_s=301), ["media-duration"], None),
        (a_film(duration_s=301, is_index_first=False), ["media-duration"], "remux"),
        (a_film(codec="encrypted", chroma=""), ["media-codec"], None),
    ],
)
def test_what_cannot_be_mended_stays(facts, left, made):
    assert what(facts) == (left, made)


def test_without_fix_only_metadata_are_taken_out():
    photo = a_picture(width=5000, has_metadata=True, has_location=True)
    assert what(photo, Treatment()) == (["media-width"], "strip")
    assert what(photo, RAW) == (["media-width", "media-location"], None)
    assert what(foreign("WebP"), Treatment()) == (["media-format"], None)


def test_metadata_that_are_to_stay_do():
    photo = a_picture(has_metadata=True, has_location=True)
    assert what(photo, FIX._replace(is_stripped=False)) == (["media-location"], None)


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        (a_picture(9_000_000), "; make it smaller: threadsync media fix 'b/a c.jpg', or fix: auto"),
        (foreign("WebP"), "; make a JPEG of it: threadsync media fix 'b/a c.jpg', or fix: auto"),
        (a_film(codec="AV1"), "; code it anew: threadsync media fix 'b/a c.jpg', or fix: auto"),
        (
            a_film(has_location=True),
            "; take that out: threadsync media fix 'b/a c.jpg', or strip_metadata: true",
        ),
    ],
)
def test_a_message_ends_with_the_way_to_have_it_mended(facts, end):
    (finding,) = judged("a", facts, RAW, "b/a c.jpg").findings
    assert finding.message.endswith(end)


@pytest.mark.parametrize(
    "facts",
    [a_picture(width=9000, height=1), foreign("WebP", None), a_film(duration_s=999, width=4000)],
)
def test_nothing_is_advised_that_would_not_help(facts):
    assert not any("media fix" in finding.message for finding in judged("a", facts, RAW).findings)


def test_a_recipe_names_what_it_makes():
    made = recipe("jpeg", "HEIC")
    assert (made.named(A_DIGEST), made.needs) == (f"{'ab' * 32}-jpeg1.jpg", HEIF)
    assert recipe("strip", "MOV").named(A_DIGEST).endswith("-strip1.mov")
    assert recipe("remux", "MOV").named(A_DIGEST).endswith("-remux1.mp4")
    assert [recipe(name, "PNG").needs for name in ("strip", "jpeg", "encode")] == ["", "", FFMPEG]


def test_a_picture_in_hdr_is_left_as_it_is():
    """Only its metadata can be taken out."""
    values = {"profile": "BT.2020 PQ", "is_srgb": False, "width": 5000}
    facts = a_picture(has_location=True, has_metadata=True, **values)
    assert what(facts) == (["media-width", "media-colour"], "strip")
