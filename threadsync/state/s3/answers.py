"""What a store's answer means for a write of the state, and in words."""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum, auto
from typing import TYPE_CHECKING

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004  botocore's name
)

from threadsync.errors import StateError
from threadsync.s3 import words
from threadsync.s3.words import BROKEN, NO_KEY, SdkError, Section, error_code, error_status

if TYPE_CHECKING:
    from collections.abc import Iterator


class Answer(Enum):
    """What became of a request that did not succeed."""

    LOST = auto()
    """The condition did not hold: another version is there. Or ours, and the answer to it was lost."""
    BUSY = auto()
    """Not done: too many writes at once. Try again later."""
    UNCLEAR = auto()
    """It may have been done."""
    UNSENT = auto()
    """The store could not be reached."""
    REFUSED = auto()
    """Not done, and trying again does not help."""


# R2 takes one write a second of one name, 429 (developers.cloudflare.com/r2/platform/limits);
# S3 answers 409 while another conditional write of the name is under way
# (docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html); both read 2026-11-20.
_BUSY_STATUS = frozenset({409, 429})
_BUSY_CODES = frozenset({"SlowDown", "ConditionalRequestConflict", "TooManyRequests"})
_NO_CONDITIONS = "NotImplemented"

_STATE = Section(
    "state",
    "state.key",
    "the key needs the rights listed in docs/state.md on this bucket and key, s3:ListBucket too",
    {
        _NO_CONDITIONS: "this store knows no conditional writes, a state is not safe there; "
        "see docs/state.md"
    },
)


def answer_of(exc: Exception) -> Answer:
    """What a request that ended in `exc`, one of `SdkError`, came to."""
    if isinstance(exc, ClientError):
        return _answer(error_status(exc), error_code(exc))
    if isinstance(exc, BROKEN):
        return Answer.UNCLEAR
    return Answer.UNSENT if isinstance(exc, ConnectionError) else Answer.REFUSED


def words_for(exc: Exception, endpoint_url: str | None) -> str:
    """What happened and what to do, to follow the place."""
    return words.words_for(exc, _STATE, endpoint_url)


@contextmanager
def state_errors(place: str, endpoint_url: str | None) -> Iterator[None]:
    """Turn what boto3 raises into a StateError that begins with `place`."""
    try:
        yield
    except SdkError as exc:
        raise StateError(f"{place}: {words_for(exc, endpoint_url)}") from exc


def _answer(status: int, code: str) -> Answer:
    if status == 412 or (status == 404 and code in NO_KEY):
        return Answer.LOST
    if status in _BUSY_STATUS or code in _BUSY_CODES:
        return Answer.BUSY
    if code == _NO_CONDITIONS or (300 <= status < 500 and status != 408):
        return Answer.REFUSED
    return Answer.UNCLEAR
