"""`threadsync schema`: print a JSON Schema."""

from __future__ import annotations

import click

from threadsync.cli.shell import Shell, pass_shell

EPILOG = """
\b
Example:
  threadsync schema post > .vscode/post.schema.json
"""


@click.command("schema", epilog=EPILOG)
@click.argument(
    "name", type=click.Choice(["post", "config", "defaults", "plan", "state", "journal"])
)
@pass_shell
def command(shell: Shell, name: str) -> None:
    """Print the JSON Schema of posts, settings, defaults of a folder, plans, states or journals.

    Editors that know it complete keys and show what they mean.
    """
    from threadsync.reading.schema import schema_text

    shell.out(schema_text(name).rstrip())
