"""What a store with S3's API said to a request: what it means for a write, and in words.

Words never hold a key, a token or an address with a query.
"""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's name
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

from threadsync.errors import StateError
from threadsync.media.s3_errors import error_code

if TYPE_CHECKING:
    from collections.abc import Iterator

SdkError = (BotoCoreError, ClientError, ResponseParserError, ValueError)
"""Whatever boto3 raises; ValueError is an endpoint that is no address."""
_BROKEN = (HTTPClientError, IncompleteReadError, ResponseParserError)
"""The connection or the answer broke when the request was on its way."""


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
_NO_KEY = frozenset({"NoSuchKey", "404", "NotFound"})
_NO_CONDITIONS = "NotImplemented"

_RIGHTS = (
    "the key needs the rights listed in docs/state.md on this bucket and key, s3:ListBucket too"
)
_REGION = "the bucket is in another region; set state.region"
_REMEDIES = {
    "NoSuchBucket": "create the bucket, or correct state.bucket in threadsync.yaml",
    "AccessDenied": _RIGHTS,
    "AllAccessDisabled": _RIGHTS,
    "Unauthorized": _RIGHTS,
    "403": _RIGHTS,
    "InvalidAccessKeyId": "the store does not know the access key; check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "check AWS_SECRET_ACCESS_KEY",
    "ExpiredToken": "the credentials have expired; get new ones",
    "InvalidToken": "the session token is not valid; get new credentials",
    "RequestTimeTooSkewed": "set this machine's clock",
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "301": _REGION,
    "SlowDown": "the store is busy; run the command again later",
    _NO_CONDITIONS: "this store knows no conditional writes, a state is not safe there; see docs/state.md",
}
_TRY_AGAIN = "run the command again; if it stays, run threadsync doctor"


def answer_of(exc: Exception) -> Answer:
    """What a request that ended in `exc`, one of `SdkError`, came to."""
    if isinstance(exc, ClientError):
        return _answer(_status(exc), error_code(exc))
    if isinstance(exc, _BROKEN):
        return Answer.UNCLEAR
    return Answer.UNSENT if isinstance(exc, ConnectionError) else Answer.REFUSED


def is_no_key(exc: ClientError) -> bool:
    """Whether there is no object of that name; a missing bucket is something else."""
    return error_code(exc) in _NO_KEY


def is_denied(exc: ClientError) -> bool:
    return _status(exc) == 403


def words_for(exc: Exception, endpoint_url: str | None) -> str:
    """What happened and what to do, to follow the place."""
    if isinstance(exc, ClientError):
        remedy = _REMEDIES.get(error_code(exc), _TRY_AGAIN)
        return f"the store answered {error_code(exc)} to {exc.operation_name}; {remedy}"
    name = type(exc).__name__
    if isinstance(exc, NoCredentialsError | PartialCredentialsError):
        return f"no credentials ({name}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if isinstance(exc, ParamValidationError):
        return "this bucket or key is no valid name; correct state.bucket and state.key"
    if isinstance(exc, (ConnectionError, *_BROKEN)):
        where = host_of(endpoint_url)
        return f"{where} cannot be reached ({name}); check state.endpoint_url and the network"
    return f"the store cannot be used ({name}); check state and the AWS settings"


def host_of(endpoint_url: str | None) -> str:
    """The store's host and port; an address may hold a password before them."""
    try:
        address = urlsplit(endpoint_url or "")
        return address.netloc.rpartition("@")[2] or "the store"
    except ValueError:
        return "the store"


@contextmanager
def state_errors(place: str, endpoint_url: str | None) -> Iterator[None]:
    """Turn what boto3 raises into a StateError that begins with `place`."""
    try:
        yield
    except SdkError as exc:
        raise StateError(f"{place}: {words_for(exc, endpoint_url)}") from exc


def _answer(status: int, code: str) -> Answer:
    if status == 412 or (status == 404 and code in _NO_KEY):
        return Answer.LOST
    if status in _BUSY_STATUS or code in _BUSY_CODES:
        return Answer.BUSY
    if code == _NO_CONDITIONS or (300 <= status < 500 and status != 408):
        return Answer.REFUSED
    return Answer.UNCLEAR


def _status(exc: ClientError) -> int:
    return int(exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
