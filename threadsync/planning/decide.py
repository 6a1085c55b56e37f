"""What is to be done about one entry: the table "what an action is decided from", as code. Pure.

Each function answers for one row: what the files ask for against what the state remembers. Ordering
entries and making them wait for each other is `plan`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.planning.actions import Action, ActionKind, PlannedPart
from threadsync.post import OnChange
from threadsync.request import entry_digest, part_request
from threadsync.state.model import EntryStatus, PartStatus, is_out

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta
    from typing import Any

    from threadsync.config import Policy
    from threadsync.post import Entry
    from threadsync.problems import Finding
    from threadsync.state.model import EntryState


@dataclass(frozen=True, slots=True)
class Desired:
    """An entry with the digests of what would be sent for it."""

    entry: Entry
    digests: tuple[str, ...]
    digest: str

    @classmethod
    def of(cls, entry: Entry) -> Desired:
        digests = tuple(part_request(part, n).digest for n, part in enumerate(entry.parts, start=1))
        return cls(entry, digests, entry_digest(digests))

    def parts_from(self, first: int) -> tuple[PlannedPart, ...]:
        """The parts from number `first` (from 1) on, with their requests."""
        return tuple(
            PlannedPart(n, digest, part_request(part, n))
            for n, (part, digest) in enumerate(
                zip(self.entry.parts, self.digests, strict=True), start=1
            )
            if n >= first
        )

    def continues(self, begun: EntryState) -> bool:
        """Whether these are the contents of which some parts are, or may be, out already."""
        live = [part for part in begun.parts if part.may_be_live]
        wanted = dict(enumerate(self.digests, start=1))
        return bool(live) and all(wanted.get(part.n) == part.digest for part in live)

    def action(
        self,
        kind: ActionKind,
        reason: str,
        recorded: EntryState | None = None,
        *,
        first: int | None = None,
        deletes: tuple[str, ...] = (),
    ) -> Action:
        """An action on this entry that publishes its parts from number `first` on, if any."""
        parts = () if first is None else self.parts_from(first)
        entry = self.entry
        return Action(
            entry.key, kind, reason, entry.source, self.digest, entry, recorded, parts, deletes
        )

    def scheduled(
        self, recorded: EntryState | None = None, *, first: int, what: str = ""
    ) -> Action:
        """An action that waits for the entry's `publish_at`."""
        waiting = self.action(ActionKind.WAIT, f"scheduled{what}", recorded, first=first)
        return replace(waiting, not_before=self.entry.publish_at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An action, or None when there is nothing to say, and what is wrong with the entry."""

    action: Action | None = None
    findings: tuple[Finding, ...] = ()


def is_unchanged(desired: Desired, raw: Mapping[str, Any]) -> bool:
    """Whether the state's raw record says that exactly this is out, with nothing left to do.

    The quick way for the thousands of entries that were not touched.
    """
    return not desired.entry.draft and is_out(raw, desired.entry.source, desired.digest)


def decide(desired: Desired, recorded: EntryState | None, policy: Policy, now: datetime) -> Verdict:
    """What to do about an entry that is in the files."""
    if recorded is not None and recorded.status is EntryStatus.UNKNOWN:
        return Verdict(_unknown(desired, recorded))
    settled = recorded.settled_view if recorded else None
    if recorded is None or settled is None or not settled.published:
        return _new(desired, recorded, policy, now)
    if settled.status is EntryStatus.PARTIAL:
        return _half_out(desired, recorded, settled)
    return _published(desired, recorded, settled, now)


def decide_orphan(key: str, recorded: EntryState, *, prune: bool) -> Action | None:
    """What to do about an entry whose file is gone; None to leave it as it is."""
    settled = recorded.settled_view
    if recorded.status is EntryStatus.UNKNOWN:
        reason = "whether it is out is not known yet; its file is gone"
        return Action(key, ActionKind.UNKNOWN, reason, recorded=recorded)
    pending = tuple(old.id for old in settled.pending_deletes)
    live = tuple(part.id or "" for part in reversed(settled.published))
    if live and prune:
        reason = "its file is gone"
        return Action(key, ActionKind.DELETE, reason, recorded=recorded, deletes=live + pending)
    if pending and recorded.status is EntryStatus.PUBLISHED:
        reason = f"{_posts(len(pending))} it replaced still to be deleted"
        return Action(key, ActionKind.RESUME, reason, recorded=recorded, deletes=pending)
    return None


def _unknown(desired: Desired, recorded: EntryState) -> Action:
    numbers = ", ".join(str(part.n) for part in recorded.parts if part.is_unsettled)
    what = f"part {numbers} is out" if len(desired.digests) > 1 else "it is out"
    return desired.action(ActionKind.UNKNOWN, f"whether {what} is not known yet", recorded)


def _new(desired: Desired, recorded: EntryState | None, policy: Policy, now: datetime) -> Verdict:
    entry = desired.entry
    if entry.draft:
        return Verdict(desired.action(ActionKind.WAIT, "draft", recorded, first=1))
    if _is_ahead(entry, now):
        return Verdict(desired.scheduled(recorded, first=1))
    if entry.publish_at is not None and now - entry.publish_at > policy.max_lateness:
        return _late(desired, recorded, policy, now - entry.publish_at)
    return Verdict(desired.action(ActionKind.CREATE, _why_new(recorded), recorded, first=1))


def _late(
    desired: Desired, recorded: EntryState | None, policy: Policy, late: timedelta
) -> Verdict:
    if policy.late == "fail":
        values = {"late": _span(late), "limit": _span(policy.max_lateness)}
        return Verdict(None, (problems.TOO_LATE.found("publish_at", **values),))
    if policy.late == "skip":
        reason = f"skipped: publish_at passed {_span(late)} ago"
        return Verdict(desired.action(ActionKind.WAIT, reason, recorded, first=1))
    return Verdict(desired.action(ActionKind.CREATE, _why_new(recorded), recorded, first=1))


def _why_new(recorded: EntryState | None) -> str:
    if recorded is None:
        return "new"
    failed = [part.error for part in recorded.parts if part.status is PartStatus.FAILED]
    if failed:
        return f"failed: {failed[0]}"
    if any(part.status is PartStatus.MADE for part in recorded.parts):
        return "begun, nothing is out yet"
    return "was deleted"


def _half_out(desired: Desired, recorded: EntryState, settled: EntryState) -> Verdict:
    if desired.entry.draft:
        reason = f"draft, with {_parts(len(settled.published))} out"
        return Verdict(desired.action(ActionKind.WAIT, reason, recorded))
    changed = _changed_parts(desired, settled)
    if changed and desired.entry.on_change is not OnChange.IGNORE:
        return _changed(desired, recorded, settled, changed)
    first = len(settled.published) + 1
    failed = [part.error for part in settled.parts if part.status is PartStatus.FAILED]
    out = f"{len(settled.published)} of {_parts(len(desired.digests))} out"
    reason = f"failed: {failed[0]}; {out}" if failed else out
    deletes = tuple(old.id for old in settled.pending_deletes)
    return Verdict(
        desired.action(ActionKind.RESUME, reason, recorded, first=first, deletes=deletes)
    )


def _published(
    desired: Desired, recorded: EntryState, settled: EntryState, now: datetime
) -> Verdict:
    if desired.entry.draft:
        return Verdict(None, (problems.PUBLISHED_DRAFT.found("draft"),))
    known, wanted = len(settled.published), len(desired.digests)
    changed = _changed_parts(desired, settled)
    if changed or wanted < known:
        return _edited(desired, recorded, settled, changed, now)
    if wanted > known:
        return Verdict(_append(desired, recorded, settled, now))
    return Verdict(_leftovers(desired, recorded, settled))


def _edited(
    desired: Desired,
    recorded: EntryState,
    settled: EntryState,
    changed: tuple[int, ...],
    now: datetime,
) -> Verdict:
    if not _is_ahead(desired.entry, now) or desired.entry.on_change is not OnChange.REPLACE:
        return _changed(desired, recorded, settled, changed)
    what = _what_changed(changed, len(settled.published), len(desired.digests))
    return Verdict(desired.scheduled(recorded, first=1, what=f", replaces what is out ({what})"))


def _append(desired: Desired, recorded: EntryState, settled: EntryState, now: datetime) -> Action:
    known = len(settled.published)
    if _is_ahead(desired.entry, now):
        return desired.scheduled(recorded, first=known + 1)
    reason = f"{_parts(len(desired.digests) - known)} added at the end"
    deletes = tuple(old.id for old in settled.pending_deletes)
    return desired.action(ActionKind.APPEND, reason, recorded, first=known + 1, deletes=deletes)


def _leftovers(desired: Desired, recorded: EntryState, settled: EntryState) -> Action | None:
    """What remains to be done when exactly the wanted parts are out."""
    if deletes := tuple(old.id for old in settled.pending_deletes):
        reason = f"{_posts(len(deletes))} it replaced still to be deleted"
        return desired.action(ActionKind.RESUME, reason, recorded, deletes=deletes)
    if recorded.source != desired.entry.source:
        reason = f"was {recorded.source}" if recorded.source else "its file is back"
        return desired.action(ActionKind.MOVE, reason, recorded)
    return None


def _changed(
    desired: Desired, recorded: EntryState, settled: EntryState, changed: tuple[int, ...]
) -> Verdict:
    what = _what_changed(changed, len(settled.published), len(desired.digests))
    on_change = desired.entry.on_change
    if on_change is OnChange.FAIL:
        return Verdict(None, (problems.CHANGED_AND_FAILS.found(what=what),))
    if on_change is OnChange.IGNORE:
        reason = f"{what}, left alone (on_change: ignore)"
        return Verdict(desired.action(ActionKind.NONE, reason, recorded))
    live = tuple(part.id or "" for part in reversed(settled.published))
    pending = tuple(old.id for old in settled.pending_deletes)
    return Verdict(
        desired.action(ActionKind.REPLACE, what, recorded, first=1, deletes=live + pending)
    )


def _changed_parts(desired: Desired, settled: EntryState) -> tuple[int, ...]:
    """The numbers of published parts that the files no longer ask for in this form."""
    wanted = dict(enumerate(desired.digests, start=1))
    return tuple(part.n for part in settled.published if wanted.get(part.n) != part.digest)


def _what_changed(changed: tuple[int, ...], known: int, wanted: int) -> str:
    if wanted < known:
        return f"{wanted} of {_parts(known)} left"
    if known == 1:
        return "changed"
    numbers = ", ".join(str(n) for n in changed)
    return f"part {numbers} changed" if len(changed) == 1 else f"parts {numbers} changed"


def _is_ahead(entry: Entry, now: datetime) -> bool:
    return entry.publish_at is not None and entry.publish_at > now


def _parts(count: int) -> str:
    return "1 part" if count == 1 else f"{count} parts"


def _posts(count: int) -> str:
    return "1 post" if count == 1 else f"{count} posts"


def _span(time: timedelta) -> str:
    """A length of time in its largest whole unit: `3 days`, `5 hours`, `20 minutes`."""
    seconds = int(time.total_seconds())
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"{seconds} seconds"
