"""What Meta's pages say that a media file may be, as one table of named limits. No I/O."""

from __future__ import annotations

from typing import NamedTuple

_PICTURES = "https://developers.facebook.com/docs/threads/overview, Image Specifications"
_VIDEOS = "https://developers.facebook.com/docs/threads/overview, Video Specifications"
_READ = "read 2026-11-22"


class Limit(NamedTuple):
    """The least and the most that something may be, both included; None where there is no end."""

    name: str
    least: float | None
    most: float | None
    unit: str
    source: str
    slack: float = 0
    """By how much a measured value may lie outside: files are a little off what they mean."""

    def allows(self, value: float) -> bool:
        is_enough = self.least is None or value >= self.least - self.slack
        return is_enough and (self.most is None or value <= self.most + self.slack)


def _picture(name: str, least: float | None, most: float | None, unit: str) -> Limit:
    return Limit(name, least, most, unit, f"{_PICTURES}, {_READ}")


def _video(
    name: str, least: float | None, most: float | None, unit: str, slack: float = 0
) -> Limit:
    return Limit(name, least, most, unit, f"{_VIDEOS}, {_READ}", slack)


# Meta says 8 MB and 1 GB and not which; the smaller reading is never refused.
PICTURE_BYTES = _picture("picture: size", None, 8_000_000, "bytes")
PICTURE_ASPECT = _picture("picture: width to height", 1 / 10, 10, ":1")
PICTURE_WIDTH = _picture("picture: width", 320, 1440, "pixels")
"""Outside of this it is scaled and not refused."""

VIDEO_BYTES = _video("video: size", None, 1_000_000_000, "bytes")
VIDEO_ASPECT = _video("video: width to height", 0.01, 10, ":1")
VIDEO_WIDTH = _video("video: width", None, 1920, "pixels")
# And more than 0. Where sound goes on behind the last picture a file is a little longer than meant.
VIDEO_DURATION = _video("video: duration", None, 300, "s", slack=0.1)
# Clocks of phones put 59.94 and 60.02 frames into a second.
VIDEO_FRAME_RATE = _video("video: frames", 23, 60, "a second", slack=0.5)
VIDEO_BIT_RATE = _video("video: bit rate", None, 100_000_000, "bits a second")
SURE_VIDEO_BIT_RATE = Limit(
    "video: bit rate, to be sure",
    None,
    25_000_000,
    "bits a second",
    "a copy of Meta's page at https://www.ayrshare.com, " + _READ,
)
SOUND_RATE = _video("sound: rate", None, 48_000, "Hz")
SOUND_CHANNELS = _video("sound: channels", 1, 2, "channels")
# An average over the track: it may swing a little.
SOUND_BIT_RATE = _video("sound: bit rate", None, 128_000, "bits a second", slack=12_800)

PICTURE_FORMATS = frozenset({"JPEG", "PNG"})
VIDEO_FORMATS = frozenset({"MP4", "MOV"})
VIDEO_CODECS = frozenset({"H.264", "HEVC"})
VIDEO_CHROMA = "4:2:0"
SOUND_CODEC = "AAC"

LIMITS = (
    PICTURE_BYTES,
    PICTURE_ASPECT,
    PICTURE_WIDTH,
    VIDEO_BYTES,
    VIDEO_ASPECT,
    VIDEO_WIDTH,
    VIDEO_DURATION,
    VIDEO_FRAME_RATE,
    VIDEO_BIT_RATE,
    SURE_VIDEO_BIT_RATE,
    SOUND_RATE,
    SOUND_CHANNELS,
    SOUND_BIT_RATE,
)
