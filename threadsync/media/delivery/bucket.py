"""The bucket of media: the one place that asks boto3 for them. Everything here blocks.

Every body is bytes in memory, a file or a part of one, and is signed with its SHA-256: a store that
checks signatures refuses what was damaged on the way. Stores known to keep a SHA-256 get it, too.
"""

from __future__ import annotations

import base64
import hashlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from threadsync.errors import MediaError, SettingsError
from threadsync.media.delivery.pruning import InBucket
from threadsync.media.delivery.stored import CACHE_CONTROL
from threadsync.s3.bodies import Body
from threadsync.s3.client import Manner, Place, is_aws, is_r2, make_client
from threadsync.s3.words import SdkError, Section, error_code, error_status, words_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadsync.config import MediaSettings

DEFAULT_PRESIGN_S = 3600
MANNER = Manner(attempts=4, connections=32, connect_timeout_s=10, read_timeout_s=60)

_MEDIA = Section(
    "media",
    "media.prefix",
    "the key needs the rights listed in docs/media.md on this bucket and prefix",
)
_IS_THERE = 412
# Another upload of the same bytes is under way, or the store knows no conditions: the name is the
# content's digest, so writing without one does no harm.
_WRITE_ANYWAY = frozenset({"ConditionalRequestConflict", "NotImplemented"})
_GONE = "NoSuchUpload"


class Stored(NamedTuple):
    """An object as the store tells of it; `sha256` is in hex, None when it does not say."""

    size_bytes: int
    etag: str
    sha256: str | None = None


class StoredPart(NamedTuple):
    """A part of an unfinished upload as the store tells of it; `etag` is without quotes."""

    size_bytes: int
    etag: str


class UploadGoneError(MediaError):
    """The store knows an upload in parts no more: it was finished or given up by another run."""


class MediaBucket:
    """Safe for use by many threads. MediaError names bucket, key and the way out."""

    def __init__(self, settings: MediaSettings) -> None:
        if settings.bucket is None:
            raise SettingsError(
                "threadsync.yaml: media.bucket is missing; name the bucket for media"
            )
        self.name = settings.bucket
        self._endpoint_url = settings.endpoint_url
        self._keeps_sha256 = is_aws(settings.endpoint_url) or is_r2(settings.endpoint_url)
        # R2 takes a SHA-256 for each part too, but no report shows that it finishes such an upload.
        self._keeps_part_sha256 = is_aws(settings.endpoint_url)
        place = Place(settings.bucket, settings.region, settings.endpoint_url)
        with self._errors(settings.prefix):
            self._client = make_client(place, MANNER)

    def close(self) -> None:
        self._client.close()

    def head(self, key: str) -> Stored | None:
        """The object; None when there is none, or when only a write can find out."""
        asked: dict[str, Any] = {"ChecksumMode": "ENABLED"} if self._keeps_sha256 else {}
        with self._errors(key):
            try:
                found = self._client.head_object(Bucket=self.name, Key=key, **asked)
            except ClientError:
                return None
        sha256 = _hex(found.get("ChecksumSHA256"))
        return Stored(found["ContentLength"], _bare(found.get("ETag")), sha256)

    def put(self, key: str, body: Body, content_type: str, *, is_new: bool) -> str | None:
        """Store `body`; its ETag, or None when it `is_new` and there is an object already."""
        with self._errors(key):
            try:
                return self._put(
                    key, body, content_type, **({"IfNoneMatch": "*"} if is_new else {})
                )
            except ClientError as exc:
                if is_new and error_status(exc) == _IS_THERE:
                    return None
                if not is_new or error_code(exc) not in _WRITE_ANYWAY:
                    raise
            return self._put(key, body, content_type)

    def delete(self, key: str) -> None:
        with self._errors(key):
            self._client.delete_object(Bucket=self.name, Key=key)

    def listed(self, prefix: str) -> Iterator[InBucket]:
        """The objects whose keys begin with `prefix`, sorted by key."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._errors(prefix):
            for page in pages.paginate(Bucket=self.name, Prefix=prefix):
                for found in page.get("Contents", ()):
                    yield InBucket(found["Key"], found["Size"], found["LastModified"])

    def presigned(self, key: str, expires_s: int) -> str:
        """An address of the object that works for `expires_s` seconds: a secret."""
        with self._errors(key):
            return self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self.name, "Key": key}, ExpiresIn=expires_s
            )

    # --- an object in parts -----------------------------------------------------------------------

    def unfinished(self, key: str) -> list[str]:
        """The ids of uploads of this key that were begun and not ended, newest first.

        Empty when the store does not tell: a new one is begun then.
        """
        with self._errors(key):
            try:
                found = self._client.list_multipart_uploads(Bucket=self.name, Prefix=key)
            except ClientError:
                return []
        uploads = [one for one in found.get("Uploads", ()) if one["Key"] == key]
        uploads.sort(key=lambda one: one["Initiated"], reverse=True)
        return [one["UploadId"] for one in uploads]

    def parts(self, key: str, upload_id: str) -> dict[int, StoredPart]:
        """The parts that are there, by number from 1; empty when the store does not tell."""
        pages = self._client.get_paginator("list_parts")
        with self._errors(key):
            try:
                found = list(pages.paginate(Bucket=self.name, Key=key, UploadId=upload_id))
            except ClientError:
                return {}
        listed = [part for page in found for part in page.get("Parts", ())]
        return {
            part["PartNumber"]: StoredPart(part["Size"], _bare(part["ETag"])) for part in listed
        }

    def begin(self, key: str, content_type: str) -> str:
        """The id of a new upload in parts."""
        more: dict[str, Any] = {"ChecksumAlgorithm": "SHA256"} if self._keeps_part_sha256 else {}
        with self._errors(key):
            return self._client.create_multipart_upload(
                Bucket=self.name,
                Key=key,
                ContentType=content_type,
                CacheControl=CACHE_CONTROL,
                **more,
            )["UploadId"]

    def put_part(self, key: str, upload_id: str, n: int, data: bytes) -> dict[str, Any]:
        """Store part `n` (from 1); what `finish` has to be told of it."""
        body: Any = Body(data)
        more = self._checksum_of_part(body.sha256)
        with self._errors(key):
            answer = self._client.upload_part(
                Bucket=self.name, Key=key, UploadId=upload_id, PartNumber=n, Body=body, **more
            )
            _check_kept(body.sha256, answer.get("ChecksumSHA256"))
        return {"PartNumber": n, "ETag": answer["ETag"], **more}

    def known_part(self, n: int, part: StoredPart, data: bytes) -> dict[str, Any]:
        """What `finish` has to be told of a part that is there already."""
        sha256 = hashlib.sha256(data).hexdigest() if self._keeps_part_sha256 else ""
        return {"PartNumber": n, "ETag": f'"{part.etag}"', **self._checksum_of_part(sha256)}

    def finish(self, key: str, upload_id: str, parts: list[dict[str, Any]]) -> str:
        """Make the object of its parts, sorted by number; its ETag."""
        whole: Any = {"Parts": parts}
        with self._errors(key):
            answer = self._client.complete_multipart_upload(
                Bucket=self.name, Key=key, UploadId=upload_id, MultipartUpload=whole
            )
        return _bare(answer.get("ETag"))

    def give_up(self, key: str, upload_id: str) -> None:
        """Remove an upload with its parts; no error when that cannot be done."""
        # Parts left behind cost money but are no object; a rule of the bucket removes them.
        with suppress(*SdkError):
            self._client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload_id)

    # ----------------------------------------------------------------------------------------------

    def _checksum_of_part(self, sha256: str) -> dict[str, Any]:
        return {"ChecksumSHA256": _base64(sha256)} if self._keeps_part_sha256 else {}

    def _put(self, key: str, body: Body, content_type: str, **more: Any) -> str:
        sent: Any = body  # boto3 takes whatever reads like a file
        body.seek(0)  # it may have been sent before, in vain
        if self._keeps_sha256:
            more["ChecksumSHA256"] = _base64(body.sha256)
        answer = self._client.put_object(
            Bucket=self.name,
            Key=key,
            Body=sent,
            ContentType=content_type,
            CacheControl=CACHE_CONTROL,
            **more,
        )
        _check_kept(body.sha256, answer.get("ChecksumSHA256"))
        return _bare(answer.get("ETag"))

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        """Turn what boto3 raises into a MediaError that begins with the place."""
        place = f"s3://{self.name}/{key}"
        try:
            yield
        except _LyingStoreError as exc:
            raise MediaError(f"{place}: {exc}") from exc
        except SdkError as exc:
            is_gone = isinstance(exc, ClientError) and error_code(exc) == _GONE
            kind = UploadGoneError if is_gone else MediaError
            raise kind(f"{place}: {words_for(exc, _MEDIA, self._endpoint_url)}") from exc


class _LyingStoreError(Exception):
    """The store tells of other bytes than it was sent."""


def _check_kept(sha256: str, kept: str | None) -> None:
    """_LyingStoreError when the store names a digest that is not `sha256`, which is in hex."""
    if kept is not None and _hex(kept) not in {None, sha256}:
        raise _LyingStoreError(
            f"the store kept other bytes than it was sent (SHA-256 {kept}); "
            "run the command again; if it stays, use another store"
        )


def _hex(sha256: str | None) -> str | None:
    """A digest as S3 writes it, in hex; None for that of an object in parts (`…-3`) and for none."""
    if sha256 is None or "-" in sha256:
        return None
    with suppress(ValueError):
        return base64.b64decode(sha256, validate=True).hex()
    return None


def _base64(sha256: str) -> str:
    """A digest in hex as S3 writes it."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _bare(etag: str | None) -> str:
    return (etag or "").strip('"')
