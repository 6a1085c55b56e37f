"""Films that Threads would refuse, and what ffmpeg makes of them. Skipped where there is no ffmpeg."""

import pytest
from movies import colour_of, encoders, film, hdr_film, needs_ffmpeg

from threadsync.errors import MediaError
from threadsync.media.fixing.ffmpeg import FilmFacts, read_report, why_not
from threadsync.media.fixing.workshop import make
from threadsync.media.mending import judged
from threadsync.media.probing.probe import probe
from threadsync.media.rules import media_findings
from threadsync.treatment import Treatment

TONE = "sine=r=48000"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "64k")
FRONT = ("-movflags", "+faststart")
PLAIN = (*FRONT, "-use_editlist", "0")


@pytest.fixture
def mended(tmp_path):
    """Mends a film; the name of the recipe, and the facts of what was made."""

    async def mend(path):
        before = path.read_bytes()
        recipe = judged("x", probe(str(path)), Treatment(is_fixed=True)).recipe
        facts = await make(path, recipe, tmp_path / f"made{recipe.suffix}")
        assert path.read_bytes() == before
        assert media_findings("x", facts) == []
        return recipe.name, facts

    return mend


@needs_ffmpeg
@pytest.mark.anyio
@pytest.mark.parametrize(
    "options",
    [
        PLAIN[2:],
        FRONT,
        ("-movflags", "+frag_keyframe+empty_moov"),
        ("-metadata", "location=+52.5+013.4/"),
    ],
)
async def test_the_wrapping_is_made_anew_without_loss(mended, tmp_path, options):
    path = film(tmp_path, "x.mov", *H264, *AAC, *options, sound=TONE)
    before = probe(str(path))
    name, facts = await mended(path)
    assert (name, facts.format) == ("remux", "MP4")
    assert facts.video[:7] == before.video[:7]
    assert not facts.video.has_location
    assert facts.size_bytes == pytest.approx(before.size_bytes, rel=0.05)


@needs_ffmpeg
@pytest.mark.anyio
async def test_a_turned_film_stays_turned(mended, tmp_path):
    path = film(tmp_path, "a.mp4", *H264, size="320x240")
    turned = film_turned(path, tmp_path / "b.mp4")
    assert probe(str(turned)).video.rotation == 90
    name, facts = await mended(turned)
    assert (name, facts.video.rotation, facts.video.width) == ("remux", 90, 240)


def film_turned(path, target):
    """The same with a quarter turn in its header, as a phone that is held upright writes it."""
    content = path.read_bytes()
    place = content.index(b"tkhd") + 4 + 40
    one, zero = (1 << 16).to_bytes(4, "big"), bytes(4)
    matrix = zero + one + zero + (-(1 << 16)).to_bytes(4, "big", signed=True) + zero * 2
    target.write_bytes(content[:place] + matrix + content[place + 24 :])
    return target


@needs_ffmpeg
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("options", "tone"),
    [
        (("-c:a", "libmp3lame"), TONE),
        (("-c:a", "pcm_s16le"), TONE),
        (("-c:a", "aac", "-ar", "96000"), "sine=r=96000"),
        (("-c:a", "aac", "-ac", "6"), TONE),
        (("-c:a", "aac", "-b:a", "320k"), "anoisesrc=r=48000"),
    ],
)
async def test_only_the_sound_is_coded_anew(mended, tmp_path, options, tone):
    path = film(tmp_path, "x.mov", *H264, *PLAIN, *options, sound=tone, seconds=2)
    before = probe(str(path))
    name, facts = await mended(path)
    assert (name, facts.sound.codec) == ("sound", "AAC")
    assert facts.video[:7] == before.video[:7]


@needs_ffmpeg
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("options", "values"),
    [
        (("-c:v", "mpeg4"), {}),
        (("-c:v", "prores"), {}),
        (("-pix_fmt", "yuv422p"), {}),
        (("-pix_fmt", "yuv444p"), {}),
        (("-flags", "+ilme+ildct", "-x264opts", "interlaced=1"), {}),
        ((), {"rate": 15}),
        ((), {"rate": 120}),
        ((), {"size": "2560x1442"}),
        ((), {"size": "321x241", "rate": 10}),
    ],
)
async def test_pictures_are_coded_anew(mended, tmp_path, options, values):
    coding = () if "-c:v" in options else ("-c:v", "libx264", "-preset", "ultrafast")
    name, facts = await mended(film(tmp_path, "x.mov", *coding, *options, sound=TONE, **values))
    video = facts.video
    assert (name, video.codec, video.chroma, video.depth_bits) == ("encode", "H.264", "4:2:0", 8)
    assert (video.is_interlaced, facts.sound.codec) == (False, "AAC")
    assert video.width <= 1920
    assert video.frames_per_s == pytest.approx(30, abs=0.5)


@needs_ffmpeg
@pytest.mark.anyio
async def test_a_rate_that_is_taken_stays(mended, tmp_path):
    path = film(tmp_path, "x.mp4", "-c:v", "mpeg4", rate=24, seconds=2)
    assert (await mended(path))[1].video.frames_per_s == 24


@needs_ffmpeg
@pytest.mark.anyio
@pytest.mark.parametrize("name", ["x.webm", "x.mkv", "x.avi", "x.flv", "x.ts", "x.mpg", "x.wmv"])
async def test_other_wrappings(mended, tmp_path, name):
    if name == "x.webm" and "libvpx-vp9" not in encoders():
        pytest.skip("ffmpeg has no libvpx-vp9")
    made, facts = await mended(film(tmp_path, name, sound="sine=r=44100", rate=25, size="160x120"))
    assert (made, facts.format, facts.sound.codec) == ("encode", "MP4", "AAC")
    assert facts.video.frames_per_s == pytest.approx(25, abs=0.5)


@needs_ffmpeg
@pytest.mark.anyio
async def test_a_slow_film_in_another_wrapping_is_made_faster(mended, tmp_path):
    _, facts = await mended(film(tmp_path, "x.mkv", rate=10, seconds=1))
    assert facts.video.frames_per_s == pytest.approx(30, abs=0.5)


@needs_ffmpeg
@pytest.mark.anyio
async def test_what_an_edit_list_hides_is_gone(mended, tmp_path):
    whole = film(tmp_path, "whole.mp4", *H264, "-g", "90", sound=TONE, seconds=3)
    from movies import run_ffmpeg

    cut = tmp_path / "cut.mp4"
    run_ffmpeg("-ss", "1", "-i", str(whole), "-c", "copy", str(cut))
    assert probe(str(cut)).video.trimmed_s > 0.5
    name, facts = await mended(cut)
    assert (name, facts.video.trimmed_s) == ("encode", 0)
    assert facts.video.duration_s == pytest.approx(2, abs=0.1)


@needs_ffmpeg
@pytest.mark.anyio
async def test_too_much_data_for_each_second_is_made_less(mended, tmp_path):
    noise = ("-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    path = film(
        tmp_path, "x.mp4", *noise, "-vf", "noise=alls=90:allf=t", *PLAIN, size="640x360", seconds=4
    )
    assert probe(str(path)).video.bits_per_s > 25_000_000
    name, facts = await mended(path)
    assert (name, facts.video.bits_per_s < 25_000_000) == ("encode", True)


@needs_ffmpeg
@pytest.mark.anyio
async def test_a_film_that_is_too_long_is_refused_at_once(tmp_path):
    path = film(tmp_path, "x.mkv", rate=1, seconds=301, size="32x32")
    recipe = judged("x", probe(str(path)), Treatment(is_fixed=True)).recipe
    with pytest.raises(
        MediaError, match=r"x\.mkv cannot be mended: it lasts 301 s, Threads takes 300; cut it"
    ):
        await make(path, recipe, tmp_path / "y.mp4")


@needs_ffmpeg
@pytest.mark.anyio
async def test_what_ffmpeg_cannot_read_is_told_in_its_words(tmp_path):
    (tmp_path / "x.mkv").write_bytes(b"\x1aE\xdf\xa3" + bytes(2000))
    recipe = judged("x", probe(str(tmp_path / "x.mkv")), Treatment(is_fixed=True)).recipe
    with pytest.raises(MediaError, match=r"x\.mkv cannot be mended: .*Invalid data"):
        await make(tmp_path / "x.mkv", recipe, tmp_path / "y.mp4")
    assert not list(tmp_path.glob("*y*"))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ([], ""),
        (["a", "b"], "b"),
        (["x: No space left on device", "Error initializing output"], "No space left on device"),
        (["Permission denied", "Conversion failed!"], "Permission denied"),
    ],
)
def test_the_reason_stands_before_what_follows_from_it(told, why):
    assert why_not(told) == why


REPORT = """Input #0, matroska,webm, from 'file:x.mkv':
  Duration: 01:02:03.50, start: 0.000000, bitrate: 52 kb/s
  Stream #0:0: Video: h264 (High), yuv420p(progressive), 320x240 [SAR 1:1], {rate} fps, 25 tbr, 1k tbn
"""


@pytest.mark.parametrize(
    ("report", "facts"),
    [
        (REPORT.format(rate=25), FilmFacts(3723.5, 25)),
        (REPORT.format(rate="23.98"), FilmFacts(3723.5, 23.98)),
        (REPORT.format(rate="1k"), FilmFacts(3723.5, 1000)),
        ("  Duration: N/A, bitrate: N/A", FilmFacts(0, 0)),
        ("", FilmFacts(0, 0)),
    ],
)
def test_what_ffmpeg_says_of_a_film(report, facts):
    assert read_report(report) == facts


@needs_ffmpeg
@pytest.mark.anyio
@pytest.mark.parametrize("transfer", ["PQ", "HLG"])
async def test_hdr_colours_become_usual_ones(mended, tmp_path, transfer):
    path = hdr_film(tmp_path, "x.mp4", "0xC02020", transfer)
    assert probe(str(path)).video.hdr == transfer
    name, facts = await mended(path)
    assert (name, facts.video.hdr, facts.video.depth_bits) == ("encode", "", 8)
    assert colour_of(tmp_path / "made.mp4") == pytest.approx((192, 32, 32), abs=16)


@needs_ffmpeg
@pytest.mark.anyio
async def test_hdr_colours_without_a_filter_for_them(mended, tmp_path, monkeypatch):
    path = hdr_film(tmp_path, "x.mp4", "0xC02020", "PQ")
    monkeypatch.setattr("threadsync.media.fixing.workshop.HDR_FILTER", "no_such_filter")
    with pytest.raises(MediaError, match=r"HDR colours need an ffmpeg with the filter no_such"):
        await mended(path)
