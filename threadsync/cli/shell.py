"""What all commands share: where to print, in which colours, which project, and how errors end."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threadsync.errors import ExitCode, FilesError, ThreadsyncError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TextIO

    from threadsync.problems import Problem
    from threadsync.project import Project

REPORT_URL = "https://github.com/threadsync/threadsync/issues"
SECRET_WORDS = ("TOKEN", "SECRET", "PASSWORD", "KEY")
SHORTEST_SECRET = 6

# Whatever a terminal acts on but line ends, tabs and colours: texts of posts are not to be trusted.
_CONTROLS = re.compile(r"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")


def _escaped(control: re.Match[str]) -> str:
    """The character as JSON may write it, so that a program reads what is in the post."""
    return f"\\u{ord(control[0]):04x}"


class OutputError(ThreadsyncError):
    """What a command has to say cannot be written, for example because the disk is full."""


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
        self.needs_reader = True
        """Whether a command ends when nobody reads its output any more."""

    def project(self) -> Project:
        """The project the global options name; UsageError or FilesError when it cannot be."""
        from threadsync.project import Project
        from threadsync.reading.settings import Request, load_settings

        folder = self.folder if self.folder.is_absolute() else Path.cwd() / self.folder
        if not folder.is_dir():
            raise UsageError(f"-C {self.folder}: there is no such folder")
        request = Request(
            folder=folder,
            config_file=self.config_file and folder / self.config_file,
            account=self.account,
            is_sandbox=self.is_sandbox,
        )
        return Project(load_settings(request, os.environ))

    def for_programs(self) -> None:
        """From now on stdout is for data only."""
        self.is_json = True

    def out(self, text: str) -> None:
        """Print a result."""
        self._print(text, sys.stdout)

    def say(self, text: str) -> None:
        """Print something for people that `-q` silences."""
        if not self.quiet:
            self.tell(text)

    def tell(self, text: str) -> None:
        """Print something for people, whatever `-q` says."""
        self._print(text, sys.stderr if self.is_json else sys.stdout)

    def warn(self, text: str) -> None:
        self._print(text, sys.stderr)

    def path(self, path: Path) -> Path:
        """A path of the command line, which counts from the folder given with -C."""
        return self.folder / path

    def _print(self, text: str, stream: TextIO) -> None:
        text = _CONTROLS.sub(_escaped if self.is_json else "\N{REPLACEMENT CHARACTER}", text)
        try:
            click.echo(text, file=stream, color=self.has_colour(stream))
        except OSError as error:
            if not self.needs_reader or stream is sys.stderr:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            elif isinstance(error, BrokenPipeError):
                raise
            else:
                raise OutputError(f"the output cannot be written: {error.strerror}") from error

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
    except SystemExit as ended:  # click: the output was not read to its end, or was a completion
        return ended.code if isinstance(ended.code, int) else ExitCode.PROBLEMS
    except Exception as error:  # noqa: BLE001 - the one boundary: a bug of ours ends here
        return _bug(shell, error)
    return result if isinstance(result, int) else ExitCode.DONE


def _usage_code(arguments: list[str], shown: click.UsageError | None = None) -> int:
    if shown is not None:
        _explained(shown).show()
    # With --detailed-exitcode 2 means "there are changes", so wrong usage is 1 there.
    return ExitCode.PROBLEMS if "--detailed-exitcode" in arguments else ExitCode.USAGE


def _explained(error: click.UsageError) -> click.UsageError:
    """The error, or a better one for an option of threadsync itself that stands after the command."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return error
    known = {name for option in error.ctx.find_root().command.params for name in option.opts}
    if error.option_name not in known:
        return error
    message = f"{error.option_name} goes before the command, right after threadsync"
    return click.UsageError(message, error.ctx)


def _failed(shell: Shell, error: ThreadsyncError, arguments: list[str]) -> int:
    if isinstance(error, FilesError):
        shell.show_problems(error.problems)
        return error.exit_code
    shell.warn(f"{shell.paint('error', 'red')}: {error}")
    if error.exit_code == ExitCode.USAGE:
        return _usage_code(arguments)
    return error.exit_code


def _bug(shell: Shell, error: Exception) -> int:
    import platform
    import traceback

    from threadsync import __version__

    shell.warn(f"{shell.paint('error', 'red')}: this is a bug in threadsync; report it at")
    shell.warn(f"{REPORT_URL} with these lines:\n")
    shell.warn(f"threadsync {__version__}, Python {platform.python_version()}, {sys.platform}")
    trace = "".join(traceback.format_tb(error.__traceback__))
    shell.warn(without_secrets(f"{trace}{error!r}", os.environ))
    return ExitCode.BUG


def without_secrets(text: str, environ: Mapping[str, str]) -> str:
    """`text` with the values of variables that are named like secrets masked."""
    for name, value in environ.items():
        if len(value) >= SHORTEST_SECRET and any(word in name.upper() for word in SECRET_WORDS):
            text = text.replace(value, "***")
    return text
