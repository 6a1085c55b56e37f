"""From a file to a post whose picture Meta fetched: a project with a bucket, against the sandbox."""

from __future__ import annotations

import hashlib
import json
import shutil

import boto3
import httpx
import pytest
from builders import write
from command_line import CommandLine
from fronts import front
from movies import a_movie
from pictures import a_jpeg, a_photo
from servers import keys_in, make_bucket, make_public, moto
from signing import staged

from threadsync.errors import ExitCode
from threadsync.publishing.events import Event
from threadsync.reporting.text import share_line

NAME = hashlib.sha256(a_jpeg()).hexdigest() + ".jpg"
DIGEST = "sha256:" + hashlib.sha256(a_jpeg()).hexdigest()


@pytest.fixture(scope="module")
def store():
    with moto() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(store, tmp_path):
    """A bucket that everybody may read."""
    name = f"media-{hashlib.md5(str(tmp_path).encode()).hexdigest()[:12]}"
    return make_public(store, make_bucket(store, name))


@pytest.fixture
def stage(tmp_path):
    with staged(tmp_path / "meta") as stage:
        yield stage


@pytest.fixture
def cli(project, capsys, stage, monkeypatch, store, bucket):
    """The command line in a project with a bucket; Meta is the sandbox, on a socket."""
    monkeypatch.setenv("THREADS_API_BASE_URL", stage.base_url)
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "SANDBOX")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    write(project, "posts/cat.jpg", a_jpeg())
    write(project, "posts/hello.md", "![A cat](cat.jpg)\n\nMy cat\n")
    cli = CommandLine(project, capsys, sandbox=False)
    configure(cli, store, bucket, public_base_url=f"{store}/{bucket}")
    return cli


def configure(cli, store, bucket, **media):
    fields = {"store": "s3", "bucket": bucket, "region": "us-east-1", "endpoint_url": store}
    write(cli.root, "threadsync.yaml", json.dumps({"version": 1, "media": {**fields, **media}}))


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
    assert f"hello: failed: cat.jpg: {address} answered 403 to facebookexternalhit" in done.out
    assert "what is uploaded cannot be fetched; the run stopped there" in done.err
    assert creates(stage) == []
    assert asked(stage, "threads_publish") == []


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


def test_a_carousel_is_tried_picture_by_picture(cli, store, bucket, host, stage):
    write(cli.root, "posts/dog.jpg", a_jpeg("blue"))
    write(cli.root, "posts/hello.md", "![A cat](cat.jpg)\n![A dog](dog.jpg)\n")
    configure(cli, store, bucket, public_base_url=[host.url, f"{store}/{bucket}"])
    stage.steer("faults", call="create", nth=1, fault="media-fetch")
    assert cli.apply().code == ExitCode.DONE
    (entry,) = json.loads((cli.root / "threadsync.state.json").read_text())["entries"].values()
    assert len(entry["parts"][0]["media"]) == 2


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            Event("uploading", "a/key", {"sent_bytes": 8_400_000, "size_bytes": 1_234_000_000}),
            "uploading 8 of 1,234 MB: a/key",
        ),
        (
            Event("mending", "a/key", {"path": "a/film.mov", "done": 0.25}),
            "mending 25%: a/film.mov",
        ),
    ],
)
def test_how_far_a_file_is_stands_before_names_that_may_be_cut_off(event, line):
    assert share_line(event) == line


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
