"""What ffmpeg is asked to do for each recipe. Pure.

Whatever can stay as it is is copied: making pictures anew costs time and looks worse each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.media import limits
from threadsync.treatment import ENCODE, REMUX

if TYPE_CHECKING:
    from threadsync.media.probing.facts import Video

_STREAMS = ("-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn")
"""The first pictures that are no cover, and the first sound if there is any."""
_PLAIN = ("-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart")
"""No metadata, and the index in front."""
_NO_EDITS = ("-use_editlist", "0", "-f", "mp4")
_SOUND = ("-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2")
# Bursts may fill the buffer once more: so a film of 4 s and more keeps below 25 Mbit/s.
_RATE = ("-maxrate", "20M", "-bufsize", "20M")
_PICTURES = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-flags", "+cgop", *_RATE)
HDR_FILTER = "zscale"
"""What a build of ffmpeg needs to convert HDR colours; not every one has it."""
# How bright white is meant, in cd/m² (ITU-R BT.2408). With it and this curve the middle tones of a film
# that was made HDR come back as they were: 131 of 255 for 128, measured with ffmpeg 5.1.
_WHITE = 203
_CURVE = "tonemap=tonemap=mobius:desat=0"
_TRANSFERS = {"PQ": "smpte2084", "HLG": "arib-std-b67"}
_FRAMES_PER_S = 30
"""For a film whose own rate is not taken."""


def options_for(recipe: str, video: Video | None, frames_per_s: float) -> tuple[str, ...]:
    """The options between input and output; `frames_per_s` is 0 when it is not known."""
    if recipe == REMUX:
        coding: tuple[str, ...] = ("-c", "copy")
    elif recipe == ENCODE:
        coding = (*_filters(video), *_frames(frames_per_s), *_PICTURES, *_SOUND)
    else:
        coding = ("-c:v", "copy", *_SOUND)
    return (*_STREAMS, *coding, *_PLAIN, *_NO_EDITS)


def _filters(video: Video | None) -> tuple[str, ...]:
    """Progressive, no wider than allowed, with an even number of rows and columns, 4:2:0, 8 bits."""
    widest = int(limits.VIDEO_WIDTH.most or 0)
    scaled = f"scale='trunc(min({widest},iw)/2)*2':-2"
    is_progressive = video is not None and not video.is_interlaced
    deinterlaced = () if is_progressive else ("bwdif=mode=send_frame:deint=interlaced",)
    converted = _usual_colours(video.hdr) if video is not None and video.hdr else ()
    return ("-vf", ",".join((*deinterlaced, scaled, *converted, "format=yuv420p")))


def _usual_colours(hdr: str) -> tuple[str, ...]:
    """To linear light, what is too bright brought down, and to the colours of usual screens."""
    was = f"tin={_TRANSFERS[hdr]}:pin=bt2020:min=bt2020nc"
    return (
        f"{HDR_FILTER}={was}:t=linear:npl={_WHITE}",
        "format=gbrpf32le",
        f"{HDR_FILTER}=p=bt709",
        _CURVE,
        f"{HDR_FILTER}=t=bt709:m=bt709:r=tv",
    )


def _frames(frames_per_s: float) -> tuple[str, ...]:
    if frames_per_s and limits.VIDEO_FRAME_RATE.allows(frames_per_s):
        return ()
    return ("-r", str(_FRAMES_PER_S))
