"""What a preview is made of, as frozen values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from threadsync.drawing.model import Medium
    from threadsync.problems import Problem
    from threadsync.reporting.entry import EntryFacts


class Kind(StrEnum):
    """Where an entry stands on the page; the first ones come first."""

    BROKEN = "broken"
    """It has errors: nothing is published before they are gone."""
    NOW = "now"
    """The next apply does something with it."""
    WAITING = "waiting"
    OUT = "out"
    """Nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One entry of the page. Without `facts` its file could not be read that far."""

    key: str
    source: str
    kind: Kind
    label: str
    """What apply would do, in a word or two."""
    reason: str = ""
    facts: EntryFacts | None = None
    problems: tuple[Problem, ...] = ()
    """Sorted by place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Everything on one page."""

    title: str
    author: str
    zone: tzinfo
    made_at: datetime
    summary: str
    cards: tuple[Card, ...]
    """In the order in which they are shown."""
    pictures: Mapping[str, Medium]
    """What is drawn for a medium, by `Media.name`."""
    quoted: tuple[EntryFacts, ...] = ()
    """Entries without a card that some card quotes."""
    problems: tuple[Problem, ...] = ()
    """Those of files that are no card."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the whole page."""
