"""`threadsync media fix`: mended copies beside pictures and videos."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode, MediaError, MediaFileError, UsageError
from threadsync.treatment import Treatment

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator, Sequence

    from rich.progress import Progress

    from threadsync.media.check import Checked
    from threadsync.media.probing.facts import Facts
    from threadsync.treatment import Recipe

EPILOG = """
\b
Examples:
  threadsync media fix                 all pictures and videos of the posts
  threadsync media fix clip.mov        writes clip.fixed.mp4
"""
_MARK = ".fixed"


class File(NamedTuple):
    """A file on the command line or in a post: as it is shown, and where it is."""

    shown: str
    place: Path


class Tally:
    """How many files came to what."""

    def __init__(self) -> None:
        self.mended = self.fine = self.there = self.broken = 0


@click.command("fix", epilog=EPILOG)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--force", is_flag=True, help="Write over copies that are there already.")
@pass_shell
def fix(shell: Shell, paths: tuple[Path, ...], dry_run: bool, force: bool) -> int:
    """Write copies of the media of the posts that Threads takes.

    With PATHs, of these files and of all media below these folders. A copy is NAME.fixed.jpg or
    NAME.fixed.mp4 beside the original, which is never changed. Ends with 1 when something cannot be
    mended.
    """
    files = [file for file in _files(shell, paths) if not file.place.stem.endswith(_MARK)]
    # What is only stripped is stripped whenever it is sent; a copy is for those who ask for one.
    treatment = Treatment(is_fixed=True, is_stripped=bool(paths))
    mending = _mend_all(shell, files, treatment, is_dry=dry_run, is_forced=force)
    tally = _run(mending)
    _sum_up(shell, tally, is_dry=dry_run)
    return ExitCode.PROBLEMS if tally.broken else ExitCode.DONE


def _run(mending: Coroutine[None, None, Tally]) -> Tally:
    """What it ends with; SIGTERM ends it as Ctrl-C does, so that ffmpeg does not go on alone."""

    async def watched() -> Tally:
        task = asyncio.create_task(mending)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await task

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _files(shell: Shell, paths: Sequence[Path]) -> Iterator[File]:
    if paths:
        yield from files_at(shell, paths)
        return
    from threadsync.reading.named_media import named_media

    for name, named in named_media(shell.project().settings).items():
        yield File(name, Path(named.file.path))


def files_at(shell: Shell, paths: Sequence[Path]) -> Iterator[File]:
    """The files at `paths`, and the media below those that are folders."""
    from threadsync.media.check import media_below

    for path in paths:
        place = shell.path(path)
        if not (place.is_file() or place.is_dir()):
            raise UsageError(f"{path} does not exist or is neither file nor folder")
        for file in media_below(place) if place.is_dir() else [place]:
            yield File((path / file.relative_to(place)).as_posix(), file)


async def _mend_all(
    shell: Shell, files: Sequence[File], treatment: Treatment, *, is_dry: bool, is_forced: bool
) -> Tally:
    from threadsync.media.check import check_file

    tally = Tally()
    for file in files:
        checked = await asyncio.to_thread(check_file, file.shown, str(file.place), treatment)
        problem = _why_not(checked)
        if problem:
            _refuse(shell, tally, file, problem)
        elif checked.recipe is None or checked.facts is None:
            tally.fine += 1
            shell.say(f"{file.shown}: nothing to do")
        else:
            await _mend(shell, tally, file, checked.recipe, checked.facts, is_dry, is_forced)
    return tally


def _why_not(checked: Checked) -> str | None:
    """What keeps a file from being mended: errors that stay, or a program that is not there."""
    from threadsync.media.fixing.tools import is_there, missing_tool
    from threadsync.problems import ERROR

    if checked.recipe and not is_there(checked.recipe.needs):
        return missing_tool(Path(checked.path).name, checked.recipe.needs).message
    left = [f.message for f in checked.findings if f.kind.severity == ERROR]
    return "; ".join(left) or None


async def _mend(
    shell: Shell,
    tally: Tally,
    file: File,
    recipe: Recipe,
    facts: Facts,
    is_dry: bool,
    is_forced: bool,
) -> None:
    from threadsync.media.fixing.workshop import make

    target = _copy_of(file.place, recipe.suffix)
    shown = f"{file.shown} -> {target.name}"
    if target.exists() and not is_forced:
        tally.there += 1
        shell.say(f"{shown}: is there already; --force writes over it")
        return
    if is_dry:
        tally.mended += 1
        shell.out(f"{shown}: {recipe}")
        return
    try:
        with _Progress(shell, file.shown) as progress:
            made = await make(file.place, recipe, target, tell=progress.tell)
    except MediaFileError as error:
        _refuse(shell, tally, file, error.why if error.path == file.place else str(error))
        return
    except MediaError as error:
        _refuse(shell, tally, file, str(error))
        return
    tally.mended += 1
    shell.out(f"{shown}: {recipe}")
    shell.out(f"    {_size(facts)} -> {_size(made)}")


def _copy_of(place: Path, suffix: str) -> Path:
    """Where the copy goes; where `cat.gif` and `cat.webp` stand side by side, their suffix tells."""
    from threadsync.media.check import kind_at

    kind = kind_at(place)
    is_twin = any(
        other.stem == place.stem and other != place and kind_at(other) is kind
        for other in place.parent.iterdir()
    )
    stem = place.name.replace(".", "-") if is_twin else place.stem
    return place.with_name(f"{stem}{_MARK}{suffix}")


def _refuse(shell: Shell, tally: Tally, file: File, problem: str) -> None:
    tally.broken += 1
    shell.out(f"{file.shown}: {shell.paint('error', 'red')}: {problem}")


def _size(facts: Facts) -> str:
    shown = facts.shown
    pixels = f" {shown.width:,} x {shown.height:,}," if shown else ""
    return f"{facts.format}{pixels} {facts.size_bytes:,} bytes"


def _sum_up(shell: Shell, tally: Tally, *, is_dry: bool) -> None:
    from threadsync.reporting.text import counted

    def files(number: int) -> str:
        return counted(number, "file", "files")

    said = [f"{'Would write' if is_dry else 'Wrote'} {files(tally.mended)}"] if tally.mended else []
    said += [f"{files(tally.there)} there already"] if tally.there else []
    said += [f"{files(tally.fine)} fine"] if tally.fine else []
    said += [f"{files(tally.broken)} cannot be mended"] if tally.broken else []
    shell.say(f"{'; '.join(said) or 'No media'}.")
    if tally.mended and not is_dry:
        shell.say("Name the new files in the posts, or write fix: auto there instead.")


class _Progress:
    """How much of a film is done: on a terminal as a bar, elsewhere in a line now and then."""

    def __init__(self, shell: Shell, name: str) -> None:
        from threadsync.cli.progress import Pace

        self._shell = shell
        self._name = name
        self._pace = Pace()
        self._is_seen = not shell.quiet and sys.stderr.isatty() and shell.has_colour(sys.stderr)
        self._bar: Progress | None = None

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, done: float) -> None:
        if self._is_seen and self._bar is None:
            self._bar = _bar()
            self._bar.add_task(self._name, total=1.0)
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done)
        elif self._pace.is_due(self._name):
            self._shell.say(f"{self._name}: {done:.0%} mended")


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.start()
    return bar
