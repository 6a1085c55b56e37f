"""What is known of a media file: values that `probe` makes and `rules` judges. No I/O."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, TypeVar, get_type_hints

from threadsync.post import MediaKind

FACTS_VERSION = 4
"""Grows whenever `probe` says something else of the same bytes: what was remembered is then void."""

T = TypeVar("T", bound=tuple[Any, ...])


class Picture(NamedTuple):
    """A picture; width and height in pixels are those of what is seen, after `orientation`."""

    width: int
    height: int
    mode: str
    """`L`, `LA`, `P`, `RGB`, `RGBA` or `CMYK`; of a format that is not taken, as Pillow names it."""
    depth_bits: int
    """Bits of one colour of one pixel."""
    profile: str = ""
    """The name of its colour profile, "" when it has none."""
    is_srgb: bool = True
    """Whether nothing says that its colours mean anything else."""
    has_alpha: bool = False
    orientation: int = 1
    """As in EXIF, 1 to 8."""
    frames: int = 1
    has_location: bool = False
    has_metadata: bool = False
    """Whether it holds more than is needed to show it: a place, a camera, a text."""


class Video(NamedTuple):
    """The picture track of a video; width and height in pixels are those of what is seen."""

    width: int
    height: int
    rotation: int
    """Degrees, clockwise, by which a player turns it."""
    codec: str
    """`H.264`, `HEVC`, or another name for people."""
    profile: str
    """Of the codec, such as `High` or `Main 10`; "" when not known."""
    chroma: str
    """`4:2:0` and the like; "" when not known."""
    depth_bits: int
    """Bits of one colour of one pixel, 0 when not known."""
    is_interlaced: bool
    """Whether the codec says that it may be."""
    frames_per_s: float
    """Without the first and last frame, which often last longer; 0 when not known."""
    bits_per_s: int
    duration_s: float
    is_index_first: bool
    """Whether the index (`moov`) stands before the pictures."""
    is_fragmented: bool
    has_edit_list: bool
    trimmed_s: float
    """How much an edit list hides, moves or repeats; 0 when it only evens out a start delay."""
    has_location: bool
    hdr: str = ""
    """`PQ` or `HLG` when its colours are brighter than a usual screen's; "" when nothing says so."""


class Sound(NamedTuple):
    """The sound track of a video."""

    codec: str
    """`AAC`, or another name for people."""
    rate_hz: int
    channels: int
    bits_per_s: int


class Facts(NamedTuple):
    """What a file is. `format` is "" for an unknown one; what was not read is None."""

    kind: MediaKind | None
    format: str
    size_bytes: int
    picture: Picture | None = None
    video: Video | None = None
    sound: Sound | None = None

    @property
    def shown(self) -> Picture | Video | None:
        """What has a width and a height."""
        return self.picture or self.video


class Medium(NamedTuple):
    """A file of media: `sha256:…` of its bytes, and its facts."""

    digest: str
    facts: Facts


class UnreadableError(Exception):
    """The file cannot be read, or is damaged; the text says why."""


def facts_to_row(facts: Facts) -> list[Any]:
    """The facts as values of JSON, without the size."""
    return [facts.kind, facts.format, facts.picture, facts.video, facts.sound]


def facts_from_row(row: list[Any], size_bytes: int) -> Facts:
    """The facts that `facts_to_row` made a row of; ValueError when it is no such row."""
    kind, name, picture, video, sound = row
    if type(name) is not str:
        raise ValueError(row)
    return Facts(
        MediaKind(kind) if kind is not None else None,
        name,
        size_bytes,
        _made(Picture, picture),
        _made(Video, video),
        _made(Sound, sound),
    )


def _made(form: type[T], values: Any) -> T | None:
    if values is None:
        return None
    types = _types(form)
    if type(values) is not list or [type(value) for value in values] != types:
        raise ValueError(values)
    return form(*values)


@cache
def _types(form: type[Any]) -> list[type]:
    return list(get_type_hints(form).values())
