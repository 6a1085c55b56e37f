"""How an apply is followed: a live line on a terminal, plain lines in CI, JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import click

from threadsync.reporting.text import (
    counted,
    event_line,
    excerpt,
    outcome_line,
    plan_line,
    plan_text,
    share_line,
    still_line,
)

if TYPE_CHECKING:
    from typing import Self

    from rich.progress import Progress, TaskID

    from threadsync.cli.shell import Shell
    from threadsync.planning.actions import Plan
    from threadsync.publishing.events import Event, Outcome
    from threadsync.state.store import LockInfo

_WIDTH = 34
"""How much is said beside the bar: with it, it fits on a line of 80 characters."""
STILL_S = 10.0
"""Where there is no live line, what takes long says how far it is once in so many seconds."""
_COLOURS = {"failed": "red", "unknown": "magenta", "deleted": "red"}


class Pace:
    """When it is time to say again how far something is: never at once."""

    def __init__(self) -> None:
        self._said_s: dict[str, float] = {}

    def is_due(self, name: str) -> bool:
        now_s = time.monotonic()
        if now_s - self._said_s.setdefault(name, now_s) < STILL_S:
            return False
        self._said_s[name] = now_s
        return True


class View:
    """Shows one apply, from the plan to the last line."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._pace = Pace()
        self._had_changes = False
        self._total = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def wait(self, holder: LockInfo) -> None:
        """Another run holds the lock, and this one waits for it."""
        who = f"{holder.who} ({holder.operation}, lock {holder.id})"
        self._shell.warn(f"waiting for {who} to end; Ctrl-C ends the wait")

    def show(self, plan: Plan) -> None:
        """The plan, before anything of it is done."""
        self._had_changes = plan.has_changes
        self._total = sum(len(action.parts) for action in plan.changes)
        self._shell.show_problems(plan.problems)
        if self._shell.is_json:
            return
        for line in plan_text(plan, self._shell.paint, verbose=self._shell.verbose):
            self._shell.say(line)
        self._shell.out(plan_line(plan))

    def ask(self, plan: Plan) -> bool:
        """Whether the person in front of the terminal wants it."""
        question = f"\n{_asked(plan)}? Only 'yes' is accepted"
        return bool(click.prompt(question, default="", show_default=False, err=True) == "yes")

    def listen(self, event: Event) -> None:
        """Tell one event as it happens. What was approved is done even when nobody reads on."""
        self._shell.needs_reader = False
        if event.name in {"uploading", "mending"}:
            self._show_share(event)
            return
        if self._shell.is_json:
            self._shell.out(json.dumps(event.to_json(), ensure_ascii=False))
            return
        if event.name == "started":
            self._start()
        line = event_line(event)
        if line is not None and (not self._shell.quiet or event.name in {"failed", "unknown"}):
            self._line(line, _COLOURS.get(event.name))
        self._advance(event)

    def finish(self, outcome: Outcome) -> None:
        """The last line; for programs it was the event `done`."""
        if self._progress is not None:
            self._progress.stop()
        if outcome.stopped_by:
            self._shell.warn(f"{outcome.stopped_by}; the run stopped there")
        if self._had_changes and not self._shell.is_json:
            self._shell.out(outcome_line(outcome))

    def _line(self, line: str, colour: str | None) -> None:
        if self._progress is not None:
            self._progress.console.print(
                line, style=colour, markup=False, highlight=False, soft_wrap=True
            )
        else:
            self._shell.tell(self._shell.paint(line, colour) if colour else line)

    def _start(self) -> None:
        """A live line, where there is somebody to look at it."""
        if self._shell.quiet or not (sys.stdout.isatty() and self._shell.has_colour(sys.stdout)):
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, transient=True)
        self._task = self._progress.add_task("publishing", total=self._total)
        self._progress.start()

    def _show_share(self, event: Event) -> None:
        """How far a large file is, on the live line; without one, in a line now and then."""
        if self._progress is not None and self._task is not None:
            description = excerpt(share_line(event), _WIDTH)
            self._progress.update(self._task, description=description)
        elif self._shell.quiet or self._shell.is_json:
            return
        elif event.values.get("done") == 0:
            self._line(f"{event.key}: mending {event.values['path']}", None)
        elif self._pace.is_due(event.values["path"]):
            self._line(still_line(event), None)

    def _advance(self, event: Event) -> None:
        if self._progress is None or self._task is None or event.key is None:
            return
        advance = 1 if event.name == "published" else 0
        description = f"{excerpt(event.key, _WIDTH - len(event.name) - 2)}: {event.name}"
        self._progress.update(self._task, description=description, advance=advance)


def _asked(plan: Plan) -> str:
    """What a person is asked to agree to, such as `Publish 2 entries and delete 1 post`."""
    publishing = sum(action.publishes for action in plan.actions)
    deleting = sum(len(action.deletes) for action in plan.changes)
    asked = [f"publish {counted(publishing, 'entry', 'entries')}"] if publishing else []
    asked += [f"delete {counted(deleting, 'post', 'posts')}"] if deleting else []
    what = " and ".join(asked) or "change the state only"
    return what[0].upper() + what[1:]
