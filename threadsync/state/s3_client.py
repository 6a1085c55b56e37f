"""boto3's client for the bucket of a state: one attempt a request, one connection at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_s3 import S3Client

    from threadsync.config import StateSettings

CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 30


def make_client(settings: StateSettings) -> S3Client:
    """A client that never repeats a request: whether a lost write was done has to be looked up."""
    import boto3

    # A session of its own: the default one keeps the first credentials it finds.
    client: S3Client = boto3.session.Session().client(
        "s3",
        region_name=_region(settings),
        endpoint_url=settings.endpoint_url,
        config=_config(settings),
    )
    # A record is small: asking before it is sent takes a second where the store does not answer that.
    client.meta.events.register_last("before-call.s3", _without_expect)
    return client


def _config(settings: StateSettings) -> Config:
    from botocore.config import Config

    # Stores of others refuse or misread the SDK's own checksums (R2, 2025 and 2026-08).
    checksums: Any = "when_supported" if _is_aws(settings.endpoint_url) else "when_required"
    is_virtual = settings.endpoint_url is None and "." not in (settings.bucket or "")
    return Config(
        signature_version="s3v4",
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        request_checksum_calculation=checksums,
        response_checksum_validation=checksums,
        s3={"addressing_style": "virtual" if is_virtual else "auto"},
    )


def _region(settings: StateSettings) -> str | None:
    """`auto` for stores that are not AWS and name no region; AWS itself has no `auto`."""
    if _is_aws(settings.endpoint_url):
        return None if settings.region == "auto" else settings.region
    return settings.region or "auto"


def _is_aws(endpoint_url: str | None) -> bool:
    host = urlsplit(endpoint_url or "").hostname or "amazonaws.com"
    return f".{host}".endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _without_expect(params: dict[str, Any], **_: object) -> None:
    params["headers"].pop("Expect", None)
