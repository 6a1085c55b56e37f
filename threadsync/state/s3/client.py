"""boto3's client for the bucket of a state: one attempt a request, one connection at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.s3 import client
from threadsync.s3.client import Manner, Place

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from threadsync.config import StateSettings

_MANNER = Manner(attempts=1, connections=10, connect_timeout_s=10, read_timeout_s=30)


def make_client(settings: StateSettings) -> S3Client:
    """A client that never repeats a request: whether a lost write was done has to be looked up."""
    place = Place(settings.bucket or "", settings.region, settings.endpoint_url)
    return client.make_client(place, _MANNER)
