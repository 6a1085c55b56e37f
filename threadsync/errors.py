"""Every exception that threadsync raises on purpose, and the exit code each one leads to.

The tree branches by what the caller does next::

    ThreadsyncError
    ├── UsageError          call it differently                        exit 2
    ├── SettingsError       fix threadsync.yaml or the environment     exit 1
    ├── FilesError          fix the listed problems in files           exit 1
    ├── RefusedError        look at the plan, then confirm or re-plan  exit 6
    ├── QuotaError          wait until Meta's window moves on          exit 7
    ├── StateError          look after the state                       exit 5
    │   └── StateLockedError    wait for the other run, or unlock      exit 5
    ├── MediaError          the bucket or a file of media failed       exit 1
    └── ApiError            Meta refused or could not be understood    exit 1
        ├── NotSentError        nothing reached Meta
        ├── RejectedError       Meta answered with a Graph error
        │   └── TokenError      the access token is not accepted
        └── AmbiguousError      it may or may not have happened

A message says where, what (with the value and the limit) and what to do. It never holds a token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.problems import Problem


class ExitCode:
    """The exit codes that scripts rely on; `design` fixes their meaning."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2
    CHANGES = 2  # plan --detailed-exitcode
    PARTLY = 3
    UNKNOWN = 4
    STATE = 5
    REFUSED = 6
    QUOTA = 7
    BUG = 70
    INTERRUPTED = 130


class ThreadsyncError(Exception):
    """Base of all errors that a person or a program can act on."""

    exit_code = ExitCode.PROBLEMS


class UsageError(ThreadsyncError):
    """The command was called in a way that cannot work."""

    exit_code = ExitCode.USAGE


class SettingsError(ThreadsyncError):
    """A setting is missing or cannot be used."""


class FilesError(ThreadsyncError):
    """Files of the project have problems; all of them are in `problems`, sorted by place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class RefusedError(ThreadsyncError):
    """A brake or a stale plan stopped the run before anything was sent."""

    exit_code = ExitCode.REFUSED


class QuotaError(ThreadsyncError):
    """Meta's quota does not leave room for what is planned."""

    exit_code = ExitCode.QUOTA


class StateError(ThreadsyncError):
    """The state could not be read, is not ours, or could not be saved. Nothing was overwritten."""

    exit_code = ExitCode.STATE


class StateLockedError(StateError):
    """Another run holds the lock of the state."""


class MediaError(ThreadsyncError):
    """A file could not be read, stored, or made reachable for Meta."""


class ApiError(ThreadsyncError):
    """A call to the Threads API did not succeed.

    `status` is the HTTP status or None when there was no answer. `code`, `subcode` and `trace_id`
    are Meta's, None when the answer had none; the code alone is not unique.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: int | str | None = None,
        subcode: int | None = None,
        trace_id: str | None = None,
        is_transient: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.subcode = subcode
        self.trace_id = trace_id
        self.is_transient = is_transient


class NotSentError(ApiError):
    """No byte of the request reached Meta: the name, the connection or TLS failed before."""


class RejectedError(ApiError):
    """Meta answered with an error object."""


class TokenError(RejectedError):
    """Meta does not accept the access token (code 190 and its kin)."""


class AmbiguousError(ApiError):
    """The answer was lost or cannot be read: the effect may have happened."""
