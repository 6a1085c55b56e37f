"""What recipes need that may not be installed, and what to do then."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.media.probing.foreign import can_read_heic
from threadsync.treatment import FFMPEG, HEIF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadsync.post import Entry
    from threadsync.problems import Finding

FFMPEG_PACKAGE = "imageio_ffmpeg"


def has_ffmpeg() -> bool:
    """Whether there is one in PATH or as a package, by name; it is not started."""
    return shutil.which("ffmpeg") is not None or find_spec(FFMPEG_PACKAGE) is not None


_IS_THERE = {FFMPEG: has_ffmpeg, HEIF: can_read_heic}


def is_there(tool: str) -> bool:
    """Whether what a recipe `needs` is installed; nothing always is."""
    return not tool or _IS_THERE[tool]()


def missing_tool(path: str, tool: str, *pointer: str | int) -> Finding:
    return problems.MEDIA_TOOL_MISSING.found(*pointer, path=path, tool=tool)


def tool_findings(entry: Entry) -> Iterator[Finding]:
    """What keeps the files of the entry from being made acceptable here; pointers as in `places`."""
    for i, part in enumerate(entry.parts):
        for j, medium in enumerate(part.media):
            if medium.recipe and not is_there(medium.recipe.needs):
                pointer = ("parts", entry.home_of(i), "media", j, "path")
                yield missing_tool(medium.name, medium.recipe.needs, *pointer)
