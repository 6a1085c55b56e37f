"""What is known of a media file: values that `probe` makes and `rules` judges. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from threadsync.post import MediaKind


class Facts(NamedTuple):
    """What a file is. `format` is "" for an unknown one; sizes in pixels, None when not read."""

    kind: MediaKind | None
    format: str
    size_bytes: int
    width: int | None = None
    height: int | None = None


class Medium(NamedTuple):
    """A file of media: `sha256:…` of its bytes, and its facts."""

    digest: str
    facts: Facts


class UnreadableError(Exception):
    """The file cannot be read, or is damaged; the text says why."""
