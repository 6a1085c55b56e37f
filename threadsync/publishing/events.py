"""What an apply says while it runs, and what it came to: values for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from threadsync.errors import ExitCode
from threadsync.planning.actions import ActionKind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `started`, `uploaded`, `container`, `published`, `adopted`,
    `deleted`, `moved`, `waiting`, `unknown`, `failed` or `done`. `values` are plain JSON.
    """

    name: str
    key: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        about = {} if self.key is None else {"key": self.key}
        return {"event": self.name, **about, **self.values}


class Listener(Protocol):
    """Hears the events of a run, in order."""

    def __call__(self, event: Event) -> None: ...


_DONE_WORDS = {
    ActionKind.CREATE: "published",
    ActionKind.REPLACE: "replaced",
    ActionKind.APPEND: "appended",
    ActionKind.ADOPT: "adopted",
    ActionKind.DELETE: "deleted",
    ActionKind.RESUME: "resumed",
    ActionKind.MOVE: "moved",
}


@dataclass(slots=True)
class Outcome:
    """What a run came to: how many entries ended how."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            [*_DONE_WORDS.values(), "unknown", "failed", "waiting"], 0
        )
    )
    put_off: int = 0
    """Entries that wait for Meta's quota; counted as waiting too."""
    interrupted: bool = False
    stopped_by: str | None = None
    """Why the run ended before its plan did, if Meta or a person stopped it."""

    def finished(self, kind: ActionKind) -> None:
        """One more entry for which everything planned was done."""
        self.counts[_DONE_WORDS[kind]] += 1

    @property
    def done(self) -> int:
        """How many entries something was done for."""
        return sum(self.counts[word] for word in _DONE_WORDS.values())

    @property
    def exit_code(self) -> int:
        """Of several that apply, the first of 130, 4, 3 or 1, 7."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.counts["unknown"]:
            return ExitCode.UNKNOWN
        if self.counts["failed"]:
            return ExitCode.PARTLY if self.done else ExitCode.PROBLEMS
        return ExitCode.QUOTA if self.put_off else ExitCode.DONE
