"""The state as values: what was published for each entry. No I/O, no clock.

A `State` keeps entries as the plain JSON objects they were read as, so that ten thousand of them
cost little and fields of newer versions survive; `entry` gives a typed view of one. Every field
below stands in `schemas/state.schema.json`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Set

FORMAT = 1
"""The format this version writes."""


class PartStatus(StrEnum):
    """How far one part is."""

    MADE = "made"
    """Its container exists and was never asked to be published."""
    PUBLISHING = "publishing"
    """The intent is on record: the publish request may have been sent."""
    PUBLISHED = "published"
    PENDING = "live_id_pending"
    """It is live; its media id has not been found yet."""
    UNKNOWN = "unknown"
    """Whether it is live cannot be told yet."""
    FAILED = "failed"
    """Meta refused it for sure; nothing is or will be live."""


UNSETTLED = frozenset({PartStatus.PUBLISHING, PartStatus.PENDING, PartStatus.UNKNOWN})
"""A part in one of these may be live without an id on record."""


class EntryStatus(StrEnum):
    """What the parts of an entry add up to."""

    PUBLISHED = "published"
    PARTIAL = "partial"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class PartState:
    """What is on record for part `n` (from 1). Times are RFC 3339 in UTC, ids strings of digits."""

    n: int
    digest: str
    status: PartStatus
    container_id: str | None = None
    container_created_at: str | None = None
    id: str | None = None
    permalink: str | None = None
    published_at: str | None = None
    reply_to: str | None = None
    """The media id this part replies to."""
    fingerprint: str | None = None
    """What the post looks like on Threads, as a hash: how it is found when its id was lost."""
    media: tuple[str, ...] = ()
    """`sha256:…` of each file it shows, in order; empty also in a record of before this was kept."""
    error: str | None = None
    """Why a failed part failed, in one sentence."""
    attempts: tuple[Mapping[str, Any], ...] = ()
    """One `{n, nonce, at, run, outcome}` for each publish request, oldest first."""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_published(self) -> bool:
        return self.status is PartStatus.PUBLISHED

    @property
    def is_unsettled(self) -> bool:
        return self.status in UNSETTLED

    @property
    def may_be_live(self) -> bool:
        return self.is_published or self.is_unsettled

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> PartState:
        fields = {name: raw[name] for name in _PART_FIELDS if name in raw}
        fields["status"] = PartStatus(fields["status"])
        fields["attempts"] = tuple(fields.get("attempts", ()))
        fields["media"] = tuple(fields.get("media", ()))
        return cls(**fields, extra=_rest(raw, _PART_FIELDS))

    def to_json(self) -> dict[str, Any]:
        raw = _to_json(self, _PART_FIELDS)
        raw["status"] = self.status.value
        if self.attempts:
            raw["attempts"] = [dict(attempt) for attempt in self.attempts]
        return _with_media(raw)


@dataclass(frozen=True, slots=True)
class OldPart:
    """A post of an earlier revision: to be deleted while `deleted_at` is None."""

    revision: int
    id: str
    digest: str
    n: int = 1
    reply_to: str | None = None
    permalink: str | None = None
    published_at: str | None = None
    media: tuple[str, ...] = ()
    deleting_since: str | None = None
    """When its deletion was put on record: the request may have been sent."""
    deleted_at: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> OldPart:
        fields = {name: raw[name] for name in _OLD_FIELDS if name in raw}
        fields["media"] = tuple(fields.get("media", ()))
        return cls(**fields, extra=_rest(raw, _OLD_FIELDS))

    def to_json(self) -> dict[str, Any]:
        return _with_media(_to_json(self, _OLD_FIELDS))

    def as_part(self) -> PartState:
        return PartState(
            n=self.n,
            digest=self.digest,
            status=PartStatus.PUBLISHED,
            id=self.id,
            reply_to=self.reply_to,
            permalink=self.permalink,
            published_at=self.published_at,
            media=self.media,
        )


@dataclass(frozen=True, slots=True)
class EntryState:
    """What is on record for one entry: the parts of its current revision and the posts before."""

    source: str | None = None
    """The file it came from; None when the file is gone."""
    digest: str | None = None
    revision: int = 1
    parts: tuple[PartState, ...] = ()
    history: tuple[OldPart, ...] = ()
    total: int = 0
    """How many parts the revision being published has; more than `parts` while it is half out."""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> EntryStatus:
        if any(part.is_unsettled for part in self.parts):
            return EntryStatus.UNKNOWN
        if not self.parts and self.history and not self.pending_deletes:
            return EntryStatus.DELETED
        published = len(self.published)
        if published and published >= self.total:
            return EntryStatus.PUBLISHED
        if not published and any(part.status is PartStatus.FAILED for part in self.parts):
            return EntryStatus.FAILED
        return EntryStatus.PARTIAL

    @property
    def pending_deletes(self) -> tuple[OldPart, ...]:
        """Posts of earlier revisions that are still out, the newest part first."""
        return tuple(old for old in reversed(self.history) if old.deleted_at is None)

    @property
    def published(self) -> tuple[PartState, ...]:
        """The parts that are out for sure, in order."""
        return tuple(part for part in self.parts if part.is_published)

    @property
    def settled_view(self) -> EntryState:
        """What is out: a new revision of which nothing can be live counts as not begun."""
        if self.revision == 1 or any(part.may_be_live for part in self.parts):
            return self
        last = tuple(old for old in self.history if old.deleted_at is None)
        parts = tuple(old.as_part() for old in last if old.revision == self.revision - 1)
        rest = tuple(old for old in self.history if old.revision != self.revision - 1)
        if not parts:
            return self
        return replace(
            self, revision=self.revision - 1, parts=parts, history=rest, total=len(parts)
        )

    def next_revision(self) -> EntryState:
        """The same entry before its first part is published anew.

        The posts that are out go to the history; they are deleted when the new ones are out.
        """
        return replace(
            self,
            revision=self.revision + 1,
            parts=(),
            history=(*self.history, *self._old(self.parts)),
        )

    def without_gone(self, media_ids: Set[str], at: str) -> EntryState:
        """The same entry when some of its posts are found to be gone from Threads, seen `at`.

        Parts after the first of them hang on nothing any more: they are published anew like it, and
        what is out of them is deleted then.
        """
        first = min(part.n for part in self.parts if part.id in media_ids)
        kept = tuple(part for part in self.parts if part.n < first)
        old = self._old(part for part in self.parts if part.n >= first)
        marked = (replace(part, deleted_at=at) if part.id in media_ids else part for part in old)
        # Two on, so that posts of a broken chain are not taken for the revision before.
        revision = self.revision if kept else self.revision + 2
        history = (*self.history, *marked)
        return replace(self, revision=revision, parts=kept, history=history)

    def _old(self, parts: Iterable[PartState]) -> tuple[OldPart, ...]:
        return tuple(
            OldPart(
                revision=self.revision,
                id=part.id,
                digest=part.digest,
                n=part.n,
                reply_to=part.reply_to,
                permalink=part.permalink,
                published_at=part.published_at,
                media=part.media,
            )
            for part in parts
            if part.id is not None
        )

    def with_deleted(self, media_id: str, *, since: str | None, at: str | None) -> EntryState:
        """The same entry after a step of deleting an old post: asked for `since`, gone `at`."""
        history = tuple(
            replace(old, deleting_since=since or old.deleting_since, deleted_at=at)
            if old.id == media_id
            else old
            for old in self.history
        )
        return replace(self, history=history)

    def part(self, n: int) -> PartState | None:
        """Part `n` (from 1), or None when nothing is on record for it."""
        return next((part for part in self.parts if part.n == n), None)

    def with_part(self, part: PartState) -> EntryState:
        """This entry with `part` in the place of the part of the same number."""
        others = [known for known in self.parts if known.n != part.n]
        return replace(self, parts=tuple(sorted([*others, part], key=lambda known: known.n)))

    def without_part(self, n: int) -> EntryState:
        return replace(self, parts=tuple(part for part in self.parts if part.n != n))

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> EntryState:
        return cls(
            source=raw.get("source"),
            digest=raw.get("digest"),
            revision=raw.get("revision", 1),
            parts=tuple(PartState.from_json(part) for part in raw["parts"]),
            history=tuple(OldPart.from_json(old) for old in raw.get("history", ())),
            total=raw.get("total", len(raw["parts"])),
            extra=_rest(raw, _ENTRY_FIELDS),
        )

    def to_json(self) -> dict[str, Any]:
        raw: dict[str, Any] = {
            "source": self.source,
            "digest": self.digest,
            "status": self.status.value,
            "parts": [part.to_json() for part in self.parts],
        }
        if self.revision != 1:
            raw["revision"] = self.revision
        if self.history:
            raw["history"] = [old.to_json() for old in self.history]
        if self.total != len(self.parts):
            raw["total"] = self.total
        return {**raw, **self.extra}


@dataclass(frozen=True, slots=True)
class State:
    """The whole memory of one account. `entries` maps keys to raw JSON; read them with `entry`."""

    lineage: str | None = None
    """None only for the empty state of a project that has published nothing."""
    serial: int = 0
    account: Mapping[str, Any] = field(default_factory=dict)
    """`{user_id, username}`; empty until the first apply."""
    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ledger: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def entry(self, key: str) -> EntryState | None:
        """The typed view of one entry, or None when nothing is on record for `key`."""
        raw = self.entries.get(key)
        return None if raw is None else EntryState.from_json(raw)

    def media_id(self, reference: str) -> str | None:
        """The media id of the published post `KEY#N`, None while it is not out."""
        key, _, n = reference.partition("#")
        entry = self.entry(key)
        part = entry.settled_view.part(int(n)) if entry else None
        return part.id if part else None

    def media_ids(self) -> Iterator[str]:
        """Every media id on record, those of deleted posts too."""
        for raw in self.entries.values():
            for part in (*raw["parts"], *raw.get("history", ())):
                if part.get("id"):
                    yield part["id"]

    def typed_entries(self) -> Iterator[tuple[str, EntryState]]:
        """Every entry with its key, sorted by key."""
        for key in sorted(self.entries):
            yield key, EntryState.from_json(self.entries[key])

    def is_out(self, key: str, source: str, digest: str) -> bool:
        """Whether the entry `key` of this file and digest is out, with nothing left to do."""
        raw = self.entries.get(key)
        return raw is not None and is_out(raw, source, digest)

    def with_entry(self, key: str, entry: EntryState) -> State:
        return replace(self, entries={**self.entries, key: entry.to_json()})

    def without_entry(self, key: str) -> State:
        return replace(self, entries={k: v for k, v in self.entries.items() if k != key})

    def started(self, lineage: str) -> State:
        """This state, named `lineage` if it had no name yet."""
        return self if self.lineage else replace(self, lineage=lineage)


def is_out(raw: Mapping[str, Any], source: str, digest: str) -> bool:
    """Whether a raw record says that exactly this is out, with nothing left to do."""
    return (
        raw["digest"] == digest
        and raw["status"] == EntryStatus.PUBLISHED
        and raw["source"] == source
        and "history" not in raw
    )


_PART_FIELDS = tuple(name for name in PartState.__slots__ if name != "extra")
_OLD_FIELDS = tuple(name for name in OldPart.__slots__ if name != "extra")
_ENTRY_FIELDS = ("source", "digest", "status", "parts", "revision", "history", "total")


def _to_json(value: PartState | OldPart, names: tuple[str, ...]) -> dict[str, Any]:
    raw = {name: getattr(value, name) for name in names}
    return {**{k: v for k, v in raw.items() if v is not None and v != ()}, **value.extra}


def _with_media(raw: dict[str, Any]) -> dict[str, Any]:
    """The same with its media as JSON has them."""
    return {**raw, "media": list(raw["media"])} if "media" in raw else raw


def _rest(raw: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name not in known}
