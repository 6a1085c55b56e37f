"""Facts of an MP4 or MOV file, from its index; pictures and sound are never read.

Whatever the bytes are, the answer is facts or an UnreadableError, after a bounded number of reads:
the index up to `MAX_INDEX_BYTES`, and the heads of everything else.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from threadsync.media.probing.boxes import child, top_boxes
from threadsync.media.probing.facts import Sound, UnreadableError, Video
from threadsync.media.probing.mp4_coding import (
    frame_size,
    hdr_of,
    sound_coding,
    video_codec,
    video_coding,
)
from threadsync.media.probing.mp4_fragments import read_fragment, read_usual
from threadsync.media.probing.mp4_samples import Samples
from threadsync.media.probing.mp4_tracks import PICTURES, SOUND, Track, find_track, ticks_per_s
from threadsync.media.probing.mp4_trims import trimmed_s

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from threadsync.media.probing.boxes import Box
    from threadsync.media.probing.mp4_fragments import Usual

MAX_INDEX_BYTES = 16_000_000
"""An hour of video has an index of about 5 MB."""
MOST_FRAGMENTS = 1_000
"""Most writers make one a second, or one for each second of a track."""
MOST_RUNS = 2_500

_QUARTER_TURNS = frozenset({90, 270})
_APPLE_PLACE = b"com.apple.quicktime.location"


def read_movie(file: BinaryIO, size_bytes: int) -> tuple[Video | None, Sound | None]:
    """The pictures and the sound of the file, each None when it has none.

    UnreadableError when the file is cut off or its index is missing or damaged.
    """
    boxes = top_boxes(file, size_bytes)
    index = next((box for box in boxes if box.kind == b"moov"), None)
    _refuse_cut(boxes, index, size_bytes)
    if index is None:
        raise UnreadableError("it has no index (moov): its recording was never finished")
    try:
        return _read_index(file, boxes, index, size_bytes)
    except (struct.error, ArithmeticError, LookupError, ValueError) as exc:
        raise UnreadableError("its index (moov) is damaged") from exc


def _refuse_cut(boxes: Sequence[Box], index: Box | None, size_bytes: int) -> None:
    missing = boxes[-1].end - size_bytes if boxes else 0
    if missing > 0:
        lost = "" if index else " and its index (moov) with them"
        raise UnreadableError(f"it is cut off: {missing:,} bytes are missing{lost}")


def _read_index(
    file: BinaryIO, boxes: Sequence[Box], index: Box, size_bytes: int
) -> tuple[Video | None, Sound | None]:
    movie = _content(file, index)
    pictures, sound = (find_track(movie, handler) for handler in (PICTURES, SOUND))
    usual = read_usual(movie)
    if usual is not None:
        added = _fragments(file, boxes, usual)
        pictures, sound = (_with_fragments(track, added) for track in (pictures, sound))
    tracks = [track for track in (pictures, sound) if track is not None]
    if any(track.samples.last_place >= size_bytes for track in tracks):
        raise UnreadableError("it is cut off: its index names pictures behind its end")
    video = pictures and _video(pictures, tracks, movie, boxes, index)
    return video, sound and _sound(sound)


def _content(file: BinaryIO, box: Box) -> memoryview:
    if box.size_bytes > MAX_INDEX_BYTES:
        raise UnreadableError(f"its index ({box.kind.decode()}) has {box.size_bytes:,} bytes")
    file.seek(box.start)
    return memoryview(file.read(box.size_bytes))


def _fragments(
    file: BinaryIO, boxes: Sequence[Box], usual: Mapping[int, Usual]
) -> dict[int, Samples]:
    fragments = [box for box in boxes if box.kind == b"moof"]
    total_bytes = sum(box.size_bytes for box in fragments)
    if len(fragments) > MOST_FRAGMENTS or total_bytes > MAX_INDEX_BYTES:
        raise UnreadableError(f"it is in {len(fragments):,} fragments")
    added: dict[int, Samples] = {}
    runs = (run for box in fragments for run in read_fragment(_content(file, box), usual))
    for n, (number, samples) in enumerate(runs):
        if n == MOST_RUNS:
            raise UnreadableError(f"its fragments are in more than {MOST_RUNS:,} pieces")
        added[number] = added.get(number, Samples()).followed_by(samples)
    return added


def _with_fragments(track: Track | None, added: dict[int, Samples]) -> Track | None:
    if track is None or track.number not in added:
        return track
    return track._replace(samples=track.samples.followed_by(added[track.number]))


def _video(
    track: Track, tracks: Sequence[Track], movie: memoryview, boxes: Sequence[Box], index: Box
) -> Video:
    movie_ticks_per_s, _ = ticks_per_s(child(movie, b"mvhd") or memoryview(b""))
    width, height = frame_size(track.entry)
    coding = video_coding(track.entry)
    return Video(
        *((height, width) if track.rotation in _QUARTER_TURNS else (width, height)),
        rotation=track.rotation,
        codec=video_codec(track.coding),
        profile=coding.profile,
        chroma=coding.chroma,
        depth_bits=coding.depth_bits,
        is_interlaced=coding.is_interlaced,
        frames_per_s=track.frames_per_s,
        bits_per_s=track.bits_per_s,
        duration_s=round(max(track.duration_s for track in tracks), 3),
        is_index_first=not any(box.kind == b"mdat" and box.start < index.start for box in boxes),
        is_fragmented=any(box.kind == b"moof" for box in boxes),
        has_edit_list=any(track.edits for track in tracks),
        trimmed_s=round(max(trimmed_s(track, movie_ticks_per_s) for track in tracks), 3),
        has_location=_has_location(movie),
        hdr=hdr_of(track.entry),
    )


def _sound(track: Track) -> Sound:
    coding = sound_coding(track.coding, track.entry)
    return Sound(coding.codec, coding.rate_hz, coding.channels, track.bits_per_s)


def _has_location(movie: memoryview) -> bool:
    """Whether a phone wrote down where it was: three ways of doing so."""
    told = child(movie, b"udta", b"\xa9xyz") or child(movie, b"udta", b"loci")
    named = child(movie, b"meta")
    return told is not None or (named is not None and _APPLE_PLACE in bytes(named[:100_000]))
