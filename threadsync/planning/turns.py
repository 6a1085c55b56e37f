"""Which actions wait for other posts or for their turn, and from when they may go out. Pure.

A chain is one post: once a part of it is out, only what it refers to can hold back the rest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from threadsync.planning.actions import PUBLISHING, ActionKind
from threadsync.planning.pacing import Turn
from threadsync.state.model import PartStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from threadsync.planning.actions import Action
    from threadsync.planning.pacing import Pace
    from threadsync.post import Reference
    from threadsync.state.model import EntryState, State

_BEGUN = frozenset({ActionKind.RESUME, ActionKind.ADOPT})
"""Kinds of which a part is out already."""


def in_turn(actions: Sequence[Action], recorded: State, pace: Pace, now: datetime) -> list[Action]:
    """The same actions in the same order, but those that may not go out at `now` wait.

    What they refer to must come before them. What failed before gets its turn after the others, so
    that a post which Threads refuses each time does not hold all of them back.
    """
    turns = _Turns(recorded, pace, now)
    for are_retries in (False, True):
        for action in actions:
            if _has_failed(action) is are_retries and turns.may_go(action):
                turns.take(action)
    for action in actions:
        if action.key not in turns.taken:
            turns.take(action)
    return [turns.taken[action.key] for action in actions]


class _Held(NamedTuple):
    """When all that an entry refers to is out, and what is out last if it has to be waited for."""

    until: datetime | None
    """None when that is not known."""
    by: Reference | None = None


class _Turns:
    """The turns given so far: those for what may go out at once must be given first."""

    def __init__(self, recorded: State, pace: Pace, now: datetime) -> None:
        self._recorded = recorded
        self._pace = pace
        self._now = now
        self._out_at: dict[str, datetime] = {}
        """When the entries of this plan go out, as far as that is known."""
        self.taken: dict[str, Action] = {}
        """The actions as they are planned, by key."""

    def may_go(self, action: Action) -> bool:
        """Whether only its turn can hold the action back; what it refers to must be taken."""
        return action.kind in PUBLISHING and self._held(action).by is None

    def take(self, action: Action) -> None:
        """Let the action go out at its turn."""
        if _may_appear(action):
            action = self._at_its_turn(action)
        elif action.kind in PUBLISHING:
            self._out_at[action.key] = self._now
        self.taken[action.key] = action

    def _at_its_turn(self, action: Action) -> Action:
        held = self._held(action)
        if held.until is None:
            return _waiting(action, f"waits for {held.by}", None)
        turn = Turn(held.until) if action.kind in _BEGUN else self._pace.turn(held.until)
        self._pace = self._pace.after(turn.at)
        if action.publishes or not _is_out(action.recorded, 1):
            self._out_at[action.key] = turn.at
        return (
            action if turn.at <= self._now else _waiting(action, _why(action, held, turn), turn.at)
        )

    def _held(self, action: Action) -> _Held:
        until, by = action.not_before or self._now, None
        references = action.entry.references if action.entry and _may_appear(action) else ()
        for reference in references:
            ready = self._ready(reference, action.key)
            if ready is None:
                return _Held(None, reference)
            if ready > until:
                until, by = ready, reference
        return _Held(until, by)

    def _ready(self, reference: Reference, own_key: str) -> datetime | None:
        """When the post that is referred to is out; None when that is not known."""
        key = reference.key
        if key is None or key == own_key:
            return self._now
        if key in self._out_at:
            return self._out_at[key]
        return self._now if _is_out(self._recorded.entry(key), reference.n) else None


def _may_appear(action: Action) -> bool:
    """Whether posts of the action go out now or at a time that is known."""
    return action.publishes or action.not_before is not None


def _has_failed(action: Action) -> bool:
    parts = action.recorded.parts if action.recorded else ()
    return any(part.status is PartStatus.FAILED for part in parts)


def _is_out(recorded: EntryState | None, n: int) -> bool:
    part = recorded.settled_view.part(n) if recorded else None
    return part is not None and part.is_published


def _waiting(action: Action, reason: str, not_before: datetime | None) -> Action:
    put_off = action.kind if action.publishes and not_before else None
    return replace(
        action, kind=ActionKind.WAIT, reason=reason, not_before=not_before, put_off=put_off
    )


def _why(action: Action, held: _Held, turn: Turn) -> str:
    """Why an action waits: as it did before, or for another one, and then for its turn."""
    own = action.reason if action.kind is ActionKind.WAIT else ""
    for_others = f"waits for {held.by}" if held.by else own
    for_turn = f"held by {turn.put_off_by}" if turn.put_off_by else ""
    return ", ".join(filter(None, (for_others, for_turn)))
