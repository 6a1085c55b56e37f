"""What Threads makes of the facts of a picture or a video, in the words of a container. Pure.

Limits from Meta's page "Posts", words from its page "Troubleshooting", both read 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadsync.sandbox.media.films import Film, Sound

UNKNOWN = "UNKNOWN"
FAILED_DOWNLOADING = "FAILED_DOWNLOADING_VIDEO"
FAILED_PROCESSING_AUDIO = "FAILED_PROCESSING_AUDIO"
FAILED_PROCESSING_VIDEO = "FAILED_PROCESSING_VIDEO"
INVALID_ASPECT_RATIO = "INVALID_ASPEC_RATIO"
"""Spelt so by Meta."""
INVALID_AUDIO_CHANNELS = "INVALID_AUDIO_CHANNELS"
INVALID_BIT_RATE = "INVALID_BIT_RATE"
INVALID_DURATION = "INVALID_DURATION"
INVALID_FRAME_RATE = "INVALID_FRAME_RATE"

MAX_ASPECT_RATIO = 10
MIN_VIDEO_ASPECT_RATIO = 0.01
MAX_DURATION_S = 300
MAX_COLUMNS = 1_920
MIN_FRAME_RATE, MAX_FRAME_RATE = 23, 60
MAX_BITS_PER_SECOND = 100_000_000
MAX_CHANNELS = 2
MAX_SAMPLE_RATE = 48_000
VIDEO_CODECS = frozenset({"avc1", "avc3", "hvc1", "hev1"})


def picture_error(width: int, height: int) -> str | None:
    """Meta names no error of its own for a picture; this one is named for all media."""
    sides = sorted((width, height))
    return INVALID_ASPECT_RATIO if sides[1] > sides[0] * MAX_ASPECT_RATIO else None


def video_error(film: Film) -> str | None:
    """The first thing that Threads would not take; None when it is taken."""
    # Averages are rounded: 60 frames in a second that lacks a thousandth are 60 a second.
    faults = {
        FAILED_PROCESSING_VIDEO: film.codec not in VIDEO_CODECS or not film.width * film.height,
        INVALID_DURATION: not 0 < film.duration_s <= MAX_DURATION_S,
        INVALID_FRAME_RATE: not MIN_FRAME_RATE <= round(film.frame_rate, 1) <= MAX_FRAME_RATE,
        INVALID_ASPECT_RATIO: not _is_video_shape(film.width, film.height),
        INVALID_BIT_RATE: film.bits_per_second > MAX_BITS_PER_SECOND,
    }
    found = next((word for word, is_broken in faults.items() if is_broken), None)
    if found is None and film.width > MAX_COLUMNS:
        return FAILED_PROCESSING_VIDEO
    return found or (_sound_error(film.sound) if film.sound else None)


def _is_video_shape(width: int, height: int) -> bool:
    return MIN_VIDEO_ASPECT_RATIO * height <= width <= MAX_ASPECT_RATIO * height


def _sound_error(sound: Sound) -> str | None:
    if not sound.is_aac or sound.sample_rate > MAX_SAMPLE_RATE:
        return FAILED_PROCESSING_AUDIO
    return None if 1 <= sound.channels <= MAX_CHANNELS else INVALID_AUDIO_CHANNELS
