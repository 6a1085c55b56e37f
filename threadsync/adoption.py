"""Adopt posts that are out already instead of publishing them again. Pure.

An entry that the state does not know, but that equals a post on the account in text, type, number
of media and parent, is adopted: a lost state file cannot flood the account.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from threadsync.actions import Action, ActionKind
from threadsync.matching import fingerprint, has_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threadsync.matching import Observed


def adopted(actions: Iterable[Action], observed: Observed) -> list[Action]:
    """The same actions, but creates whose posts are out become adopts.

    A post is adopted by one entry only. A part without text, or with several candidates, is not
    adopted: it cannot be told which post it is.
    """
    result = []
    for action in actions:
        found = _found(action, observed) if _may_be_out(action) else ()
        if found:
            observed = observed.without(frozenset(media_id for *_, media_id in found))
            action = _adopt(action, found)  # noqa: PLW2901
        result.append(action)
    return result


def undecidable(actions: Iterable[Action], observed: Observed) -> list[Action]:
    """Creates of which it cannot be told whether they are out: no text, or several candidates."""
    return [
        action
        for action in actions
        if _may_be_out(action) and _is_root(action) and _candidates_do_not_tell(action, observed)
    ]


def _may_be_out(action: Action) -> bool:
    return action.kind is ActionKind.CREATE and action.recorded is None


def _is_root(action: Action) -> bool:
    return "reply_to_id" not in action.parts[0].request.params


def _candidates_do_not_tell(action: Action, observed: Observed) -> bool:
    request = action.parts[0].request
    candidates = observed.like(fingerprint(request), None)
    return bool(candidates) and (len(candidates) > 1 or not has_text(request))


def _found(action: Action, observed: Observed) -> tuple[tuple[int, str, str], ...]:
    """(part number, digest, media id) of the parts that are out, from the first one without a gap."""
    found: list[tuple[int, str, str]] = []
    if not _is_root(action):
        return ()
    parent = None
    for part in action.parts:
        candidates = observed.like(fingerprint(part.request), parent)
        if len(candidates) != 1 or not has_text(part.request):
            break
        parent = candidates[0].id
        found.append((part.n, part.digest, parent))
    return tuple(found)


def _adopt(action: Action, found: tuple[tuple[int, str, str], ...]) -> Action:
    rest = tuple(part for part in action.parts if part.n > len(found))
    reason = "on the account with the same content"
    if rest:
        reason += f", {len(found)} of {len(action.parts)} parts"
    return replace(action, kind=ActionKind.ADOPT, reason=reason, parts=rest, adopts=found)
