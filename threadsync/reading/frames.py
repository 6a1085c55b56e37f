"""What a project says about the entries of each of its folders: settings and `_defaults.yaml` files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from threadsync.post import OnChange
from threadsync.problems import errors_in
from threadsync.reading.defaults import load_defaults
from threadsync.reading.entries import Frame
from threadsync.reading.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.config import Settings


class Frames:
    """What the project says about the entries of each folder."""

    def __init__(self, settings: Settings, names: Sequence[str]) -> None:
        self._frame = _frame(settings)
        self._known: dict[str, tuple[Frame, str | None]] = {}
        self._defaults, self.problems = load_defaults(str(settings.root), names, settings.defaults)
        self._broken = {problem.source for problem in errors_in(self.problems)}

    def of(self, folder: str) -> tuple[Frame, str | None]:
        """The frame of a folder, and the file that should be part of it and has errors."""
        if folder not in self._known:
            values, _, files = self._defaults.of(folder)
            broken = next((name for name in files if name in self._broken), None)
            self._known[folder] = replace(self._frame, defaults=values), broken
        return self._known[folder]


def _frame(settings: Settings) -> Frame:
    terms = Terms(
        text_count=settings.policy.text_count,
        alt_text=settings.policy.alt_text,
        needs_https=settings.is_meta and not settings.is_sandbox,
        takes_files=settings.is_sandbox or settings.media.store != "none",
    )
    on_change = OnChange(settings.policy.on_change)
    return Frame(terms, settings.timezone, on_change, settings.defaults, settings.media.treatment)
