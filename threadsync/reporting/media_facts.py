"""What is known of media files as text for people. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.problems import ERROR
from threadsync.reporting.text import WIDTH, Paint, counted, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from threadsync.media.check import Checked
    from threadsync.media.probing.facts import Facts, Picture, Sound, Video

_BESIDE = 36
"""What stands beside the longest path on a line."""


def media_table(checked: Sequence[Checked], paint: Paint = plain) -> Iterator[str]:
    """A line for each file, what it is like below, and then its problems."""
    longest = max((len(one.path) for one in checked), default=0)
    width = min(longest, WIDTH - _BESIDE)
    form = max((len(_format(one)) for one in checked), default=0)
    for one in checked:
        yield _line(one, width, form)
        details = ", ".join(details_of(one.facts)) if one.facts else ""
        if details:
            yield f"    {details}"
        if one.recipe:
            yield f"    sent {one.recipe}"
        for finding in one.findings:
            colour = "red" if finding.kind.severity == ERROR else "yellow"
            severity = paint(finding.kind.severity, colour)
            yield f"    {severity}: {finding.message} [{finding.kind.code}]"


def _format(one: Checked) -> str:
    return (one.facts.format or "?") if one.facts else ""


def _line(one: Checked, width: int, form: int) -> str:
    """`width` and `form` are how wide path and format are, in characters."""
    if one.facts is None:
        return one.path
    shown = one.facts.shown
    pixels = f"{shown.width:,} x {shown.height:,}" if shown else ""
    size = f"{one.facts.size_bytes:,} bytes"
    return f"{one.path:<{width}}  {_format(one):<{form}}  {pixels:<13}  {size}"


def details_of(facts: Facts) -> Iterator[str]:
    """What is worth saying besides format, pixels and size; nothing for a file that is not taken."""
    if facts.picture:
        yield from _picture(facts.picture)
    elif facts.video:
        yield from _video(facts.video)
        yield _sound(facts.sound) if facts.sound else "no sound"


def _picture(picture: Picture) -> Iterator[str]:
    yield f"{picture.mode} with {counted(picture.depth_bits, 'bit', 'bits')}"
    if picture.profile:
        yield picture.profile
    if picture.has_alpha:
        yield "transparency"
    if picture.orientation > 1:
        yield f"turned (EXIF {picture.orientation})"
    if picture.frames > 1:
        yield f"{picture.frames:,} frames"
    if picture.has_location:
        yield "place taken"


def _video(video: Video) -> Iterator[str]:
    chroma = "" if video.chroma in video.profile else video.chroma
    coding = (video.codec, video.profile, chroma)
    depth = f"{video.depth_bits} bits" if video.depth_bits else ""
    yield " ".join(filter(None, (*coding, depth)))
    if video.hdr:
        yield f"HDR ({video.hdr})"
    yield f"{video.frames_per_s:g} frames/s"
    yield f"{video.duration_s:,g} s"
    yield f"{video.bits_per_s / 1e6:,.2f} Mbit/s"
    if video.rotation:
        yield f"turned by {video.rotation}°"
    if video.has_location:
        yield "place taken"


def _sound(sound: Sound) -> str:
    channels = {1: "mono", 2: "stereo"}.get(sound.channels, f"{sound.channels} channels")
    rates = f"{sound.rate_hz / 1000:g} kHz, {sound.bits_per_s // 1000:,} kbit/s"
    return f"sound: {sound.codec} {channels} {rates}"
