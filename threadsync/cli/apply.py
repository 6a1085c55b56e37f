"""`threadsync apply`: ask, then publish what is new or changed."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from threadsync.cli.options import prune_option, target_option
from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode, SettingsError, UsageError

if TYPE_CHECKING:
    from threadsync.cli.progress import View
    from threadsync.publishing.events import Outcome
    from threadsync.workflow.apply import Options

EPILOG = """
\b
Examples:
  threadsync apply                    show the plan, ask, publish
  threadsync apply --auto-approve     the same without asking, for CI and cron
  threadsync apply plan.json          do exactly what was planned and saved
  threadsync apply --target hello     one entry and what it refers to
"""


@click.command("apply", epilog=EPILOG)
@click.argument("planfile", required=False, type=click.Path(path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@target_option
@prune_option
@click.option("--fresh", is_flag=True, help="Do not look for posts that are out already.")
@click.option("--max-publish", metavar="N", type=click.IntRange(0), help="Publish up to N entries.")
@click.option("--max-deletes", metavar="N", type=click.IntRange(0), help="Delete up to N posts.")
@click.option(
    "--parallel",
    metavar="N",
    type=click.IntRange(1, 32),
    help="Uploads and calls at a time; 4, or policy.parallel.",
)
@click.option(
    "--lock-timeout",
    metavar="TIME",
    default="0",
    help="Wait so long for another run, for example 5m.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to report."
)
@pass_shell
def command(
    shell: Shell, /, planfile: Path | None, form: str, *, auto_approve: bool, **options: Any
) -> int:
    """Publish what is new or changed.

    Shows the plan and asks first. Can be stopped at any moment; the next apply goes on from there.
    """
    if form == "json":
        shell.for_programs()
    is_approved = auto_approve or planfile is not None
    if not is_approved and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on; add --auto-approve")
    from threadsync.cli.progress import View

    planfile = shell.path(planfile) if planfile else None
    return asyncio.run(_applied(shell, View(shell), _options(planfile, options), is_approved))


def _options(planfile: Path | None, options: dict[str, Any]) -> Options:
    from threadsync.workflow.apply import Options

    if planfile is not None and (options["targets"] or options["prune"]):
        raise UsageError("--target and --prune are part of a saved plan; give them to plan --out")
    timeout = _seconds("--lock-timeout", options.pop("lock_timeout"))
    saved = _saved(planfile) if planfile else None
    name = str(planfile or "")
    return Options(lock_timeout_s=timeout, saved_plan=saved, saved_name=name, **options)


def _seconds(option: str, text: str) -> float:
    from threadsync.reading.settings import duration

    try:
        return duration(text).total_seconds()
    except SettingsError as error:
        raise UsageError(f"{option}: {error}") from error


def _saved(path: Path) -> dict[str, Any]:
    try:
        saved = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path} is no plan saved by threadsync plan --out") from error
    needed = {"format_version", "account", "state", "actions", "targets", "prune", "made_at"}
    if not isinstance(saved, dict) or not needed <= saved.keys():
        raise UsageError(f"{path} is no plan saved by threadsync plan --out")
    return saved


async def _applied(shell: Shell, view: View, options: Options, is_approved: bool) -> int:
    from threadsync.cli.signals import Stopping
    from threadsync.workflow.apply import Hooks, apply_project

    with Stopping(shell) as stopping:
        hooks = Hooks(
            show=view.show,
            approve=lambda plan: is_approved or stopping.interruptible(lambda: view.ask(plan)),
            listen=view.listen,
            stop=stopping.event,
            wait=view.wait,
        )
        with view:
            outcome = await apply_project(shell.project(), options, hooks)
    if outcome is None:
        shell.tell("Apply cancelled; nothing was published.")
        return ExitCode.PROBLEMS
    return _reported(view, outcome)


def _reported(view: View, outcome: Outcome) -> int:
    view.finish(outcome)
    return outcome.exit_code
