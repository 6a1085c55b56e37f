"""Facts of videos that ffmpeg made, and what is said about them. Skipped where there is no ffmpeg."""

import subprocess

import pytest
from movies import encoders, film, needs_ffmpeg, run_ffmpeg

from threadsync.media.probing.facts import UnreadableError
from threadsync.media.probing.probe import probe
from threadsync.media.rules import media_findings

pytestmark = needs_ffmpeg

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "64k")
TONE = "sine=r=48000"
PLAIN = ("-movflags", "+faststart", "-use_editlist", "0")


@pytest.fixture
def made(tmp_path):
    """The facts of a video that ffmpeg makes."""
    return lambda name, *options, **values: probe(str(film(tmp_path, name, *options, **values)))


def codes(facts):
    return [finding.kind.code for finding in media_findings("x", facts)]


def rotation_told_by_ffprobe(path):
    """Degrees, counted against the clock."""
    command = [
        "ffprobe",
        "-v",
        "error",
        "-show_entries",
        "stream_side_data=rotation",
        "-of",
        "csv=p=0",
    ]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
    return int(done.stdout.strip().strip(",") or 0)


def needs(encoder):
    if encoder not in encoders():
        pytest.skip(f"ffmpeg has no {encoder}")


@pytest.mark.parametrize("name", ["x.mp4", "x.mov"])
def test_what_threads_likes_has_no_findings(made, name):
    facts = made(name, *H264, *AAC, *PLAIN, sound=TONE)
    video, sound = facts.video, facts.sound
    assert (facts.format, codes(facts)) == (name[2:].upper(), [])
    assert (video.width, video.height, video.codec, video.chroma) == (320, 240, "H.264", "4:2:0")
    assert (video.frames_per_s, video.is_index_first, video.has_edit_list) == (30, True, False)
    assert video.duration_s == pytest.approx(0.5, abs=0.1)
    assert (sound.codec, sound.rate_hz, sound.channels) == ("AAC", 48_000, 1)
    assert sound.bits_per_s == pytest.approx(64_000, rel=0.3)


@pytest.mark.parametrize(
    ("encoder", "name", "options", "codec", "code"),
    [
        ("libx265", "x.mp4", ["-tag:v", "hvc1", "-x265-params", "log-level=none"], "HEVC", []),
        ("libvpx-vp9", "x.mp4", [], "VP9", ["media-codec"]),
        ("libsvtav1", "x.mp4", [], "AV1", ["media-codec"]),
        ("prores_ks", "x.mov", [], "ProRes", ["media-codec"]),
        ("mpeg4", "x.mp4", [], "MPEG-4 Visual", ["media-codec"]),
        ("mjpeg", "x.mov", ["-pix_fmt", "yuvj420p"], "Motion JPEG", ["media-codec"]),
    ],
)
def test_codecs(made, encoder, name, options, codec, code):
    needs(encoder)
    facts = made(name, "-c:v", encoder, *options, *PLAIN)
    assert (facts.video.codec, codes(facts)) == (codec, code)


@pytest.mark.parametrize(("name", "form"), [("x.webm", "WebM"), ("x.mkv", "Matroska")])
@pytest.mark.parametrize("shown_as", ["x.mp4", "x.jpg"])
def test_containers_are_known_under_wrong_names(tmp_path, name, form, shown_as):
    needs("libvpx-vp9")
    path = film(tmp_path, name, "-c:v", "libvpx-vp9").rename(tmp_path / shown_as)
    facts = probe(str(path))
    assert (facts.format, codes(facts)) == (form, ["media-format"])


@pytest.mark.parametrize(
    ("name", "options", "codec", "code"),
    [
        ("x.mp4", ["-c:a", "libmp3lame"], "MP3", ["media-sound"]),
        ("x.mp4", ["-c:a", "libopus"], "Opus", ["media-sound"]),
        ("x.mov", ["-c:a", "pcm_s16le"], "PCM", ["media-sound"]),
        ("x.mov", ["-c:a", "aac", "-b:a", "64k"], "AAC", []),
    ],
)
def test_sound_codecs(made, name, options, codec, code):
    needs(options[1])
    facts = made(name, *H264, *options, *PLAIN, sound=TONE)
    assert (facts.sound.codec, codes(facts)) == (codec, code)


@pytest.mark.parametrize(
    ("rate_hz", "channels", "code"),
    [
        (44_100, 1, []),
        (48_000, 2, []),
        (96_000, 2, ["media-sound"]),
        (48_000, 6, ["media-sound"]),
        (96_000, 6, ["media-sound"]),
    ],
)
def test_rates_and_channels_of_sound(made, rate_hz, channels, code):
    options = ("-c:a", "aac", "-b:a", "96k", "-ar", str(rate_hz), "-ac", str(channels))
    facts = made("x.mp4", *H264, *options, *PLAIN, sound=TONE)
    assert (facts.sound.rate_hz, facts.sound.channels) == (rate_hz, channels)
    assert codes(facts) == code


def test_a_bit_rate_of_sound_above_metas(made):
    noise = "anoisesrc=r=48000:a=0.9"
    options = ("-c:a", "aac", "-b:a", "320k", "-ac", "2")
    facts = made("x.mp4", *H264, *options, *PLAIN, sound=noise, seconds=1)
    assert codes(facts) == ["media-sound-bit-rate"]


@pytest.mark.parametrize(
    ("rate", "frames_per_s", "code"),
    [
        ("15", 15, ["media-frame-rate"]),
        ("22", 22, ["media-frame-rate"]),
        ("23", 23, []),
        ("24000/1001", 23.976, []),
        ("30", 30, []),
        ("60", 60, []),
        ("61", 61, ["media-frame-rate"]),
        ("120", 120, ["media-frame-rate"]),
    ],
)
@pytest.mark.parametrize("sound", [None, TONE])
def test_frame_rates(made, rate, frames_per_s, code, sound):
    facts = made("x.mp4", *H264, *AAC, *PLAIN, rate=rate, sound=sound)
    assert (facts.video.frames_per_s, codes(facts)) == (frames_per_s, code)


@pytest.mark.parametrize(
    ("pixels", "chroma", "depth_bits", "code"),
    [
        ("yuv420p", "4:2:0", 8, []),
        ("yuv422p", "4:2:2", 8, ["media-chroma"]),
        ("yuv444p", "4:4:4", 8, ["media-chroma"]),
        ("yuv420p10le", "4:2:0", 10, ["media-depth"]),
    ],
)
@pytest.mark.parametrize("encoder", ["libx264", "libx265"])
def test_chroma_and_depth(made, pixels, chroma, depth_bits, code, encoder):
    needs(encoder)
    quiet = ("-x265-params", "log-level=none") if encoder == "libx265" else ()
    facts = made("x.mp4", "-c:v", encoder, *quiet, "-pix_fmt", pixels, *PLAIN)
    assert (facts.video.chroma, facts.video.depth_bits) == (chroma, depth_bits)
    assert codes(facts) == code


def test_interlaced(made):
    facts = made("x.mp4", *H264, "-flags", "+ildct+ilme", *PLAIN)
    assert (facts.video.is_interlaced, codes(facts)) == (True, ["media-scan"])


@pytest.mark.parametrize("asked", [90, 180, 270])
def test_rotation_is_that_of_ffprobe(tmp_path, asked):
    flat = film(tmp_path, "flat.mp4", *H264)
    turned = tmp_path / "turned.mp4"
    run_ffmpeg("-i", str(flat), "-c", "copy", "-metadata:s:v", f"rotate={asked}", str(turned))
    video, counted_back = probe(str(turned)).video, rotation_told_by_ffprobe(turned)
    assert video.rotation == -counted_back % 360
    assert (video.width < video.height) == (counted_back % 180 == 90)


def test_where_ffmpeg_puts_the_index_and_its_edit_lists(made):
    facts = made("x.mp4", *H264, "-bf", "2", *AAC, sound=TONE)
    video = facts.video
    assert (video.is_index_first, video.has_edit_list, video.trimmed_s) == (False, True, 0)
    assert codes(facts) == ["media-layout"]


def test_a_cut_without_coding_is_a_real_trim(tmp_path):
    long = film(tmp_path, "long.mp4", *H264, *AAC, "-g", "15", sound=TONE, seconds=2)
    cut = tmp_path / "cut.mp4"
    run_ffmpeg("-ss", "0.8", "-i", str(long), "-c", "copy", str(cut))
    facts = probe(str(cut))
    assert facts.video.trimmed_s == pytest.approx(0.3, abs=0.05)
    assert codes(facts) == ["media-trimmed", "media-layout"]


def test_fragments(made):
    options = ("-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-g", "5")
    facts = made("x.mp4", *H264, *AAC, *options, sound=TONE, seconds=1)
    video = facts.video
    assert (video.is_fragmented, video.frames_per_s, codes(facts)) == (True, 30, ["media-layout"])
    assert video.duration_s == pytest.approx(1, abs=0.1)


def test_a_place_that_ffmpeg_wrote(made):
    facts = made("x.mp4", *H264, "-metadata", "location=+52.52+013.40/", *PLAIN)
    assert codes(facts) == ["media-location"]


@pytest.mark.parametrize(("width", "code"), [(1920, []), (1922, ["media-columns"])])
def test_width(made, width, code):
    facts = made("x.mp4", *H264, *PLAIN, size=f"{width}x200", seconds=0.1)
    assert (facts.video.width, codes(facts)) == (width, code)


@pytest.mark.parametrize(
    ("size", "code"), [("640x64", []), ("642x64", ["media-aspect"]), ("64x1280", [])]
)
def test_aspect(made, size, code):
    assert codes(made("x.mp4", *H264, *PLAIN, size=size, seconds=0.1)) == code


@pytest.mark.parametrize(("seconds", "code"), [(300, []), (300.2, ["media-duration"])])
def test_duration(made, seconds, code):
    values = {"source": "color", "size": "32x32", "rate": 23, "sound": "anullsrc"}
    assert codes(made("x.mp4", *H264, *AAC, *PLAIN, seconds=seconds, **values)) == code


@pytest.mark.parametrize(
    ("size", "code"), [("160x120", []), ("320x240", ["media-bit-rate-high"]), ("640x480", ["media-bit-rate"])]
)  # fmt: skip
def test_bit_rate(made, size, code):
    noisy = ("-vf", "noise=alls=100:allf=t", "-c:v", "libx264", "-qp", "1", "-pix_fmt", "yuv420p")
    facts = made("x.mp4", *noisy, "-preset", "ultrafast", *PLAIN, size=size, seconds=0.3, rate=60)
    assert codes(facts) == code


def test_sound_without_pictures(tmp_path):
    path = tmp_path / "x.mp4"
    run_ffmpeg("-f", "lavfi", "-t", "0.5", "-i", TONE, *AAC, str(path))
    facts = probe(str(path))
    assert (facts.video, codes(facts)) == (None, ["media-format"])


@pytest.mark.parametrize("options", [PLAIN, ()], ids=["index first", "index last"])
def test_a_real_video_that_was_cut_off(tmp_path, options):
    content = film(tmp_path, "x.mp4", *H264, *AAC, *options, sound=TONE).read_bytes()
    part = tmp_path / "part.mp4"
    for tenth in range(1, 10):
        part.write_bytes(content[: len(content) * tenth // 10])
        with pytest.raises(UnreadableError, match=r"bytes are missing|never finished"):
            probe(str(part))
