"""`threadsync init`: start a project in a folder."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

EPILOG = """
\b
Examples:
  threadsync init                  shows what it would write and asks
  threadsync -C social init --yes  the same in another folder, without asking
"""

_TEMPLATES = {
    "threadsync.yaml": "threadsync.yaml",
    "posts/hello.md": "hello.md",
    ".vscode/settings.json": "vscode-settings.json",
    ".github/workflows/plan.yml": "plan.yml",
    ".github/workflows/publish.yml": "publish.yml",
}
_SCHEMAS = ("post", "config", "defaults")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be written: its whole text, or lines to be added to what is there."""

    path: Path
    text: str
    is_added: bool = False


@click.command("init", epilog=EPILOG)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_shell
def command(shell: Shell, *, yes: bool) -> None:
    """Start a project in this folder.

    Writes settings, a first post, editor settings and workflows for GitHub Actions. A file that is
    there already is left as it is.
    """
    folder = Path.cwd() / shell.folder
    planned = list(_planned(folder))
    if not planned:
        shell.say("Everything is there already; nothing to write.")
        return
    for new in planned:
        shell.say(f"  {'add to' if new.is_added else 'write '} {new.path.relative_to(folder)}")
    if not yes and not _wanted():
        raise click.Abort
    for new in planned:
        _write(new)
    shell.say("Done. Look at posts/hello.md, then run: threadsync --sandbox apply")


def _wanted() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask on; add --yes")
    return click.confirm("Write these files?", default=True, err=True)


def _planned(folder: Path) -> Iterator[NewFile]:
    """What is missing, in the order in which it is written."""
    from threadsync.reading.schema import schema_text

    for name, template in _TEMPLATES.items():
        if not (folder / name).exists():
            yield NewFile(folder / name, _template(template))
    for name in _SCHEMAS:
        path = folder / ".threadsync" / f"{name}.schema.json"
        if not path.exists():
            yield NewFile(path, schema_text(name))
    missing = _missing_lines(folder / ".gitignore")
    if missing:
        yield NewFile(folder / ".gitignore", missing, is_added=True)


def _missing_lines(path: Path) -> str:
    try:
        present = path.read_text("utf-8", errors="replace") if path.exists() else ""
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    known = set(present.splitlines())
    lines = [line for line in _template("gitignore").splitlines() if line not in known]
    start = "\n" if lines and present and not present.endswith("\n") else ""
    return start + "".join(f"{line}\n" for line in lines)


def _template(name: str) -> str:
    return files("threadsync.cli.templates").joinpath(name).read_text("utf-8")


def _write(new: NewFile) -> None:
    try:
        new.path.parent.mkdir(parents=True, exist_ok=True)
        with new.path.open("a" if new.is_added else "x", encoding="utf-8", newline="\n") as file:
            file.write(new.text)
    except OSError as error:
        raise UsageError(f"{new.path} cannot be written: {error.strerror}") from error
