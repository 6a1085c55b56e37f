"""The objects of one bucket, read and written on conditions; lost answers are cleared up here."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from threadsync.errors import StateError
from threadsync.s3.words import SdkError, is_denied, is_no_key
from threadsync.state.remote.vault import Document, LostRaceError
from threadsync.state.s3.answers import Answer, answer_of, state_errors, words_for
from threadsync.state.s3.client import make_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from threadsync.config import StateSettings

ATTEMPTS = 6
_UNSENT_ATTEMPTS = 3
"""A store that cannot be reached at all has most often a wrong address."""
FIRST_WAIT_S = 0.25
BUSY_WAIT_S = 1.0
"""R2 takes one write a second of one name (developers.cloudflare.com/r2, read 2026-11-20)."""
LONGEST_WAIT_S = 5.0


class S3Objects:
    """Objects by key. All methods block; StateError names bucket, key and the way out.

    `sleep` takes seconds, `jitter` gives numbers from 0 to 1.
    """

    def __init__(
        self,
        settings: StateSettings,
        bucket: str,
        *,
        sleep: Callable[[float], object],
        jitter: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._bucket = bucket
        self._sleep = sleep
        self._jitter = jitter

    def read(self, key: str) -> Document | None:
        """The object, None when there is none."""
        attempt = 1
        while True:
            try:
                return self._get(key)
            except SdkError as exc:
                self._wait_after(exc, attempt, key)
            attempt += 1

    def write(self, key: str, data: bytes, tag: str | None) -> str:
        """Put `data` in the place of the version `tag`, None for no object; the new tag.

        LostRaceError when another version is there.
        """
        attempt = 1
        while True:
            try:
                return self._put(key, data, tag) or self._look_up(key, data)
            except SdkError as exc:
                written = self._looked_up(exc, key, data, tag)
                if written is not None:
                    return written
                self._wait_after(exc, attempt, key)
            attempt += 1

    def keys(self, prefix: str) -> list[str] | None:
        """Keys that begin with `prefix`, None when we may not list them."""
        pages = self._client.get_paginator("list_objects_v2")
        with state_errors(self._place(prefix), self._settings.endpoint_url):
            try:
                found = list(pages.paginate(Bucket=self._bucket, Prefix=prefix))
            except ClientError as exc:
                if is_denied(exc):
                    return None
                raise
        return [thing["Key"] for page in found for thing in page.get("Contents", ())]

    def delete(self, key: str) -> None:
        with state_errors(self._place(key), self._settings.endpoint_url):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    @cached_property
    def _client(self) -> S3Client:
        with state_errors(self._place(self._settings.key), self._settings.endpoint_url):
            return make_client(self._settings)

    def _get(self, key: str) -> Document | None:
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as exc:
            if is_no_key(exc):
                return None
            raise
        with found["Body"] as body:
            return Document(body.read(), found["ETag"])

    def _put(self, key: str, data: bytes, tag: str | None) -> str | None:
        """The ETag of what was written, None when the store does not say."""
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        answer = self._client.put_object(
            Bucket=self._bucket, Key=key, Body=data, ContentType="application/json", **condition
        )
        return answer.get("ETag")

    def _looked_up(self, exc: Exception, key: str, data: bytes, tag: str | None) -> str | None:
        """The tag when `data` was written although the store answered `exc`; None: not yet.

        LostRaceError when something else is there.
        """
        match answer_of(exc):
            case Answer.LOST:
                return self._look_up(key, data)
            case Answer.UNCLEAR:
                with suppress(*SdkError):
                    there = self._get(key)
                    if (there.tag if there else None) != tag:
                        return self._look_up(key, data)
        return None

    def _look_up(self, key: str, data: bytes) -> str:
        """The tag of `data` if that is what is there, LostRaceError if not."""
        there = self.read(key)
        if there is None or there.data != data:
            msg = f"{self._place(key)}: another run has written it meanwhile; run again"
            raise LostRaceError(msg)
        return there.tag

    def _wait_after(self, exc: Exception, attempt: int, key: str) -> None:
        """Wait before another attempt; StateError when none is left or none would help."""
        answer = answer_of(exc)
        most = _UNSENT_ATTEMPTS if answer is Answer.UNSENT else ATTEMPTS
        if answer is Answer.REFUSED or attempt >= most:
            words = words_for(exc, self._settings.endpoint_url)
            raise StateError(f"{self._place(key)}: {words}") from exc
        first_s = BUSY_WAIT_S if answer is Answer.BUSY else FIRST_WAIT_S
        self._sleep(min(LONGEST_WAIT_S, first_s * 2 ** (attempt - 1)) * (1 + self._jitter()))

    def _place(self, key: str) -> str:
        return f"s3://{self._bucket}/{key}"
