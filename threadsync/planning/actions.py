"""A plan as a value: ordered actions, each with what was, what will be, and why. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from threadsync.post import Entry
    from threadsync.problems import Problem
    from threadsync.request import PartRequest
    from threadsync.state.model import EntryState

FORMAT_VERSION = 1


class ActionKind(StrEnum):
    """What would be done to an entry."""

    CREATE = "create"
    REPLACE = "replace"
    APPEND = "append"
    ADOPT = "adopt"
    MOVE = "move"
    DELETE = "delete"
    RESUME = "resume"
    UNKNOWN = "unknown"
    WAIT = "wait"
    NONE = "none"


SYMBOLS: Mapping[ActionKind, str] = {
    ActionKind.CREATE: "+",
    ActionKind.REPLACE: "+/-",
    ActionKind.APPEND: "~",
    ActionKind.MOVE: ">",
    ActionKind.RESUME: "…",
    ActionKind.ADOPT: "=",
    ActionKind.DELETE: "-",
    ActionKind.UNKNOWN: "?",
    ActionKind.NONE: "!",  # only what was changed and is left alone is shown
    ActionKind.WAIT: ".",
}

PUBLISHING = frozenset(
    {ActionKind.CREATE, ActionKind.REPLACE, ActionKind.APPEND, ActionKind.RESUME, ActionKind.ADOPT}
)
"""Kinds that may publish parts."""

CHANGES = PUBLISHING | {ActionKind.MOVE, ActionKind.DELETE, ActionKind.UNKNOWN}
"""Kinds that leave something for an apply to do."""


class PlannedPart(NamedTuple):
    """Part `n` (from 1) that is to be published, and the request that will be sent for it."""

    n: int
    digest: str
    request: PartRequest

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "digest": self.digest,
            "media_type": self.request.media_type,
            "text": self.request.params.get("text", ""),
            "request": self.request.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done to one entry. `reason` is for people; no code reads it."""

    key: str
    kind: ActionKind
    reason: str
    source: str | None = None
    digest: str | None = None
    entry: Entry | None = None
    """What will be; None when the file is gone."""
    recorded: EntryState | None = None
    """What was; None for an entry the state does not know."""
    parts: tuple[PlannedPart, ...] = ()
    """The parts still to be published, in order; those of a waiting entry too."""
    deletes: tuple[str, ...] = ()
    """Media ids of posts that go, in the order in which they go."""
    adopts: tuple[tuple[int, str, str], ...] = ()
    """(part number, digest, media id) of posts that are out already."""
    moved_from: str | None = None
    """The key under which a moved entry is recorded."""
    not_before: datetime | None = None
    """From when what waits may go out; None when that is not known."""
    put_off: ActionKind | None = None
    """What would be done at once if it were the entry's turn."""

    @property
    def is_change(self) -> bool:
        return self.kind in CHANGES

    @property
    def publishes(self) -> bool:
        """Whether at least one post would appear."""
        return self.kind in PUBLISHING and bool(self.parts)

    @property
    def publish_at(self) -> datetime | None:
        return self.entry.publish_at if self.entry else None

    def to_json(self) -> dict[str, Any]:
        raw: dict[str, Any] = {
            "key": self.key,
            "action": self.kind.value,
            "reason": self.reason,
            "source": self.source,
            "digest": self.digest,
            "parts": [part.to_json() for part in self.parts],
        }
        if self.publish_at is not None:
            raw["publish_at"] = self.publish_at.isoformat()
        if self.not_before is not None:
            raw["not_before"] = self.not_before.isoformat()
        if self.deletes:
            raw["deletes"] = list(self.deletes)
        if self.adopts:
            raw["adopts"] = [{"n": n, "id": media_id} for n, _, media_id in self.adopts]
        if self.moved_from is not None:
            raw["moved_from"] = self.moved_from
        return raw


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in the order in which they would be done, and what they were made from."""

    account: str
    lineage: str | None
    serial: int
    made_at: datetime
    actions: tuple[Action, ...]
    """Everything but the entries with nothing to say about them."""
    unchanged: int = 0
    """How many entries are out as the files ask and have no action."""
    problems: tuple[Problem, ...] = ()
    targets: tuple[str, ...] = ()
    prune: bool = False
    counts: Mapping[ActionKind, int] = field(init=False)

    def __post_init__(self) -> None:
        counts = Counter(action.kind for action in self.actions)
        counts[ActionKind.NONE] += self.unchanged
        object.__setattr__(self, "counts", counts)

    @property
    def has_changes(self) -> bool:
        return any(action.is_change for action in self.actions)

    @property
    def changes(self) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if action.is_change)

    def summary(self) -> dict[str, int]:
        """How many entries have each kind of action, by its name."""
        return {kind.value: self.counts[kind] for kind in ActionKind}

    def to_json(self) -> dict[str, Any]:
        """The stable form of `schemas/plan.schema.json`; also what `--out` saves."""
        return {
            "format_version": FORMAT_VERSION,
            "account": self.account,
            "state": {"lineage": self.lineage, "serial": self.serial},
            "made_at": self.made_at.isoformat(),
            "targets": list(self.targets),
            "prune": self.prune,
            "summary": self.summary(),
            "actions": [action.to_json() for action in self.actions],
            "problems": [problem.to_json() for problem in self.problems],
        }
