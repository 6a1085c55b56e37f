"""`threadsync validate`: all problems of all files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode, FilesError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from threadsync.problems import Problem
    from threadsync.project import Project
    from threadsync.state.model import State

EPILOG = """
\b
Examples:
  threadsync validate                    everything
  threadsync validate posts/hello.md     one file, or all below a folder
  threadsync validate --format github    as annotations of a workflow run
"""

# GitHub shows 10 annotations per level and step, the rest is dropped silently (read 2026-11-22).
MOST_ANNOTATIONS = 10


@click.command("validate", epilog=EPILOG)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How to print them.",
)
@pass_shell
def command(shell: Shell, paths: tuple[Path, ...], form: str) -> int:
    """Show every problem of every file, or only of PATHs.

    Needs no network, no account and no state.
    """
    if form == "json":
        shell.for_programs()
    problems, entries = _checked(shell, paths)
    if form == "json":
        listed = [problem.to_json() for problem in problems]
        shell.out(
            json.dumps({"format_version": 1, "problems": listed}, ensure_ascii=False, indent=2)
        )
    else:
        for line in _annotations(problems) if form == "github" else ():
            shell.out(line)
        for problem in problems if form == "text" else ():
            shell.out(shell.problem_line(problem))
        shell.say(_summary(problems, entries))
    has_errors = any(problem.severity == "error" for problem in problems)
    return ExitCode.PROBLEMS if has_errors else ExitCode.DONE


def _checked(shell: Shell, paths: Sequence[Path]) -> tuple[list[Problem], int]:
    """The problems and how many entries are fine; those of threadsync.yaml are problems too."""
    try:
        project = shell.project()
        loaded = project.load(_known_state(project))
    except FilesError as error:
        return list(error.problems), 0
    wanted = [_in_project(shell.path(path), project) for path in paths]
    return [p for p in loaded.problems if _is_wanted(p.source, wanted)], loaded.number_fine


def _known_state(project: Project) -> State:
    """The state, for references to entries whose file is gone; empty when it cannot be read."""
    from threadsync.errors import ThreadsyncError
    from threadsync.state.model import State

    try:
        return project.store().read()
    except ThreadsyncError:
        return State()


def _in_project(path: Path, project: Project) -> str:
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    try:
        return path.resolve().relative_to(project.settings.root).as_posix()
    except ValueError:
        raise UsageError(f"{path} is outside the project {project.settings.root}") from None


def _is_wanted(source: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(w in {source, "."} or source.startswith(f"{w}/") for w in wanted)


def _summary(problems: Sequence[Problem], entries: int) -> str:
    from threadsync.reporting.text import counted

    if not problems:
        return f"No problems in {counted(entries, 'entry', 'entries')}."
    errors = sum(problem.severity == "error" for problem in problems)
    found = [
        counted(errors, "error", "errors"),
        counted(len(problems) - errors, "warning", "warnings"),
    ]
    return f"Found {' and '.join(found)}."


def _annotations(problems: Iterable[Problem]) -> Iterable[str]:
    """GitHub's workflow commands, the first ten of each level."""
    shown: dict[str, int] = {}
    for problem in problems:
        shown[problem.severity] = shown.get(problem.severity, 0) + 1
        if shown[problem.severity] <= MOST_ANNOTATIONS:
            place = f"file={_property(problem.source)},line={problem.line},col={problem.column}"
            yield f"::{problem.severity} {place},title={problem.code}::{_data(problem.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
