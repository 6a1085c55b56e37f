"""A file that only its owner can read, for the credentials of one account of one project.

Written aside and moved into place; a link is never followed, because it may lead to where others
read, such as a repository of settings.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from threadsync.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadsync.api.credentials import Credentials

_FOLDER_MODE = 0o700
_FOR_OTHERS = 0o077
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)  # Windows has no such flag
_HAS_MODES = os.name != "nt"


@dataclass(frozen=True, slots=True)
class TokenFile:
    """The file at `path`. Whatever keeps it from being used is a SettingsError that says why."""

    path: Path

    @property
    def exists(self) -> bool:
        return os.path.lexists(self.path)

    def load(self) -> Credentials | None:
        """The credentials; None when none are kept."""
        from threadsync.api.credentials import Credentials

        if not self.exists:
            return None
        try:
            with _told(self.path, "read"):
                return Credentials.from_json(self._read())
        except ValueError:
            # Not chained: the text holds the token.
            raise SettingsError(
                f"{self.path} holds no credentials; delete it and run threadsync auth login again"
            ) from None

    def check(self) -> None:
        """See whether `save` will work; to be asked before there is something to lose."""
        self._write_aside(b"").unlink()

    def save(self, credentials: Credentials) -> None:
        """Keep `credentials`; after a crash the old or the new ones are there, whole."""
        aside = self._write_aside(credentials.to_json().encode())
        with _told(self.path, "written"):
            aside.replace(self.path)

    def remove(self) -> None:
        with _told(self.path, "removed"):
            self.path.unlink(missing_ok=True)

    def _write_aside(self, data: bytes) -> Path:
        """A new file beside the real one, for the owner alone, under a name nobody can foresee."""
        _make(self.path.parent)
        with _told(self.path, "written"):
            handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=self.path.parent)
            with _removed_when_broken(Path(name)), os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
        return Path(name)

    def _read(self) -> str:
        _check_folder(self.path.parent)
        _check_no_link(self.path)
        # Not to be held up by a pipe that stands in its place.
        handle = os.open(self.path, os.O_RDONLY | _NO_LINKS | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, encoding="utf-8") as file:
            _check_private(self.path, os.fstat(handle).st_mode)
            return file.read()


def _make(folder: Path) -> None:
    with _told(folder, "made"):
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        _check_folder(folder)
        folder.chmod(_FOLDER_MODE)


def _check_folder(folder: Path) -> None:
    if folder.is_symlink():
        raise SettingsError(
            f"{folder} is a link; tokens are only kept in a folder of its own: "
            "make it one, or set XDG_CONFIG_HOME"
        )


def _check_no_link(path: Path) -> None:
    if path.is_symlink():
        raise SettingsError(f"{path} is a link, which is not followed; put the file in its place")


def _check_private(path: Path, mode: int) -> None:
    if _HAS_MODES and mode & _FOR_OTHERS:
        raise SettingsError(
            f"{path} may be read by others (mode {stat.S_IMODE(mode):o}); run: chmod 600 '{path}'"
        )


@contextmanager
def _removed_when_broken(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


@contextmanager
def _told(path: Path, done: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        why = (exc.strerror or type(exc).__name__).lower()
        raise SettingsError(
            f"{path} cannot be {done}: {why}; look after it, or set XDG_CONFIG_HOME"
        ) from exc
