"""Options that several commands have, and what the shell may complete them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def complete_key(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem | str]:
    """The keys of the entries in the project of the working folder, for the shell to complete."""
    from pathlib import Path

    from threadsync.cli.shell import Shell
    from threadsync.errors import ThreadsyncError

    try:
        project = Shell(folder=Path.cwd()).project()
        state = project.store().read()
        keys = {entry.key for entry in project.load(state).entries} | set(state.entries)
    except (ThreadsyncError, click.ClickException):
        return []
    return [key for key in sorted(keys) if key.startswith(incomplete)]


target_option = click.option(
    "--target",
    "targets",
    metavar="KEY",
    multiple=True,
    shell_complete=complete_key,
    help="Only this entry and what it refers to; may be given several times.",
)

prune_option = click.option(
    "--prune", is_flag=True, help="Also delete published posts whose file is gone."
)
