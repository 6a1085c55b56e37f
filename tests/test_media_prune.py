"""`media ls` and `media prune`: what is in the bucket, what of it posts need, and what goes."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from threading import Event

import boto3
import pytest
from bucket_projects import a_bucket_project, configure
from builders import NOON, write
from command_line import CommandLine
from pictures import a_jpeg
from servers import keys_in
from signing import staged

from threadsync.errors import ExitCode, MediaError
from threadsync.media.delivery.bucket import MediaBucket
from threadsync.media.delivery.pruning import InBucket, Kept, Use, digest_of_object, judged
from threadsync.reporting.stored_media import age_words

DAY = timedelta(days=1)


def name_of(data):
    return f"threadsync/{hashlib.sha256(data).hexdigest()}.jpg"


CAT, DOG = name_of(a_jpeg()), name_of(a_jpeg("blue"))


@pytest.fixture
def cli(project, capsys, tmp_path, monkeypatch, store, bucket):
    """A project whose post with a cat is out, against the sandbox on a socket."""
    with staged(tmp_path / "meta") as stage:
        cli = a_bucket_project(project, capsys, monkeypatch, stage.base_url)
        configure(cli, store, bucket, keep_media=0)
        assert cli.apply().code == ExitCode.DONE
        yield cli


@pytest.fixture
def put(store, bucket):
    """Puts an object into the bucket."""
    client = boto3.client("s3", endpoint_url=store, region_name="us-east-1")
    yield lambda key: client.put_object(Bucket=bucket, Key=key, Body=b"x")
    client.close()


def test_what_is_in_the_bucket_is_listed(cli, put):
    put("threadsync/stranger.txt")
    done = cli("media", "ls")
    lines = done.out.splitlines()
    assert [line.split()[-2:] for line in lines[:-1]] == [["old", "hello"], ["0m", "unknown"]]
    assert lines[0].startswith(f"{CAT.removeprefix('threadsync/')[:13]}….jpg")
    assert lines[-1].startswith("2 objects, 2,530 bytes in s3://media-")
    assert all(len(line) <= 80 for line in lines)


def test_what_is_in_the_bucket_as_json(cli):
    done = cli("media", "ls", "--format", "json")
    (cat,) = done.json["objects"]
    assert done.json["format_version"] == 1
    assert (cat["key"], cat["entries"], cat["size_bytes"]) == (CAT, ["hello"], len(a_jpeg()))
    assert (cat["kept"], 0 <= cat["age_s"] < 60) == (None, True)


def test_what_is_old_is_removed(cli, store, bucket):
    done = cli("media", "prune", "--auto-approve")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    assert done.last_line == "Removed 1 object, 2,529 bytes."
    assert "….jpg" in done.out
    assert keys_in(store, bucket) == []


def test_what_was_removed_is_stored_again_when_it_is_needed(cli, store, bucket):
    cli("media", "prune", "--auto-approve")
    write(cli.root, "posts/again.md", "![A cat](cat.jpg)\n\nAgain\n")
    assert cli.apply().code == ExitCode.DONE
    assert keys_in(store, bucket) == [CAT]


@pytest.mark.parametrize("keep", ["7d", "forever"])
def test_what_is_young_stays(cli, store, bucket, keep):
    configure(cli, store, bucket, keep_media=keep)
    done = cli("media", "prune", "--auto-approve")
    assert (done.code, done.last_line.startswith("Nothing to remove from s3://")) == (0, True)
    assert ("keep_media is forever" in done.out) is (keep == "forever")
    assert keys_in(store, bucket) == [CAT]


def test_what_a_waiting_entry_shows_stays(cli, store, bucket):
    write(cli.root, "posts/draft.md", "---\ndraft: true\n---\n![A cat](cat.jpg)\n\nAgain\n")
    assert cli("media", "ls", "--format", "json").json["objects"][0]["kept"] == "needed"
    cli("media", "prune", "--auto-approve")
    assert keys_in(store, bucket) == [CAT]


def test_what_another_account_shows_stays(cli, store, bucket):
    write(cli.root, "b/cat.jpg", a_jpeg())
    write(cli.root, "b/other.md", "![A cat](cat.jpg)\n\nTheirs\n")
    accounts = {"a": {"posts": "posts"}, "b": {"posts": "b"}}
    configure(cli, store, bucket, {"accounts": accounts}, keep_media=0)
    found = cli("--account", "a", "media", "ls", "--format", "json").json["objects"]
    assert [(one["entries"], one["kept"]) for one in found] == [(["b:", "hello"], "needed")]


def test_what_is_not_ours_stays(cli, store, bucket, put):
    strange = [f"threadsync/{'0' * 64}.jpg", "threadsync/notes.txt", DOG.replace("threadsync/", "")]
    for key in strange:
        put(key)
    cli("media", "prune", "--auto-approve")
    assert keys_in(store, bucket) == sorted(strange)


def test_what_a_replaced_post_showed_goes(cli, store, bucket):
    write(cli.root, "posts/cat.jpg", a_jpeg("blue"))
    assert cli.apply().code == ExitCode.DONE
    assert cli("media", "prune", "--auto-approve").last_line.startswith("Removed 2 objects")
    assert keys_in(store, bucket) == []


def test_an_orphans_picture_is_known_by_the_state(cli):
    (cli.root / "posts/hello.md").unlink()
    (one,) = cli("media", "ls", "--format", "json").json["objects"]
    assert (one["entries"], one["kept"]) == (["hello"], None)


def test_what_is_gone_is_counted_when_something_else_fails(cli, store, bucket, monkeypatch):
    write(cli.root, "posts/dog.md", "![A dog](dog.jpg)\n")
    write(cli.root, "posts/dog.jpg", a_jpeg("blue"))
    assert cli.apply().code == ExitCode.DONE
    real, is_gone = MediaBucket.delete, Event()

    def delete(self, key):
        if key == CAT:
            is_gone.wait(10)
            raise MediaError("the store is busy")
        real(self, key)
        is_gone.set()

    monkeypatch.setattr(MediaBucket, "delete", delete)
    done = cli("media", "prune", "--auto-approve")
    assert (done.code, done.last_line[:16]) == (ExitCode.PROBLEMS, "Removed 1 object")
    assert keys_in(store, bucket) == [CAT]


def test_without_a_terminal_it_has_to_be_told(cli, store, bucket):
    done = cli("media", "prune")
    assert done.code == ExitCode.USAGE
    assert "add --auto-approve" in done.err
    assert keys_in(store, bucket) == [CAT]


@pytest.mark.parametrize(("answer", "left"), [("yes", []), ("y", [CAT])])
def test_it_asks(cli, store, bucket, monkeypatch, answer, left):
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    monkeypatch.setattr("click.prompt", lambda *_, **__: answer)
    done = cli("media", "prune")
    assert (done.code == ExitCode.DONE) is (not left)
    assert keys_in(store, bucket) == left


def test_posts_with_errors_keep_everything(cli, store, bucket):
    write(cli.root, "posts/bad.md", "---\ntopic_tga: x\n---\nHi\n")
    done = cli("media", "prune", "--auto-approve")
    assert (done.code, "bad.md:2" in done.err) == (ExitCode.PROBLEMS, True)
    assert keys_in(store, bucket) == [CAT]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--sandbox", "media", "ls"), "the sandbox keeps media itself; leave --sandbox away"),
        (("media", "ls"), "media.store is none: there is no bucket"),
    ],
)
def test_without_a_bucket(project, capsys, arguments, words):
    done = CommandLine(project, capsys, sandbox=False)(*arguments)
    assert (done.code, words in done.err) == (ExitCode.PROBLEMS, True)


def test_a_bucket_that_is_not_there(cli, store):
    configure(cli, store, "nobody-made-it")
    done = cli("media", "ls")
    assert done.code == ExitCode.PROBLEMS
    assert "answered NoSuchBucket to ListObjectsV2; create the bucket" in done.err


# --- what is decided ------------------------------------------------------------------------------


def verdict(use, keep=7 * DAY, modified=NOON - 8 * DAY):
    found = InBucket(CAT, 1, modified)
    uses = {digest_of_object(CAT, "threadsync/"): use} if use else {}
    ((_, _, kept),) = judged([found], "threadsync/", uses, keep, NOON)
    return kept


@pytest.mark.parametrize(
    ("use", "kept"),
    [
        (None, Kept.UNKNOWN),
        (Use(("a",)), None),
        (Use(("a",), is_needed=True), Kept.NEEDED),
        (Use(("a",), last_out=NOON - 7 * DAY), None),
        (Use(("a",), last_out=NOON - 6 * DAY), Kept.YOUNG),
    ],
)
def test_what_is_kept_for(use, kept):
    assert verdict(use) is kept


def test_what_was_stored_a_moment_ago_is_young():
    assert verdict(Use(), modified=NOON - 6 * DAY) is Kept.YOUNG
    assert verdict(Use(), keep=None) is Kept.YOUNG


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("a" * 64 + ".jpg", True),
        ("a" * 64, True),
        ("a" * 64 + "-jpeg1.jpg", True),
        ("a" * 63 + ".jpg", False),
        ("A" * 64 + ".jpg", False),
        ("sub/" + "a" * 64 + ".jpg", False),
    ],
)
def test_names_of_ours(name, is_ours):
    digest = digest_of_object(f"p/{name}", "p/")
    assert digest == ("sha256:" + "a" * 64 if is_ours else None)
    assert digest_of_object(f"q/{name}", "p/") is None


@pytest.mark.parametrize(
    ("age", "words"), [(-5, "0m"), (59, "0m"), (3600, "1h"), (86_399, "23h"), (90_000, "1d")]
)
def test_ages(age, words):
    assert age_words(timedelta(seconds=age)) == words
