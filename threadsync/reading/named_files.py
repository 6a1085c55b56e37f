"""The files that posts name: found relative to the post, inside the project, and plain files."""

from __future__ import annotations

import os
import posixpath
import stat
import unicodedata
from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.media.digests import Wanted
from threadsync.reading.keys import suggestion
from threadsync.reading.sources import is_inside, read_source

if TYPE_CHECKING:
    from threadsync.problems import Finding


_NO_PATH = "the path is empty; write that of a picture or video: ![what it shows](picture.jpg)"
_CONTROL = "the path holds a line break or another control character; rename the file"


class ProjectFiles:
    """Looks for files in the project at `root`; each folder is resolved once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)
        self._real_folders: dict[str, str] = {}

    def find(self, folder: str, path: str) -> tuple[str, Wanted] | Finding:
        """The file at `path` as a post in `folder` names it: shown relative to the project."""
        if not path.strip():
            return problems.WRONG_VALUE.found("path", message=_NO_PATH)
        if any(unicodedata.category(letter) == "Cc" for letter in path):
            return problems.WRONG_VALUE.found("path", message=_CONTROL)
        shown = posixpath.normpath(posixpath.join(folder, path))
        if path.startswith("/") or shown == ".." or shown.startswith("../"):
            return problems.MEDIA_OUTSIDE.found("path", path=path)
        try:
            return self._found(shown, path)
        except FileNotFoundError:
            near = self._linked(shown) or self._near(shown)
            return problems.MEDIA_MISSING.found("path", path=path, suggestion=near)
        except (OSError, ValueError) as exc:
            why = getattr(exc, "strerror", None) or str(exc)
            return problems.MEDIA_UNREADABLE.found("path", path=path, why=why)

    def read_text(self, folder: str, path: str) -> str | Finding:
        """The text of the file at `path`, without its last line break."""
        found = self.find(folder, path)
        if isinstance(found, problems.Finding):
            return found
        text = read_source(self._root, found[0])
        if isinstance(text, str):
            return text.removesuffix("\n")
        return problems.MEDIA_UNREADABLE.found("path", path=path, why=text.message)

    def _found(self, shown: str, path: str) -> tuple[str, Wanted] | Finding:
        full = f"{self._root}/{shown}"
        if not is_inside(self._real_root, self._real_folder(posixpath.dirname(shown))):
            return problems.MEDIA_OUTSIDE.found("path", path=path)
        facts = os.lstat(full)
        if stat.S_ISLNK(facts.st_mode):
            if not is_inside(self._real_root, os.path.realpath(full)):
                return problems.MEDIA_OUTSIDE.found("path", path=path)
            facts = os.stat(full)  # noqa: PTH116 - strings, as in the loader
        if stat.S_ISREG(facts.st_mode):
            return shown, Wanted(full, facts)
        found = "a folder" if stat.S_ISDIR(facts.st_mode) else "no plain file"
        return problems.MEDIA_NOT_A_FILE.found("path", path=path, found=found)

    def _real_folder(self, folder: str) -> str:
        if folder not in self._real_folders:
            self._real_folders[folder] = os.path.realpath(f"{self._root}/{folder}")
        return self._real_folders[folder]

    def _linked(self, shown: str) -> str:
        """Where a link leads that is there and leads to nothing; "" for anything else."""
        try:
            return f": it is a link to {os.readlink(f'{self._root}/{shown}')}"  # noqa: PTH115
        except OSError:
            return ""

    def _near(self, shown: str) -> str:
        folder, name = posixpath.split(shown)
        try:
            names = os.listdir(self._real_folder(folder))  # noqa: PTH208 - strings, as above
        except OSError:
            return f"; there is no folder {folder}"
        return suggestion(name, [known for known in names if known.isprintable()])
