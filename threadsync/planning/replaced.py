"""Posts that are out and hang on an old version of what they refer to. Pure.

Replacing a post moves nothing that replies to it or quotes it: that is told, and done nothing about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.planning.actions import ActionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from threadsync.planning.actions import Action
    from threadsync.post import Entry, Reference
    from threadsync.problems import Finding
    from threadsync.state.model import EntryState, PartState, State

_ANEW = frozenset({ActionKind.CREATE, ActionKind.REPLACE})


def replaced_targets(
    entries: Iterable[Entry], actions: Sequence[Action], recorded: State
) -> Iterator[tuple[Entry, Finding]]:
    """Each reference of a post that is out whose target was replaced, or is in this plan."""
    going = {action.key for action in actions if action.kind is ActionKind.REPLACE}
    anew = {action.key for action in actions if action.kind in _ANEW}
    for entry in entries:
        if entry.key in anew or not any(_changes(ref, going, recorded) for ref in entry.references):
            continue
        state = recorded.entry(entry.key)
        for finding in _of_entry(entry, state.settled_view, going, recorded) if state else ():
            yield entry, finding


def _changes(target: Reference, going: Set[str], recorded: State) -> bool:
    """Whether the target has, or will have, more than one version: those of most entries have not."""
    return target.key in going or "history" in recorded.entries.get(target.key or "", ())


def _of_entry(
    entry: Entry, state: EntryState, going: Set[str], recorded: State
) -> Iterator[Finding]:
    for i, part in enumerate(entry.parts):
        known = state.part(i + 1)
        for field, target in (("reply_to", part.reply_to), ("quote", part.quote)):
            if target and target.key and known and known.is_published:
                change = _change(field, target, known, recorded)
                change = change or ("is replaced by this plan" if target.key in going else "")
                if change:
                    values = {"field": field, "target": target, "change": change}
                    found = problems.TARGET_REPLACED.found(field, **values)
                    yield found.under("parts", entry.home_of(i))


def _change(field: str, target: Reference, known: PartState, recorded: State) -> str:
    """What became of the post that is referred to; "" when it is the one that is out now."""
    state = recorded.entry(target.key or "")
    if state is None:
        return ""
    is_old = _hangs_on_old if field == "reply_to" else _shows_old
    return "was replaced" if is_old(known, target.n, state.settled_view) else ""


def _hangs_on_old(reply: PartState, _: int, target: EntryState) -> bool:
    return any(old.id == reply.reply_to for old in target.history)


def _shows_old(quoting: PartState, n: int, target: EntryState) -> bool:
    """Whether it went out before the version that is out now: ids of quotes are not on record."""
    now, at = target.part(n), quoting.published_at
    if not (target.history and now and now.published_at and at):
        return False
    return at < now.published_at
