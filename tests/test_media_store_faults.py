"""Stores that refuse, break, dawdle or lie, and one behind TLS: nothing counts as stored that is not."""

from __future__ import annotations

import base64
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from answering import Answering, serving
from servers import ACCESS_KEY, SECRET_KEY, make_bucket, seaweed_tls

from threadsync.config import MediaSettings
from threadsync.errors import MediaError
from threadsync.media.delivery import bucket as media_bucket
from threadsync.media.delivery.bucket import MediaBucket
from threadsync.media.delivery.parts import PART_BYTES
from threadsync.media.delivery.s3 import S3Uploader
from threadsync.s3.bodies import Body

pytestmark = pytest.mark.anyio
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 2000
OTHER = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
RIGHT = base64.b64encode(hashlib.sha256(JPEG).digest()).decode()


class Faulty(ThreadingHTTPServer):
    """Answers HEAD as `head` and PUT as `put` says: status and headers. `objects` is what it kept."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Faulty)
        self.head, self.put = (404, {}), (200, {"ETag": '"e"'})
        self.puts = []
        """The headers of each PUT."""
        self.go_on = threading.Event()
        self.go_on.set()


class _Faulty(Answering, BaseHTTPRequestHandler):
    def do_HEAD(self):
        self._answer(*self.server.head)

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.puts.append(dict(self.headers))
        self.server.go_on.wait(10)
        is_there = self.server.head[0] == 200 and "If-None-Match" in self.headers
        self._answer(*((412, {}) if is_there else self.server.put))

    def _answer(self, status, headers):
        self.answer(status, **headers)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    quick = media_bucket.MANNER._replace(attempts=1, read_timeout_s=0.3)
    monkeypatch.setattr(media_bucket, "MANNER", quick)


@pytest.fixture
def store():
    with serving(Faulty()) as server:
        yield server
        server.go_on.set()


async def upload(store, tmp_path, data=JPEG, cache=None):
    path, digest = tmp_path / "cat.jpg", hashlib.sha256(data).hexdigest()
    path.write_bytes(data)
    endpoint = f"http://127.0.0.1:{store.server_port}"
    settings = MediaSettings("s3", "my-media", region="us-east-1", endpoint_url=endpoint)
    uploader = S3Uploader(settings, cache)
    try:
        return await uploader.upload(path, f"sha256:{digest}", digest)
    finally:
        await uploader.aclose()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "answered 403 to PutObject; the key needs the rights"),
        (404, "answered 404 to PutObject; run the command again"),
        (500, "answered 500 to PutObject; run the command again"),
        (503, "answered 503 to PutObject; run the command again"),
    ],
)
async def test_a_store_that_refuses(store, tmp_path, status, words):
    store.put = (status, {})
    with pytest.raises(MediaError, match=words):
        await upload(store, tmp_path)


async def test_a_store_that_does_not_answer(store, tmp_path):
    store.go_on.clear()
    with pytest.raises(MediaError, match=r"cannot be reached \(ReadTimeoutError\); check media"):
        await upload(store, tmp_path)


async def test_a_store_that_says_it_kept_other_bytes(store, tmp_path):
    store.put = (200, {"ETag": '"e"', "x-amz-checksum-sha256": OTHER})
    with pytest.raises(MediaError, match="the store kept other bytes than it was sent"):
        await upload(store, tmp_path)


@pytest.mark.parametrize("checksum", [RIGHT, "no-base64!", OTHER + "-3"])
async def test_a_checksum_that_is_right_or_says_nothing(store, tmp_path, checksum):
    store.put = (200, {"ETag": '"e"', "x-amz-checksum-sha256": checksum})
    assert await upload(store, tmp_path)


@pytest.mark.parametrize(
    ("headers", "is_sent"),
    [
        ({}, False),
        ({"x-amz-checksum-sha256": RIGHT}, False),
        ({"x-amz-checksum-sha256": OTHER}, True),
        ({"Content-Length": "7"}, True),
    ],
)
async def test_an_object_that_is_another_is_stored_again(store, tmp_path, headers, is_sent):
    store.head = (200, {"Content-Length": str(len(JPEG)), "ETag": '"e"', **headers})
    assert await upload(store, tmp_path) is is_sent


async def test_an_object_that_was_written_over_is_stored_again(store, tmp_path):
    assert await upload(store, tmp_path, cache=tmp_path)
    store.head = (200, {"Content-Length": str(len(JPEG)), "ETag": '"e"'})
    assert not await upload(store, tmp_path, cache=tmp_path)
    store.head = (200, {"Content-Length": str(len(JPEG)), "ETag": '"another"'})
    assert await upload(store, tmp_path, cache=tmp_path)


async def test_the_body_is_signed_with_its_digest(store, tmp_path):
    await upload(store, tmp_path)
    (headers,) = store.puts
    assert headers["X-Amz-Content-SHA256"] == hashlib.sha256(JPEG).hexdigest()
    assert "Expect" not in headers


@pytest.mark.parametrize(
    ("endpoint", "with_object", "with_part"),
    [
        (None, True, True),
        ("https://s3.eu-central-1.amazonaws.com", True, True),
        ("https://abc.r2.cloudflarestorage.com", True, False),
        ("https://minio.example.com", False, False),
    ],
)
def test_who_is_given_a_checksum_to_keep(endpoint, with_object, with_part):
    """The requests are caught before they are sent."""
    settings = MediaSettings("s3", "my-media", region="us-east-1", endpoint_url=endpoint)
    bucket, sent = MediaBucket(settings), {}

    def catch(request, event_name, **_):
        sent[event_name.rpartition(".")[2]] = dict(request.headers)
        raise MediaError("caught")

    bucket._client.meta.events.register("before-send.s3", catch)
    for call in (
        lambda: bucket.put("k", Body(JPEG), "image/jpeg", is_new=True),
        lambda: bucket.put_part("k", "u", 1, JPEG),
        lambda: bucket.begin("k", "video/mp4"),
    ):
        with pytest.raises(MediaError, match="caught"):
            call()
    bucket.close()
    assert sent["PutObject"].get("x-amz-checksum-sha256", b"") == (
        RIGHT.encode() if with_object else b""
    )
    assert ("x-amz-checksum-sha256" in sent["UploadPart"]) is with_part
    assert sent["CreateMultipartUpload"].get("x-amz-checksum-algorithm", b"") == (
        b"SHA256" if with_part else b""
    )
    names = {name.lower() for headers in sent.values() for name in headers}
    assert not [name for name in names if "acl" in name or "trailer" in name or "crc" in name]


@pytest.mark.parametrize("size_bytes", [2000, PART_BYTES + 5000])
async def test_a_store_behind_tls(tmp_path, monkeypatch, size_bytes):
    with seaweed_tls(tmp_path / "weed") as (endpoint, certificate):
        monkeypatch.setattr(media_bucket, "MANNER", media_bucket.MANNER._replace(read_timeout_s=30))
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
        make_bucket(endpoint, "my-media")
        settings = MediaSettings("s3", "my-media", region="us-east-1", endpoint_url=endpoint)
        path = tmp_path / "film.mp4"
        path.write_bytes(b"\x00\x00\x00\x18ftypisom" + bytes(size_bytes))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        uploader = S3Uploader(settings)
        assert await uploader.upload(path, f"sha256:{digest}", digest)
        stored = uploader._bucket.head(f"threadsync/{digest}.mp4")
        await uploader.aclose()
        assert stored.size_bytes == path.stat().st_size
