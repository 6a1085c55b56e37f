"""`doctor` tries the bucket out: it stores a small picture, fetches it as Meta does, removes it."""

from __future__ import annotations

import pytest
from fronts import front
from servers import keys_in, make_bucket, make_public, moto

from threadsync.checkup import bucket as checkup
from threadsync.checkup.bucket import bucket_check
from threadsync.config import MediaSettings
from threadsync.errors import MediaError
from threadsync.media.delivery.s3 import S3Uploader

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def store():
    with moto() as endpoint:
        make_public(endpoint, make_bucket(endpoint, "my-media"))
        make_bucket(endpoint, "private-media")
        yield endpoint


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")


async def check(store, bucket="my-media", **fields):
    place = {"region": "us-east-1", "endpoint_url": store}
    found = await bucket_check(MediaSettings("s3", bucket, **place, **fields))
    return found.verdict.value, str(found)


async def test_all_is_well(store):
    found = await check(store, public_base_urls=(f"{store}/my-media",))
    assert found == (
        "ok",
        f"bucket my-media takes files, which can be fetched from {store}/my-media",
    )
    assert keys_in(store, "my-media") == []


async def test_presigned_addresses(store):
    verdict, found = await check(store, "private-media", presign_expires=60)
    assert (verdict, found.endswith("can be fetched from presigned addresses")) == ("ok", True)


async def test_what_is_not_public(store):
    verdict, found = await check(
        store, "private-media", public_base_urls=(f"{store}/private-media",)
    )
    assert verdict == "problem"
    assert "answered 403 to facebookexternalhit; let everybody read" in found
    assert keys_in(store, "private-media") == []


async def test_one_of_two_addresses(store):
    with front() as other:
        verdict, found = await check(store, public_base_urls=(other.url, f"{store}/my-media"))
    assert verdict == "warning"
    assert f"{other.url.removeprefix('http://')} answered 404" in found


async def test_without_the_check_nothing_is_fetched(store):
    with front() as host:
        found = await check(store, public_base_urls=(host.url,), check_reachability=False)
        assert host.asked == []
    assert found[0] == "ok"
    assert "not fetched: media.check_reachability is off" in found[1]


async def test_a_machine_without_a_folder_for_temporary_files(store, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    verdict, found = await check(store)
    assert (verdict, found.endswith("set TMPDIR to a folder with room")) == ("problem", True)


async def test_a_bucket_that_is_not_there(store):
    verdict, found = await check(store, "nobody-made-it")
    assert (verdict, "create the bucket" in found) == ("problem", True)


async def test_no_bucket_named():
    assert "media.bucket is missing" in str(await bucket_check(MediaSettings("s3")))


async def test_a_picture_that_cannot_be_removed(store, monkeypatch):
    async def remove(*_):
        raise MediaError("s3://my-media: no")

    monkeypatch.setattr(S3Uploader, "remove", remove)
    verdict, found = await check(store, public_base_urls=(f"{store}/my-media",))
    assert (verdict, found) == (
        "warning",
        "s3://my-media: no; media prune cannot remove anything either",
    )


def test_the_picture_is_one():
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(checkup._picture())) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (1, 1))
