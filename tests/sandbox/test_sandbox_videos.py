"""Videos: fetched after the create call has answered, looked into, and told by the container."""

import shutil
import subprocess
from contextlib import suppress

import pytest
from caller import JPEG, MOV, MP4, Caller, refusal
from clips import a_clip
from hypothesis import given
from hypothesis import strategies as st

from threadsync.sandbox.media.boxes import DamagedError
from threadsync.sandbox.media.films import read_film
from threadsync.sandbox.media.verdicts import video_error
from threadsync.sandbox.server import SandboxServer


def asked_for(caller, url):
    """The id of a container whose video may still be fetched."""
    data = {"media_type": "VIDEO", "video_url": url}
    return caller.post("/me/threads", data=data).json()["id"]


def outcome(caller, url):
    status = caller.status(caller.create("", media_type="VIDEO", video_url=url))
    return status["status"], status.get("error_message")


@pytest.mark.parametrize("content", [MP4, MOV], ids=["mp4", "mov"])
def test_a_video_is_published_with_its_own_address(caller, elsewhere, content):
    elsewhere.files["/film"] = content
    url = f"{elsewhere.url}/film"
    media_id = caller.published("", media_type="VIDEO", video_url=url)
    post = caller.node(media_id, "media_type,media_url")
    assert post["media_type"] == "VIDEO"
    assert caller.get(post["media_url"]).content == content
    assert elsewhere.asked[0][1].startswith("facebookexternalhit/1.1")


def test_the_create_call_does_not_wait_for_the_video(caller, elsewhere):
    elsewhere.files["/film"] = MP4
    elsewhere.gate.clear()
    container_id = asked_for(caller, f"{elsewhere.url}/film")
    assert caller.status(container_id) == {"id": container_id, "status": "IN_PROGRESS"}
    assert refusal(caller.publish(container_id)) == (400, 24, 4279009)
    elsewhere.gate.set()
    caller.settle()
    assert caller.status(container_id)["status"] == "FINISHED"
    assert caller.publish(container_id).is_success


def test_a_video_takes_its_time_from_the_create_call_on(slow):
    container_id = asked_for(slow, slow.put_media("film.mp4", MP4))
    slow.advance(15)  # far from its 30 seconds: the test itself takes time
    assert slow.status(container_id)["status"] == "IN_PROGRESS"
    slow.advance(16)
    assert slow.status(container_id)["status"] == "FINISHED"


def test_what_is_no_video_shows_in_the_containers_status(caller, elsewhere):
    elsewhere.files = {"/cat.jpg": JPEG, "/moved": None}
    assert outcome(caller, f"{elsewhere.url}/cat.jpg") == ("ERROR", "UNKNOWN")
    for path in ("none", "moved"):
        failed = outcome(caller, f"{elsewhere.url}/{path}")
        assert failed == ("ERROR", "FAILED_DOWNLOADING_VIDEO")


def test_a_container_that_failed_cannot_be_published(caller):
    url = caller.put_media("cat.jpg", JPEG)
    container_id = caller.create("", media_type="VIDEO", video_url=url)
    assert refusal(caller.publish(container_id)) == (400, 24, 4279009)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({}, None),
        ({"seconds": 300}, None),
        ({"seconds": 301}, "INVALID_DURATION"),
        ({"seconds": 0}, "INVALID_DURATION"),
        ({"fps": 24_000 / 1_001}, None),
        ({"fps": 60}, None),
        ({"fps": 22}, "INVALID_FRAME_RATE"),
        ({"fps": 61}, "INVALID_FRAME_RATE"),
        ({"size": (1920, 1080)}, None),
        ({"size": (2160, 3840)}, "FAILED_PROCESSING_VIDEO"),
        ({"size": (3840, 1080), "is_turned": True}, None),
        ({"size": (1080, 3840), "is_turned": True}, "FAILED_PROCESSING_VIDEO"),
        ({"size": (0, 0)}, "FAILED_PROCESSING_VIDEO"),
        ({"size": (1000, 100)}, None),
        ({"size": (1001, 100)}, "INVALID_ASPEC_RATIO"),
        ({"size": (10, 1001)}, "INVALID_ASPEC_RATIO"),
        ({"codec": "hvc1"}, None),
        ({"codec": "vp09"}, "FAILED_PROCESSING_VIDEO"),
        ({"bits_per_second": 101_000_000}, "INVALID_BIT_RATE"),
        ({"sound": None}, None),
        ({"sound": "mp3"}, "FAILED_PROCESSING_AUDIO"),
        ({"rate": 48_000, "channels": 1}, None),
        ({"rate": 96_000}, "FAILED_PROCESSING_AUDIO"),
        ({"channels": 6}, "INVALID_AUDIO_CHANNELS"),
    ],
    ids=str,
)
def test_a_video_that_threads_would_not_take_ends_with_its_word(tmp_path, facts, error):
    path = tmp_path / "film.mp4"
    path.write_bytes(a_clip(**facts))
    assert video_error(read_film(path)) == error


@pytest.mark.parametrize(("channels", "rate"), [(1, 44_100), (2, 48_000), (6, 96_000)])
def test_the_sound_is_believed_before_what_stands_round_it(tmp_path, channels, rate):
    path = tmp_path / "film.mp4"
    path.write_bytes(a_clip(channels=channels, rate=rate))
    assert read_film(path).sound == (True, channels, rate)


@pytest.mark.parametrize("content", [MP4[:-40], a_clip(codec="av01"), MP4[:24]])
def test_a_damaged_video_cannot_be_processed(caller, content):
    failed = outcome(caller, caller.put_media("film.mp4", content))
    assert failed == ("ERROR", "FAILED_PROCESSING_VIDEO")


@given(at=st.integers(24, len(MP4) - 1), size=st.integers(1, 8), data=st.data())
def test_no_bytes_upset_the_reader(tmp_path_factory, at, size, data):
    path = tmp_path_factory.getbasetemp() / "odd.mp4"
    noise = data.draw(st.binary(min_size=size, max_size=size))
    path.write_bytes(MP4[:at] + noise + MP4[at + size :])
    with suppress(DamagedError):
        video_error(read_film(path))


# --- real films -----------------------------------------------------------------------------------

PICTURE = ["-f", "lavfi", "-i", "testsrc=size=320x240:rate=30:duration=1"]
TONE = ["-f", "lavfi", "-i", "sine=frequency=440:duration=1"]
H264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast"]


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize(
    ("options", "name", "error"),
    [
        ([*TONE, *H264, "-c:a", "aac"], "film.mp4", None),
        ([*TONE, *H264, "-c:a", "aac", "-movflags", "faststart"], "film.mp4", None),
        ([*TONE, *H264, "-c:a", "aac"], "film.mov", None),
        (H264, "silent.mp4", None),
        ([*TONE, *H264, "-c:a", "aac", "-ac", "6"], "round.mp4", "INVALID_AUDIO_CHANNELS"),
        ([*TONE, *H264, "-c:a", "aac", "-ar", "96000"], "high.mp4", "FAILED_PROCESSING_AUDIO"),
        ([*TONE, *H264, "-c:a", "libmp3lame"], "mp3.mp4", "FAILED_PROCESSING_AUDIO"),
        ([*TONE, *H264, "-c:a", "pcm_s16le"], "pcm.mov", "FAILED_PROCESSING_AUDIO"),
        ([*H264, "-r", "10"], "slow.mp4", "INVALID_FRAME_RATE"),
        ([*H264, "-vf", "scale=2000:100"], "wide.mp4", "INVALID_ASPEC_RATIO"),
        (["-c:v", "mpeg4"], "old.mp4", "FAILED_PROCESSING_VIDEO"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_film_of_ffmpeg(tmp_path, options, name, error):
    path = tmp_path / name
    subprocess.run(["ffmpeg", "-loglevel", "error", *PICTURE, *options, path], check=True)
    assert video_error(read_film(path)) == error


# --- restarts -------------------------------------------------------------------------------------


def test_a_fetch_that_was_cut_short_is_made_again(tmp_path, elsewhere):
    elsewhere.files["/film"] = MP4
    elsewhere.gate.clear()
    with SandboxServer(tmp_path) as server, Caller(server.base_url) as caller:
        container_id = asked_for(caller, f"{elsewhere.url}/film")
        other = asked_for(caller, f"{elsewhere.url}/none")
    elsewhere.gate.set()
    with SandboxServer(tmp_path) as server, Caller(server.base_url) as caller:
        caller.settle()
        assert caller.status(container_id)["status"] == "FINISHED"
        assert caller.status(other)["error_message"] == "FAILED_DOWNLOADING_VIDEO"


def test_a_reset_forgets_the_fetches(caller, elsewhere):
    elsewhere.files["/film"] = MP4
    elsewhere.gate.clear()
    container_id = asked_for(caller, f"{elsewhere.url}/film")
    assert caller.post("/_sandbox/reset").is_success
    elsewhere.gate.set()
    caller.settle()
    assert refusal(caller.get(f"/{container_id}"))[1:] == (100, 33)


def test_a_fault_ends_a_container_whose_video_is_still_fetched(caller, elsewhere):
    elsewhere.files["/film"] = MP4
    elsewhere.gate.clear()
    caller.set_faults("status:1:container-error:INVALID_BIT_RATE")
    container_id = asked_for(caller, f"{elsewhere.url}/film")
    assert caller.status(container_id)["error_message"] == "INVALID_BIT_RATE"
    elsewhere.gate.set()
    caller.settle()
    assert caller.status(container_id)["error_message"] == "INVALID_BIT_RATE"


def test_a_server_leaves_the_fetches_of_another_alone(tmp_path, elsewhere):
    elsewhere.files["/film"] = MP4
    elsewhere.gate.clear()
    with (
        SandboxServer(tmp_path) as one,
        Caller(one.base_url) as caller,
        SandboxServer(tmp_path) as two,
        Caller(two.base_url) as colleague,
    ):
        container_id = asked_for(caller, f"{elsewhere.url}/film")
        assert colleague.status(container_id)["status"] == "IN_PROGRESS"
        elsewhere.gate.set()
        caller.settle()
        assert colleague.status(container_id)["status"] == "FINISHED"
    assert len(elsewhere.asked) == 1
