"""What a person can ask for: entries, their parts, media and references.

Plain frozen values, made whole by the loader and never changed. What is *sent* for a part, and the
digest of it, is in `request`; what Meta accepts is in `rules`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.treatment import Recipe

# https://developers.facebook.com/docs/threads/create-posts/text-attachments, read 2026-11-22.
STYLES = ("bold", "italic", "highlight", "underline", "strikethrough")

KEY_PATTERN = re.compile(r"[a-z0-9][a-z0-9._/-]{0,127}")
_REFERENCE = re.compile(r"(?P<key>[a-z0-9][a-z0-9._/-]{0,127})(?:#(?P<n>[1-9][0-9]*))?")
_PUBLISHED_ID = re.compile(r"id:(?P<id>[0-9]+)")


class MediaKind(StrEnum):
    """What a medium is, as Meta names it when a container is made."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


class OnChange(StrEnum):
    """What to do when a published entry was edited."""

    REPLACE = "replace"
    IGNORE = "ignore"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a video of a part: a file of the project or a public URL, never both."""

    kind: MediaKind
    path: str | None = None
    """Relative to the project, with forward slashes."""
    url: str | None = None
    digest: str | None = None
    """`sha256:…` of the file's bytes; None for a URL."""
    size_bytes: int = 0
    alt_text: str | None = None
    recipe: Recipe | None = None
    """What is made of the file before it is sent; None to send it as it is. Not part of the digest."""

    @property
    def name(self) -> str:
        return self.path or self.url or ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A published post that another one replies to or quotes.

    Either part `n` (from 1) of the entry `key`, or the published post `id`.
    """

    key: str | None = None
    n: int = 1
    id: str | None = None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read `KEY`, `KEY#N` or `id:DIGITS`; ValueError when it is none of them."""
        if match := _PUBLISHED_ID.fullmatch(text):
            return cls(id=match["id"])
        if match := _REFERENCE.fullmatch(text):
            return cls(key=match["key"], n=int(match["n"] or 1))
        raise ValueError(text)

    def __str__(self) -> str:
        if self.id is not None:
            return f"id:{self.id}"
        return f"{self.key}#{self.n}"


@dataclass(frozen=True, slots=True)
class Spoiler:
    """Hidden words of a text: from code point `offset` (from 0), `length` code points."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Styled:
    """Words of a long text that are shown in some way: `length` code points from `offset`."""

    offset: int
    length: int
    styles: tuple[str, ...]
    """At least one, as Meta names them, in the order of `STYLES`."""


@dataclass(frozen=True, slots=True)
class TextAttachment:
    """A long text shown below a post."""

    text: str
    link_attachment_url: str | None = None
    styled: tuple[Styled, ...] = ()
    """By offset; none overlaps another."""


@dataclass(frozen=True, slots=True)
class Gif:
    """A GIF by its provider's id."""

    id: str
    provider: str = "GIPHY"


@dataclass(frozen=True, slots=True)
class Part:
    """One Threads post of an entry. Fields named as in Meta's API mean what Meta says."""

    text: str = ""
    spoilers: tuple[Spoiler, ...] = ()
    media: tuple[Media, ...] = ()
    poll: tuple[str, ...] = ()
    text_attachment: TextAttachment | None = None
    gif: Gif | None = None
    link_attachment: str | None = None
    topic_tag: str | None = None
    reply_control: str | None = None
    location_id: str | None = None
    allowlisted_country_codes: tuple[str, ...] = ()
    enable_reply_approvals: bool = False
    is_spoiler_media: bool = False
    is_ghost_post: bool = False
    share_to_instagram: str | None = None
    """`light`, `dark`, or None for not at all."""
    reply_to: Reference | None = None
    quote: Reference | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part comes from that was cut out of a longer one."""

    part: int
    """The number of the longer one in the file, from 0."""
    start: int = 0
    """The offset of its text there, in code points."""
    length: int = 0
    """How much of its text comes from there; what follows is its numbering."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One declared thing to publish; `parts` has at least one, the later ones reply in a chain."""

    key: str
    source: str
    """The file, relative to the project, with forward slashes."""
    parts: tuple[Part, ...]
    publish_at: datetime | None = None
    draft: bool = False
    on_change: OnChange = OnChange.REPLACE
    has_explicit_key: bool = False
    allowed: frozenset[str] = frozenset()
    """The codes of the warnings that its file turns off."""
    origins: tuple[Origin, ...] = ()
    """One for each part, or none at all when the parts are those of the file."""

    def home_of(self, i: int) -> int:
        """The number in the file, from 0, of the part that part `i` (from 0) comes from."""
        return self.origins[i].part if self.origins else i

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every post of others that some part replies to or quotes, in order, repeats included."""
        return tuple(
            reference
            for part in self.parts
            for reference in (part.reply_to, part.quote)
            if reference is not None
        )
