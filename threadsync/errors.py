"""Every exception that threadsync raises on purpose, and the exit code each one leads to.

The tree branches by what the caller does next::

    ThreadsyncError
    ├── UsageError          call it differently                        exit 2
    ├── SettingsError       fix threadsync.yaml or the environment     exit 1
    ├── FilesError          fix the listed problems in files           exit 1
    ├── RefusedError        look at the plan, then confirm or re-plan  exit 6
    ├── StateError          look after the state                       exit 5
    │   └── StateLockedError    wait for the other run, or unlock      exit 5
    ├── MediaError          the bucket or a file of media failed       exit 1
    │   ├── MediaFileError      a file of media cannot be sent         exit 1
    │   └── UnreachableError    Meta cannot fetch from the address     exit 1
    └── ApiError            Meta refused or could not be understood    exit 1
        ├── NotSentError            nothing reached Meta: send it again
        ├── TemporaryError          Meta cannot answer now, nothing happened: try later
        ├── AmbiguousError          it may or may not have happened: look before anything else
        └── RejectedError           Meta answered with an error: it was not done
            ├── TokenError              the token, code or app is not accepted: authorise again
            │   └── TokenExpiredError       its time is over
            ├── PermissionDeniedError   a scope or access level is missing
            ├── NotFoundError           there is no such object, or not for this token
            ├── NotReadyError           not visible yet, or gone: wait, then look
            ├── QuotaExceededError      Meta's quota of posts is used up: wait for the window
            ├── RateLimitError          too many calls: wait
            ├── AccountRestrictedError  Meta restricts the account: stop
            ├── MediaRejectedError      a picture or video could not be fetched or used
            └── InvalidParameterError   call it differently

A message says where, what (with the value and the limit) and what to do. It never holds a token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path
    from typing import Any

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


class StateError(ThreadsyncError):
    """The state could not be read, is not ours, or could not be saved. Nothing was overwritten."""

    exit_code = ExitCode.STATE


class StateLockedError(StateError):
    """Another run holds the lock of the state."""


class MediaError(ThreadsyncError):
    """A file could not be read, stored, or made reachable for Meta."""


class MediaFileError(MediaError):
    """A file of media cannot be read or is no longer what it was; `why` says so, and what to do."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class UnreachableError(MediaError):
    """What was stored cannot be fetched as Meta fetches; it names the host and what to change."""


class ApiError(ThreadsyncError):
    """A call to the Threads API did not succeed.

    `status` is the HTTP status or None when there was no answer. `code`, `subcode` and `trace_id`
    are Meta's, None when the answer had none; the code alone is not unique. `response` is the JSON
    object Meta sent, empty when there was none.
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
        response: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.subcode = subcode
        self.trace_id = trace_id
        self.is_transient = is_transient
        self.response: Mapping[str, Any] = response or {}


class NotSentError(ApiError):
    """No byte of the request reached Meta: the name, the connection or TLS failed before."""


class TemporaryError(ApiError):
    """Meta could not answer, and nothing that matters can have happened."""


class AmbiguousError(ApiError):
    """The answer was lost or cannot be read: the effect may have happened."""


class RejectedError(ApiError):
    """Meta answered with an error object."""


class TokenError(RejectedError, RuntimeError):
    """Meta does not accept the access token, the authorization code or the app."""


class TokenExpiredError(TokenError):
    """The access token's time is over; known before any request when its end is."""


class PermissionDeniedError(RejectedError):
    """The token lacks a scope, or the app an access level; `scopes` names what the call needs."""

    scopes: tuple[str, ...] = ()


class NotFoundError(RejectedError):
    """There is no such object: it was deleted, is somebody else's, or may not be seen."""


class NotReadyError(RejectedError):
    """A container or post is not visible yet, or gone. Meta says it is permanent; waiting helps."""


class QuotaExceededError(RejectedError):
    """The account's quota of the last 24 hours is used up."""


class RateLimitError(RejectedError):
    """Too many calls; `retry_after` is how long to wait, None when Meta does not say."""

    retry_after: timedelta | None = None


class AccountRestrictedError(RejectedError):
    """Meta restricts the account or takes the action for spam: stop, for hours or days."""


class MediaRejectedError(RejectedError):
    """Meta could not fetch a picture or video, or cannot use it."""


class InvalidParameterError(RejectedError, ValueError):
    """A parameter is wrong; `status` is None when it was found before anything was sent."""
