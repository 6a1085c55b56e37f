"""Problems as GitHub shows them: annotations beside the lines of files, and the summary of a step. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.reporting.markdown import inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from threadsync.problems import Problem

# GitHub shows 10 annotations per level and step, the rest is dropped silently (read 2026-11-22).
MOST_ANNOTATIONS = 10
# Above 1 MiB the summary of a step is dropped as a whole (GitHub's docs, read 2026-11-22).
MOST_BYTES = 900_000


def workflow_commands(problems: Sequence[Problem], folder: str = "") -> Iterator[str]:
    """A workflow command for each of the first ten problems of a level, a plain line for the others.

    `folder` is that of the project in the repository, "" for the repository itself.
    """
    shown: dict[str, int] = {}
    for problem in problems:
        level = problem.severity
        shown[level] = shown.get(level, 0) + 1
        # A line that began with the name of a file could be read as a command.
        yield _command(problem, folder) if shown[level] <= MOST_ANNOTATIONS else f"more: {problem}"


def step_summary(problems: Sequence[Problem], sentence: str) -> str:
    """All problems as a Markdown table below a `sentence`; what does not fit is counted."""
    lines = [f"### threadsync: {sentence}", ""]
    if problems:
        lines += ["| where | | what | code |", "|---|---|---|---|", *map(_row, problems)]
    return "\n".join(_fitting(lines)) + "\n"


def _command(problem: Problem, folder: str) -> str:
    path = f"{folder}/{problem.source}" if folder else problem.source
    place = f"file={_property(path)},line={problem.line},col={problem.column}"
    return f"::{problem.severity} {place},title={problem.code}::{_data(problem.message)}"


def _row(problem: Problem) -> str:
    place = inert(f"{problem.source}:{problem.line}:{problem.column}")
    return f"| {place} | {problem.severity} | {inert(problem.message)} | `{problem.code}` |"


def _fitting(lines: Sequence[str]) -> Iterator[str]:
    size = 0
    for count, line in enumerate(lines):
        size += len(line.encode()) + 1
        if size > MOST_BYTES:
            yield f"\n… {len(lines) - count:,} more; run `threadsync validate` to see them."
            return
        yield line


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
