"""A large upload that was cut off goes on with the parts that are missing, from any machine."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import threading

import pytest
from servers import ACCESS_KEY, SECRET_KEY, make_bucket, moto, seaweed

from threadsync.config import MediaSettings
from threadsync.errors import MediaError
from threadsync.media.delivery.parts import BUFFERS, PART_BYTES
from threadsync.media.delivery.s3 import S3Uploader

pytestmark = pytest.mark.anyio
PARTS = BUFFERS + 1
SIZE_BYTES = (PARTS - 1) * PART_BYTES + 5000

_KILLED = """
import asyncio, os, signal, sys
from datetime import timedelta; import datetime
from pathlib import Path
from threadsync.config import MediaSettings
from threadsync.media.delivery.s3 import S3Uploader
stored = 0
def sent(size_bytes):
    global stored
    stored += 1
    if stored == 2:
        os.kill(os.getpid(), signal.SIGKILL)
path, digest = sys.argv[1:]
asyncio.run(S3Uploader({settings!r}).upload(Path(path), digest, digest[7:], sent))
"""


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


@pytest.fixture(scope="module", params=["moto", "seaweed"])
def endpoint(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    with moto() if request.param == "moto" else seaweed(folder) as address:
        yield address


@pytest.fixture
def settings(endpoint, request):
    name = f"media-{hashlib.md5(request.node.name.encode()).hexdigest()[:12]}"
    return MediaSettings(
        "s3", make_bucket(endpoint, name), region="us-east-1", endpoint_url=endpoint
    )


@pytest.fixture
def film(tmp_path):
    """A file of PARTS parts, all different, and its digest."""
    path, whole = tmp_path / "film.mp4", hashlib.sha256()
    with path.open("wb") as file:
        for n in range(PARTS):
            data = bytes([n]) * (PART_BYTES if n < PARTS - 1 else SIZE_BYTES % PART_BYTES)
            data = b"\x00\x00\x00\x18ftypisom" + data[12:] if n == 0 else data
            whole.update(data)
            file.write(data)
    return path, "sha256:" + whole.hexdigest()


def watched(settings):
    """An uploader with `puts`: the part numbers that it sends."""
    uploader = S3Uploader(settings)
    uploader.puts = []

    def note(request, **_):
        if request.method == "PUT":
            uploader.puts.append(int(request.url.partition("partNumber=")[2].partition("&")[0]))

    client(uploader).meta.events.register("before-send.s3", note)
    return uploader


def client(uploader):
    return uploader._bucket._client


async def upload(uploader, film):
    path, digest = film
    try:
        return await uploader.upload(path, digest, digest[7:])
    finally:
        await uploader.aclose()


def digest_of_object(uploader, film):
    key = f"threadsync/{film[1][7:]}.mp4"
    body = client(uploader).get_object(Bucket=uploader._bucket.name, Key=key)["Body"]
    with body:
        return "sha256:" + hashlib.file_digest(body, "sha256").hexdigest()


def unfinished(uploader):
    found = client(uploader).list_multipart_uploads(Bucket=uploader._bucket.name)
    return len(found.get("Uploads", []))


def kill_in_the_middle(settings, film):
    program = _KILLED.format(settings=settings)
    path, digest = film
    done = subprocess.run([sys.executable, "-c", program, path, digest], check=False)
    assert done.returncode == -signal.SIGKILL


async def test_a_killed_upload_goes_on(settings, film):
    await asyncio.to_thread(kill_in_the_middle, settings, film)
    uploader = watched(settings)
    assert unfinished(uploader) == 1
    assert await upload(uploader, film)
    assert 0 < len(set(uploader.puts)) < PARTS, uploader.puts  # one may be sent twice
    assert digest_of_object(uploader, film) == film[1]
    assert unfinished(uploader) == 0


async def test_a_part_that_is_not_what_it_should_be_is_sent_again(settings, film):
    uploader = watched(settings)
    bucket, key = uploader._bucket, f"threadsync/{film[1][7:]}.mp4"
    upload_id = bucket.begin(key, "video/mp4")
    whole = film[0].read_bytes()
    for n in range(1, PARTS):
        data = whole[(n - 1) * PART_BYTES : n * PART_BYTES]
        bucket.put_part(key, upload_id, n, b"x" * PART_BYTES if n == 2 else data)
    uploader.puts.clear()
    assert await upload(uploader, film)
    assert sorted(uploader.puts) == [2, PARTS]
    assert digest_of_object(uploader, film) == film[1]


async def test_parts_of_another_size_are_sent_again(settings, film):
    uploader = watched(settings)
    key = f"threadsync/{film[1][7:]}.mp4"
    upload_id = uploader._bucket.begin(key, "video/mp4")
    uploader._bucket.put_part(key, upload_id, 1, film[0].read_bytes()[: PART_BYTES - 1])
    uploader.puts.clear()
    assert await upload(uploader, film)
    assert len(uploader.puts) == PARTS


async def test_older_unfinished_uploads_are_tidied_up(settings, film):
    uploader = watched(settings)
    for _ in range(2):
        uploader._bucket.begin(f"threadsync/{film[1][7:]}.mp4", "video/mp4")
    assert await upload(uploader, film)
    assert unfinished(uploader) == 0


async def test_two_at_once_end_with_one_object(settings, film):
    one, two = watched(settings), watched(settings)
    await asyncio.gather(upload(one, film), upload(two, film))
    assert digest_of_object(one, film) == film[1]


async def test_a_file_that_changes_while_it_is_sent_is_noticed(settings, film, monkeypatch):
    path, digest = film
    uploader = watched(settings)
    put_part, turn = uploader._bucket.put_part, threading.Lock()

    def edit_first(*part):
        """Before any part is stored, so that the last one cannot have been read yet."""
        with turn, path.open("r+b") as file:
            file.seek(-10, os.SEEK_END)
            file.write(b"edited now")
        return put_part(*part)

    monkeypatch.setattr(uploader._bucket, "put_part", edit_first)
    with pytest.raises(MediaError, match=r"film\.mp4: changed while it was uploaded"):
        await uploader.upload(path, digest, digest[7:])
    assert unfinished(uploader) == 0
    await uploader.aclose()
    assert uploader._bucket.head(f"threadsync/{digest[7:]}.mp4") is None


async def test_it_tells_how_far_it_is(settings, film):
    path, digest = film
    uploader, told = watched(settings), []
    await uploader.upload(path, digest, digest[7:], told.append)
    await asyncio.sleep(0)
    assert (len(told), sum(told)) == (PARTS, SIZE_BYTES)
    await uploader.aclose()


async def test_a_closed_uploader_stops_between_two_parts(settings, film, monkeypatch):
    path, digest = film
    uploader = watched(settings)
    put_part = uploader._bucket.put_part

    def put_and_close(*part):
        try:
            return put_part(*part)
        finally:
            uploader._lanes.close()

    monkeypatch.setattr(uploader._bucket, "put_part", put_and_close)
    with pytest.raises(MediaError, match="interrupted; the next run goes on from here"):
        await uploader.upload(path, digest, digest[7:])
    assert len(uploader.puts) <= BUFFERS + 1
    assert unfinished(uploader) == 1
    await uploader.aclose()
    later = watched(settings)
    assert await upload(later, film)
    assert len(later.puts) + 1 <= PARTS
