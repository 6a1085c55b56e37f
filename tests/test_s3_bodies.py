"""What is sent to a store: read piece by piece, and signed without being read."""

from __future__ import annotations

import hashlib
import io

import pytest

from threadsync.s3.bodies import Body
from threadsync.s3.client import Manner, Place, make_client

DATA = bytes(range(256)) * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()


class CaughtError(Exception):
    """Holds the headers of a request that was not sent."""


class UnreadBody(Body):
    def read(self, amount=None):  # noqa: ARG002
        raise AssertionError("read to be signed")


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    client = make_client(Place("my-media", "us-east-1", "http://127.0.0.1:1"), Manner(1, 1, 1, 1))
    client.meta.events.register("before-send.s3", _catch)
    yield client
    client.close()


def _catch(request, **_):
    raise CaughtError(request.headers)


def signed(send, body, **more):
    """The headers with which `body` is sent."""
    with pytest.raises(CaughtError) as caught:
        send(Bucket="my-media", Key="k", Body=body, **more)
    return caught.value.args[0]


@pytest.mark.parametrize(
    ("operation", "more"),
    [("put_object", {}), ("upload_part", {"UploadId": "u", "PartNumber": 1})],
)
def test_it_is_signed_with_its_digest_unread(client, operation, more):
    headers = signed(getattr(client, operation), UnreadBody(DATA), **more)
    assert headers["X-Amz-Content-SHA256"] == DIGEST.encode()
    assert headers["Content-Length"] == str(len(DATA))


def test_other_bytes_are_signed_as_ever(client):
    assert signed(client.put_object, DATA)["X-Amz-Content-SHA256"] == DIGEST.encode()


def test_an_address_is_signed_as_ever(client):
    address = client.generate_presigned_url("put_object", {"Bucket": "my-media", "Key": "k"})
    assert "X-Amz-Signature=" in address


@pytest.mark.parametrize("way", [(10, 0), (3, 1), (-5, 2), (0, 0), (0, 2)])
@pytest.mark.parametrize("amount", [(), (None,), (-1,), (0,), (7,), (10**9,)])
def test_it_is_read_like_a_file(way, amount):
    body, file = Body(DATA), io.BytesIO(DATA)
    body.read(100), file.read(100)
    assert body.seek(*way) == file.seek(*way)
    assert bytes(body.read(*amount)) == file.read(*amount)
    assert body.tell() == file.tell()


def test_it_knows_its_length_and_digest():
    body = Body(DATA)
    assert (len(body), body.sha256) == (len(DATA), DIGEST)
