"""Adopt posts that are out already instead of publishing them again. Pure.

What is about to be published, but equals a post on the account in text, type, number of media and
parent that the state does not know, is adopted: neither a lost state nor an older copy of one makes a
post appear twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from threadsync.planning.actions import Action, ActionKind
from threadsync.planning.matching import fingerprint, has_text
from threadsync.state.model import EntryStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threadsync.planning.actions import PlannedPart
    from threadsync.planning.matching import Observed
    from threadsync.state.model import State

Found = tuple[int, str, str]
"""(part number, digest, media id) of a part that is out."""


def adopted(actions: Iterable[Action], observed: Observed, recorded: State) -> list[Action]:
    """The same actions, but what they publish and is out is adopted; parents must come first.

    A post is adopted by one entry only. A part without text, or with several candidates, is not
    adopted: it cannot be told which post it is. What equals a post that may be that of another entry,
    of which it is not known whether it is out, waits until that is known.
    """
    adopter = _Adopter(observed, recorded)
    return [adopter.adopted(action) for action in actions]


def undecidable(actions: Iterable[Action], observed: Observed) -> list[Action]:
    """Creates of which it cannot be told whether they are out: no text, or several candidates."""
    return [action for action in actions if _is_new(action) and _is_unclear(action, observed)]


def may_be_out(actions: Iterable[Action]) -> bool:
    """Whether some action would publish what another run may have published already."""
    return any(map(_may_be_out, actions))


class _Adopter:
    def __init__(self, observed: Observed, recorded: State) -> None:
        self._observed = observed
        self._recorded = recorded
        self._in_doubt = _in_doubt(recorded)
        self._adopted: dict[str, str] = {}
        """Media ids of the parts adopted so far, by `KEY#N`."""

    def adopted(self, action: Action) -> Action:
        if not _may_be_out(action):
            return action
        if other := self._other_owner(action):
            reason = f"equals {other}, of which it is not known whether it is out"
            return replace(action, kind=ActionKind.WAIT, reason=reason)
        found = self._found(action)
        if not found:
            return action
        self._observed = self._observed.without(frozenset(media_id for *_, media_id in found))
        self._adopted |= {f"{action.key}#{n}": media_id for n, _, media_id in found}
        return _adopt(action, found)

    def _other_owner(self, action: Action) -> str | None:
        """The entry in doubt whose post it may be that equals what the action publishes first."""
        first = action.parts[0]
        looks, parent = fingerprint(first.request), self._parent(action, first)
        other = self._in_doubt.get((looks, parent))
        return other if other != action.key and self._observed.like(looks, parent) else None

    def _found(self, action: Action) -> tuple[Found, ...]:
        """The parts that are out, from the first one without a gap."""
        found: list[Found] = []
        for part in action.parts:
            parent = found[-1][2] if found else self._parent(action, part)
            candidates = self._observed.like(fingerprint(part.request), parent)
            if parent == "" or len(candidates) != 1 or not has_text(part.request):
                break
            found.append((part.n, part.digest, candidates[0].id))
        return tuple(found)

    def _parent(self, action: Action, part: PlannedPart) -> str | None:
        """The post a part replies to: None for a root post, "" while it is not out."""
        reference = part.request.params.get("reply_to_id")
        kind, _, name = (reference or "").partition(":")
        if kind not in {"post", "part"}:
            return reference
        name = f"{action.key}#{name}" if kind == "part" else name
        return self._adopted.get(name) or self._recorded.media_id(name) or ""


def _in_doubt(recorded: State) -> dict[tuple[str | None, str | None], str]:
    """The entries of which it is not known whether they are out, by fingerprint and parent."""
    keys = (key for key, raw in recorded.entries.items() if raw["status"] == EntryStatus.UNKNOWN)
    return {
        (part.fingerprint, part.reply_to): key
        for key in keys
        if (entry := recorded.entry(key)) is not None
        for part in entry.parts
        if part.is_unsettled
    }


_PUBLISHING = frozenset(
    {ActionKind.CREATE, ActionKind.REPLACE, ActionKind.APPEND, ActionKind.RESUME}
)


def _may_be_out(action: Action) -> bool:
    return action.kind in _PUBLISHING and bool(action.parts)


def _is_new(action: Action) -> bool:
    # What only waits for its turn counts: when that comes, the state is not empty any more.
    return (action.put_off or action.kind) is ActionKind.CREATE and action.recorded is None


def _is_unclear(action: Action, observed: Observed) -> bool:
    request = action.parts[0].request
    if "reply_to_id" in request.params:
        return False
    candidates = observed.like(fingerprint(request), None)
    return bool(candidates) and (len(candidates) > 1 or not has_text(request))


def _adopt(action: Action, found: tuple[Found, ...]) -> Action:
    numbers = {n for n, *_ in found}
    rest = tuple(part for part in action.parts if part.n not in numbers)
    what = "on the account with the same content"
    if rest:
        what += f", {len(found)} of {len(action.parts)} parts"
    if _is_new(action):
        return replace(action, kind=ActionKind.ADOPT, reason=what, parts=rest, adopts=found)
    return replace(action, reason=f"{action.reason}; {what}", parts=rest, adopts=found)
