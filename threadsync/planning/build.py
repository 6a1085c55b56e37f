"""Compare what the files ask for with what the state remembers: an ordered plan. Pure.

`build_plan` decides each entry by `decide`, finds renamed files and posts that are out already,
puts everything in the order of publishing, and lets wait what may not go out yet.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from threadsync import problems
from threadsync.errors import UsageError
from threadsync.planning.actions import Action, ActionKind, Plan
from threadsync.state.model import EntryState, EntryStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from threadsync.config import Policy
    from threadsync.planning.decide import Desired, Verdict
    from threadsync.planning.matching import Observed
    from threadsync.post import Entry
    from threadsync.problems import Finding
    from threadsync.state.model import State

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a plan is asked to look at. An empty `targets` means everything."""

    account: str = "default"
    targets: tuple[str, ...] = ()
    prune: bool = False
    broken_keys: frozenset[str] = frozenset()
    """Keys of entries whose files have errors: neither orphans nor to be published."""
    unchanged: frozenset[str] = frozenset()
    """Keys of entries that are out as their files ask; nothing more is known of them."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan and what was found about entries on the way; places are not known here."""

    plan: Plan
    findings: tuple[tuple[Entry, Finding], ...] = ()


def build_plan(
    desired: Sequence[Entry],
    recorded: State,
    policy: Policy,
    *,
    now: datetime,
    scope: Scope | None = None,
    observed: Observed | None = None,
) -> Draft:
    """The plan that makes Threads match `desired`.

    `observed` are posts on the account that `recorded` does not know; None to leave adoption out.
    UsageError when a target is neither in the files nor in the state.
    """
    scope = scope or Scope()
    wanted = {entry.key: entry for entry in desired}
    chosen = _chosen(scope, wanted, recorded)
    verdicts = _Verdicts(recorded, policy, now, wanted, scope)
    for entry in desired:
        if chosen is None or entry.key in chosen:
            verdicts.add(entry)
    actions = _ordered(verdicts.actions)
    leading = [e for e in desired if e.references and (chosen is None or e.key in chosen)]
    if leading:
        from threadsync.planning.replaced import replaced_targets

        verdicts.findings += replaced_targets(leading, actions, recorded)
    if observed is not None:
        from threadsync.planning.adoption import adopted

        actions = adopted(actions, observed, recorded)
    if actions:
        actions = _in_turn(actions, recorded, policy, now)
    plan = Plan(
        account=scope.account,
        lineage=recorded.lineage,
        serial=recorded.serial,
        made_at=now,
        actions=(*actions, *_orphans(verdicts.moved_from, recorded, policy, wanted, scope)),
        unchanged=verdicts.unchanged,
        targets=scope.targets,
        prune=scope.prune,
    )
    return Draft(plan, tuple(found for found in verdicts.findings if not _is_allowed(*found)))


def _is_allowed(entry: Entry, finding: Finding) -> bool:
    return finding.kind.code in entry.allowed and finding.kind.severity != problems.ERROR


def _in_turn(actions: list[Action], recorded: State, policy: Policy, now: datetime) -> list[Action]:
    from threadsync.planning.ledger import newest_of
    from threadsync.planning.pacing import Pace
    from threadsync.planning.turns import in_turn

    last = newest_of(recorded) if policy.min_gap else None
    return in_turn(actions, recorded, Pace(policy.min_gap, policy.quiet_hours, last), now)


class _Verdicts:
    """Collects what is decided about each entry of the files."""

    def __init__(
        self,
        recorded: State,
        policy: Policy,
        now: datetime,
        wanted: Mapping[str, Entry],
        scope: Scope,
    ) -> None:
        self._recorded = recorded
        self._policy = policy
        self._now = now
        self._wanted = wanted
        self._scope = scope
        self._known_orphans: _Orphans | None = None
        self.actions: list[Action] = []
        self.findings: list[tuple[Entry, Finding]] = []
        self.moved_from: set[str] = set()
        targets = set(scope.targets) or scope.unchanged
        self.unchanged = len(scope.unchanged & targets)

    def add(self, entry: Entry) -> None:
        from threadsync.planning.decide import (  # not needed without changes
            Desired,
            decide,
            is_unchanged,
        )

        desired = Desired.of(entry)
        raw = self._recorded.entries.get(entry.key)
        if raw is not None and is_unchanged(desired, raw):
            self.unchanged += 1
            return
        verdict = self._moved(desired) if raw is None else None
        if verdict is None:
            state = self._recorded.entry(entry.key)
            verdict = decide(desired, state, self._policy, self._now)
        self.findings += [(entry, finding) for finding in verdict.findings]
        if verdict.action is not None:
            self.actions.append(verdict.action)
        elif not problems.errors_in(f.at("", 1, 1) for f in verdict.findings):
            self.unchanged += 1

    def _moved(self, desired: Desired) -> Verdict | None:
        """The verdict on a file that was renamed, or None when it was not."""
        from threadsync.planning.decide import Verdict

        for key, begun in self._orphans().begun:
            if key not in self.moved_from and desired.continues(begun):
                return self._taken_over(desired, key, begun)
        if desired.entry.has_explicit_key:
            return None
        sources = self._orphans().out.get(desired.digest, [])
        if len(sources) > 1:
            keys = ", ".join(sources)
            return Verdict(None, (problems.RENAME_AMBIGUOUS.found(keys=keys),))
        if not sources or sources[0] in self.moved_from:
            return None
        state = self._recorded.entry(sources[0])
        action = desired.action(ActionKind.MOVE, f"was {sources[0]}", state)
        return self._move(action, sources[0])

    def _taken_over(self, desired: Desired, key: str, begun: EntryState) -> Verdict:
        """The verdict on a new file with what was begun as `key`, whose file is gone."""
        from threadsync.planning.decide import Verdict, decide

        if begun.status is EntryStatus.UNKNOWN:
            reason = f"the same as {key}, of which it is not known yet whether it is out"
            return Verdict(desired.action(ActionKind.WAIT, reason, first=1))
        verdict = decide(desired, begun, self._policy, self._now)
        return self._move(verdict.action, key) if verdict.action else verdict

    def _move(self, action: Action, key: str) -> Verdict:
        from threadsync.planning.decide import Verdict

        self.moved_from.add(key)
        return Verdict(replace(action, moved_from=key))

    def _orphans(self) -> _Orphans:
        if self._known_orphans is None:
            self._known_orphans = _Orphans({}, [])
            for key in _orphan_keys(self._recorded, self._wanted, self._scope):
                self._known_orphans.add(key, self._recorded)
        return self._known_orphans


class _Orphans(NamedTuple):
    """Entries of the state without a file, as far as a new file may be one of them."""

    out: dict[str, list[str]]
    """Keys of those that are out, by digest."""
    begun: list[tuple[str, EntryState]]
    """Those that are half out, or of which it is not known."""

    def add(self, key: str, recorded: State) -> None:
        raw = recorded.entries[key]
        if raw["status"] == EntryStatus.PUBLISHED:
            self.out.setdefault(raw["digest"], []).append(key)
        elif raw["status"] in {EntryStatus.PARTIAL, EntryStatus.UNKNOWN}:
            self.begun.append((key, EntryState.from_json(raw)))


def _orphan_keys(recorded: State, wanted: Mapping[str, Entry], scope: Scope) -> Iterator[str]:
    """Keys of the state without a file, sorted."""
    missing = recorded.entries.keys() - wanted.keys() - scope.broken_keys - scope.unchanged
    return iter(sorted(missing))


def _orphans(
    moved: set[str], recorded: State, policy: Policy, wanted: Mapping[str, Entry], scope: Scope
) -> Iterator[Action]:
    prune = scope.prune or policy.on_remove == "delete"
    for key in _orphan_keys(recorded, wanted, scope):
        state = recorded.entry(key)
        if key in moved or state is None or (scope.targets and key not in scope.targets):
            continue
        from threadsync.planning.decide import decide_orphan

        action = decide_orphan(key, state, prune=prune)
        if action is not None:
            yield action


def _chosen(scope: Scope, wanted: Mapping[str, Entry], recorded: State) -> set[str] | None:
    """The targets and every entry they refer to, however far; None for all entries."""
    targets = scope.targets
    if not targets:
        return None
    known = wanted.keys() | recorded.entries.keys() | scope.broken_keys | scope.unchanged
    unknown = [key for key in targets if key not in known]
    if unknown:
        raise UsageError(
            f"--target {unknown[0]}: no entry has this key; threadsync status lists them"
        )
    chosen: set[str] = set()
    pending = list(targets)
    while pending:
        key = pending.pop()
        if key not in chosen and key in wanted:
            chosen.add(key)
            pending += [ref.key for ref in wanted[key].references if ref.key]
    return chosen


def _ordered(actions: Iterable[Action]) -> list[Action]:
    """By time of publishing, then by key, but nothing before what it refers to. No cycles."""
    by_key = {action.key: action for action in actions}
    awaited = {key: _parents(action) & by_key.keys() for key, action in by_key.items()}
    children: defaultdict[str, list[str]] = defaultdict(list)
    for key, parents in awaited.items():
        for parent in parents:
            children[parent].append(key)
    free = [_rank(by_key[key]) for key, parents in awaited.items() if not parents]
    heapify(free)
    done = []
    while free:
        _, key = heappop(free)
        done.append(by_key[key])
        for child in children[key]:
            awaited[child].discard(key)
            if not awaited[child]:
                heappush(free, _rank(by_key[child]))
    return done


def _rank(action: Action) -> tuple[datetime, str]:
    return action.publish_at or _LONG_AGO, action.key


def _parents(action: Action) -> set[str]:
    references = action.entry.references if action.entry else ()
    return {ref.key for ref in references if ref.key and ref.key != action.key}
