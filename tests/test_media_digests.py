"""Digests of media, and the cache of them."""

import hashlib
import json
import os
import stat
import sys

import pytest
from builders import write
from pictures import a_jpeg

from threadsync import stamps
from threadsync.media import digests
from threadsync.media.digests import Wanted, file_digest, read_media
from threadsync.media.facts import UnreadableError

LONG_AGO_NS = 1_600_000_000_000_000_000


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".threadsync"


@pytest.fixture
def picture(tmp_path):
    return write(tmp_path, "a.jpg", a_jpeg())


@pytest.fixture
def settled(monkeypatch):
    """All files count as old: those of a test are as young as the run that looks at them."""
    monkeypatch.setattr(stamps, "_RACY_NS", -LONG_AGO_NS)


@pytest.fixture
def reads(monkeypatch):
    """The paths whose bytes were read, in order."""
    seen = []
    real = digests.file_digest
    monkeypatch.setattr(digests, "file_digest", lambda path: seen.append(path) or real(path))
    return seen


def wanted(*paths):
    return {path.name: Wanted(str(path), path.stat()) for path in paths}


def rows(folder):
    return json.loads((folder / "cache/media.json").read_text())["rows"]


def test_a_digest_is_the_sha256_of_the_bytes(picture):
    assert file_digest(str(picture)) == "sha256:" + hashlib.sha256(a_jpeg()).hexdigest()


def test_digest_and_facts_of_each_file(folder, picture, tmp_path):
    text = write(tmp_path, "b.txt", "Hello")
    read = read_media(wanted(picture, text), folder)
    assert read["a.jpg"].digest == file_digest(str(picture))
    assert read["a.jpg"].facts.width == 400
    assert read["b.txt"].facts.kind is None


def test_what_cannot_be_read_says_why(folder, picture, tmp_path):
    damaged = write(tmp_path, "b.jpg", a_jpeg()[:300])
    asked = wanted(picture, damaged)
    picture.unlink()
    read = read_media(asked, folder)
    assert "No such file" in str(read["a.jpg"])
    assert isinstance(read["b.jpg"], UnreadableError)
    assert not (folder / "cache/media.json").exists()


def test_an_unchanged_file_is_read_once(folder, picture, reads, settled):
    first = read_media(wanted(picture), folder)
    assert read_media(wanted(picture), folder) == first
    assert len(reads) == 1


def test_nothing_is_written_when_nothing_changed(folder, picture, settled):
    read_media(wanted(picture), folder)
    before = (folder / "cache/media.json").stat()
    read_media(wanted(picture), folder)
    assert (folder / "cache/media.json").stat() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(a_jpeg("blue") + b"x"),
        lambda path: os.utime(path, ns=(0, 0)),
        lambda path: (path.rename(path.with_name("old")), path.write_bytes(a_jpeg("blue"))),
    ],
)
def test_a_changed_file_is_read_again(folder, picture, reads, settled, change):
    read_media(wanted(picture), folder)
    change(picture)
    read = read_media(wanted(picture), folder)["a.jpg"]
    assert read.digest == file_digest(str(picture))
    assert len(reads) == 2


def test_a_file_touched_a_moment_ago_is_not_remembered(folder, picture, reads):
    future_ns = 4_000_000_000_000_000_000
    os.utime(picture, ns=(future_ns, future_ns))
    read_media(wanted(picture), folder)
    assert not (folder / "cache/media.json").exists()
    read_media(wanted(picture), folder)
    assert len(reads) == 2


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"version":1}',
        '{"version":99,"rows":{}}',
        '{"version":1,"rows":[]}',
        '{"version":1,"rows":{"a.jpg":[1]}}',
        '{"version":1,"rows":{"a.jpg":null}}',
        '{"version":1,"rows":{"a.jpg":[1,2,3,4,5,6,7,8,9]}}',
        '{"version":1,"rows":{"a.jpg":[1,2,3,4,"x",[],"JPEG",8,9]}}',
        '{"version":1,"rows":{"a.jpg":[1,2,3,4,"x",null,"JPEG","8",9]}}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_broken_cache_is_no_cache(folder, picture, content):
    write(folder, "cache/media.json", content)
    assert read_media(wanted(picture), folder)["a.jpg"].facts.width == 400


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, picture):
    in_the_way = write(tmp_path, "file", "")
    assert read_media(wanted(picture), in_the_way)["a.jpg"].facts.width == 400


@pytest.mark.parametrize(("most", "kept"), [(3, ["a.jpg"]), (4, ["a.jpg", "old0", "old1"])])
def test_rows_of_files_not_asked_for_stay_until_there_are_too_many(
    folder, picture, settled, monkeypatch, most, kept
):
    monkeypatch.setattr(digests, "MOST_ROWS", most)
    old = {f"old{i}": [1, 2, 3, 4, "sha256:x", None, "", None, None] for i in range(2)}
    write(folder, "cache/media.json", json.dumps({"version": 1, "rows": old}))
    read_media(wanted(picture), folder)
    assert sorted(rows(folder)) == kept


def test_nothing_asked_for_writes_nothing(folder):
    assert read_media({}, folder) == {}
    assert not folder.exists()


def test_no_half_written_file_is_left(folder, picture, settled):
    read_media(wanted(picture), folder)
    assert [path.name for path in (folder / "cache").iterdir()] == ["media.json"]
    assert stat.S_ISREG((folder / "cache/media.json").stat().st_mode)


def test_pillow_is_not_needed_for_what_is_remembered(folder, picture, settled, monkeypatch):
    read_media(wanted(picture), folder)
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert read_media(wanted(picture), folder)["a.jpg"].facts.width == 400
