"""`threadsync schema`: print a JSON Schema."""

from __future__ import annotations

from importlib.resources import files

import click

from threadsync.cli.shell import Shell, pass_shell

EPILOG = """
\b
Example:
  threadsync schema post > .vscode/post.schema.json
"""


@click.command("schema", epilog=EPILOG)
@click.argument("name", type=click.Choice(["post", "config", "plan", "state", "journal"]))
@pass_shell
def command(shell: Shell, name: str) -> None:
    """Print the JSON Schema of posts, settings, plans, states or journals.

    Editors that know it complete keys and show what they mean.
    """
    shell.out(
        files("threadsync.schemas").joinpath(f"{name}.schema.json").read_text("utf-8").rstrip()
    )
