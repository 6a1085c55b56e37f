"""`threadsync plan`: show what apply would do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threadsync.cli.options import prune_option, target_option
from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from threadsync.planning.actions import Plan

EPILOG = """
\b
Examples:
  threadsync plan                          what would be published now
  threadsync plan --at 2026-12-24T18:00Z   what would be published then
  threadsync plan --out plan.json          for: threadsync apply plan.json
  threadsync plan --format markdown        for the comment on a pull request
"""


@click.command("plan", epilog=EPILOG)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Save the plan, so that apply does exactly this.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How to print it.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@click.option("--at", "moment", metavar="TIME", help="Plan as if it were TIME.")
@click.option("--refresh", is_flag=True, help="Also look at what is on the account.")
@target_option
@prune_option
@pass_shell
def command(
    shell: Shell,
    out: Path | None,
    form: str,
    moment: str | None,
    targets: tuple[str, ...],
    *,
    detailed_exitcode: bool,
    refresh: bool,
    prune: bool,
) -> int:
    """Show what apply would do.

    Needs no network and writes nothing but caches (and FILE).
    """
    from threadsync.problems import errors_in
    from threadsync.reporting.text import counted

    if form != "text":
        shell.for_programs()
    plan = _planned(shell, moment, targets, prune=prune, refresh=refresh)
    if out is not None:
        _save(plan, shell.path(out))
    shell.show_problems(plan.problems)
    _print(shell, plan, form)
    if errors := len(errors_in(plan.problems)):
        shell.warn(f"Found {counted(errors, 'error', 'errors')}; apply would do nothing.")
        return ExitCode.PROBLEMS
    return ExitCode.CHANGES if detailed_exitcode and plan.has_changes else ExitCode.DONE


def _planned(
    shell: Shell, moment: str | None, targets: tuple[str, ...], *, prune: bool, refresh: bool
) -> Plan:
    from threadsync.planning.build import Scope
    from threadsync.reading.times import read_time
    from threadsync.workflow.plan import plan_project

    project = shell.project()
    now = read_time(moment, project.settings.timezone) if moment else datetime.now(UTC)
    if not isinstance(now, datetime):
        raise UsageError(f"--at {now.message.removeprefix('publish_at ')}")
    scope = Scope(targets=targets, prune=prune)
    return plan_project(project, scope, now=now, refresh=refresh)


def _save(plan: Plan, path: Path) -> None:
    try:
        path.write_text(json.dumps(plan.to_json(), ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"--out {path}: cannot be written: {error.strerror}") from error


def _print(shell: Shell, plan: Plan, form: str) -> None:
    from threadsync.problems import errors_in
    from threadsync.reporting.text import plan_line, plan_text

    if form == "json":
        shell.out(json.dumps(plan.to_json(), ensure_ascii=False, indent=2))
    elif form == "markdown":
        from threadsync.reporting.markdown import plan_markdown

        shell.out(plan_markdown(plan))
    else:
        for line in plan_text(plan, shell.paint, verbose=shell.verbose):
            shell.say(line)
        if plan.has_changes or not errors_in(plan.problems):
            shell.out(plan_line(plan))
