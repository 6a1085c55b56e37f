"""`threadsync new`: a new post file."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import UsageError
from threadsync.reading.keys import proposed_key

if TYPE_CHECKING:
    from pathlib import Path

EPILOG = """
\b
Example:
  threadsync new "Hello from git"    writes posts/2026-11-20-hello-from-git.md
"""


@click.command("new", epilog=EPILOG)
@click.argument("title")
@pass_shell
def command(shell: Shell, title: str) -> None:
    """Write a new post file named after the day and TITLE.

    The post is a draft until you take that line out. No file is ever overwritten.
    """
    if not title.strip():
        raise UsageError("TITLE is empty; write for example: threadsync new 'Hello from git'")
    settings = shell.project().settings
    path = settings.root / settings.posts[0] / f"{datetime.now(UTC):%Y-%m-%d}-{slug(title)}.md"
    template = files("threadsync.cli.templates").joinpath("new.md").read_text("utf-8")
    write_new(path, template.replace("{title}", title))
    shell.out(path.relative_to(settings.root).as_posix())


def slug(title: str) -> str:
    """`title` as the part of a key: a-z, 0-9 and single hyphens, 80 characters at most."""
    name = re.sub(r"[^a-z0-9]+", "-", proposed_key(title)).strip("-")
    return name[:80].rstrip("-")


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet, folders included."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} exists already; choose another title") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
