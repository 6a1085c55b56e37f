"""From a project to its preview: files and state are read here, and nowhere else."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from threadsync.errors import InvalidParameterError, StateError
from threadsync.planning.actions import ActionKind
from threadsync.planning.build import Scope
from threadsync.preview.model import Card, Kind, Preview
from threadsync.problems import errors_in
from threadsync.reading.located import locate
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
    from threadsync.reporting.entry import EntryFacts

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
    all_cards = _cards(project, loaded, plan)
    wanted = {*targets, *(action.key for action in plan.actions)} if targets else None
    cards = [
        card
        for card in all_cards
        if (wanted is None or card.key in wanted) and not (only_changed and card.kind is Kind.OUT)
    ]
    quoted = _quoted(cards, all_cards)
    shown = (*(card.facts for card in cards if card.facts), *quoted)
    with_card = {card.source for card in all_cards}
    return Preview(
        title=_title(project),
        author=_author(project, state),
        zone=zone(project.settings.timezone),
        made_at=now,
        summary=_summary(plan),
        cards=tuple(sorted(cards, key=lambda card: _ORDER.index(card.kind))),
        pictures=pictures.draw(_media(facts.entry for facts in shown)),
        quoted=quoted,
        problems=tuple(one for one in plan.problems if one.source not in with_card),
        notes=notes,
    )


def broken(title: str, problems: tuple[Problem, ...], *, now: datetime, note: str = "") -> Preview:
    """What is shown of a project that cannot be read, such as one whose settings have problems."""
    return Preview(
        title=title,
        author="",
        zone=zone("UTC"),
        made_at=now,
        summary="The project cannot be read.",
        cards=(),
        pictures={},
        problems=problems,
        notes=(note,) if note else (),
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


def _author(project: Project, state: State) -> str:
    """The name of the account, as far as it is known without asking Threads."""
    own = project.settings.account
    return str(state.account.get("username") or ("you" if own == "default" else own))


def _summary(plan: Plan) -> str:
    errors = len(errors_in(plan.problems))
    if errors:
        return f"{errors:,} error{'s' * (errors > 1)}: apply would do nothing."
    return plan_line(plan)


def _cards(project: Project, loaded: Loaded, plan: Plan) -> list[Card]:
    """In the order of the plan; entries it has nothing to say about come last."""
    actions = {action.key: action for action in plan.actions}
    problems = _problems_by_key(project, loaded, plan)
    entries = {entry.key: entry for entry in (*loaded.entries, *loaded.broken)}
    first = [key for key in actions if key in entries]
    unbuilt = sorted(loaded.broken_keys.keys() - entries.keys())
    return [
        *(
            _card(
                entries[key],
                actions.get(key),
                problems.get(key, ()),
                is_broken=key in loaded.broken_keys,
                plan=plan,
            )
            for key in dict.fromkeys((*first, *entries))
        ),
        *(_unbuilt(key, loaded.broken_keys[key], problems.get(key, ())) for key in unbuilt),
        *(_gone(one) for one in plan.actions if one.entry is None and one.is_change),
    ]


def _card(
    entry: Entry, action: Action | None, problems: Sequence[Problem], *, is_broken: bool, plan: Plan
) -> Card:
    label = "has errors" if is_broken else _label(action, plan)
    return Card(
        key=entry.key,
        source=entry.source,
        kind=Kind.BROKEN if is_broken else _kind(action),
        label=label,
        reason=why(action)
        if action and label in _LABELS.values() and action.reason != label
        else "",
        facts=_facts(entry),
        problems=tuple(problems),
    )


def _facts(entry: Entry) -> EntryFacts | None:
    try:
        return entry_facts(entry)
    except InvalidParameterError:  # of an entry with errors
        return None


def _label(action: Action | None, plan: Plan) -> str:
    if action is None:
        return "out"
    if action.kind is ActionKind.WAIT and action.entry and action.entry.draft:
        return "draft"
    if action.kind is ActionKind.WAIT and action.publish_at and action.publish_at > plan.made_at:
        return "scheduled"
    return _LABELS[action.kind]


def _kind(action: Action | None) -> Kind:
    if action is None or action.kind is ActionKind.NONE:
        return Kind.OUT
    return Kind.WAITING if action.kind is ActionKind.WAIT else Kind.NOW


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


def _quoted(cards: Sequence[Card], all_cards: Sequence[Card]) -> tuple[EntryFacts, ...]:
    """Entries that the cards quote and that are not among them."""
    parts = [part.part for card in cards if card.facts for part in card.facts.parts]
    keys = {part.quote.key for part in parts if part.quote} - {card.key for card in cards}
    return tuple(card.facts for card in all_cards if card.key in keys and card.facts)


def _media(entries: Iterable[Entry]) -> Iterable[Media]:
    return (medium for entry in entries for part in entry.parts for medium in part.media)
