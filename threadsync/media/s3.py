"""Media in a bucket: AWS S3, Cloudflare R2, MinIO and whatever else speaks S3's API."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from functools import partial
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import quote, urlsplit

from threadsync.errors import SettingsError
from threadsync.media.stored import CACHE_CONTROL, CheckedFile, stored_name, stored_type

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from botocore.config import Config, _RetryDict
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

    from threadsync.config import MediaSettings

PART_BYTES = 16 * 1024 * 1024
"""Larger files go in parts of this size; R2 wants all but the last equal (read 2026-11-20)."""
DEFAULT_PRESIGN_S = 3600
POOL = 32
"""Connections kept open: at least as many as uploads run side by side."""

RETRIES: _RetryDict = {"mode": "standard", "total_max_attempts": 4}

_IS_THERE = "PreconditionFailed"
_UNCONDITIONAL = "NotImplemented"
# Another upload of the same bytes is under way, or the store knows no conditions: the name is the
# content's digest, so writing without one does no harm.
_WRITE_ANYWAY = frozenset({"ConditionalRequestConflict", _UNCONDITIONAL})


class S3Uploader:
    """The uploader of `media.store: s3`. Safe for many uploads at once on one event loop."""

    def __init__(self, settings: MediaSettings) -> None:
        if settings.bucket is None:
            raise SettingsError(
                "threadsync.yaml: media.bucket is missing; name the bucket for media"
            )
        self._settings = settings
        self._bucket = settings.bucket
        self._client = _make_client(settings, settings.bucket)
        self._there: set[str] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def upload(self, path: Path, digest: str, stem: str) -> bool:
        key = self._key(path, stem)
        async with self._turns[key]:
            if key in self._there:
                return False
            is_sent = await asyncio.to_thread(self._upload, path, digest, key)
            self._there.add(key)
            return is_sent

    async def url(self, path: Path, stem: str) -> str:
        key = self._key(path, stem)
        if self._settings.public_base_url is not None:
            return f"{self._settings.public_base_url.rstrip('/')}/{quote(key)}"
        return await asyncio.to_thread(self._presigned, key)

    def _key(self, path: Path, stem: str) -> str:
        return self._settings.prefix + stored_name(path, stem)

    def _presigned(self, key: str) -> str:
        from threadsync.media.s3_errors import s3_errors

        with s3_errors(self._bucket, key):
            return self._client.generate_presigned_url(
                "get_object",
                Params={"Bucket": self._bucket, "Key": key},
                ExpiresIn=self._settings.presign_expires or DEFAULT_PRESIGN_S,
            )

    def _upload(self, path: Path, digest: str, key: str) -> bool:
        from threadsync.media.s3_errors import s3_errors

        content_type = stored_type(path).content_type
        with CheckedFile(path, digest) as file, s3_errors(self._bucket, key):
            there_bytes = self._size_there(key)
            if there_bytes == file.size_bytes:
                return False
            if file.size_bytes > PART_BYTES:
                return self._put_parts(file, key, content_type)
            return self._put(file, key, content_type, is_new=there_bytes is None)

    def _size_there(self, key: str) -> int | None:
        """How large the object is; None when there is none, or the put has to find out."""
        from botocore.exceptions import ClientError

        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        except ClientError:
            return None

    def _put(self, file: CheckedFile, key: str, content_type: str, *, is_new: bool) -> bool:
        """Send the file; False when it `is_new` and another run was quicker."""
        put = partial(
            self._client.put_object,
            Bucket=self._bucket,
            Key=key,
            Body=cast("IO[bytes]", file),
            ContentType=content_type,
            CacheControl=CACHE_CONTROL,
        )
        refusal = _refusal_of(partial(put, IfNoneMatch="*")) if is_new else _UNCONDITIONAL
        if refusal == _IS_THERE:
            return False
        if refusal is not None:
            file.seek(0)
            put()
        return True

    def _put_parts(self, file: CheckedFile, key: str, content_type: str) -> bool:
        """Send parts of equal size, one after the other; at most one is in memory."""
        upload_id = self._client.create_multipart_upload(
            Bucket=self._bucket, Key=key, ContentType=content_type, CacheControl=CACHE_CONTROL
        )["UploadId"]
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                MultipartUpload={"Parts": self._send_parts(file, key, upload_id)},
            )
        except BaseException:
            self._abort(key, upload_id)
            raise
        return True

    def _send_parts(
        self, file: CheckedFile, key: str, upload_id: str
    ) -> list[CompletedPartTypeDef]:
        parts: list[CompletedPartTypeDef] = []
        while body := file.read(PART_BYTES):
            n = len(parts) + 1
            answer = self._client.upload_part(
                Bucket=self._bucket, Key=key, UploadId=upload_id, PartNumber=n, Body=body
            )
            parts.append({"PartNumber": n, "ETag": answer["ETag"]})
        return parts

    def _abort(self, key: str, upload_id: str) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        # Parts left behind cost money but are no object; a rule of the bucket removes them.
        with suppress(BotoCoreError, ClientError):
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)


def _refusal_of(put: Callable[[], object]) -> str | None:
    """Why a conditional put did not write, None when it did; other errors are raised."""
    from botocore.exceptions import ClientError

    from threadsync.media.s3_errors import error_code

    try:
        put()
    except ClientError as exc:
        if error_code(exc) == _IS_THERE or error_code(exc) in _WRITE_ANYWAY:
            return error_code(exc)
        raise
    return None


def _make_client(settings: MediaSettings, bucket: str) -> S3Client:
    import boto3

    from threadsync.media.s3_errors import s3_errors

    with s3_errors(bucket, settings.prefix):
        # A session of its own: the default one keeps the first credentials it finds.
        client: S3Client = boto3.session.Session().client(
            "s3",
            region_name=_region(settings),
            endpoint_url=settings.endpoint_url,
            config=_client_config(settings, bucket),
        )
        return client


def _client_config(settings: MediaSettings, bucket: str) -> Config:
    from botocore.config import Config

    # Without "virtual", presigned URLs of AWS carry the global host, which redirects to the region;
    # a bucket with dots has no certificate for it. Stores of others take the bucket in the path.
    is_virtual = settings.endpoint_url is None and "." not in bucket
    return Config(
        signature_version="s3v4",
        retries=RETRIES,
        max_pool_connections=POOL,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "virtual" if is_virtual else "auto"},
    )


def _region(settings: MediaSettings) -> str | None:
    """`auto` for stores that are not AWS and name no region; AWS itself has no `auto`."""
    host = urlsplit(settings.endpoint_url or "").hostname or "amazonaws.com"
    if host.endswith((".amazonaws.com", ".amazonaws.com.cn")) or host == "amazonaws.com":
        return None if settings.region == "auto" else settings.region
    return settings.region or "auto"
