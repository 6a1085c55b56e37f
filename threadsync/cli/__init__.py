"""The command line: global options, the list of commands, the boundary where errors end.

A command reads options, calls one function of the library, prints, and returns an exit code. Its
module is only imported when it is called or asked for help.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from threadsync import __version__
from threadsync.cli.shell import Shell, handled

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "init": "Start a project in this folder.",
    "new": "Write a new post file.",
    "validate": "Show every problem of every file.",
    "show": "Show one entry: defaults, counts, digests, requests.",
    "fmt": "Put the keys of posts in order.",
    "preview": "Show the posts as they will look: one HTML page.",
    "plan": "Show what apply would do.",
    "apply": "Publish what is new or changed.",
    "status": "Show what is out and what waits.",
    "refresh": "Show what is gone from Threads or differs.",
    "resolve": "Settle what became of a part in doubt.",
    "state": "Look into the state and mend it.",
    "auth": "Get, look at and renew the access token.",
    "media": "Look at pictures and videos as Threads will; mend them.",
    "doctor": "Check the token, its permissions, quotas, the clock and the bucket.",
    "sandbox": "Run a Threads of one's own.",
    "schema": "Print the JSON Schema of posts or settings.",
}
"""Every command with the line that `--help` shows, in the order of a working day."""


class LazyCommands(click.Group):
    """A group whose commands live in modules of the same name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"threadsync.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


EXAMPLES = """
\b
Examples:
  threadsync init                      start a project in this folder
  threadsync new "Hello from git"      write posts/DATE-hello-from-git.md
  threadsync plan                      show what would be published
  threadsync apply                     ask, then publish it
  threadsync --sandbox apply           the same on a Threads of your own
"""


@click.group(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXAMPLES,
    no_args_is_help=True,
)
@click.option(
    "-C",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Work as if started in DIR.",
)
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Use FILE instead of the threadsync.yaml found by walking up.",
)
@click.option("--account", metavar="NAME", help="One of the accounts in threadsync.yaml.")
@click.option(
    "--sandbox",
    "is_sandbox",
    is_flag=True,
    help="Use a built-in Threads server; no account, no bucket, nothing real is touched.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more: each step of each action.")
@click.option("-q", "--quiet", is_flag=True, help="Say less: the last line and what went wrong.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colours: on a terminal and without NO_COLOR by default.",
)
@click.version_option(__version__, message="threadsync %(version)s")
@click.pass_obj
def group(shell: Shell, /, **options: Any) -> None:
    """Publish to Threads from git.

    Posts are Markdown or YAML files; plan shows what would be published, apply publishes it, and a
    state file remembers what is out.
    """
    for name, value in options.items():
        setattr(shell, name, value)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code. Nothing is raised, no traceback is shown."""
    return handled(group, list(arguments))
