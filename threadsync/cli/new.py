"""`threadsync new`: a new post file."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import UsageError
from threadsync.reading.keys import NAMELESS, proposed_key

if TYPE_CHECKING:
    from threadsync.cli.beginnings import Wanted
    from threadsync.project import Project

EPILOG = """
\b
Examples:
  threadsync new "Hello from git"           posts/2026-11-20-hello-from-git.md
  threadsync new "My cat" --media cat.jpg   with a picture
  threadsync new "Tabs?" --template poll    asks for the answers on a terminal
"""


@click.command("new", epilog=EPILOG)
@click.argument("title", required=False)
@click.option(
    "--template",
    type=click.Choice(["text", "photo", "carousel", "chain", "poll"]),
    help="What kind of post: text by default, with --media photo or carousel.",
)
@click.option(
    "--media",
    metavar="PATH",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A picture or video of the project; may be given several times.",
)
@click.option("--alt", metavar="TEXT", multiple=True, help="What a medium shows, one for each.")
@pass_shell
def command(
    shell: Shell,
    title: str | None,
    template: str | None,
    media: tuple[Path, ...],
    alt: tuple[str, ...],
) -> None:
    """Write a new post file named after the day and TITLE.

    On a terminal it asks for what is missing, elsewhere never. The post is a draft until you take
    that line out. No file is ever overwritten.
    """
    from threadsync.cli.asking import asked, may_ask
    from threadsync.cli.beginnings import beginning, checked

    if title is None and not may_ask():
        raise click.UsageError("Missing argument 'TITLE'.", click.get_current_context())
    project = shell.project()
    named = partial(_named, shell, project)
    wanted = checked(title, template, tuple(map(named, media)), alt)
    if may_ask():
        wanted = asked(wanted, named)
    _check_title(wanted)
    text, suffix, note = beginning(wanted, folder=project.settings.posts[0])
    path = _path(project, wanted.title, suffix)
    write_new(path, text)
    shell.out(path.relative_to(project.settings.root).as_posix())
    if note:
        shell.warn(note)


def _named(shell: Shell, project: Project, path: Path | str) -> str:
    """A file as the project names it; UsageError when it is none."""
    from threadsync.cli.paths import in_project

    name = in_project(shell.path(Path(path)), project)
    if not (project.settings.root / name).is_file():
        raise UsageError(f"{path} is a folder, a picture or video is needed")
    return name


def _check_title(wanted: Wanted) -> None:
    if not wanted.title.strip():
        raise UsageError("TITLE is empty; write for example: threadsync new 'Hello from git'")


def _path(project: Project, title: str, suffix: str) -> Path:
    """The file of a new post; a number makes one free when no letter of its title is for names."""
    from threadsync.reading.times import zone

    settings, name = project.settings, slug(title)
    folder = settings.root / settings.posts[0]
    stem = f"{datetime.now(zone(settings.timezone)):%Y-%m-%d}-{name}"
    paths = (folder / f"{stem}{f'-{n}' * (n > 1)}{suffix}" for n in count(1))
    return next(path for path in paths if name != NAMELESS or not path.exists())


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
