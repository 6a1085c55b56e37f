"""`_defaults.yaml`: values for every entry of a folder and of those below that do not say otherwise.

The nearest file wins, key by key, and threadsync.yaml comes last. The keys are those of `defaults`
in the settings, with the same schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.problems import errors_in
from threadsync.reading.settings_file import read_defaults
from threadsync.reading.sources import SETTINGS_FILE, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from threadsync.problems import Problem


class FolderDefaults(NamedTuple):
    """What holds for the entries of one folder."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    """The file that each value comes from, by key."""
    files: tuple[str, ...] = ()
    """Every `_defaults.yaml` that is for this folder, the outermost first."""


class Defaults:
    """The defaults of a project, folder by folder."""

    def __init__(
        self, of_project: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """`files` has what each `_defaults.yaml` says, by its name relative to the project."""
        self._below = {folder_of(name): (name, values) for name, values in files.items()}
        self._outermost = FolderDefaults(of_project, dict.fromkeys(of_project, SETTINGS_FILE))
        self._known: dict[str, FolderDefaults] = {}

    def of(self, folder: str) -> FolderDefaults:
        """What holds in a folder of the project; "" is the project itself."""
        if folder not in self._known:
            self._known[folder] = self._made(folder)
        return self._known[folder]

    def _made(self, folder: str) -> FolderDefaults:
        around = self.of(folder_of(folder)) if folder else self._outermost
        if folder not in self._below:
            return around
        name, values = self._below[folder]
        return FolderDefaults(
            {**around.values, **values},
            {**around.origins, **dict.fromkeys(values, name)},
            (*around.files, name),
        )


def load_defaults(
    root: str, names: Iterable[str], of_project: Mapping[str, Any]
) -> tuple[Defaults, list[Problem]]:
    """The defaults of the project at `root`, and what is wrong in its `_defaults.yaml` files.

    A file with an error counts as empty: the loader keeps back the entries that it is for.
    """
    files: dict[str, Mapping[str, Any]] = {}
    faults: list[Problem] = []
    for name in names:
        values, found = read_defaults(root, name)
        files[name] = {} if errors_in(found) else values
        faults.extend(found)
    return Defaults(of_project, files), faults
