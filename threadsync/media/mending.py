"""What is said about a file, given how it is treated before it is sent. Pure.

Here is the one table of which findings of `rules` are mended, and by what. Everything else needs a
person: what to cut off a picture or a film cannot be guessed.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from threadsync import problems
from threadsync.media import limits
from threadsync.media.probing.colour_profiles import HDR_TRANSFERS
from threadsync.media.rules import media_findings
from threadsync.post import MediaKind
from threadsync.problems import ERROR
from threadsync.treatment import (
    ENCODE,
    JPEG,
    ORDER,
    REMUX,
    SOUND,
    STRIP,
    Recipe,
    recipe,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.media.probing.facts import Facts
    from threadsync.problems import Finding, Kind
    from threadsync.treatment import Treatment

CONVERTED = {
    "WebP": JPEG,
    "HEIC": JPEG,
    "AVIF": JPEG,
    "GIF": JPEG,
    "BMP": JPEG,
    "TIFF": JPEG,
    "WebM": ENCODE,
    "Matroska": ENCODE,
    "AVI": ENCODE,
    "FLV": ENCODE,
    "MPEG": ENCODE,
    "MPEG-TS": ENCODE,
    "WMV": ENCODE,
    "Ogg": ENCODE,
}
"""Formats that Threads does not take and what makes one of them that it takes."""

_MENDED = {
    problems.MEDIA_WIDTH: JPEG,
    problems.MEDIA_COLOUR: JPEG,
    problems.MEDIA_COLUMNS: ENCODE,
    problems.MEDIA_CODEC: ENCODE,
    problems.MEDIA_CHROMA: ENCODE,
    problems.MEDIA_DEPTH: ENCODE,
    problems.MEDIA_HDR: ENCODE,
    problems.MEDIA_SCAN: ENCODE,
    problems.MEDIA_FRAME_RATE: ENCODE,
    problems.MEDIA_BIT_RATE: ENCODE,
    problems.MEDIA_BIT_RATE_HIGH: ENCODE,
    problems.MEDIA_TRIMMED: ENCODE,
    problems.MEDIA_SOUND: SOUND,
    problems.MEDIA_SOUND_BIT_RATE: SOUND,
    problems.MEDIA_LAYOUT: REMUX,
    problems.MEDIA_LOCATION: STRIP,
}
_MENDED_BY_KIND = {MediaKind.IMAGE: JPEG, MediaKind.VIDEO: ENCODE}
_UNREADABLE_CODECS = frozenset({"encrypted"})
_HDR = tuple(f" {name}" for name in HDR_TRANSFERS.values())
# A header tells everything but this, so formats without one are looked at only when they are made.
_HEADLESS = frozenset({"HEIC"})


class Judged(NamedTuple):
    """What is wrong with the file that is sent, and how that is made of the one that is there."""

    findings: list[Finding]
    """Errors first."""
    recipe: Recipe | None
    """None when the file is sent as it is."""


def judged(path: str, facts: Facts, treatment: Treatment, place: str = "") -> Judged:
    """What is to be said about the file shown as `path`.

    What the treatment mends is not said; what it would mend if it were asked to, with how to ask:
    `place` is the file's path for the command line.
    """
    found = media_findings(path, facts)
    if treatment.is_fixed:
        found += _foreseen(path, facts)
    mended = [_mender(finding.kind, facts) for finding in found]
    done = [name if name and _is_done(name, treatment) else None for name in mended]
    can_be_fine = all(
        name or f.kind.severity != ERROR for f, name in zip(found, mended, strict=True)
    )
    left = [
        _advised(finding, name, place or path) if name and can_be_fine else finding
        for finding, name, by in zip(found, mended, done, strict=True)
        if by is None
    ]
    names = {*filter(None, done), *_strips(facts, treatment)}
    strongest = max(names, key=ORDER.index, default=None)
    return Judged(left, recipe(strongest, facts.format) if strongest else None)


def _foreseen(path: str, facts: Facts) -> Sequence[Finding]:
    """What would be wrong with a picture once its format is converted."""
    if facts.format not in CONVERTED or facts.picture is None:
        return ()
    return media_findings(path, facts._replace(format="JPEG", size_bytes=0))


def _mender(kind: Kind, facts: Facts) -> str | None:
    """The name of the recipe that mends a finding, None when nothing does."""
    if _is_beyond_us(facts):
        return STRIP if kind is problems.MEDIA_LOCATION else None
    if kind is problems.MEDIA_FORMAT:
        return CONVERTED.get(facts.format) if _is_readable(facts) else None
    if kind is problems.MEDIA_TOO_LARGE:
        return _MENDED_BY_KIND[facts.kind] if facts.kind else None
    return _MENDED.get(kind)


def _is_beyond_us(facts: Facts) -> bool:
    """Whether all that can be done is to take something out: it is encrypted, or HDR as a picture."""
    is_hdr = facts.picture is not None and facts.picture.profile.endswith(_HDR)
    return is_hdr or (facts.video is not None and facts.video.codec in _UNREADABLE_CODECS)


def _is_readable(facts: Facts) -> bool:
    is_picture = facts.kind is MediaKind.IMAGE
    return not is_picture or facts.picture is not None or facts.format in _HEADLESS


def _is_done(name: str, treatment: Treatment) -> bool:
    return treatment.is_stripped if name == STRIP else treatment.is_fixed


def _strips(facts: Facts, treatment: Treatment) -> Sequence[str]:
    has_metadata = facts.picture is not None and facts.picture.has_metadata
    is_sendable = facts.format in limits.PICTURE_FORMATS
    return [STRIP] if treatment.is_stripped and has_metadata and is_sendable else []


def _advised(finding: Finding, name: str, place: str) -> Finding:
    """The finding with the way to have it mended."""
    setting = "strip_metadata: true" if name == STRIP else "fix: auto"
    command = f"threadsync media fix {shlex.quote(place)}"
    return finding._replace(message=f"{finding.message}: {command}, or {setting}")
