"""`threadsync fmt`: the keys of posts in the order of the schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from threadsync.cli.paths import in_project, is_wanted
from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from threadsync.formatting.posts import Formatted
    from threadsync.project import Project

EPILOG = """
\b
Examples:
  threadsync fmt                  all posts
  threadsync fmt posts/hello.md   one file, or all below a folder
  threadsync fmt --check          exit 1 when something would change
"""


class _Tally(NamedTuple):
    seen: int = 0
    changed: int = 0
    refused: int = 0

    def with_file(self, formatted: Formatted) -> _Tally:
        return _Tally(
            self.seen + 1,
            self.changed + formatted.is_changed,
            self.refused + (formatted.why_not is not None),
        )


@click.command("fmt", epilog=EPILOG)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file would change.")
@pass_shell
def command(shell: Shell, paths: tuple[Path, ...], *, check: bool) -> int:
    """Put the keys of all posts, or of PATHs, in the order of the schema.

    Whole lines are moved with their comments, and nothing else changes: a formatted post plans
    nothing. A file that cannot be kept so is left as it is, and named.
    """
    project = shell.project()
    wanted = [in_project(shell.path(path), project) for path in paths]
    tally = _Tally()
    for name, formatted in _formatted(project, wanted):
        tally = tally.with_file(formatted)
        _tell(shell, name, formatted, check=check)
        if formatted.is_changed and not check:
            _write(project.settings.root / name, formatted)
    shell.say(_summary(tally, check=check))
    is_bad = tally.refused or (check and tally.changed)
    return ExitCode.PROBLEMS if is_bad else ExitCode.DONE


def _formatted(project: Project, wanted: Sequence[str]) -> Iterator[tuple[str, Formatted]]:
    from threadsync.formatting.posts import Formatted, format_file

    for name in _names(project):
        if is_wanted(name, wanted):
            try:
                yield name, format_file(project.settings.root / name)
            except OSError as error:
                why = f"cannot be read: {error.strerror}"
                yield name, Formatted(b"", why_not=why)


def _names(project: Project) -> Iterable[str]:
    """Every file with posts or defaults, sorted."""
    from threadsync.reading.sources import find_sources

    found = find_sources(str(project.settings.root), project.settings.posts)
    return sorted([*(source.name for source in found.sources), *found.defaults])


def _tell(shell: Shell, name: str, formatted: Formatted, *, check: bool) -> None:
    if formatted.why_not is not None:
        shell.warn(f"{name}:{formatted.line}: left as it is: {formatted.why_not}")
    elif formatted.is_changed:
        shell.out(f"{'would format' if check else 'formatted'} {name}")


def _write(path: Path, formatted: Formatted) -> None:
    from threadsync.formatting.posts import write_formatted

    try:
        write_formatted(path, formatted)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _summary(tally: _Tally, *, check: bool) -> str:
    from threadsync.reporting.text import counted

    words = "would be formatted" if check else "formatted"
    refused = f", {tally.refused:,} left as it is" if tally.refused else ""
    return f"{counted(tally.seen, 'file', 'files')}: {tally.changed:,} {words}{refused}."
