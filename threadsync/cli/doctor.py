"""`threadsync doctor`: is everything there that publishing needs."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode

if TYPE_CHECKING:
    from threadsync.checkup.verdicts import Check

EPILOG = """
\b
Examples:
  threadsync doctor                    one line for each check
  threadsync doctor --format json      the same for programs
"""
_COLOURS = {"ok": "green", "warning": "yellow", "problem": "red"}


@click.command("doctor", epilog=EPILOG)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@pass_shell
def command(shell: Shell, form: str) -> int:
    """Check the token, its permissions, quotas, the clock and the bucket.

    Asks Threads and changes nothing there; into the bucket for media a picture of one pixel is put,
    fetched as Meta does, and removed. Ends with 1 when there is a problem; a warning is none.
    """
    from threadsync.checkup.examine import examine

    if form == "json":
        shell.for_programs()
    checks = asyncio.run(examine(shell.project()))
    if form == "json":
        listed = {"format_version": 1, "checks": [check.to_json() for check in checks]}
        shell.out(json.dumps(listed, ensure_ascii=False, indent=2))
    for check in checks:
        _show(shell, check, is_text=form == "text")
    is_problem = any(check.verdict == "problem" for check in checks)
    return ExitCode.PROBLEMS if is_problem else ExitCode.DONE


def _show(shell: Shell, check: Check, *, is_text: bool) -> None:
    if not is_text or (shell.quiet and check.verdict == "ok"):
        return
    verdict = shell.paint(f"{check.verdict:<8}", _COLOURS[check.verdict])
    shell.out(f"{verdict} {check.name:<8} {check}")
