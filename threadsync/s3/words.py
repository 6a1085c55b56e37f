"""What a store with S3's API answered, in words that say what to do.

They never hold a key, a token or an address with a query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's name
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from threadsync.s3.certificates import store_words
from threadsync.s3.client import host_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SdkError = (BotoCoreError, ClientError, ResponseParserError, ValueError)
"""Whatever boto3 raises; ValueError is an endpoint that is no address."""
BROKEN = (HTTPClientError, IncompleteReadError, ResponseParserError)
"""The connection or the answer broke when the request was on its way."""
NO_KEY = frozenset({"NoSuchKey", "404", "NotFound"})


class Section(NamedTuple):
    """The settings that a message points to: `media` or `state`."""

    name: str
    key_setting: str
    """The setting that object names are made with."""
    rights: str
    """What to do when something is forbidden."""
    remedies: Mapping[str, str] = {}
    """By S3's code, where they are not the usual ones."""


_REMEDIES = {
    "NoSuchBucket": "create the bucket, or correct {name}.bucket in threadsync.yaml",
    "AccessDenied": "{rights}",
    "AllAccessDisabled": "{rights}",
    "Unauthorized": "{rights}",
    "403": "{rights}",
    "InvalidAccessKeyId": "the store does not know the access key; check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "check AWS_SECRET_ACCESS_KEY",
    "ExpiredToken": "the credentials have expired; get new ones",
    "InvalidToken": "the session token is not valid; get new credentials",
    "RequestTimeTooSkewed": "set this machine's clock",
    "PermanentRedirect": "the bucket is in another region; set {name}.region",
    "AuthorizationHeaderMalformed": "the bucket is in another region; set {name}.region",
    "301": "the bucket is in another region; set {name}.region",
    "SlowDown": "the store is busy; run the command again later",
}
_TRY_AGAIN = "run the command again; if it stays, run threadsync doctor"


def error_code(exc: ClientError) -> str:
    """S3's code; for an answer without a body (HEAD) it is the HTTP status."""
    return str(exc.response.get("Error", {}).get("Code", "nothing readable"))


def error_status(exc: ClientError) -> int:
    """The HTTP status, 0 when the answer had none."""
    return int(exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_no_key(exc: ClientError) -> bool:
    """Whether there is no object of that name; a missing bucket is something else."""
    return error_code(exc) in NO_KEY


def is_denied(exc: ClientError) -> bool:
    return error_status(exc) == 403


def words_for(exc: Exception, section: Section, endpoint_url: str | None) -> str:
    """What happened and what to do, to follow the place."""
    if isinstance(exc, ClientError):
        code = error_code(exc)
        remedy = section.remedies.get(code) or _REMEDIES.get(code, _TRY_AGAIN)
        remedy = remedy.format(name=section.name, rights=section.rights)
        return f"the store answered {code} to {exc.operation_name}; {remedy}"
    name = type(exc).__name__
    if isinstance(exc, NoCredentialsError | PartialCredentialsError):
        return f"no credentials ({name}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if isinstance(exc, ParamValidationError):
        settings = f"{section.name}.bucket and {section.key_setting}"
        return f"this bucket or key is no valid name; correct {settings}"
    if isinstance(exc, (ConnectionError, *BROKEN)):
        where = host_of(endpoint_url)
        words = store_words(str(exc), where, section.name) if isinstance(exc, SSLError) else None
        if words:
            return words
        network = f"check {section.name}.endpoint_url and the network"
        return f"{where} cannot be reached ({name}); {network}"
    return f"the store cannot be used ({name}); check {section.name} and the AWS settings"
