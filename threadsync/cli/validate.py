"""`threadsync validate`: all problems of all files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threadsync.cli.paths import in_project, is_wanted
from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode, FilesError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    problems, entries, root = _checked(shell, paths)
    if form == "json":
        listed = [problem.to_json() for problem in problems]
        shell.out(
            json.dumps({"format_version": 1, "problems": listed}, ensure_ascii=False, indent=2)
        )
    else:
        sentence = _summary(problems, entries)
        if form == "github":
            _tell_github(shell, problems, sentence, root)
        for problem in problems if form == "text" else ():
            shell.out(shell.problem_line(problem))
        shell.say(sentence)
    has_errors = any(problem.severity == "error" for problem in problems)
    return ExitCode.PROBLEMS if has_errors else ExitCode.DONE


def _checked(shell: Shell, paths: Sequence[Path]) -> tuple[list[Problem], int, Path]:
    """The problems, how many entries are fine, and the folder of the project.

    Problems of threadsync.yaml are problems too.
    """
    try:
        project = shell.project()
        loaded = project.load(_known_state(project))
    except FilesError as error:
        return list(error.problems), 0, Path.cwd() / shell.folder
    wanted = [in_project(shell.path(path), project) for path in paths]
    found = [problem for problem in loaded.problems if is_wanted(problem.source, wanted)]
    fine = [*(entry.source for entry in loaded.entries), *loaded.unchanged.values()]
    return found, sum(is_wanted(source, wanted) for source in fine), project.settings.root


def _known_state(project: Project) -> State:
    """The state, for references to entries whose file is gone; empty when it cannot be read."""
    from threadsync.errors import ThreadsyncError
    from threadsync.state.model import State

    try:
        return project.store().read()
    except ThreadsyncError:
        return State()


def _tell_github(shell: Shell, problems: Sequence[Problem], sentence: str, root: Path) -> None:
    """Annotations on stdout, and all problems in the summary of the step when GitHub wants one."""
    from threadsync.reporting.github import step_summary, workflow_commands

    for line in workflow_commands(problems, _in_repository(root)):
        shell.out(line)
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(path).open("a", encoding="utf-8") as summary:
                summary.write(step_summary(problems, sentence))
        except OSError as error:
            shell.warn(f"GITHUB_STEP_SUMMARY {path}: cannot be written: {error.strerror}")


def _in_repository(root: Path) -> str:
    """The folder of the project in the repository, which GitHub needs to find a file."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    try:
        inside = root.resolve().relative_to(Path(workspace).resolve()) if workspace else Path()
    except ValueError:
        inside = Path()
    return "" if inside == Path() else inside.as_posix()


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
