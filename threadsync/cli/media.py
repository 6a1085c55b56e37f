"""`threadsync media`: what Threads would make of pictures and videos."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threadsync.cli.media_fix import files_at, fix
from threadsync.cli.media_objects import list_objects, prune
from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from threadsync.media.check import Checked

EPILOG = """
\b
Examples:
  threadsync media check               all pictures and videos of the posts
  threadsync media check ~/clip.mov    any file, or all below a folder
  threadsync media ls                  what is in the bucket, and for what
  threadsync media prune               remove from it what no post needs
  threadsync media fix                 write copies that Threads takes
"""


@click.group("media", epilog=EPILOG)
def command() -> None:
    """Look at pictures and videos as Threads will, and mend them."""


command.add_command(fix)
command.add_command(list_objects)
command.add_command(prune)


@command.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--deep", is_flag=True, help="Decode every pixel of every picture, too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@pass_shell
def check(shell: Shell, paths: tuple[Path, ...], deep: bool, form: str) -> int:
    """Show what the media of the posts are and what Threads would refuse.

    With PATHs, of these files and of all media below these folders, in a project or not. Needs no
    network. Ends with 1 when there is an error; a warning is none.
    """
    if form == "json":
        shell.for_programs()
    checked = list(_at(shell, paths, deep=deep)) if paths else _named(shell, deep=deep)
    if form == "json":
        listed = {"format_version": 1, "media": [one.to_json() for one in checked]}
        shell.out(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        _show(shell, checked)
    return ExitCode.PROBLEMS if _count(checked, "error") else ExitCode.DONE


def _named(shell: Shell, *, deep: bool) -> list[Checked]:
    """What the posts of the project name."""
    from threadsync.media.check import check_file, check_known
    from threadsync.reading.named_media import named_media

    settings = shell.project().settings
    named = named_media(settings)
    if not deep:
        wanted = {path: one.file for path, one in named.items()}
        treatments = {path: one.treatment for path, one in named.items()}
        return check_known(wanted, treatments, settings.cache_folder)
    return [
        check_file(path, one.file.path, one.treatment, is_deep=True) for path, one in named.items()
    ]


def _at(shell: Shell, paths: Sequence[Path], *, deep: bool) -> Iterator[Checked]:
    """The files at `paths`, and the media below those that are folders."""
    from threadsync.media.check import check_file
    from threadsync.treatment import Treatment

    for file in files_at(shell, paths):
        yield check_file(file.shown, str(file.place), Treatment(), is_deep=deep)


def _show(shell: Shell, checked: Sequence[Checked]) -> None:
    from threadsync.reporting.media_facts import media_table
    from threadsync.reporting.text import counted

    shown = [one for one in checked if one.findings or not shell.quiet]
    for line in media_table(shown, shell.paint):
        shell.out(line)
    files = counted(len(checked), "file", "files")
    errors, warnings = (_count(checked, severity) for severity in ("error", "warning"))
    if not errors and not warnings:
        shell.say(f"No problems in {files}.")
        return
    found = f"{counted(errors, 'error', 'errors')} and {counted(warnings, 'warning', 'warnings')}"
    shell.say(f"Found {found} in {files}.")


def _count(checked: Sequence[Checked], severity: str) -> int:
    return sum(f.kind.severity == severity for one in checked for f in one.findings)
