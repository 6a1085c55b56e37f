"""A state in a branch of the user's git repository; its tip is what all machines agree on.

The branch shares no history with the others and is never checked out; the user's clone is only read
(`git_aside`). Whoever pushes second has to look again: a document that another wrote meanwhile is a
lost race, another document is not.
"""

from __future__ import annotations

import threading
import time
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.state.git.answers import Outcome
from threadsync.state.git.aside import open_aside
from threadsync.state.git.branch import MOST_FAILURES, Branch, pauses_s, place
from threadsync.state.remote.vault import Document, LostRaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LOST = "another run has written {name} meanwhile; run the command again, it plans anew"
_BUSY = "others write to it all the time; run the command again later"


class GitVault:
    """The vault of `state.backend: git`. The tag of a document is the id of its blob.

    `root` is a folder in the clone, `folder` the one in the branch that the documents are in, such
    as the account. Threads take turns; other processes and machines are kept apart by the remote.
    """

    def __init__(
        self,
        root: Path,
        *,
        branch: str,
        remote: str,
        folder: str,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._root = root
        self._where = remote, branch
        self._folder = folder
        self._sleep = sleep
        self._turn = threading.Lock()
        self._branch: Branch | None = None
        self._close: Callable[[], object] = lambda: None

    @property
    def place(self) -> str:
        return place(*self._where)

    def read(self, name: str) -> Document | None:
        with self._opened() as branch:
            branch.fetch()
            blob = branch.blob(self._path(name))
            return None if blob is None else Document(branch.content(blob), blob)

    def write(self, name: str, data: bytes, tag: str | None) -> str:
        with self._opened() as branch:
            blob = branch.add_blob(data)
            if branch.blob(self._path(name)) != tag:
                branch.fetch()
            self._settle(branch, name, blob, tag)
            return blob

    def names(self, prefix: str) -> list[str]:
        with self._opened() as branch:
            branch.fetch()
            names = [path.removeprefix(self._path("")) for path in branch.paths(self._folder)]
            return [name for name in names if name.startswith(prefix)]

    def remove(self, name: str) -> None:
        with self._opened() as branch:
            branch.fetch()
            tag = branch.blob(self._path(name))
            if tag is not None:
                self._settle(branch, name, None, tag)

    def _settle(self, branch: Branch, name: str, blob: str | None, tag: str | None) -> None:
        """Push until `blob` is known to be there, or another to have taken the place of `tag`.

        None is the blob of a document that is not there.
        """
        path, failures = self._path(name), 0
        for pause_s in pauses_s():
            if branch.blob(path) != tag:
                raise LostRaceError(f"{self.place}: {_LOST.format(name=name)}")
            tip = branch.tip
            outcome, why = branch.put(path, blob)
            if outcome is Outcome.WRITTEN:
                return
            self._sleep(pause_s)
            branch.fetch()
            if branch.blob(path) == blob:  # the answer got lost, or it came after all
                return
            failures += outcome is Outcome.UNCLEAR
            is_final = outcome is Outcome.REFUSED and tip == branch.tip
            if is_final or failures == MOST_FAILURES:
                raise StateError(f"{self.place}: {why}")
        raise StateError(f"{self.place}: {_BUSY}")

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"

    @contextmanager
    def _opened(self) -> Iterator[Branch]:
        """The branch for one thread at a time, opened at the first use and anew after an error."""
        with self._turn:
            try:
                yield self._branch or self._open()
            except LostRaceError:
                raise
            except StateError:
                self._branch = None
                self._close()
                raise

    def _open(self) -> Branch:
        git, folder = open_aside(self._root, self._where[0])
        self._close = weakref.finalize(self, folder.remove)
        self._branch = Branch(git, *self._where, self._sleep)
        return self._branch
