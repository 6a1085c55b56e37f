"""What is said about a file: at each limit, and just over it."""

import re
from pathlib import Path

import pytest
from builders import A_DIGEST, a_media, a_video

from threadsync.media.limits import LIMITS, Limit
from threadsync.media.probing.facts import Facts, Picture, Sound, Video
from threadsync.media.rules import carousel_findings, media_findings
from threadsync.post import MediaKind

PLAIN_PICTURE = Picture(1000, 1000, "RGB", 8)
PLAIN_VIDEO = Video(
    width=1080,
    height=1920,
    rotation=0,
    codec="H.264",
    profile="High",
    chroma="4:2:0",
    depth_bits=8,
    is_interlaced=False,
    frames_per_s=30,
    bits_per_s=5_000_000,
    duration_s=10,
    is_index_first=True,
    is_fragmented=False,
    has_edit_list=False,
    trimmed_s=0,
    has_location=False,
)
PLAIN_SOUND = Sound("AAC", 48_000, 2, 128_000)


def a_picture(size_bytes=1000, **values):
    return Facts(MediaKind.IMAGE, "JPEG", size_bytes, PLAIN_PICTURE._replace(**values))


def a_film(size_bytes=1000, sound=PLAIN_SOUND, form="MP4", **values):
    return Facts(
        MediaKind.VIDEO, form, size_bytes, video=PLAIN_VIDEO._replace(**values), sound=sound
    )


def heard(**values):
    return a_film(sound=PLAIN_SOUND._replace(**values))


def codes(facts):
    return [finding.kind.code for finding in media_findings("a", facts)]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (a_picture(), []),
        (a_picture(size_bytes=8_000_000), []),
        (a_picture(size_bytes=8_000_001), ["media-too-large"]),
        (a_picture(width=1000, height=100), []),
        (a_picture(width=1001, height=100), ["media-aspect"]),
        (a_picture(width=400, height=4000), []),
        (a_picture(width=400, height=4001), ["media-aspect"]),
        (a_picture(width=320), []),
        (a_picture(width=319), ["media-width"]),
        (a_picture(width=1440), []),
        (a_picture(width=1441), ["media-width"]),
        (a_picture(is_srgb=False, profile="Display P3"), ["media-colour"]),
        (a_picture(is_srgb=False, mode="CMYK"), ["media-colour"]),
        (a_picture(profile="sRGB IEC61966-2.1"), []),
        (a_picture(frames=2), ["media-animated"]),
        (a_picture(has_location=True), ["media-location"]),
        (a_picture(has_alpha=True, depth_bits=16, orientation=6), []),
    ],
)
def test_pictures(facts, code):
    assert codes(facts) == code


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (a_film(), []),
        (a_film(form="MOV", sound=None), []),
        (a_film(size_bytes=1_000_000_000), []),
        (a_film(size_bytes=1_000_000_001), ["media-too-large"]),
        (a_film(width=1920, height=1080), []),
        (a_film(width=1921, height=1080), ["media-columns"]),
        (a_film(width=1080, height=3840), []),
        (a_film(width=1920, height=192), []),
        (a_film(width=1920, height=191), ["media-aspect"]),
        (a_film(width=10, height=1000), []),
        (a_film(width=10, height=1001), ["media-aspect"]),
        (a_film(width=10, height=0), ["media-aspect"]),
        (a_film(codec="HEVC", profile="Main"), []),
        (a_film(codec="VP9", chroma=""), ["media-codec"]),
        (a_film(codec="ProRes", chroma="", is_index_first=False), ["media-codec"]),
        (a_film(chroma=""), []),
        (a_film(chroma="4:2:2"), ["media-chroma"]),
        (a_film(depth_bits=10), ["media-depth"]),
        (a_film(depth_bits=10, hdr="PQ"), ["media-hdr"]),
        (a_film(depth_bits=0), []),
        (a_film(is_interlaced=True), ["media-scan"]),
        (a_film(duration_s=300.1), []),
        (a_film(duration_s=300.101), ["media-duration"]),
        (a_film(duration_s=0, frames_per_s=0, bits_per_s=0), ["media-duration"]),
        (a_film(frames_per_s=22.5), []),
        (a_film(frames_per_s=22.499), ["media-frame-rate"]),
        (a_film(frames_per_s=60.5), []),
        (a_film(frames_per_s=60.501), ["media-frame-rate"]),
        (a_film(bits_per_s=25_000_000), []),
        (a_film(bits_per_s=25_000_001), ["media-bit-rate-high"]),
        (a_film(bits_per_s=100_000_000), ["media-bit-rate-high"]),
        (a_film(bits_per_s=100_000_001), ["media-bit-rate"]),
        (a_film(is_index_first=False), ["media-layout"]),
        (a_film(is_fragmented=True), ["media-layout"]),
        (a_film(has_edit_list=True), ["media-layout"]),
        (a_film(has_edit_list=True, trimmed_s=0.3), ["media-trimmed"]),
        (a_film(has_location=True), ["media-location"]),
        (heard(codec="MP3"), ["media-sound"]),
        (heard(rate_hz=48_001), ["media-sound"]),
        (heard(rate_hz=44_100, channels=1), []),
        (heard(channels=0), ["media-sound"]),
        (heard(channels=3), ["media-sound"]),
        (heard(bits_per_s=140_800), []),
        (heard(bits_per_s=140_801), ["media-sound-bit-rate"]),
    ],
)
def test_videos(facts, code):
    assert codes(facts) == code


def test_errors_come_first():
    bad = a_picture(9_000_000, width=9000, height=1, is_srgb=False)
    assert codes(bad) == ["media-too-large", "media-aspect", "media-width", "media-colour"]
    video = a_film(is_fragmented=True, depth_bits=10, sound=Sound("MP3", 1, 1, 1))
    assert codes(video) == ["media-sound", "media-depth", "media-layout"]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (Facts(None, "", 0), "a is empty; Threads takes JPEG and PNG"),
        (Facts(None, "", 5), "a is in a format that is not known"),
        (Facts(None, "Git LFS pointer", 5), "(git lfs pull)"),
        (Facts(None, "HTML or XML", 5), "downloaded right?"),
        (Facts(MediaKind.IMAGE, "HEIC", 5), "a is a HEIC file; Threads takes"),
        (Facts(MediaKind.IMAGE, "WebP", 5), "; make a JPEG of it"),
        (Facts(MediaKind.VIDEO, "WebM", 5), "; make an MP4 of it"),
        (Facts(MediaKind.VIDEO, "MP4", 5), "a is an MP4 file without pictures"),
    ],
)
def test_a_format_is_named(facts, message):
    (finding,) = media_findings("a", facts)
    assert finding.kind.code == "media-format"
    assert message in finding.message


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (a_picture(8_123_456), "a is 8,123,456 bytes, Threads takes 8,000,000 for a picture"),
        (a_picture(width=1001, height=100), "a is 1,001 by 100 pixels; Threads takes 0.1:1 to 10:1"),
        (a_picture(width=4000), "a is 4,000 pixels wide; Threads scales pictures to 320-1440"),
        (a_picture(mode="CMYK", is_srgb=False), "a has colours in CMYK; Threads converts"),
        (a_film(width=9, height=1000), "Threads takes 0.01:1 to 10:1"),
        (a_film(frames_per_s=119.88), "a has 119.88 frames a second, Threads takes 23 to 60"),
        (a_film(duration_s=1234.5), "a lasts 1,234.5 s, Threads takes more than 0 and at most 300"),
        (a_film(bits_per_s=164_700_000), "a has 165 Mbit/s, Threads takes 100"),
        (a_film(bits_per_s=30_000_000), "a has 30 Mbit/s; Meta's page says 100 and copies of it say 25"),
        (heard(rate_hz=96_000, channels=6), "a has sound in 96 kHz, 6 channels; Threads takes AAC"),
        (heard(bits_per_s=320_000), "a has sound of 320 kbit/s, Meta's page says 128"),
        (a_film(is_index_first=False, has_edit_list=True), "a has its index at the end and an edit list"),
    ],
)  # fmt: skip
def test_messages_say_what_was_found_and_the_limit(facts, message):
    assert message in media_findings("a", facts)[0].message


# What no program can decide: what to leave out of a picture or a film.
FOR_PEOPLE = {"media-aspect", "media-duration"}


def test_messages_say_what_to_do():
    bad = [
        a_picture(9_000_000, width=9000, height=1, is_srgb=False, frames=2, has_location=True),
        a_film(2_000_000_000, width=9000, height=1, chroma="4:4:4", depth_bits=10, bits_per_s=10**9),
        a_film(duration_s=0, frames_per_s=10, is_interlaced=True, trimmed_s=1, is_fragmented=True),
        a_film(codec="AV1", bits_per_s=30_000_000, sound=Sound("MP3", 1, 1, 1)),
        heard(bits_per_s=10**6),
    ]  # fmt: skip
    found = {f.kind.code: f.message for facts in bad for f in media_findings("a", facts)}
    advised = {code for code, message in found.items() if "; " in message}
    assert len(found) > 15
    assert found.keys() - advised <= FOR_PEOPLE


# --- carousels ----------------------------------------------------------------------------------


def test_the_same_file_twice_in_a_carousel():
    other = "sha256:" + "cd" * 32
    media = [
        a_media("a.jpg"),
        a_media("b.jpg", digest=other),
        a_media("c.jpg"),
        a_video(digest=other),
    ]
    found = carousel_findings(media)
    assert [(f.kind.code, f.pointer) for f in found] == [
        ("media-repeated", ("media", 2)),
        ("media-repeated", ("media", 3)),
    ]
    assert found[0].message.startswith("c.jpg is the same as a.jpg;")
    assert A_DIGEST not in found[0].message


def test_an_address_twice_and_files_that_were_not_read():
    one = a_media(url="https://a.example/1.jpg")
    assert len(carousel_findings([one, one])) == 1
    assert carousel_findings([a_media("a.jpg", digest=None), a_media("b.jpg", digest=None)]) == []


# --- the table ----------------------------------------------------------------------------------


def test_each_limit_has_a_source_and_the_day_it_was_read():
    assert all(re.search(r"https://.* read 20\d\d-\d\d-\d\d$", limit.source) for limit in LIMITS)
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_the_documentation_has_each_limit(limit):
    page = (Path(__file__).parent.parent / "docs/media.md").read_text()
    least, most = ("" if end is None else f"{end:,}" for end in (limit.least, limit.most))
    assert f"\n| {limit.name} | {least} | {most} | {limit.unit} |" in page


def test_a_limit_includes_its_ends():
    limit = Limit("x", 1, 2, "", "")
    assert [limit.allows(value) for value in (0.9, 1, 2, 2.1)] == [False, True, True, False]
    assert Limit("x", None, None, "", "").allows(1e9)
