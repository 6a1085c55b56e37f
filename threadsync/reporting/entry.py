"""What there is to say about one entry: where it comes from, what is on record, what is sent. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.reading.text import (
    MAX_ALT_TEXT,
    MAX_TEXT,
    MAX_TEXT_ATTACHMENT,
    count_meta,
    count_strict,
    links,
)
from threadsync.request import entry_digest, part_request

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from threadsync.planning.actions import Action
    from threadsync.post import Entry, Media, Part
    from threadsync.problems import Problem
    from threadsync.reading.inherited import Inherited
    from threadsync.request import PartRequest
    from threadsync.state.model import EntryState, PartState

FORMAT_VERSION = 1


class Count(NamedTuple):
    """The length of a text by both measures, and how much Threads takes."""

    meta: int
    strict: int
    limit: int

    @classmethod
    def of(cls, text: str, limit: int = MAX_TEXT) -> Count:
        return cls(count_meta(text), count_strict(text), limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFacts:
    """Part `n` (from 1) of an entry."""

    n: int
    part: Part
    request: PartRequest
    digest: str
    recorded: PartState | None = None

    @property
    def text(self) -> Count:
        return Count.of(self.part.text)

    @property
    def long_text(self) -> Count | None:
        attached = self.part.text_attachment
        return Count.of(attached.text, MAX_TEXT_ATTACHMENT) if attached else None

    @property
    def links(self) -> list[str]:
        """The different addresses that count as links of the post, in order."""
        attached = self.part.text_attachment
        beside = (self.part.link_attachment, attached.link_attachment_url if attached else None)
        return list(dict.fromkeys([*links(self.part.text), *(one for one in beside if one)]))

    @property
    def status(self) -> str:
        return self.recorded.status.value if self.recorded else "not on record"

    def to_json(self) -> dict[str, Any]:
        recorded = self.recorded
        return {
            "n": self.n,
            "status": recorded.status.value if recorded else None,
            "id": recorded.id if recorded else None,
            "permalink": recorded.permalink if recorded else None,
            "media_type": self.request.media_type,
            "text_count": self.text._asdict(),
            "long_text_count": self.long_text._asdict() if self.long_text else None,
            "links": self.links,
            "media": [_medium_json(medium) for medium in self.part.media],
            "digest": self.digest,
            "request": self.request.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFacts:
    """One entry with its parts, or with those that were asked for."""

    entry: Entry
    digest: str
    parts: tuple[PartFacts, ...]
    inherited: Sequence[Inherited] = ()
    action: Action | None = None
    """What apply would do; None when there is nothing to do."""
    recorded: EntryState | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def publish_at(self) -> datetime | None:
        return self.entry.publish_at

    def to_json(self) -> dict[str, Any]:
        recorded, action = self.recorded, self.action
        return {
            "format_version": FORMAT_VERSION,
            "key": self.entry.key,
            "source": self.entry.source,
            "status": recorded.status.value if recorded else None,
            "action": action.kind.value if action else "none",
            "reason": action.reason if action else None,
            "publish_at": self.publish_at.isoformat() if self.publish_at else None,
            "draft": self.entry.draft,
            "defaults": [one._asdict() for one in self.inherited],
            "digest": self.digest,
            "recorded_digest": recorded.digest if recorded else None,
            "parts": [part.to_json() for part in self.parts],
            "problems": [problem.to_json() for problem in self.problems],
        }


def entry_facts(
    entry: Entry,
    *,
    n: int | None = None,
    inherited: Sequence[Inherited] = (),
    action: Action | None = None,
    recorded: EntryState | None = None,
    problems: tuple[Problem, ...] = (),
) -> EntryFacts:
    """The facts of an entry; with `n` (from 1) only that part of it."""
    on_record = {part.n: part for part in recorded.parts} if recorded else {}
    parts = [_part_facts(part, i, on_record.get(i)) for i, part in enumerate(entry.parts, 1)]
    return EntryFacts(
        entry=entry,
        digest=entry_digest([part.digest for part in parts]),
        parts=tuple(part for part in parts if n in {None, part.n}),
        inherited=inherited,
        action=action,
        recorded=recorded,
        problems=problems,
    )


def _part_facts(part: Part, n: int, recorded: PartState | None) -> PartFacts:
    request = part_request(part, n)
    return PartFacts(n=n, part=part, request=request, digest=request.digest, recorded=recorded)


def _medium_json(medium: Media) -> dict[str, Any]:
    alt_text = Count.of(medium.alt_text or "", MAX_ALT_TEXT)
    return {
        "name": medium.name,
        "kind": medium.kind.value,
        "size_bytes": medium.size_bytes or None,
        "digest": medium.digest,
        "alt_text": medium.alt_text,
        "alt_text_count": alt_text._asdict(),
    }
