"""What a store with S3's API refused, in words that say what to do; never with a key in them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's name
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from threadsync.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator

_RIGHTS = "the key needs the rights listed in docs/media.md on this bucket and prefix"
_REMEDIES = {
    "NoSuchBucket": "create the bucket, or correct media.bucket in threadsync.yaml",
    "AccessDenied": _RIGHTS,
    "AllAccessDisabled": _RIGHTS,
    "Unauthorized": _RIGHTS,
    "403": _RIGHTS,
    "InvalidAccessKeyId": "the store does not know the access key; check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "check AWS_SECRET_ACCESS_KEY",
    "ExpiredToken": "the credentials have expired; get new ones",
    "InvalidToken": "the session token is not valid; get new credentials",
    "RequestTimeTooSkewed": "set this machine's clock",
    "PermanentRedirect": "the bucket is in another region; set media.region",
    "AuthorizationHeaderMalformed": "the bucket is in another region; set media.region",
    "301": "the bucket is in another region; set media.region",
    "SlowDown": "the store is busy; run the command again later",
}
_TRY_AGAIN = "run the command again; if it stays, run threadsync doctor"


@contextmanager
def s3_errors(bucket: str, key: str) -> Iterator[None]:
    """Turn what boto3 raises into a MediaError that names bucket, key, S3's code and the way out."""
    place = f"s3://{bucket}/{key}"
    try:
        yield
    except ClientError as exc:
        what = f"the store answered {error_code(exc)} to {exc.operation_name}"
        remedy = _REMEDIES.get(error_code(exc), _TRY_AGAIN)
        raise MediaError(f"{place}: {what}; {remedy}") from exc
    except (BotoCoreError, ValueError) as exc:
        cause = getattr(exc, "kwargs", {}).get("error")
        if isinstance(cause, MediaError):  # raised by the file while it was being sent
            raise cause from exc
        raise MediaError(f"{place}: {_local_failure(exc)}") from exc


def error_code(exc: ClientError) -> str:
    """S3's code; for an answer without a body (HEAD) it is the HTTP status."""
    return str(exc.response.get("Error", {}).get("Code", "nothing readable"))


def _local_failure(exc: Exception) -> str:
    name = type(exc).__name__
    if isinstance(exc, NoCredentialsError | PartialCredentialsError):
        return f"no credentials ({name}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if isinstance(exc, ParamValidationError):
        return "this bucket or key is no valid name; correct media.bucket and media.prefix"
    if isinstance(exc, ConnectionError | HTTPClientError):
        return f"the store cannot be reached ({name}); check media.endpoint_url and the network"
    return f"the store cannot be used ({name}); check media and the AWS settings"
