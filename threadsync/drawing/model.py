"""What a post shows, as frozen values without a thought of where they come from. Pure.

Everything is ready to be shown: ages and times left are texts, counts are texts, and every address
is one that the page may use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Range(NamedTuple):
    """A part of a text in UTF-16 code units, from 0. It may lie outside the text."""

    offset: int
    length: int


class Style(NamedTuple):
    """How a part of a text looks: some of bold, italic, highlight, underline, strikethrough."""

    range: Range
    names: tuple[str, ...]


class Moment(NamedTuple):
    """A time as it is told: `text` is short, such as "5 min"; `exact` and `iso` are the whole."""

    text: str
    exact: str
    iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A picture or a video; without `src` there is nothing to show yet."""

    src: str | None
    is_video: bool = False
    alt_text: str | None = None
    note: str | None = None
    """What stands in the place of one without `src`."""
    has_open_alt: bool = False
    """Whether the alt text is shown without being asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer of a poll; `percent` is 0 to 100."""

    text: str
    percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    options: tuple[Option, ...]
    note: str = ""
    """Votes and time left, such as "0 votes · 23 h left"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongText:
    """A text attachment. `styles` are in any order; where they overlap all of them hold."""

    text: str
    styles: tuple[Style, ...] = ()
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gif:
    id: str
    provider: str


class Badge(NamedTuple):
    """A short fact about a post. `kind` is a word of the style sheet: ghost, reply, place or plain."""

    text: str
    kind: str = "plain"


class Meter(NamedTuple):
    """How much of a limit is used, and how that is told: `text` is such as "312 of 500"."""

    text: str
    value: int
    limit: int
    verdict: str = "good"
    """A word of the style sheet: good, wait or bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """A post as a page shows it."""

    key: str
    """Names the post on its page: letters, digits, "-" and "_"."""
    author: str
    author_url: str | None = None
    time: Moment | None = None
    url: str | None = None
    """The address of the post on this page's server, for its time."""
    text: str = ""
    spoilers: tuple[Range, ...] = ()
    topic_tag: str | None = None
    media: tuple[Medium, ...] = ()
    is_spoiler_media: bool = False
    poll: Poll | None = None
    long_text: LongText | None = None
    link: str | None = None
    gif: Gif | None = None
    quoted: PostView | None = None
    reposted: PostView | None = None
    """With this the post is a repost and shows nothing of its own."""
    badges: tuple[Badge, ...] = ()
    counts: tuple[str, ...] = ()
    """Such as "3 replies"."""
    meters: tuple[Meter, ...] = ()
    is_ghost: bool = False
    missing: str | None = None
    """Why there is nothing to see, such as "This post was deleted."; then nothing else is shown."""


class AnswersTo(NamedTuple):
    """Which post a branch of replies hangs on; `key` is "" for one that is not on the page."""

    text: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Posts of a chain, each answering the one before; `depth` 0 is the top of a conversation."""

    posts: tuple[PostView, ...]
    depth: int = 0
    answers_to: AnswersTo | None = None
    """Said where the place alone does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Branches in reading order: the first is the chain at the top, the others are replies."""

    key: str
    branches: tuple[Branch, ...]
    more: str | None = None
    """What is left out, such as "40 more replies"; `url` leads to all of it."""
    url: str | None = None
