"""`threadsync show`: everything there is to know about one entry."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from threadsync.cli.options import complete_key
from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode, FilesError, UsageError

if TYPE_CHECKING:
    from threadsync.post import Entry
    from threadsync.project import Project
    from threadsync.reading.loaded import Loaded
    from threadsync.reporting.entry import EntryFacts
    from threadsync.state.model import State

EPILOG = """
\b
Examples:
  threadsync show hello                the whole entry
  threadsync show launch#2             part 2 of a chain
  threadsync show hello --format json  the same for programs
"""


@click.command("show", epilog=EPILOG)
@click.argument("target", metavar="KEY[#N]", shell_complete=complete_key)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@pass_shell
def command(shell: Shell, target: str, form: str) -> int:
    """Show one entry: file, defaults, schedule, counts, digests, requests.

    The requests are those that apply would send. Needs no network and writes nothing but caches.
    """
    from threadsync.problems import errors_in
    from threadsync.reading.times import zone
    from threadsync.reporting.entry_text import entry_lines

    if form == "json":
        shell.for_programs()
    project = shell.project()
    facts = _gathered(project, target)
    shell.show_problems(facts.problems)
    if form == "json":
        shell.out(json.dumps(facts.to_json(), ensure_ascii=False, indent=2))
    else:
        for line in entry_lines(facts, zone(project.settings.timezone), shell.paint):
            shell.out(line)
    return ExitCode.PROBLEMS if errors_in(facts.problems) else ExitCode.DONE


def _gathered(project: Project, target: str) -> EntryFacts:
    from threadsync.planning.build import Scope
    from threadsync.reading.inherited import inherited
    from threadsync.reporting.entry import entry_facts
    from threadsync.reporting.text import counted

    key, n = _read_target(target)
    state = project.store().read()
    loaded = project.load_all(state)
    entry = _entry(loaded, state, key)
    if n is not None and not 1 <= n <= len(entry.parts):
        parts = counted(len(entry.parts), "part", "parts")
        raise UsageError(f"{target}: {key} has {parts}, the first is {key}#1")
    plan = project.plan(loaded, state, Scope(targets=(key,)), now=datetime.now(UTC))
    return entry_facts(
        entry,
        n=n,
        inherited=inherited(project.settings, entry),
        action=next((action for action in plan.actions if action.key == key), None),
        recorded=state.entry(key),
        problems=tuple(one for one in plan.problems if one.source == entry.source),
    )


def _read_target(target: str) -> tuple[str, int | None]:
    key, mark, number = target.partition("#")
    if not mark:
        return key, None
    if not (number.isascii() and number.isdecimal()) or len(number) > 4:
        raise UsageError(f"{target}: behind # goes the number of a part, from 1")
    return key, int(number)


def _entry(loaded: Loaded, state: State, key: str) -> Entry:
    from threadsync.reading.keys import suggestion

    for entry in loaded.entries:
        if entry.key == key:
            return entry
    if key in loaded.broken_keys:
        source = loaded.broken_keys[key]
        raise FilesError([problem for problem in loaded.problems if problem.source == source])
    if key in state.entries:
        raise UsageError(f"{key}: its file is gone; run: threadsync state show {key}")
    near = suggestion(key, [entry.key for entry in loaded.entries])
    raise UsageError(f"{key or 'an empty key'} is no entry of the files{near}")
