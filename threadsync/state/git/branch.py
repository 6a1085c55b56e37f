"""One branch of a remote as a tree of files that is changed by one commit and push at a time.

Nothing is forced: every commit is a child of the tip that the remote must still have when it comes.
"""

from __future__ import annotations

import random
import time
from itertools import islice
from typing import TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.state.git.answers import Outcome, Pushed, is_no_branch, pushed, read_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from threadsync.state.git.program import Git

MARK = "THREADSYNC.md"
"""The file that says whose branch it is; a branch with other files and without it is refused."""
_MARK_TEXT = b"""# State of threadsync

This branch is what threadsync remembers of the posts it has published. It is written by
`threadsync apply`. Do not edit, merge, rebase, protect or delete it.
"""
MOST_TRIES = 20
"""How often a change is pushed while others write other documents to the branch."""
MOST_FAILURES = 3
"""How often in one read or write the remote may not be reached."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 2.0

_TIP = "refs/threadsync/tip"
_FETCH = ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--refmap="]
_PUSH = ["push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"]


class Branch:
    """The branch `name` of `remote`, as it was when it was last fetched or pushed.

    `git` works on a repository of our own. Paths are those of files, with `/`; blobs are ids, None
    for a file that is not there.
    """

    def __init__(
        self, git: Git, remote: str, name: str, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        if git.ask("check-ref-format", f"refs/heads/{name}").code:
            msg = f"threadsync.yaml: state.branch: {name!r} is no name of a branch; leave out blanks, '..' and ~^:?*[\\"
            raise StateError(msg)
        self.tip: str | None = None
        """The commit; None when there is no branch, or nobody has looked."""
        self._git = git
        self._remote = remote
        self._ref = f"refs/heads/{name}"
        self._place = place(remote, name)
        self._sleep = sleep

    def fetch(self) -> None:
        """Look at the branch as it is now: its newest commit is all that comes.

        StateError when it cannot be read, or is not ours.
        """
        why = ""
        for pause_s in islice(pauses_s(), MOST_FAILURES):
            answer = self._git.ask(*_FETCH, "--", self._remote, f"+{self._ref}:{_TIP}")
            if answer.code == 0:
                self._see(self._git.line("rev-parse", "--verify", _TIP))
                return
            if is_no_branch(answer):
                self.tip = None
                return
            why, may_pass = read_failure(answer)
            if not may_pass:
                break
            self._sleep(pause_s)
        raise StateError(f"{self._place}: {why}")

    def blob(self, path: str) -> str | None:
        if self.tip is None:
            return None
        row = self._git.line("ls-tree", "-z", self.tip, "--", path)
        return row.partition("\t")[0].rpartition(" ")[2] or None

    def content(self, blob: str) -> bytes:
        return self._git.run("cat-file", "blob", blob)

    def paths(self, folder: str) -> list[str]:
        """The files below `folder`, sorted."""
        if self.tip is None:
            return []
        rows = self._git.line("ls-tree", "-rz", "--name-only", self.tip, "--", f"{folder}/")
        return rows.split("\0")[:-1]

    def add_blob(self, data: bytes) -> str:
        return self._git.line("hash-object", "-w", "--stdin", data=data)

    def put(self, path: str, blob: str | None) -> Pushed:
        """Commit the file on top of the tip and push; the new commit is the tip when it got there."""
        commit = self._commit(path, blob)
        # The lease is the condition, '' that there is no branch yet.
        lease = f"--force-with-lease={self._ref}:{self.tip or ''}"
        answer = self._git.ask(*_PUSH, lease, "--", self._remote, f"{commit}:{self._ref}")
        result = pushed(answer)
        if result.outcome is Outcome.WRITTEN:
            self._git.run("update-ref", _TIP, commit)
            self.tip = commit
        return result

    def _commit(self, path: str, blob: str | None) -> str:
        mark = self.add_blob(_MARK_TEXT)
        no_file = f"0 {'0' * len(mark)}"  # mode 0 takes the file away
        rows = f"100644 {mark}\t{MARK}\0{f'100644 {blob}' if blob else no_file}\t{path}\0"
        self._git.run("read-tree", self.tip or "--empty")
        self._git.run("update-index", "-z", "--index-info", data=rows.encode())
        tree = self._git.line("write-tree")
        parents = ["-p", self.tip] if self.tip else []
        message = f"threadsync: {path.removesuffix('.json')}"
        return self._git.line("commit-tree", *parents, "-m", message, tree)

    def _see(self, tip: str) -> None:
        """`tip` is the tip, if it is empty or bears our mark: no branch of sources is written to."""
        if tip == self.tip:
            return
        names = self._git.line("ls-tree", "-z", "--name-only", tip).split("\0")[:-1]
        if names and MARK not in names:
            msg = f"{self._place}: holds other files ({', '.join(names[:3])}); give the state a branch of its own in state.branch"
            raise StateError(msg)
        self.tip = tip


def place(remote: str, name: str) -> str:
    """The branch in messages."""
    return f"branch {name} of {remote}"


def pauses_s() -> Iterator[float]:
    """How long to wait after each try, at random so that two do not meet again and again."""
    for attempt in range(MOST_TRIES):
        longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**attempt)
        yield random.uniform(0, longest)  # noqa: S311  nothing secret
