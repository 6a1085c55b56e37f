"""What all commands share: where to print, in which colours, which project, and how errors end."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threadsync.errors import ExitCode, FilesError, ThreadsyncError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threadsync.problems import Problem
    from threadsync.project import Project

REPORT_URL = "https://github.com/threadsync/threadsync/issues"


class Shell:
    """The global options, and how a command talks to people and programs.

    Results go to stdout with `out`. Everything for people goes to where `say` sends it: stdout for
    the text format, stderr once `for_programs` was called.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path()
        self.config_file: Path | None = None
        self.account: str | None = None
        self.is_sandbox = False
        self.verbose = False
        self.quiet = False
        self.color = "auto"
        self.is_json = False

    def project(self) -> Project:
        """The project the global options name; UsageError or FilesError when it cannot be."""
        from threadsync.project import Project
        from threadsync.reading.settings import Request, load_settings

        folder = self.folder if self.folder.is_absolute() else Path.cwd() / self.folder
        if not folder.is_dir():
            raise click.UsageError(f"-C {self.folder}: there is no such folder")
        request = Request(
            folder=folder,
            config_file=self.config_file,
            account=self.account,
            is_sandbox=self.is_sandbox,
        )
        return Project(load_settings(request, os.environ))

    def for_programs(self) -> None:
        """From now on stdout is for data only."""
        self.is_json = True

    def out(self, text: str) -> None:
        """Print a result."""
        click.echo(text, color=self.has_colour(sys.stdout))

    def say(self, text: str) -> None:
        """Print something for people that `-q` silences."""
        if not self.quiet:
            self.tell(text)

    def tell(self, text: str) -> None:
        """Print something for people, whatever `-q` says."""
        stream = sys.stderr if self.is_json else sys.stdout
        click.echo(text, file=stream, color=self.has_colour(stream))

    def warn(self, text: str) -> None:
        click.echo(text, err=True, color=self.has_colour(sys.stderr))

    def paint(self, text: str, colour: str) -> str:
        """`text` in a colour; taken out again where colours are off."""
        return click.style(text, fg=colour)

    def has_colour(self, stream: object) -> bool:
        """Whether colours go to `stream`: the flag, then NO_COLOR, then whether it is a terminal."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        return bool(getattr(stream, "isatty", lambda: False)())

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """One line for each problem, to stderr."""
        for problem in problems:
            self.warn(self.problem_line(problem))

    def problem_line(self, problem: Problem) -> str:
        """`path:line:column: severity: message [code]`, the severity in its colour."""
        colour = "red" if problem.severity == "error" else "yellow"
        place = f"{problem.source}:{problem.line}:{problem.column}"
        severity = self.paint(problem.severity, colour)
        return f"{place}: {severity}: {problem.message} [{problem.code}]"


pass_shell = click.make_pass_decorator(Shell)


def handled(group: click.Group, arguments: list[str]) -> int:
    """Run a command line; every error becomes a message on stderr and an exit code."""
    shell = Shell()
    try:
        result = group.main(arguments, "threadsync", standalone_mode=False, obj=shell)
    except click.UsageError as error:
        return _usage_code(arguments, shown=error)
    except (click.Abort, KeyboardInterrupt):
        shell.warn("interrupted; what was done is on record")
        return ExitCode.INTERRUPTED
    except ThreadsyncError as error:
        return _failed(shell, error, arguments)
    except BrokenPipeError:
        return _pipe_closed()
    except Exception as error:  # noqa: BLE001 - the one boundary: a bug of ours ends here
        return _bug(shell, error)
    return result if isinstance(result, int) else ExitCode.DONE


def _usage_code(arguments: list[str], shown: click.UsageError | None = None) -> int:
    if shown is not None:
        shown.show()
    # With --detailed-exitcode 2 means "there are changes", so wrong usage is 1 there.
    return ExitCode.PROBLEMS if "--detailed-exitcode" in arguments else ExitCode.USAGE


def _failed(shell: Shell, error: ThreadsyncError, arguments: list[str]) -> int:
    if isinstance(error, FilesError):
        shell.show_problems(error.problems)
        return error.exit_code
    shell.warn(f"{shell.paint('error', 'red')}: {error}")
    if error.exit_code == ExitCode.USAGE:
        return _usage_code(arguments)
    return error.exit_code


def _pipe_closed() -> int:
    """Whoever read our output has gone (`| head`); keep Python from complaining about it."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    return ExitCode.DONE


def _bug(shell: Shell, error: Exception) -> int:
    import platform
    import traceback

    from threadsync import __version__

    shell.warn(f"{shell.paint('error', 'red')}: this is a bug in threadsync: {error!r}")
    shell.warn(f"Please report it at {REPORT_URL} with these lines:\n")
    shell.warn(f"threadsync {__version__}, Python {platform.python_version()}, {sys.platform}")
    shell.warn("".join(traceback.format_tb(error.__traceback__)).rstrip())
    return ExitCode.BUG
