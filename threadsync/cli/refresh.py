"""`threadsync refresh`: what is gone from Threads or looks different."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode

if TYPE_CHECKING:
    from threadsync.publishing.events import Event
    from threadsync.workflow.refresh import Refreshed

EPILOG = """
\b
Examples:
  threadsync refresh             show what is gone or differs
  threadsync refresh --adopt     let apply publish anew what is gone
"""


@click.command("refresh", epilog=EPILOG)
@click.option("--adopt", is_flag=True, help="Write what is gone to the state.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@pass_shell
def command(shell: Shell, form: str, *, adopt: bool) -> int:
    """Compare the state with Threads.

    Parts whose outcome is not known are looked at again, as every apply does.
    """
    from threadsync.workflow.refresh import refresh_project

    if form == "json":
        shell.for_programs()

    def listen(event: Event) -> None:
        if event.name == "published":
            shell.say(f"{event.key}#{event.values['n']} is out: it was in doubt until now")

    found = asyncio.run(refresh_project(shell.project(), listen, adopt=adopt))
    if form == "json":
        shell.out(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    else:
        _print(shell, found)
    return ExitCode.UNKNOWN if found.unknown else ExitCode.DONE


def _print(shell: Shell, found: Refreshed) -> None:
    for drift in found.drift:
        shell.say(str(drift))
    for key in found.unknown:
        shell.say(f"{key}: whether it is out is not known yet")
    counts = _as_json(found)["summary"]
    if not any(counts.values()):
        shell.out("No drift. Threads is as the state says.")
        return
    shell.out("Drift: {gone} gone, {differs} differing, {unknown} unknown.".format(**counts))
    if counts["gone"]:
        done = "The state forgot what is gone; apply publishes it anew."
        shell.say(done if found.adopted else "To write it to the state: threadsync refresh --adopt")


def _as_json(found: Refreshed) -> dict[str, Any]:
    kinds = [drift.kind.value for drift in found.drift]
    summary = {
        "gone": kinds.count("gone"),
        "differs": kinds.count("differs"),
        "unknown": len(found.unknown),
    }
    return {
        "format_version": 1,
        "summary": summary,
        "drift": [drift.to_json() for drift in found.drift],
        "unknown": list(found.unknown),
        "adopted": found.adopted,
    }
