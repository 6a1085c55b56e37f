"""Media in a bucket, over HTTP against moto's server, and in the sandbox's own store."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import httpx
import pytest
from answering import Answering, serving
from moto.server import ThreadedMotoServer

from threadsync.config import MediaSettings
from threadsync.errors import MediaError, SettingsError
from threadsync.media.delivery import bucket as media_bucket
from threadsync.media.delivery.parts import PART_BYTES
from threadsync.media.delivery.s3 import UNASKED_BYTES, S3Uploader
from threadsync.media.delivery.sandbox_store import SandboxUploader
from threadsync.media.delivery.stored import CheckedFile

pytestmark = pytest.mark.anyio
SECRET = "SECRET-KEY-THAT-NO-TEXT-MAY-HOLD"
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 2000
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 2000
MP4 = b"\x00\x00\x00\x18ftypisom" + b"m" * 2000
MOV = b"\x00\x00\x00\x14ftypqt  " + b"q" * 2000


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, request):
    """A bucket of the test's own, as boto3 sees it."""
    name = f"media-{abs(hash(request.node.name)):x}"
    resource = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1")
    bucket = resource.create_bucket(Bucket=name)
    yield bucket
    resource.meta.client.close()


@pytest.fixture
def settings(endpoint, bucket):
    return a_settings(endpoint, bucket.name)


def a_settings(endpoint, bucket, **fields):
    values = {"store": "s3", "bucket": bucket, "region": "us-east-1", "endpoint_url": endpoint}
    return MediaSettings(**{**values, **fields})


@pytest.fixture
def uploader(settings):
    return watched(S3Uploader(settings))


def watched(uploader):
    """The uploader with `sent`: (method, headers, bytes of the body) of each request, in order."""
    uploader.sent = []

    def note(request, **_):
        length = int(request.headers.get("Content-Length", 0))
        uploader.sent.append((request.method, dict(request.headers), length))

    uploader._bucket._client.meta.events.register("before-send.s3", note)
    return uploader


def methods(uploader):
    return [method for method, _, _ in uploader.sent]


def a_file(folder, data=JPEG, name="cat.jpg"):
    """A file and its digest."""
    path = folder / name
    path.write_bytes(data)
    return path, "sha256:" + hashlib.sha256(data).hexdigest()


def a_named_file(folder, data=JPEG, name="cat.jpg"):
    """What `upload` takes."""
    path, digest = a_file(folder, data, name)
    return path, digest, digest[7:]


def an_addressed_file(folder):
    """What `url` takes."""
    path, digest = a_file(folder)
    return path, digest[7:]


def a_large_file(folder, size_bytes, name="film.mp4"):
    """A file with holes that takes no room, and its digest."""
    path = folder / name
    path.write_bytes(MP4)
    os.truncate(path, size_bytes)
    with path.open("rb") as file:
        return path, "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def keys(bucket):
    return sorted(thing.key for thing in bucket.objects.all())


@pytest.mark.parametrize(
    ("data", "suffix", "content_type"),
    [
        (JPEG, ".jpg", "image/jpeg"),
        (PNG, ".png", "image/png"),
        (MP4, ".mp4", "video/mp4"),
        (MOV, ".mov", "video/quicktime"),
        (b"hello", "", "application/octet-stream"),
    ],
)
async def test_it_is_named_by_its_content(uploader, bucket, tmp_path, data, suffix, content_type):
    path, digest = a_file(tmp_path, data, "misnamed.gif")
    assert await uploader.upload(path, digest, digest[7:])
    stored = bucket.Object(f"threadsync/{digest.removeprefix('sha256:')}{suffix}").get()
    assert stored["Body"].read() == data
    assert stored["ContentType"] == content_type
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"


async def test_a_mended_copy_has_the_name_it_is_given(uploader, bucket, tmp_path):
    path, digest = a_file(tmp_path)
    assert not await uploader.has("ab-jpeg1.jpg")
    assert await uploader.upload(path, digest, "ab-jpeg1.jpg")
    assert await uploader.has("ab-jpeg1.jpg")
    assert keys(bucket) == ["threadsync/ab-jpeg1.jpg"]
    path.unlink()
    assert "/threadsync/ab-jpeg1.jpg?" in await uploader.url(path, "ab-jpeg1.jpg")


async def test_no_access_list_and_no_checksum_is_sent(uploader, tmp_path):
    await uploader.upload(*a_named_file(tmp_path))
    names = {name.lower() for _, headers, _ in uploader.sent for name in headers}
    assert not [name for name in names if "acl" in name or "checksum" in name or "trailer" in name]


async def test_nothing_is_sent_twice_in_a_run(uploader, tmp_path):
    path, digest = a_file(tmp_path)
    assert [
        await uploader.upload(path, digest, digest[7:]),
        await uploader.upload(path, digest, digest[7:]),
    ] == [
        True,
        False,
    ]
    assert methods(uploader) == ["PUT"]


async def test_nothing_is_sent_twice_by_the_next_run(settings, tmp_path):
    file = a_named_file(tmp_path)
    first = S3Uploader(settings, tmp_path)
    await first.upload(*file)
    await first.aclose()
    later = watched(S3Uploader(settings, tmp_path))
    assert not await later.upload(*file)
    assert methods(later) == ["HEAD"]


@pytest.mark.parametrize(
    ("size_bytes", "asked"), [(UNASKED_BYTES, ["PUT", "HEAD"]), (UNASKED_BYTES + 1, ["HEAD"])]
)
async def test_a_large_file_is_not_sent_to_find_out_that_it_is_there(
    uploader, settings, tmp_path, size_bytes, asked
):
    file = a_named_file(tmp_path, JPEG + bytes(size_bytes - len(JPEG)))
    await uploader.upload(*file)
    elsewhere = watched(S3Uploader(settings))
    assert not await elsewhere.upload(*file)
    assert methods(elsewhere) == asked


async def test_the_same_content_is_sent_once_when_asked_for_at_once(uploader, tmp_path):
    one, digest = a_file(tmp_path, name="one.jpg")
    two, _ = a_file(tmp_path, name="two.jpg")
    sent = await asyncio.gather(
        *(uploader.upload(path, digest, digest[7:]) for path in [one, two] * 5)
    )
    assert sorted(sent) == [False] * 9 + [True]
    assert methods(uploader) == ["PUT"]


async def test_many_files_go_at_once(uploader, bucket, tmp_path):
    files = [a_file(tmp_path, JPEG + bytes([n]), f"{n}.jpg") for n in range(20)]
    assert all(await asyncio.gather(*(uploader.upload(*file, file[1][7:]) for file in files)))
    assert len(keys(bucket)) == 20


async def test_an_upload_that_failed_is_tried_again(uploader, bucket, tmp_path):
    path, digest = a_file(tmp_path)
    path.write_bytes(PNG)
    with pytest.raises(MediaError):
        await uploader.upload(path, digest, digest[7:])
    path.write_bytes(JPEG)
    assert await uploader.upload(path, digest, digest[7:])


async def test_another_run_that_was_quicker_is_fine(uploader, bucket, tmp_path, monkeypatch):
    path, digest = a_file(tmp_path)
    bucket.put_object(Key=f"threadsync/{digest[7:]}.jpg", Body=JPEG)
    monkeypatch.setattr(uploader._bucket, "head", lambda _: None)
    assert not await uploader.upload(path, digest, digest[7:])
    assert methods(uploader) == ["PUT", "PUT"]


async def test_a_large_file_goes_in_equal_parts(uploader, bucket, tmp_path):
    path, digest = a_large_file(tmp_path, 2 * PART_BYTES + 5000)
    assert await uploader.upload(path, digest, digest[7:])
    sizes = sorted((size for method, _, size in uploader.sent if method == "PUT"), reverse=True)
    assert sizes == [PART_BYTES, PART_BYTES, 5000]
    stored = bucket.Object(f"threadsync/{digest[7:]}.mp4").get()
    assert stored["ContentType"] == "video/mp4"
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    assert hashlib.sha256(stored["Body"].read()).hexdigest() == digest[7:]


async def test_a_file_of_one_part_goes_in_one_request(uploader, bucket, tmp_path):
    path, digest = a_large_file(tmp_path, PART_BYTES)
    await uploader.upload(path, digest, digest[7:])
    assert methods(uploader) == ["HEAD", "PUT"]
    assert bucket.Object(f"threadsync/{digest[7:]}.mp4").content_length == PART_BYTES


async def test_a_large_file_is_never_in_memory_whole(settings, tmp_path):
    path, digest = a_large_file(tmp_path, 96 * 1024 * 1024)
    program = (
        "import asyncio, resource, sys\n"
        "from pathlib import Path\n"
        "from datetime import timedelta; import datetime\n"
        "from threadsync.config import MediaSettings\n"
        "from threadsync.media.delivery.s3 import S3Uploader\n"
        f"uploader = S3Uploader({settings!r})\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "before = peak()\n"
        "asyncio.run(uploader.upload(Path(sys.argv[1]), sys.argv[2], sys.argv[2][7:]))\n"
        "print(peak() - before)\n"
    )
    answer = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", program, str(path), digest],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path.cwd(),
    )
    assert int(answer.stdout) < 70


@pytest.mark.parametrize("size_bytes", [len(MP4), 2 * PART_BYTES + 5000])
async def test_a_changed_file_never_becomes_an_object(uploader, bucket, tmp_path, size_bytes):
    path, digest = a_large_file(tmp_path, size_bytes)
    with path.open("r+b") as file:
        file.seek(1000)
        file.write(b"edited")
    with pytest.raises(MediaError, match=r"film\.mp4: changed while it was uploaded; run"):
        await uploader.upload(path, digest, digest[7:])
    assert keys(bucket) == []
    listed = uploader._bucket._client.list_multipart_uploads(Bucket=bucket.name)
    assert listed.get("Uploads", []) == []


@pytest.mark.parametrize("change", ["shorter", "longer"])
async def test_a_file_of_another_length_never_becomes_an_object(uploader, bucket, tmp_path, change):
    path, digest = a_file(tmp_path)
    path.write_bytes(JPEG[:-1] if change == "shorter" else JPEG + b"x")
    with pytest.raises(MediaError, match="changed while it was uploaded"):
        await uploader.upload(path, digest, digest[7:])
    assert keys(bucket) == []


def test_a_file_that_is_cut_off_while_it_is_read_is_noticed(tmp_path):
    path, digest = a_file(tmp_path)
    with CheckedFile(path, digest) as file:
        os.truncate(path, 100)
        with pytest.raises(MediaError, match="changed while it was uploaded"):
            file.read(1000)


async def test_a_missing_file_is_said(uploader, tmp_path):
    with pytest.raises(MediaError, match=r"gone\.jpg: cannot be read: No such file"):
        await uploader.upload(tmp_path / "gone.jpg", "sha256:" + "0" * 64, "0" * 64)


async def test_half_an_object_of_another_is_replaced(uploader, bucket, tmp_path):
    path, digest = a_file(tmp_path)
    key = f"threadsync/{digest[7:]}.jpg"
    bucket.put_object(Key=key, Body=JPEG[:10])
    assert await uploader.upload(path, digest, digest[7:])
    assert bucket.Object(key).get()["Body"].read() == JPEG


async def test_a_presigned_address_can_be_fetched(uploader, tmp_path):
    path, digest = a_file(tmp_path)
    await uploader.upload(path, digest, digest[7:])
    url = await uploader.url(path, digest[7:])
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(url)
    assert (answer.content, answer.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert "X-Amz-Expires=3600&" in url
    assert SECRET not in url


async def test_a_presigned_address_ends_when_it_is_told(endpoint, bucket, tmp_path):
    uploader = S3Uploader(a_settings(endpoint, bucket.name, presign_expires=60))
    assert "X-Amz-Expires=60&" in await uploader.url(*an_addressed_file(tmp_path))


@pytest.mark.parametrize("base", ["https://media.example.com", "https://media.example.com/"])
async def test_a_public_address_is_plain(endpoint, bucket, tmp_path, base):
    settings = a_settings(endpoint, bucket.name, public_base_urls=(base,), prefix="my posts/")
    path, digest = a_file(tmp_path)
    url = await S3Uploader(settings).url(path, digest[7:])
    assert url == f"https://media.example.com/my%20posts/{digest[7:]}.jpg"


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"region": "eu-central-1"}, "https://b-1.s3.eu-central-1.amazonaws.com/threadsync/"),
        ({"region": "auto"}, "https://b-1.s3.amazonaws.com/threadsync/"),
        (
            {"endpoint_url": "https://a.r2.cloudflarestorage.com"},
            "https://a.r2.cloudflarestorage.com/b-1/",
        ),
    ],
)
async def test_a_presigned_address_leads_straight_to_the_bucket(tmp_path, fields, start):
    settings = MediaSettings(store="s3", bucket="b-1", **fields)
    assert (await S3Uploader(settings).url(*an_addressed_file(tmp_path))).startswith(start)


async def test_r2_gets_its_region(tmp_path):
    settings = MediaSettings(store="s3", bucket="b-1", endpoint_url="https://a.r2.example")
    assert "%2Fauto%2Fs3%2F" in await S3Uploader(settings).url(*an_addressed_file(tmp_path))


# --- what goes wrong ------------------------------------------------------------------------------


class Refusing(Answering, BaseHTTPRequestHandler):
    """A store that answers every request but HEAD with the error in its server's `refusal`."""

    timeout = 5  # for a body that does not come

    def do_PUT(self):
        self.server.seen.append(dict(self.headers))
        self.rfile.read(int(self.headers["Content-Length"]))
        status, code = self.server.refusal
        body = f"<Error><Code>{code}</Code><Message>AKIDTEST is bad</Message></Error>".encode()
        if "If-None-Match" not in self.headers and self.server.takes_unconditional:
            status, body = 200, b""
        self.answer(status, body)

    def do_HEAD(self):
        self.answer(403)


@pytest.fixture
def refusing():
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Refusing)) as server:
        server.seen, server.takes_unconditional = [], False
        server.refusal = (403, "AccessDenied")
        yield server


def at(server):
    return a_settings(f"http://127.0.0.1:{server.server_port}", "my-media")


@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (403, "AccessDenied", "rights listed in docs/media.md"),
        (403, "InvalidAccessKeyId", "check AWS_ACCESS_KEY_ID"),
        (403, "SignatureDoesNotMatch", "check AWS_SECRET_ACCESS_KEY"),
        (400, "ExpiredToken", "get new ones"),
        (400, "AuthorizationHeaderMalformed", "set media.region"),
        (403, "RequestTimeTooSkewed", "set this machine's clock"),
        (400, "Surprise", "run the command again"),
    ],
)
async def test_a_refusal_says_what_to_do(refusing, tmp_path, status, code, remedy):
    refusing.refusal = (status, code)
    path, digest = a_file(tmp_path)
    with pytest.raises(MediaError) as caught:
        await S3Uploader(at(refusing)).upload(path, digest, digest[7:])
    text = str(caught.value)
    assert text.startswith(
        f"s3://my-media/threadsync/{digest[7:]}.jpg: the store answered {code} to PutObject; "
    )
    assert remedy in text
    assert SECRET not in text
    assert "AKIDTEST" not in text


@pytest.mark.parametrize(
    ("status", "code"), [(501, "NotImplemented"), (409, "ConditionalRequestConflict")]
)
async def test_a_store_without_conditions_is_written_without(refusing, tmp_path, status, code):
    refusing.refusal, refusing.takes_unconditional = (status, code), True
    assert await S3Uploader(at(refusing)).upload(*a_named_file(tmp_path))
    with_condition, without = refusing.seen
    assert ("If-None-Match" in with_condition, "If-None-Match" in without) == (True, False)


async def test_a_head_that_is_refused_leaves_it_to_the_put(refusing, tmp_path):
    refusing.refusal = (412, "PreconditionFailed")
    assert not await S3Uploader(at(refusing)).upload(*a_named_file(tmp_path))


async def test_a_missing_bucket_is_said(endpoint, tmp_path):
    with pytest.raises(MediaError, match="answered NoSuchBucket to PutObject; create the bucket"):
        await S3Uploader(a_settings(endpoint, "nobody-made-it")).upload(*a_named_file(tmp_path))


async def test_missing_credentials_are_said(endpoint, bucket, tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    uploader = S3Uploader(a_settings(endpoint, bucket.name))
    no_credentials = r"no credentials .*; set AWS_ACCESS_KEY_ID and"
    with pytest.raises(MediaError, match=no_credentials):
        await uploader.upload(*a_named_file(tmp_path))
    with pytest.raises(MediaError, match=no_credentials):
        await uploader.url(*an_addressed_file(tmp_path))


async def test_a_store_that_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(media_bucket, "MANNER", media_bucket.MANNER._replace(attempts=1))
    uploader = S3Uploader(a_settings("http://127.0.0.1:1", "my-media"))
    with pytest.raises(
        MediaError, match=r"s3://my-media/.*cannot be reached \(EndpointConn.*network"
    ):
        await uploader.upload(*a_named_file(tmp_path))


async def test_a_name_that_is_no_bucket_is_said(endpoint, tmp_path):
    with pytest.raises(MediaError, match=r"no valid name; correct media\.bucket"):
        await S3Uploader(a_settings(endpoint, "My Bucket!")).upload(*a_named_file(tmp_path))


def test_an_endpoint_that_is_no_address_is_said():
    with pytest.raises(MediaError, match="cannot be used"):
        S3Uploader(a_settings("not an address", "my-media"))


def test_a_missing_bucket_setting_is_said():
    with pytest.raises(SettingsError, match=r"media\.bucket is missing"):
        S3Uploader(MediaSettings(store="s3"))


# --- the sandbox's own store ----------------------------------------------------------------------


class Shelf(Answering, BaseHTTPRequestHandler):
    """What the sandbox's store does: HEAD, GET and PUT of bytes under /_sandbox/media/."""

    def do_HEAD(self):
        self.answer(200 if self.path in self.server.stored else 404)

    def do_GET(self):
        self.answer(200, self.server.stored[self.path])

    def do_PUT(self):
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return
        self.server.stored[self.path] = body
        self.answer(self.server.status)


@pytest.fixture
def shelf():
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Shelf)) as server:
        server.stored, server.status = {}, 201
        yield server


def beside(server):
    return SandboxUploader(f"http://127.0.0.1:{server.server_port}/")


async def test_the_sandbox_gets_each_file_once(shelf, tmp_path):
    uploader = beside(shelf)
    path, digest = a_file(tmp_path, MP4 * 500)
    assert [
        await uploader.upload(path, digest, digest[7:]),
        await uploader.upload(path, digest, digest[7:]),
    ] == [
        True,
        False,
    ]
    assert shelf.stored == {f"/_sandbox/media/{digest[7:]}.mp4": MP4 * 500}


async def test_the_sandbox_serves_what_it_got(shelf, tmp_path):
    uploader = beside(shelf)
    path, digest = a_file(tmp_path)
    await uploader.upload(path, digest, digest[7:])
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(await uploader.url(path, digest[7:]))).content == JPEG


async def test_the_sandbox_never_gets_a_changed_file(shelf, tmp_path):
    path, digest = a_file(tmp_path)
    path.write_bytes(PNG + b"x")
    with pytest.raises(MediaError, match="changed while it was uploaded"):
        await beside(shelf).upload(path, digest, digest[7:])
    assert shelf.stored == {}


async def test_a_sandbox_that_is_not_there_is_said(tmp_path):
    with pytest.raises(
        MediaError, match=r"cannot be reached \(ConnectError\); is it still running"
    ):
        await SandboxUploader("http://127.0.0.1:1").upload(*a_named_file(tmp_path))


async def test_a_sandbox_that_refuses_is_said(shelf, tmp_path):
    shelf.status = 507
    with pytest.raises(MediaError, match="the sandbox answered 507; nothing was stored"):
        await beside(shelf).upload(*a_named_file(tmp_path))
