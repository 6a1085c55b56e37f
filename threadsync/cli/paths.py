"""Paths of the command line that choose among the files of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from threadsync.project import Project


def in_project(path: Path, project: Project) -> str:
    """A path as files of the project are named; UsageError when it is none of its paths."""
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    try:
        return path.resolve().relative_to(project.settings.root).as_posix()
    except ValueError:
        raise UsageError(f"{path} is outside the project {project.settings.root}") from None


def is_wanted(source: str, wanted: Sequence[str]) -> bool:
    """Whether a file is one of `wanted` or below one of them; nothing wanted means everything."""
    return not wanted or any(w in {source, "."} or source.startswith(f"{w}/") for w in wanted)
