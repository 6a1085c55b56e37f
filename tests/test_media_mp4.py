"""Facts of videos built box by box: each test says one thing about its file."""

import struct
from io import BytesIO

import pytest
from movies import (
    a_movie,
    a_sound_entry,
    a_track,
    a_video_entry,
    an_esds,
    box,
    numbers,
    table,
)

from threadsync.media.probing.boxes import MOST_BOXES
from threadsync.media.probing.facts import Sound, UnreadableError, Video
from threadsync.media.probing.mp4 import MAX_INDEX_BYTES, MOST_FRAGMENTS, read_movie
from threadsync.media.probing.mp4_samples import MOST_ENTRIES

NORMAL = 0x10000


def read(content):
    return read_movie(BytesIO(content), len(content))


def video(**values):
    return read(a_movie(**values))[0]


def sound(entry):
    return read(a_movie(sound=a_track(b"soun", entry=entry, scale=48_000)))[1]


def test_a_plain_video():
    assert read(a_movie()) == (
        Video(
            width=320,
            height=240,
            rotation=0,
            codec="H.264",
            profile="High",
            chroma="4:2:0",
            depth_bits=8,
            is_interlaced=False,
            frames_per_s=30,
            bits_per_s=240_000,
            duration_s=1,
            is_index_first=True,
            is_fragmented=False,
            has_edit_list=False,
            trimmed_s=0,
            has_location=False,
        ),
        None,
    )


@pytest.mark.parametrize(
    ("content", "hdr"),
    [
        (b"nclx" + bytes([0, 9, 0, 16, 0, 9, 0]), "PQ"),
        (b"nclc" + bytes([0, 9, 0, 18, 0, 9]), "HLG"),
        (b"nclx" + bytes([0, 1, 0, 1, 0, 1, 0]), ""),
        (b"prof" + bytes([0, 9, 0, 16, 0, 9]), ""),
        (b"nclx", ""),
        (b"", ""),
    ],
)
def test_colours_that_are_hdr(content, hdr):
    assert video(entry=a_video_entry(b"avc1", box(b"colr", content))).hdr == hdr


def test_the_index_may_stand_at_the_end():
    assert not video(front=False).is_index_first


@pytest.mark.parametrize(
    ("matrix", "rotation", "size"),
    [
        ((1, 0, 0, 1), 0, (320, 240)),
        ((0, 1, -1, 0), 90, (240, 320)),
        ((-1, 0, 0, -1), 180, (320, 240)),
        ((0, -1, 1, 0), 270, (240, 320)),
    ],
)
def test_rotation_turns_width_and_height(matrix, rotation, size):
    found = video(matrix=matrix)
    assert (found.rotation, (found.width, found.height)) == (rotation, size)


def test_headers_with_long_times_say_the_same():
    assert video(long=True) == video()
    assert video(long=True, matrix=(0, 1, -1, 0)).rotation == 90


@pytest.mark.parametrize(
    ("scale", "times", "frames_per_s"),
    [
        (24_000, ((48, 1001),), 23.976),
        (30_000, ((59, 1001), (1, 2000)), 29.97),
        (30_000, ((1, 1800), (58, 1000), (1, 1500)), 30),
        (600, ((1, 9), (10, 20), (10, 40), (1, 40)), 20),
        (1000, ((1, 90), (1, 40)), 25),
        (1000, ((1, 40),), 25),
        (1000, ((1, 0),), 0),
        (1000, (), 0),
    ],
)
def test_frames_a_second_without_the_first_and_the_last(scale, times, frames_per_s):
    assert video(scale=scale, times=times).frames_per_s == frames_per_s


def test_a_video_without_frames_lasts_nothing():
    found = video(times=(), sizes=())
    assert (found.duration_s, found.bits_per_s) == (0, 0)


def test_frames_that_are_all_of_one_size():
    assert video(sizes=1000) == video()


def test_a_duration_counts_the_sound():
    entry = a_sound_entry(b"mp4a", an_esds(bytes([0x11, 0x90])))
    longer = a_track(b"soun", entry=entry, scale=48_000, times=((60, 1024),))
    assert read(a_movie(sound=longer))[0].duration_s == 1.28


# --- codecs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "codec"),
    [
        (b"avc3", "H.264"),
        (b"hvc1", "HEVC"),
        (b"dvh1", "HEVC"),
        (b"av01", "AV1"),
        (b"vp09", "VP9"),
        (b"apcn", "ProRes"),
        (b"mp4v", "MPEG-4 Visual"),
        (b"xyz ", "xyz"),
        (b"\0\0\0\0", "unknown"),
    ],
)
def test_codecs_have_names(kind, codec):
    assert video(entry=a_video_entry(kind)).codec == codec


@pytest.mark.parametrize(
    ("profile", "constraints", "chroma", "depth", "expected"),
    [
        (1, 0x90, 1, 0, ("Main", "4:2:0", 8, False)),
        (2, 0x90, 1, 2, ("Main 10", "4:2:0", 10, False)),
        (4, 0x90, 2, 2, ("Range Extensions", "4:2:2", 10, False)),
        (4, 0x90, 3, 4, ("Range Extensions", "4:4:4", 12, False)),
        (1, 0x40, 1, 0, ("Main", "4:2:0", 8, True)),
        (1, 0xC0, 1, 0, ("Main", "4:2:0", 8, False)),
    ],
)
def test_what_hevc_says_of_itself(profile, constraints, chroma, depth, expected):
    values = [1, profile, 0, 0, 0, 0, constraints, *[0] * 9, 0xFC | chroma, 0xF8 | depth]
    found = video(entry=a_video_entry(b"hvc1", box(b"hvcC", bytes(values))))
    shown = (found.profile, found.chroma, found.depth_bits, found.is_interlaced)
    assert shown == expected


@pytest.mark.parametrize(("fields", "is_interlaced"), [(1, False), (2, True)])
def test_quicktime_says_itself_how_many_fields_a_frame_has(fields, is_interlaced):
    entry = a_video_entry(b"avc1", box(b"fiel", bytes([fields, 9])))
    assert video(entry=entry).is_interlaced is is_interlaced


def test_a_codec_that_says_nothing_of_itself():
    found = video(entry=a_video_entry(b"avc1", box(b"pasp", numbers(1, 1))))
    assert (found.profile, found.chroma, found.depth_bits) == ("", "", 0)


# --- sound --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("configuration", "rate_hz", "channels"),
    [
        ("1190", 48_000, 2),
        ("1208", 44_100, 1),
        ("1030", 96_000, 6),
        ("11b8", 48_000, 8),  # 7.1
        ("2b118800", 48_000, 2),  # HE-AAC of 24 kHz
        ("eb098800", 48_000, 2),  # HE-AAC v2 of 24 kHz and one channel
        ("1780bb8008", 96_001 - 1, 1),
    ],
)
def test_what_aac_says_of_itself_wins(configuration, rate_hz, channels):
    entry = a_sound_entry(b"mp4a", an_esds(bytes.fromhex(configuration)), channels=2, rate=0)
    found = sound(entry)
    assert (found.codec, found.rate_hz, found.channels) == ("AAC", rate_hz, channels)


@pytest.mark.parametrize(
    ("entry", "codec"),
    [
        (a_sound_entry(b"mp4a", an_esds(kind=0x6B)), "MP3"),
        (a_sound_entry(b"mp4a", an_esds(kind=0xDD)), "Vorbis"),
        (a_sound_entry(b"mp4a", an_esds(kind=0x01)), "MPEG object 0x01"),
        (a_sound_entry(b"mp4a", an_esds()), "AAC"),
        (a_sound_entry(b"Opus"), "Opus"),
        (a_sound_entry(b"sowt"), "PCM"),
        (a_sound_entry(b"ms\0U"), "MP3"),
        (a_sound_entry(b"zzzz"), "zzzz"),
    ],
)
def test_sound_codecs_have_names(entry, codec):
    found = sound(entry)
    assert found == Sound(codec, 48_000, 2, found.bits_per_s)


def test_quicktime_hides_what_aac_says_in_a_wave():
    wave = box(b"wave", box(b"frma", b"mp4a"), an_esds(bytes([0x12, 0x08])))
    found = sound(a_sound_entry(b"mp4a", wave, version=1, extra=bytes(16)))
    assert (found.codec, found.rate_hz, found.channels) == ("AAC", 44_100, 1)


@pytest.mark.parametrize(("rate", "rate_hz"), [(96_000.0, 96_000), (float("nan"), 0), (-1.0, 0)])
def test_quicktimes_second_version_of_sound(rate, rate_hz):
    extra = struct.pack(">IdI20x", 72, rate, 6)
    found = sound(a_sound_entry(b"lpcm", version=2, extra=extra))
    assert (found.codec, found.rate_hz, found.channels) == ("PCM", rate_hz, 6)


# --- edit lists ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edits", "trimmed_s"),
    [
        ([(1000, 0, NORMAL)], 0),
        ([(0, 0, NORMAL)], 0),
        ([(1000, 3000, NORMAL)], 0),  # a start delay
        ([(900, 0, NORMAL)], 0),
        ([(899, 0, NORMAL)], 0.101),
        ([(850, 4500, NORMAL)], 0.15),
        ([(500, 15_000, NORMAL)], 0.5),
        ([(100, -1 & 0xFFFFFFFF, NORMAL), (1000, 0, NORMAL)], 0),
        ([(101, -1 & 0xFFFFFFFF, NORMAL), (1000, 0, NORMAL)], 0.101),
        ([(300, 0, NORMAL), (400, 18_000, NORMAL)], 0.3),
        ([(500, 15_000, NORMAL), (500, 0, NORMAL)], 2.0),
        ([(1000, 0, 2 * NORMAL)], 1),
        ([(5000, -1 & 0xFFFFFFFF, NORMAL)], 0),
    ],
)
def test_what_an_edit_list_hides(edits, trimmed_s):
    listed = [(ms, start - (start >> 31 << 32), speed) for ms, start, speed in edits]
    found = video(edits=listed)
    assert (found.has_edit_list, found.trimmed_s) == (True, trimmed_s)


def test_a_delay_of_the_first_frame_is_no_trim():
    assert video(delays=((1, 6000),), edits=[(1000, 6000, NORMAL)]).trimmed_s == 0
    assert video(edits=[(1000, 6000, NORMAL)]).trimmed_s == 0.2


def test_edits_of_the_sound_count():
    entry = a_sound_entry(b"mp4a", an_esds(bytes([0x11, 0x90])))
    values = {"entry": entry, "scale": 48_000, "times": ((48, 1000),)}
    primed = a_track(b"soun", edits=[(979, 1024, NORMAL)], **values)
    cut = a_track(b"soun", edits=[(500, 24_000, NORMAL)], **values)
    assert read(a_movie(sound=primed))[0].trimmed_s == 0
    assert read(a_movie(sound=cut))[0].trimmed_s == 0.5


# --- fragments ----------------------------------------------------------------------------------


def a_fragment(*runs, header=0, values=()):
    return box(b"moof", box(b"traf", box(b"tfhd", numbers(header, 1, *values)), *runs))


def fragmented(*fragments, usual=(1000, 500)):
    empty = a_track(times=(), sizes=(), places=())
    extended = box(b"mvex", box(b"trex", numbers(0, 1, 1, *usual, 0)))
    return a_movie(pictures=empty, movie=extended) + b"".join(fragments)


def test_fragments_are_added_up():
    own = box(b"trun", numbers(0x301, 2, 0, 1000, 700, 2000, 300))
    usual = box(b"trun", numbers(0, 58))
    found, _ = read(fragmented(a_fragment(usual), a_fragment(own)))
    assert (found.is_fragmented, found.duration_s) == (True, round(61 / 30, 3))
    assert found.bits_per_s == int((58 * 500 + 1000) * 8 / (61 / 30))
    assert found.frames_per_s == 30


def test_a_fragment_says_what_is_usual_in_it():
    run = box(b"trun", numbers(0, 30))
    fragment = a_fragment(run, header=0x1B, values=(0, 0, 1, 500, 250))
    found, _ = read(fragmented(fragment))
    assert (found.duration_s, found.bits_per_s, found.frames_per_s) == (0.5, 120_000, 60)


@pytest.mark.parametrize("count", [MOST_FRAGMENTS, MOST_FRAGMENTS + 1])
def test_a_file_in_too_many_fragments(count):
    content = fragmented(*[a_fragment(box(b"trun", numbers(0, 1)))] * count)
    if count == MOST_FRAGMENTS:
        assert read(content)[0].duration_s == round(MOST_FRAGMENTS / 30, 3)
    else:
        with pytest.raises(UnreadableError, match=r"it is in 1,001 fragments"):
            read(content)


def test_a_fragment_of_a_track_that_is_not_there_is_left_out():
    content = fragmented(
        a_fragment(box(b"trun", numbers(0, 5))).replace(numbers(0, 1), numbers(0, 7))
    )
    assert read(content)[0].duration_s == 0


# --- places -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "movie",
    [
        box(b"udta", box(b"\xa9xyz", b"+52.5+013.4/")),
        box(b"udta", box(b"loci", bytes(20))),
        box(b"meta", box(b"keys", b"mdtacom.apple.quicktime.location.ISO6709")),
    ],
)
def test_the_place_where_it_was_taken(movie):
    assert video(movie=movie).has_location
    assert not video(movie=box(b"udta", box(b"meta", bytes(8)))).has_location


# --- damaged ones -------------------------------------------------------------------------------


@pytest.mark.parametrize("front", [True, False])
def test_a_video_that_was_cut_off_says_how_much_is_missing(front):
    content = a_movie(front=front)
    for length in range(40, len(content), 7):
        with pytest.raises(
            UnreadableError, match=r"bytes are missing|never finished|behind its end"
        ):
            read(content[:length])
    with pytest.raises(UnreadableError, match=r"it is cut off: 1 bytes are missing"):
        read(content[:-1])


def test_data_without_a_length_are_cut_off_where_the_index_says_so():
    content = a_movie(places=(1000, 5000))
    open_end = content.replace(numbers(1008) + b"mdat", numbers(0) + b"mdat")
    assert open_end != content
    with pytest.raises(UnreadableError, match="names pictures behind its end"):
        read(open_end)


def test_data_with_a_length_of_eight_bytes():
    long = numbers(1) + b"mdat" + struct.pack(">Q", 1016) + bytes(1000)
    content = a_movie().removesuffix(box(b"mdat", bytes(1000))) + long
    assert read(content)[0] == video()


def test_the_last_box_inside_may_leave_its_length_open():
    told = a_movie(movie=box(b"udta", box(b"\xa9xyz", b"+52.5+013.4/")))
    place = told.index(b"\xa9xyz") - 4
    assert read(told[:place] + numbers(0) + told[place + 4 :])[0].has_location


def test_what_a_camera_appends_does_no_harm():
    assert read(a_movie() + b"SEFT" + b"\xff" * 500)[0] == video()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (box(b"ftyp", b"isom"), "never finished"),
        (box(b"ftyp", b"isom") + box(b"moov"), None),
        (a_movie(pictures=box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), b"vide")))), "damaged"),
        (a_movie(scale=0), "damaged"),
        (a_movie(entry=b""), "damaged"),
        (a_movie(entry=a_video_entry(b"avc1", box(b"avcC", b"\1"))), "damaged"),
        (a_movie(entry=box(b"avc1", b"short")), "damaged"),
        (box(b"free") * (MOST_BOXES + 1), "more than 5,000 pieces"),
        (box(b"moov", bytes(MAX_INDEX_BYTES + 1)), r"its index \(moov\) has 16,000,001 bytes"),
        (b"", "never finished"),
    ],
)
def test_videos_that_are_none(content, why):
    if why is None:
        assert read(content) == (None, None)
        return
    with pytest.raises(UnreadableError, match=why):
        read(content)


def test_of_longer_tables_the_rest_is_like_the_beginning():
    sizes = (10,) * (MOST_ENTRIES + 1000)
    found = video(times=((len(sizes), 1000),), sizes=sizes)
    assert found.bits_per_s == 10 * 8 * 30


def test_a_table_that_claims_more_than_it_has():
    content = a_movie().replace(table((30, 1000)), numbers(0, 0xFFFFFFFF, 30, 1000))
    assert read(content)[0].duration_s == 1
