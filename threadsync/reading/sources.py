"""The files with posts of a project: found fast, read once, inside the project only.

Paths are strings here, not `Path`s: a project may have a hundred thousand files.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from threadsync import problems

if TYPE_CHECKING:
    from threadsync.problems import Problem

SETTINGS_FILE = "threadsync.yaml"
DEFAULTS_FILE = "_defaults.yaml"
MARKDOWN = (".md", ".markdown")
SUFFIXES = (*MARKDOWN, ".yaml", ".yml")

_NO_FOLDER = "there is no such folder; make it, or set posts in threadsync.yaml"
_OUTSIDE = "it leads out of the project"
_NOT_PLAIN = "it is no plain file"
_BAD_NAME = "its name is not UTF-8; rename the file"
_DEFAULTS = frozenset({DEFAULTS_FILE, "_defaults.yml"})
_OTHER_SUFFIX = f"defaults are only read from {DEFAULTS_FILE}; rename the file"


class Source(NamedTuple):
    """A file with posts: relative to the project and to its posts folder, both with slashes."""

    name: str
    below: str

    @property
    def is_markdown(self) -> bool:
        return self.name.lower().endswith(MARKDOWN)


class Found(NamedTuple):
    """Files sorted by name, each once, and what stood in the way."""

    sources: list[Source]
    problems: list[Problem]
    defaults: list[str] = []  # noqa: RUF012 - nobody changes it
    """Every `_defaults.yaml`, relative to the project, sorted."""


def find_sources(root: str, folders: tuple[str, ...]) -> Found:
    """Every file with posts in the posts `folders` of the project at `root`.

    Names that begin with `_` or `.` and other suffixes are passed over, `_defaults.yaml` is no post.
    """
    walk = _Walk(root)
    for folder in folders:
        walk.folder(os.path.normpath(folder))
    walk.linked_folders()
    sources = sorted(walk.sources.values())
    return Found(sources, walk.problems, sorted(walk.defaults))


def read_source(root: str, name: str) -> str | Problem:
    """The text of the file `name` of the project at `root`."""
    from threadsync.reading.documents import MAX_BYTES, decode

    try:
        handle = os.open(f"{root}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            size = os.fstat(handle).st_size
            if size > MAX_BYTES:
                return problems.FILE_TOO_LARGE.at(name, size=size, limit=MAX_BYTES)
            data = _read(handle, size)[:MAX_BYTES]
        finally:
            os.close(handle)
    except OSError as exc:
        return problems.FILE_UNREADABLE.at(name, why=exc.strerror or str(exc))
    return decode(data, name)


def folder_of(name: str) -> str:
    """The folder of a file or folder of the project, "" for the project itself."""
    return name.rpartition("/")[0]


def is_inside(root: str, path: str) -> bool:
    """Whether `path`, both with symbolic links resolved, is the folder `root` or inside it."""
    return path == root or path.startswith(f"{root}/")


def _read(handle: int, size: int) -> bytes:
    data = os.read(handle, size + 1)
    while len(data) < size and (more := os.read(handle, size - len(data))):
        data += more
    return data


class _Walk:
    """One walk through the posts folders. Linked folders come last, and only those with new files."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)
        self._walked: list[str] = []
        self._links: list[Source] = []
        self.sources: dict[str, Source] = {}
        self.defaults: set[str] = set()
        self.problems: list[Problem] = []

    def folder(self, name: str) -> None:
        path = os.path.realpath(os.path.join(self._root, name))  # noqa: PTH118
        if not is_inside(self._real_root, path):
            self._report(name, _OUTSIDE)
        elif not os.path.isdir(path):  # noqa: PTH112
            self._report(name, _NO_FOLDER)
        else:
            self._walked.append(path)
            self._enter(name, "")

    def linked_folders(self) -> None:
        while self._links:
            name, below = self._links.pop()
            path = os.path.realpath(f"{self._root}/{name}")
            if not any(is_inside(path, seen) or is_inside(seen, path) for seen in self._walked):
                self._walked.append(path)
                self._enter(name, f"{below}/")

    def _enter(self, name: str, below: str) -> None:
        """Look into the folder `name`, which is `below` its posts folder."""
        try:
            with os.scandir(f"{self._root}/{name}") as entries:
                for entry in entries:
                    own = entry.name
                    if own.startswith(("_", ".")) and own not in _DEFAULTS:
                        continue
                    if own.lower().endswith(SUFFIXES) or _is_folder(entry):
                        inner = own if name == "." else f"{name}/{own}"
                        self._visit_safely(entry, Source(inner, f"{below}{own}"))
        except OSError as exc:
            self._report(name, exc.strerror or str(exc))

    def _visit_safely(self, entry: os.DirEntry[str], source: Source) -> None:
        try:
            self._visit(entry, source)
        except OSError as exc:  # a symbolic link to itself
            self._report(source.name, exc.strerror or str(exc))

    def _visit(self, entry: os.DirEntry[str], source: Source) -> None:
        if source.name == SETTINGS_FILE:
            return
        is_defaults = entry.name.startswith("_")
        is_folder = entry.is_dir() and not is_defaults
        if entry.is_symlink() and not is_inside(self._real_root, os.path.realpath(entry.path)):
            self._report(source.name, _OUTSIDE)
        elif is_folder and entry.is_symlink():
            self._links.append(source)
        elif is_folder:
            self._enter(source.name, f"{source.below}/")
        elif not entry.is_file():
            self._report(source.name, _NOT_PLAIN)
        elif not _is_utf8(source.name):
            self._report(source.name, _BAD_NAME)
        elif is_defaults and entry.name != DEFAULTS_FILE:
            self._report(source.name, _OTHER_SUFFIX)
        elif is_defaults:
            self.defaults.add(source.name)
        else:
            self.sources.setdefault(source.name, source)

    def _report(self, name: str, why: str) -> None:
        shown = os.fsencode(name).decode(errors="replace")
        self.problems.append(problems.FILE_UNREADABLE.at(shown, why=why))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a symbolic link to itself, and of no interest without a suffix of ours
        return False


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
