"""What Threads would refuse or change about a file or a carousel, as findings. No I/O.

The numbers are in `limits`. An error is what Meta's pages rule out, a warning what Meta converts,
what sources differ about, or what the writer may not have meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.media import limits
from threadsync.post import MediaKind
from threadsync.problems import ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from threadsync.media.limits import Limit
    from threadsync.media.probing.facts import Facts, Picture, Sound, Video
    from threadsync.post import Media
    from threadsync.problems import Finding

_FOUND = {
    "": "in a format that is not known",
    "Git LFS pointer": "a Git LFS pointer and not the file itself (git lfs pull)",
    "HTML or XML": "a page of text and no picture; was it downloaded right?",
}
_AN = ("AVI", "FLV", "MP", "Ogg", "SVG")
"""How names of formats begin that are spoken with a vowel."""
_CONVERTED = {
    MediaKind.IMAGE: "; make a JPEG of it",
    MediaKind.VIDEO: "; make an MP4 of it",
}


def media_findings(path: str, facts: Facts) -> list[Finding]:
    """What is to be said about the file shown as `path`: errors first."""
    if facts.format not in limits.PICTURE_FORMATS | limits.VIDEO_FORMATS:
        remedy = _CONVERTED[facts.kind] if facts.kind else ""
        return [problems.MEDIA_FORMAT.found(path=path, found=_found(facts), remedy=remedy)]
    found = [*_size(path, facts)]
    if facts.picture:
        found += _picture(path, facts.picture)
    elif facts.video:
        found += _video(path, facts.video)
        found += _sound(path, facts.sound) if facts.sound else ()
    elif facts.kind is MediaKind.VIDEO:
        silent = f"{_article(facts.format)} {facts.format} file without pictures"
        return [problems.MEDIA_FORMAT.found(path=path, found=silent, remedy="")]
    return sorted(found, key=lambda finding: finding.kind.severity != ERROR)


def carousel_findings(media: Sequence[Media]) -> list[Finding]:
    """What is to be said about the media of a part together; pointers begin at the part."""
    found: list[Finding] = []
    first: dict[str, str] = {}
    for i, medium in enumerate(media):
        content = medium.digest or medium.url
        if content and content in first:
            values = {"path": medium.name, "other": first[content]}
            found.append(problems.MEDIA_REPEATED.found("media", i, **values))
        elif content:
            first[content] = medium.name
    return found


def _found(facts: Facts) -> str:
    if facts.size_bytes == 0:
        return "empty"
    return _FOUND.get(facts.format, f"{_article(facts.format)} {facts.format} file")


def _article(name: str) -> str:
    return "an" if name.startswith(_AN) else "a"


def _size(path: str, facts: Facts) -> Iterator[Finding]:
    is_image = facts.kind is MediaKind.IMAGE
    limit = limits.PICTURE_BYTES if is_image else limits.VIDEO_BYTES
    if not limit.allows(facts.size_bytes):
        kind = "a picture" if is_image else "a video"
        yield problems.MEDIA_TOO_LARGE.found(
            path=path, size=facts.size_bytes, limit=_whole(limit.most), kind=kind
        )


def _picture(path: str, picture: Picture) -> Iterator[Finding]:
    yield from _aspect(path, picture, limits.PICTURE_ASPECT)
    width = limits.PICTURE_WIDTH
    if not width.allows(picture.width):
        yield problems.MEDIA_WIDTH.found(
            path=path, width=picture.width, minimum=width.least, maximum=width.most
        )
    if not picture.is_srgb:
        yield problems.MEDIA_COLOUR.found(path=path, found=picture.profile or picture.mode)
    if picture.frames > 1:
        yield problems.MEDIA_ANIMATED.found(path=path, frames=picture.frames)
    yield from _location(path, picture)


def _video(path: str, video: Video) -> Iterator[Finding]:
    yield from _aspect(path, video, limits.VIDEO_ASPECT)
    if not limits.VIDEO_WIDTH.allows(video.width):
        yield problems.MEDIA_COLUMNS.found(
            path=path, width=video.width, limit=_whole(limits.VIDEO_WIDTH.most)
        )
    yield from _coding(path, video)
    yield from _times(path, video)
    yield from _bit_rate(path, video)
    yield from _container(path, video)
    yield from _location(path, video)


def _aspect(path: str, shown: Picture | Video, limit: Limit) -> Iterator[Finding]:
    width, height = shown.width, shown.height
    if not height or not limit.allows(width / height):
        ends = f"{limit.least:g}:1 to {limit.most:g}:1"
        yield problems.MEDIA_ASPECT.found(path=path, width=width, height=height, limit=ends)


def _coding(path: str, video: Video) -> Iterator[Finding]:
    if video.codec not in limits.VIDEO_CODECS:
        yield problems.MEDIA_CODEC.found(path=path, found=video.codec)
    elif video.chroma not in {limits.VIDEO_CHROMA, ""}:
        yield problems.MEDIA_CHROMA.found(path=path, found=video.chroma)
    if video.hdr:
        yield problems.MEDIA_HDR.found(path=path, found=video.hdr)
    elif video.depth_bits > 8:
        yield problems.MEDIA_DEPTH.found(path=path, found=video.depth_bits)
    if video.is_interlaced:
        yield problems.MEDIA_SCAN.found(path=path)


def _times(path: str, video: Video) -> Iterator[Finding]:
    if video.duration_s == 0 or not limits.VIDEO_DURATION.allows(video.duration_s):
        yield problems.MEDIA_DURATION.found(
            path=path, found=video.duration_s, limit=_whole(limits.VIDEO_DURATION.most)
        )
    rate = limits.VIDEO_FRAME_RATE
    if video.frames_per_s and not rate.allows(video.frames_per_s):
        yield problems.MEDIA_FRAME_RATE.found(
            path=path, found=video.frames_per_s, minimum=rate.least, maximum=rate.most
        )


def _bit_rate(path: str, video: Video) -> Iterator[Finding]:
    found = video.bits_per_s / 1e6
    if not limits.VIDEO_BIT_RATE.allows(video.bits_per_s):
        limit = _whole(limits.VIDEO_BIT_RATE.most) // 1_000_000
        yield problems.MEDIA_BIT_RATE.found(path=path, found=found, limit=limit)
    elif not limits.SURE_VIDEO_BIT_RATE.allows(video.bits_per_s):
        limit = _whole(limits.SURE_VIDEO_BIT_RATE.most) // 1_000_000
        yield problems.MEDIA_BIT_RATE_HIGH.found(path=path, found=found, limit=limit)


def _container(path: str, video: Video) -> Iterator[Finding]:
    if video.codec not in limits.VIDEO_CODECS:
        return  # it has to be coded anew, which puts all of this right
    if video.trimmed_s:
        yield problems.MEDIA_TRIMMED.found(path=path, found=video.trimmed_s)
    odd = {
        "its index at the end": not video.is_index_first,
        "fragments": video.is_fragmented,
        "an edit list": video.has_edit_list and not video.trimmed_s,
    }
    found = [name for name, is_there in odd.items() if is_there]
    if found:
        yield problems.MEDIA_LAYOUT.found(path=path, found=" and ".join(found))


def _location(path: str, shown: Picture | Video) -> Iterator[Finding]:
    if shown.has_location:
        yield problems.MEDIA_LOCATION.found(path=path)


def _sound(path: str, sound: Sound) -> Iterator[Finding]:
    is_fine = {
        sound.codec: sound.codec == limits.SOUND_CODEC,
        f"{sound.rate_hz / 1000:g} kHz": limits.SOUND_RATE.allows(sound.rate_hz),
        f"{sound.channels} channels": limits.SOUND_CHANNELS.allows(sound.channels),
    }
    wrong = [name for name, is_allowed in is_fine.items() if not is_allowed]
    if wrong:
        yield problems.MEDIA_SOUND.found(path=path, found=", ".join(wrong))
    elif not limits.SOUND_BIT_RATE.allows(sound.bits_per_s):
        yield problems.MEDIA_SOUND_BIT_RATE.found(
            path=path,
            found=sound.bits_per_s // 1000,
            limit=_whole(limits.SOUND_BIT_RATE.most) // 1000,
        )


def _whole(end: float | None) -> int:
    return int(end or 0)
