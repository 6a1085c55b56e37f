"""boto3's client for one bucket; what a store needs is told from its address."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from threadsync import __version__

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.loaders import Loader
    from mypy_boto3_s3 import S3Client


class Place(NamedTuple):
    """A bucket, and how the settings say it is reached; `endpoint_url` is None for AWS."""

    bucket: str
    region: str | None = None
    endpoint_url: str | None = None


class Manner(NamedTuple):
    """How a client asks: how often, how many requests at once, and how long it waits."""

    attempts: int
    connections: int
    connect_timeout_s: float
    read_timeout_s: float


def make_client(place: Place, manner: Manner) -> S3Client:
    """A client of its own session: the default one keeps the first credentials it finds."""
    from botocore.session import Session

    from threadsync.s3.bodies import sign_by_digest

    # By the half of boto3 that is needed: all of it takes 0.1 s more to import.
    session = Session()
    session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
    made: Any = session.create_client(
        "s3",
        region_name=_region(place),
        endpoint_url=place.endpoint_url,
        config=_config(place, manner),
    )
    client: S3Client = made
    # Asking before a body is sent takes a second where the store does not answer that.
    client.meta.events.register_last("before-call.s3", _without_expect)
    sign_by_digest(client)
    return client


@cache
def _loader(data_path: str | None) -> Loader:
    """What boto3 knows of S3's API, read once: that takes longer than all else of a client."""
    from botocore.loaders import create_loader

    return create_loader(data_path)


def is_aws(endpoint_url: str | None) -> bool:
    host = _host(endpoint_url) or "amazonaws.com"
    return f".{host}".endswith((".amazonaws.com", ".amazonaws.com.cn"))


def is_r2(endpoint_url: str | None) -> bool:
    return _host(endpoint_url).endswith(".r2.cloudflarestorage.com")


def host_of(endpoint_url: str | None) -> str:
    """The store's host and port; an address may hold a password before them."""
    try:
        return urlsplit(endpoint_url or "").netloc.rpartition("@")[2] or "the store"
    except ValueError:
        return "the store"


def _host(endpoint_url: str | None) -> str:
    return urlsplit(endpoint_url or "").hostname or ""


def _region(place: Place) -> str | None:
    """`auto` for stores that are not AWS and name no region; AWS itself has no `auto`."""
    if is_aws(place.endpoint_url):
        return None if place.region == "auto" else place.region
    return place.region or "auto"


def _config(place: Place, manner: Manner) -> Config:
    from botocore.config import Config

    # Stores of others refuse or misread the SDK's own checksums (R2, 2025 and 2026-08).
    checksums: Any = "when_supported" if is_aws(place.endpoint_url) else "when_required"
    # Without "virtual", presigned URLs of AWS carry the global host, which redirects to the region;
    # a bucket with dots has no certificate for it. Stores of others take the bucket in the path.
    is_virtual = place.endpoint_url is None and "." not in place.bucket
    return Config(
        # One that is told is not put together anew for each request.
        user_agent=f"threadsync/{__version__}",
        signature_version="s3v4",
        retries={"mode": "standard", "total_max_attempts": manner.attempts},
        max_pool_connections=manner.connections,
        connect_timeout=manner.connect_timeout_s,
        read_timeout=manner.read_timeout_s,
        request_checksum_calculation=checksums,
        response_checksum_validation=checksums,
        s3={"addressing_style": "virtual" if is_virtual else "auto"},
    )


def _without_expect(params: dict[str, Any], **_: object) -> None:
    params["headers"].pop("Expect", None)
