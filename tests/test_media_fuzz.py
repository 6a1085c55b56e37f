"""Any bytes give facts or our own error, soon and in little memory."""

import time
import tracemalloc
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from movies import (
    FFMPEG,
    a_movie,
    a_sound_entry,
    a_track,
    an_esds,
    box,
    film,
    numbers,
)
from pictures import a_photo, a_profile, an_animation, an_exif

from threadsync.media.probing.boxes import MOST_BOXES, MOST_CHILDREN
from threadsync.media.probing.facts import Facts, UnreadableError, facts_from_row, facts_to_row
from threadsync.media.probing.mp4 import MAX_INDEX_BYTES, MOST_FRAGMENTS, read_movie
from threadsync.media.probing.probe import probe
from threadsync.media.rules import media_findings
from threadsync.reporting.media_facts import details_of

SOUND = a_track(
    b"soun", entry=a_sound_entry(b"mp4a", an_esds(bytes([0x11, 0x90]))), edits=[(900, 1024, 1)]
)
FRAGMENT = box(b"moof", box(b"traf", box(b"tfhd", numbers(0, 1)), box(b"trun", numbers(0, 9))))
EXTENDED = box(b"mvex", box(b"trex", numbers(0, 1, 1, 1000, 500, 0)))
SEEDS = [
    a_movie(sound=SOUND, delays=((30, 0),), edits=[(1000, 0, 1 << 16)]),
    a_movie(sound=SOUND, movie=EXTENDED, long=True) + FRAGMENT * 2,
    a_photo(size=(40, 30), exif=an_exif(6, has_place=True), icc_profile=a_profile()),
    a_photo(size=(40, 30), progressive=True),
    a_photo("PNG", size=(20, 10), exif=an_exif(6), icc_profile=a_profile()),
    an_animation(size=(20, 10)),
]
OFTEN = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
SPARING = settings(OFTEN, max_examples=40)


def changes(longest):
    """Places and what stands there then, often a number at the edge of what fits."""
    edges = st.sampled_from(
        [b"\0\0\0\0", b"\0\0\0\1", b"\0\0\0\7", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\xff" * 8]
    )
    return st.lists(
        st.tuples(st.integers(0, longest), edges | st.binary(min_size=1, max_size=6)), max_size=6
    )


def changed(content, places, length):
    content = bytearray(content)
    for place, data in places:
        start = place % len(content)
        content[start : start + len(data)] = data
    return bytes(content[:length])


@pytest.fixture
def judged(tmp_path):
    """Goes all the way that a file goes: facts, memory, findings, words."""
    path = tmp_path / "x"

    def judge(content, **options):
        path.write_bytes(content)
        try:
            facts = probe(str(path), **options)
        except UnreadableError:
            return
        assert isinstance(facts, Facts)
        row = [
            part and list(part) if isinstance(part, tuple) else part for part in facts_to_row(facts)
        ]
        assert facts_from_row(row, facts.size_bytes) == facts
        assert all(finding.message for finding in media_findings("x", facts))
        assert all(details_of(facts))

    return judge


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_changed_files(judged, seed):
    @OFTEN
    @given(places=changes(len(seed)), length=st.none() | st.integers(0, len(seed)))
    def check(places, length):
        judged(changed(seed, places, length))

    check()


@pytest.mark.parametrize("seed", SEEDS[2:], ids=range(2, len(SEEDS)))
def test_changed_pictures_that_are_decoded(judged, seed):
    @SPARING
    @given(places=changes(len(seed)))
    def check(places):
        judged(changed(seed, places, None), is_deep=True)

    check()


@pytest.mark.parametrize(
    "start", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x14ftypisom", b"\0\0\0\x08moov", b""]
)
def test_any_bytes(judged, start):
    @OFTEN
    @given(rest=st.binary(max_size=400))
    def check(rest):
        judged(start + rest)

    check()


@pytest.mark.skipif(FFMPEG is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("options", [[], ["-movflags", "+frag_keyframe+empty_moov"]])
def test_changed_videos_of_ffmpeg(judged, tmp_path, options):
    coding = ("-c:v", "libx264", "-c:a", "aac", "-pix_fmt", "yuv420p", *options)
    whole = film(tmp_path, "x.mov", *coding, size="64x64", sound="sine=r=48000").read_bytes()
    place = whole.index(b"moov")
    index = whole[place - 4 : place + 4000]

    @OFTEN
    @given(places=changes(len(index)))
    def check(places):
        judged(whole[: place - 4] + changed(index, places, None) + whole[place + 4000 :])

    check()


# --- the worst that fits --------------------------------------------------------------------------

MANY = MAX_INDEX_BYTES // 4 // 8


def a_movie_of(*tracks, movie=b""):
    return a_movie(pictures=b"".join(tracks), movie=movie)


WORST = {
    "long times": lambda: a_movie(times=((1, 1000),) * MANY),
    "long sizes": lambda: a_movie(sizes=(1,) * MANY),
    "long places": lambda: a_movie(places=(0,) * MANY),
    "long edits": lambda: a_movie(edits=[(1, 0, 1)] * (MANY // 2)),
    "all long": lambda: a_movie(
        times=((1, 1000),) * MANY, sizes=(1,) * MANY, sound=a_track(b"soun", entry=a_sound_entry(), times=((1, 1),) * MANY)
    ),
    "many tracks": lambda: a_movie_of(*[a_track(b"meta")] * 5000),
    "many small boxes": lambda: box(b"moov", box(b"free") * (MAX_INDEX_BYTES // 8 - 8)),
    "boxes in boxes": lambda: box(b"moov", nested(3000)),
    "many pieces": lambda: box(b"free") * MOST_BOXES,
    "many fragments": lambda: a_movie(movie=EXTENDED) + FRAGMENT * MOST_FRAGMENTS,
    "fragments of many runs": lambda: a_movie(movie=EXTENDED) + many_runs() * 100,
    "one long run": lambda: a_movie(movie=EXTENDED) + a_long_run(),
    "nearly too long": lambda: box(b"moov", bytes(MAX_INDEX_BYTES)),
}  # fmt: skip


def nested(depth):
    content = b""
    for _ in range(depth):
        content = box(b"trak", content)
    return content


def many_runs():
    runs = box(b"trun", numbers(0, 1)) * (MOST_CHILDREN - 1)
    return box(b"moof", box(b"traf", box(b"tfhd", numbers(0, 1)), runs))


def a_long_run():
    run = box(b"trun", numbers(0x300, MANY, *[7] * MANY))
    return box(b"moof", box(b"traf", box(b"tfhd", numbers(0, 1)), run))


@pytest.mark.parametrize("name", WORST)
def test_the_worst_videos_are_judged_soon_and_in_little_memory(name):
    content = WORST[name]()
    assert min(seconds_for(content) for _ in range(5)) < 0.05
    tracemalloc.start()
    try:
        seconds_for(content)
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()


def seconds_for(content):
    """Seconds of this processor, whatever else it does meanwhile."""
    file = BytesIO(content)
    begun = time.thread_time()
    with suppress(UnreadableError):
        read_movie(file, len(content))
    return time.thread_time() - begun
