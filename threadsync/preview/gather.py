"""From a project to its preview: files and state are read here, and nowhere else."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from threadsync.errors import FilesError, InvalidParameterError, StateError
from threadsync.planning.actions import ActionKind
from threadsync.planning.build import Scope
from threadsync.preview.model import Card, Kind, Preview
from threadsync.problems import errors_in
from threadsync.reading.loader import locate
from threadsync.reading.times import zone
from threadsync.reporting.entry import entry_facts
from threadsync.reporting.text import plan_line, why
from threadsync.state.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from threadsync.planning.actions import Action, Plan
    from threadsync.post import Entry, Media
    from threadsync.preview.pictures import Pictures
    from threadsync.problems import Problem
    from threadsync.project import Project
    from threadsync.reading.loaded import Loaded

_LABELS = {
    ActionKind.CREATE: "new",
    ActionKind.REPLACE: "replaces what is out",
    ActionKind.APPEND: "adds to what is out",
    ActionKind.ADOPT: "is out already",
    ActionKind.MOVE: "moved",
    ActionKind.DELETE: "is deleted",
    ActionKind.RESUME: "goes on",
    ActionKind.UNKNOWN: "unknown",
    ActionKind.WAIT: "waits",
    ActionKind.NONE: "left alone",
}
_ORDER = list(Kind)


def gather(
    project: Project,
    pictures: Pictures,
    *,
    now: datetime,
    targets: tuple[str, ...] = (),
    only_changed: bool = False,
) -> Preview:
    """The preview of a project at `now`: all entries, or `targets`, or what is not out as it is.

    UsageError when a target is neither in the files nor in the state.
    """
    state, notes = _state(project)
    loaded = project.load_all(state)
    plan = project.plan(loaded, state, Scope(targets=targets), now=now)
    cards = [
        card
        for card in _cards(project, loaded, plan, state)
        if (not targets or card.key in targets) and not (only_changed and card.kind is Kind.OUT)
    ]
    shown = [card.facts.entry for card in cards if card.facts]
    own = {problem for card in cards for problem in card.problems}
    known = {*loaded.broken_keys.values(), *(entry.source for entry in loaded.entries)}
    return Preview(
        title=_title(project),
        author=str(state.account.get("username") or project.settings.account),
        zone=zone(project.settings.timezone),
        made_at=now,
        summary=_summary(plan),
        cards=tuple(sorted(cards, key=lambda card: _ORDER.index(card.kind))),
        pictures=pictures.draw(_media(shown)),
        problems=tuple(one for one in plan.problems if one not in own and one.source not in known),
        notes=notes,
    )


def broken(project_title: str, error: FilesError, *, now: datetime) -> Preview:
    """What is shown of a project whose settings have problems."""
    return Preview(
        title=project_title,
        author="",
        zone=zone("UTC"),
        made_at=now,
        summary="The settings have problems.",
        cards=(),
        pictures={},
        problems=error.problems,
    )


def _state(project: Project) -> tuple[State, tuple[str, ...]]:
    """The state, and what to say when it cannot be read, as in the CI of a pull request."""
    try:
        return project.store().read(), ()
    except StateError as error:
        return State(), (f"The state cannot be read, so every post is shown as new: {error}",)


def _title(project: Project) -> str:
    settings = project.settings
    name = settings.root.name
    return name if settings.account == "default" else f"{name}, {settings.account}"


def _summary(plan: Plan) -> str:
    errors = len(errors_in(plan.problems))
    if errors:
        return f"{errors:,} error{'s' * (errors > 1)}: apply would do nothing."
    return plan_line(plan)


def _cards(project: Project, loaded: Loaded, plan: Plan, state: State) -> list[Card]:
    """In the order of the plan; entries it has nothing to say about come last."""
    actions = {action.key: action for action in plan.actions}
    problems = _problems_by_key(project, loaded, plan)
    entries = {entry.key: entry for entry in (*loaded.entries, *loaded.broken)}
    first = [key for key in actions if key in entries]
    cards = []
    for key in dict.fromkeys((*first, *entries)):
        card = _card(entries[key], actions.get(key), problems.get(key, ()), loaded)
        facts = card.facts and replace(card.facts, recorded=state.entry(key))
        cards.append(replace(card, facts=facts))
    for key in sorted(loaded.broken_keys.keys() - entries.keys()):
        cards.append(_unbuilt(key, loaded.broken_keys[key], problems.get(key, ())))
    gone = [action for action in plan.actions if action.entry is None and action.is_change]
    return [*cards, *map(_gone, gone)]


def _card(
    entry: Entry, action: Action | None, problems: Sequence[Problem], loaded: Loaded
) -> Card:
    is_broken = entry.key in loaded.broken_keys
    kind = Kind.BROKEN if is_broken else _kind(action)
    label = "has errors" if is_broken else _LABELS[action.kind] if action else "out"
    if action and action.kind is ActionKind.WAIT and entry.draft:
        label = "draft"
    try:
        facts = entry_facts(entry, action=action)
    except InvalidParameterError:  # of an entry with errors
        facts = None
    return Card(
        key=entry.key,
        source=entry.source,
        kind=kind,
        label=label,
        reason=_reason(action, label) if action else "",
        facts=facts,
        problems=tuple(problems),
    )


def _kind(action: Action | None) -> Kind:
    if action is None or action.kind is ActionKind.NONE:
        return Kind.OUT
    return Kind.WAITING if action.kind is ActionKind.WAIT else Kind.NOW


def _reason(action: Action, label: str) -> str:
    return "" if action.reason == label or action.publish_at else why(action)


def _unbuilt(key: str, source: str, problems: Sequence[Problem]) -> Card:
    return Card(
        key=key, source=source, kind=Kind.BROKEN, label="has errors", problems=tuple(problems)
    )


def _gone(action: Action) -> Card:
    return Card(
        key=action.key,
        source=action.source or "no file",
        kind=Kind.NOW,
        label=_LABELS[action.kind],
        reason=why(action),
    )


def _problems_by_key(
    project: Project, loaded: Loaded, plan: Plan
) -> Mapping[str, Sequence[Problem]]:
    """Each problem with the entry whose document it stands in."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for key, source in _sources(loaded).items():
        keys[source].append(key)
    found: defaultdict[str, list[Problem]] = defaultdict(list)
    for source, own in keys.items():
        problems = [one for one in plan.problems if one.source == source]
        if not problems:
            continue
        starts = sorted((_first_line(project, source, key), key) for key in own)
        for problem in problems:
            i = bisect_right(starts, (problem.line, "\U0010ffff")) - 1
            found[starts[max(i, 0)][1]].append(problem)
    return found


def _sources(loaded: Loaded) -> dict[str, str]:
    built = {entry.key: entry.source for entry in (*loaded.broken, *loaded.entries)}
    return {**loaded.broken_keys, **built}


def _first_line(project: Project, source: str, key: str) -> int:
    return locate(project.settings, source, key, ())[0]


def _media(entries: Iterable[Entry]) -> Iterable[Media]:
    return (medium for entry in entries for part in entry.parts for medium in part.media)
