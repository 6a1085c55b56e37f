"""From a file to a post whose picture Meta fetched: a project with a bucket, against the sandbox."""

from __future__ import annotations

import hashlib
import json
import shutil

import boto3
import httpx
import pytest
from bucket_projects import a_bucket_project, configure
from builders import write
from fronts import front
from movies import a_movie
from pictures import a_jpeg, a_photo
from servers import keys_in
from signing import staged

from threadsync.cli.progress import Pace
from threadsync.errors import ExitCode
from threadsync.media.delivery.s3 import S3Uploader
from threadsync.publishing.events import Event
from threadsync.reporting.text import share_line, still_line

NAME = hashlib.sha256(a_jpeg()).hexdigest() + ".jpg"
DIGEST = "sha256:" + hashlib.sha256(a_jpeg()).hexdigest()


@pytest.fixture
def stage(tmp_path):
    with staged(tmp_path / "meta") as stage:
        yield stage


@pytest.fixture
def cli(project, capsys, stage, monkeypatch, store, bucket):
    cli = a_bucket_project(project, capsys, monkeypatch, stage.base_url)
    configure(cli, store, bucket)
    return cli


@pytest.fixture
def host(bucket):
    """A host in front of the bucket, which serves the picture."""
    with front() as server:
        server.files[f"/threadsync/{NAME}"] = ("image/jpeg", a_jpeg())
        yield server


def asked(stage, call):
    """What Meta was asked with by requests to `call`."""
    logged = httpx.get(f"{stage.base_url}/_sandbox/requests", trust_env=False).json()
    return [entry["params"] for entry in logged["requests"] if entry["path"].endswith(call)]


def creates(stage):
    """The addresses of pictures that Meta was given."""
    return [params["image_url"] for params in asked(stage, "/threads") if "image_url" in params]


def test_a_picture_goes_by_the_bucket(cli, store, bucket):
    done = cli.apply()
    assert (done.code, done.err) == (ExitCode.DONE, "")
    assert keys_in(store, bucket) == [f"threadsync/{NAME}"]
    state = json.loads((cli.root / "threadsync.state.json").read_text())
    (part,) = state["entries"]["hello"]["parts"]
    assert part["media"] == [DIGEST]
    assert cli("plan").last_line.startswith("No changes.")


def test_what_meta_would_be_refused_stops_the_run(cli, store, bucket, host, stage):
    host.status = 403
    write(cli.root, "posts/later.md", "Later\n")
    configure(cli, store, bucket, public_base_url=host.url)
    done = cli.apply()
    assert done.code == ExitCode.PROBLEMS
    address = host.url.removeprefix("http://")
    assert (
        f"hello: failed: posts/cat.jpg: {address} answered 403 to facebookexternalhit" in done.out
    )
    assert "what is uploaded cannot be fetched; the run stopped there" in done.err
    assert creates(stage) == []
    assert asked(stage, "threads_publish") == []


def test_nothing_is_begun_before_an_address_was_tried(cli, store, bucket, host, stage):
    """Not even what shows no file and comes before the one that does."""
    host.status = 403
    write(cli.root, "posts/a-text.md", "Words only\n")
    configure(cli, store, bucket, public_base_url=host.url)
    done = cli.apply()
    assert "the run stopped there" in done.err
    assert "1 failed; 0 waiting" in done.last_line
    assert not [params for params in asked(stage, "/threads") if "media_type" in params]


def test_the_smallest_file_is_tried_and_sent_once(cli, store, bucket, host):
    large = a_jpeg("blue") + bytes(100_000)
    write(cli.root, "posts/dog.jpg", large)
    write(cli.root, "posts/a-dog.md", "![A dog](dog.jpg)\n")
    host.files[f"/threadsync/{hashlib.sha256(large).hexdigest()}.jpg"] = ("image/jpeg", large)
    configure(cli, store, bucket, public_base_url=host.url, strip_metadata=False)
    done = cli.apply()
    assert done.code == ExitCode.DONE
    assert (done.out.count("uploaded posts/cat.jpg"), host.paths()[0]) == (1, f"/threadsync/{NAME}")
    assert done.out.index("uploaded posts/cat.jpg") < done.out.index("uploaded posts/dog.jpg")


def test_a_file_that_changes_is_named_as_in_the_project(cli, monkeypatch):
    real = S3Uploader.upload

    async def upload(self, path, *more):
        path.write_bytes(a_jpeg("blue"))
        return await real(self, path, *more)

    monkeypatch.setattr(S3Uploader, "upload", upload)
    done = cli.apply()
    assert "hello: failed: posts/cat.jpg: changed while it was uploaded; run the" in done.out


def test_the_check_can_be_left_out(cli, store, bucket, host):
    configure(cli, store, bucket, public_base_url=host.url, check_reachability=False)
    assert cli.apply().code == ExitCode.DONE
    (headers,) = (headers for path, headers in host.asked if path != "/robots.txt")
    assert "Range" not in headers  # that was Meta


def test_an_address_is_fetched_once(cli, store, bucket, host, stage):
    configure(cli, store, bucket, public_base_url=host.url)
    stage.steer("faults", call="publish", nth=1, fault="rate-limit")
    assert cli.apply().code == ExitCode.PROBLEMS
    assert cli.apply().code == ExitCode.DONE
    assert len([headers for _, headers in host.asked if "Range" in headers]) == 1


def test_the_second_address_is_used_when_the_first_refuses_us(cli, store, bucket, host, stage):
    host.status = 403
    configure(cli, store, bucket, public_base_url=[host.url, f"{store}/{bucket}"])
    assert cli.apply().code == ExitCode.DONE
    assert creates(stage) == [f"{store}/{bucket}/threadsync/{NAME}"]


def test_the_second_address_is_tried_when_meta_cannot_fetch(cli, store, bucket, host, stage):
    configure(cli, store, bucket, public_base_url=[host.url, f"{store}/{bucket}"])
    stage.steer("faults", call="create", nth=1, fault="media-fetch")
    assert cli.apply().code == ExitCode.DONE
    assert creates(stage) == [
        f"{host.url}/threadsync/{NAME}",
        f"{store}/{bucket}/threadsync/{NAME}",
    ]


def test_a_film_that_meta_cannot_fetch_is_tried_from_the_second_address(cli, store, bucket, host):
    address = f"{store}/{bucket}"
    bases = [host.url, address]
    configure(cli, store, bucket, public_base_url=bases, check_reachability=False)
    write(cli.root, "posts/hello.md", "![A film](film.mp4)\n")
    write(cli.root, "posts/film.mp4", a_movie())
    failed = cli.apply()
    assert (failed.code, "FAILED_DOWNLOADING_VIDEO" in failed.out) == (ExitCode.PROBLEMS, True)
    assert cli.apply().code == ExitCode.DONE


def test_when_meta_cannot_fetch_from_anywhere_the_hosts_are_named(cli, store, bucket, host, stage):
    configure(cli, store, bucket, public_base_url=[host.url, f"{store}/{bucket}"])
    stage.steer("faults", call="create", nth="*", fault="media-fetch")
    done = cli.apply()
    assert done.code == ExitCode.PROBLEMS
    hosts = " or ".join(url.removeprefix("http://") for url in (host.url, store))
    assert f"Meta could not fetch posts/cat.jpg from {hosts}: " in done.out
    assert "let facebookexternalhit pass" in done.out


def test_a_presigned_address_that_meta_repeats_is_not_shown(cli, store, bucket, stage, monkeypatch):
    real = S3Uploader.check

    async def check(self, path, stem):
        await real(self, path, stem)
        await self.remove(path, stem)  # so that Meta cannot fetch it

    monkeypatch.setattr(S3Uploader, "check", check)
    configure(cli, store, bucket, presign_expires=600)
    done = cli.apply()
    assert f"could not be fetched from this URI: {store}/{bucket}/threadsync/{NAME}?***" in done.out
    state = (cli.root / "threadsync.state.json").read_text()
    assert "X-Amz" not in done.out + done.err + state


def test_without_a_terminal_a_large_file_is_told_of_now_and_then(cli, store, bucket, monkeypatch):
    write(cli.root, "posts/cat.jpg", a_jpeg() + bytes(1_200_000))
    configure(cli, store, bucket, strip_metadata=False)
    monkeypatch.setattr("threadsync.cli.progress.STILL_S", 0)
    done = cli.apply("--target", "hello")
    assert "hello: uploaded 100% of posts/cat.jpg\n" in done.out


def test_it_is_not_told_of_more_often(monkeypatch):
    monkeypatch.setattr("time.monotonic", iter([5, 14.9, 15, 16, 25, 25]).__next__)
    pace = Pace()
    assert [pace.is_due("film") for _ in range(5)] == [False, False, True, False, True]
    assert not pace.is_due("other")


def test_a_carousel_is_tried_picture_by_picture(cli, store, bucket, host, stage):
    write(cli.root, "posts/dog.jpg", a_jpeg("blue"))
    write(cli.root, "posts/hello.md", "![A cat](cat.jpg)\n![A dog](dog.jpg)\n")
    configure(cli, store, bucket, public_base_url=[host.url, f"{store}/{bucket}"])
    stage.steer("faults", call="create", nth=1, fault="media-fetch")
    assert cli.apply().code == ExitCode.DONE
    (entry,) = json.loads((cli.root / "threadsync.state.json").read_text())["entries"].values()
    assert len(entry["parts"][0]["media"]) == 2


@pytest.mark.parametrize(
    ("name", "values", "live", "still"),
    [
        (
            "uploading",
            {"path": "a/film.mov", "sent_bytes": 8_400_000, "size_bytes": 1_234_000_000},
            "uploading 8 of 1,234 MB: a/key",
            "a/key: uploaded 1% of a/film.mov",
        ),
        (
            "mending",
            {"path": "a/film.mov", "done": 0.25},
            "mending 25%: a/film.mov",
            "a/key: mended 25% of a/film.mov",
        ),
    ],
)
def test_how_far_a_file_is(name, values, live, still):
    """Live it stands before names that may be cut off."""
    event = Event(name, "a/key", values)
    assert (share_line(event), still_line(event)) == (live, still)


def test_a_presigned_address_is_in_no_text(cli, store, bucket, stage):
    configure(cli, store, bucket, presign_expires=600)
    stage.steer("faults", call="create", nth="*", fault="media-fetch")
    done = cli.apply()
    assert done.code == ExitCode.PROBLEMS
    written = [path.read_text() for path in cli.root.rglob("*.json")]
    assert "Signature" not in done.out + done.err + "".join(written)
    assert "X-Amz-Signature" in creates(stage)[0]


@pytest.mark.parametrize("is_served", [True, False])
def test_a_mended_copy_that_is_stored_already_is_fetched_too(cli, store, bucket, host, is_served):
    address = f"{store}/{bucket}"
    write(cli.root, "posts/hello.md", "![A dog](dog.webp)\n\nMy dog\n")
    write(cli.root, "posts/dog.webp", a_photo("WebP", size=(400, 300)))
    configure(cli, store, bucket, public_base_url=address, fix="auto")
    assert cli("apply", "--auto-approve").code == 0
    shutil.rmtree(cli.root / ".threadsync")  # as on another machine
    write(cli.root, "posts/again.md", "![A dog](dog.webp)\n\nStill my dog\n")
    if not is_served:
        configure(cli, store, bucket, public_base_url=host.url, fix="auto")
    result = cli("apply", "--auto-approve")
    assert "uploaded" not in result.out
    assert (result.code, "nothing was posted" in result.out) == (int(not is_served), not is_served)


def test_the_index_is_but_a_hint(cli, store, bucket):
    cli.apply()
    assert json.loads((cli.root / ".threadsync/cache/uploads.json").read_text())["rows"]
    write(cli.root, ".threadsync/cache/uploads.json", "{")
    write(cli.root, "posts/again.md", "![A cat](cat.jpg)\n\nAgain\n")
    assert cli.apply().code == ExitCode.DONE
    assert keys_in(store, bucket) == [f"threadsync/{NAME}"]


def test_an_object_that_was_deleted_is_stored_again(cli, store, bucket):
    cli.apply()
    client = boto3.client("s3", endpoint_url=store, region_name="us-east-1")
    client.delete_object(Bucket=bucket, Key=f"threadsync/{NAME}")
    client.close()
    write(cli.root, "posts/again.md", "![A cat](cat.jpg)\n\nAgain\n")
    assert cli.apply().code == ExitCode.DONE
    assert keys_in(store, bucket) == [f"threadsync/{NAME}"]
