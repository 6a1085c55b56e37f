"""Runs the `git` program: it asks nothing, speaks English, is stopped in time and shows no token.

Which repository it works on, and on what, is said by `git_aside` and `git_vault`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.state.git.answers import STOPPED, Answer, last_words, masked

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT_S = 60.0
"""How long one call may take; fetch and push of a record take 1 to 3 s."""

# What would make git look elsewhere than where it is told to (`git rev-parse --local-env-vars` of
# git 2.39, without the variables that carry settings), and what would open a window that asks.
_LEADING_AWAY = """GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_CONFIG GIT_DIR GIT_GRAFT_FILE
GIT_IMPLICIT_WORK_TREE GIT_INDEX_FILE GIT_INTERNAL_SUPER_PREFIX GIT_NAMESPACE GIT_NO_REPLACE_OBJECTS
GIT_OBJECT_DIRECTORY GIT_PREFIX GIT_QUARANTINE_PATH GIT_REPLACE_REF_BASE GIT_SHALLOW_FILE
GIT_WORK_TREE GIT_AUTHOR_DATE GIT_COMMITTER_DATE SSH_ASKPASS"""
_FOREIGN = frozenset(_LEADING_AWAY.split())
_QUIET = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",  # Git Credential Manager
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_AUTHOR_NAME": "threadsync",
    "GIT_AUTHOR_EMAIL": "threadsync@localhost",
    "GIT_COMMITTER_NAME": "threadsync",
    "GIT_COMMITTER_EMAIL": "threadsync@localhost",
}


@dataclass(frozen=True, slots=True)
class Git:
    """git, run in `folder` with the variables `environ` and no others."""

    folder: str
    environ: Mapping[str, str]
    limit_s: float = LIMIT_S

    def ask(self, *words: str, data: bytes = b"") -> Answer:
        """Run `git *words` with `data` as its input, whatever comes of it."""
        # Files, not pipes: a helper that git leaves behind (ssh, credential-cache) may hold a pipe
        # open for hours.
        with _file(data) as given, _file() as out, _file() as errors:
            code = _ended(self._started(words, given, out, errors), self.limit_s)
            if code == STOPPED:
                return Answer(code, b"", f"no answer within {self.limit_s:g} s")
            return Answer(code, _all_of(out), masked(_all_of(errors).decode(errors="replace")))

    def run(self, *words: str, data: bytes = b"") -> bytes:
        """What git prints; StateError when it fails, as only a full disk makes it."""
        answer = self.ask(*words, data=data)
        if answer.code:
            why = last_words(answer.errors)
            raise StateError(f"git {words[0]} failed: {why}; make room on the disk, then run again")
        return answer.out

    def line(self, *words: str, data: bytes = b"") -> str:
        """The one line that git prints."""
        return self.run(*words, data=data).decode(errors="surrogateescape").removesuffix("\n")

    def _started(
        self, words: tuple[str, ...], given: IO[bytes], out: IO[bytes], errors: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                ["git", "-C", self.folder, *words],
                env=self.environ,
                stdin=given,
                stdout=out,
                stderr=errors,
                start_new_session=True,  # Ctrl-C is for us: a push under way comes to its end
            )
        except FileNotFoundError as exc:
            msg = "the program git is not there; install it, or set state.backend to s3 or local"
            raise StateError(msg) from exc
        except OSError as exc:
            why = (exc.strerror or type(exc).__name__).lower()
            msg = f"the program git cannot be run: {why}; repair it, or set state.backend to s3 or local"
            raise StateError(msg) from exc


def quiet(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without what leads git elsewhere, and with what keeps it from asking anything."""
    kept = {
        name: value
        for name, value in environ.items()
        if name not in _FOREIGN and not name.startswith("GIT_TRACE")
    }
    return {**kept, **_QUIET}


def _file(data: bytes = b"") -> IO[bytes]:
    """A file without a name that holds `data`, to be read from its start."""
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115  whoever calls closes it
        file.write(data)
        file.seek(0)
    except OSError as exc:
        why = (exc.strerror or type(exc).__name__).lower()
        msg = f"{tempfile.gettempdir()}: cannot be written: {why}; make room, then run again"
        raise StateError(msg) from exc
    return file


def _all_of(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _ended(process: subprocess.Popen[bytes], limit_s: float) -> int:
    """The exit code; STOPPED when the process and its children had to be ended."""
    try:
        return process.wait(limit_s)
    except subprocess.TimeoutExpired:
        return STOPPED
    finally:
        if process.returncode is None:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
