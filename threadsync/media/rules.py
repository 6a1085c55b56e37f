"""What Threads accepts of a media file, as a table of limits and a list of findings. No I/O.

Later rules (codecs, frame rate, duration) find their place here; they need a deeper `probe`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.post import MediaKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadsync.media.facts import Facts
    from threadsync.problems import Finding

# All limits: https://developers.facebook.com/docs/threads/overview, "Image Specifications" and
# "Video Specifications", read 2026-11-22. Meta says 8 MB and 1 GB and not which; the smaller
# reading is never refused.
IMAGE_FORMATS = frozenset({"JPEG", "PNG"})
VIDEO_FORMATS = frozenset({"MP4", "MOV"})
MAX_IMAGE_BYTES = 8_000_000
MAX_VIDEO_BYTES = 1_000_000_000
MAX_ASPECT = 10
MIN_IMAGE_WIDTH = 320
MAX_IMAGE_WIDTH = 1440

_FOUND = {
    "": "in a format that is not known",
    "Git LFS pointer": "a Git LFS pointer and not the file itself (git lfs pull)",
}


def media_findings(path: str, facts: Facts) -> list[Finding]:
    """What Threads would refuse or change about the file shown as `path`, worst first."""
    if facts.format not in IMAGE_FORMATS | VIDEO_FORMATS:
        return [problems.MEDIA_FORMAT.found(path=path, found=_found(facts))]
    return [*_size(path, facts), *_aspect(path, facts), *_width(path, facts)]


def _found(facts: Facts) -> str:
    if facts.size_bytes == 0:
        return "empty"
    return _FOUND.get(facts.format, f"a {facts.format} file")


def _size(path: str, facts: Facts) -> Iterator[Finding]:
    is_image = facts.kind is MediaKind.IMAGE
    limit = MAX_IMAGE_BYTES if is_image else MAX_VIDEO_BYTES
    if facts.size_bytes > limit:
        kind = "a picture" if is_image else "a video"
        yield problems.MEDIA_TOO_LARGE.found(
            path=path, size=facts.size_bytes, limit=limit, kind=kind
        )


def _aspect(path: str, facts: Facts) -> Iterator[Finding]:
    width, height = facts.width, facts.height
    if width is None or height is None:
        return
    if max(width, height) > MAX_ASPECT * min(width, height):
        yield problems.MEDIA_ASPECT.found(path=path, width=width, height=height, limit=MAX_ASPECT)


def _width(path: str, facts: Facts) -> Iterator[Finding]:
    width = facts.width
    if width is None or facts.kind is not MediaKind.IMAGE:
        return
    if not MIN_IMAGE_WIDTH <= width <= MAX_IMAGE_WIDTH:
        yield problems.MEDIA_WIDTH.found(
            path=path, width=width, minimum=MIN_IMAGE_WIDTH, maximum=MAX_IMAGE_WIDTH
        )
