"""Digests of media, and the cache of them."""

import hashlib
import json
import os
import stat
import sys

import pytest
from builders import write
from movies import a_movie, a_sound_entry, a_track
from pictures import a_jpeg

from threadsync import stamps
from threadsync.media import digests
from threadsync.media.digests import CACHE_FORMAT, Wanted, file_digest, read_media
from threadsync.media.probing import probe
from threadsync.media.probing.facts import FACTS_VERSION, UnreadableError

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
    assert read["a.jpg"].facts.picture.width == 400
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
    before = stamps.stamp_at(str(folder / "cache/media.json"))
    read_media(wanted(picture), folder)
    assert stamps.stamp_at(str(folder / "cache/media.json")) == before


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
        '{"version":"2.3"}',
        '{"version":99,"rows":{}}',
        '{"version":"2.3","rows":[]}',
        '{"version":"2.3","rows":{"a.jpg":[1]}}',
        '{"version":"2.3","rows":{"a.jpg":null}}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_broken_cache_is_no_cache(folder, picture, content):
    write(folder, "cache/media.json", content)
    assert read_media(wanted(picture), folder)["a.jpg"].facts.picture.width == 400


A_PICTURE = [999, 1, "RGB", 8, "", True, False, 1, 1, False, False]
A_ROW = ["sha256:x", "IMAGE", "JPEG", A_PICTURE, None, None]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, 5),
        (1, "SOUND"),
        (1, []),
        (2, None),
        (3, []),
        (3, {}),
        (3, 5),
        (3, ["999", *A_PICTURE[1:]]),
        (3, [*A_PICTURE[:5], 1, *A_PICTURE[6:]]),
        (4, [1]),
        (5, "AAC"),
    ],
)
def test_a_damaged_row_is_no_row(folder, picture, settled, place, value):
    row = [value if n == place else known for n, known in enumerate(A_ROW)]
    for kept, width in ((A_ROW, 999), (row, 400), (row[:-1], 400)):
        stamped = [*stamps.stamp_of(picture.stat()), *kept]
        content = {"version": CACHE_FORMAT, "rows": {"a.jpg": stamped}}
        write(folder, "cache/media.json", json.dumps(content))
        assert read_media(wanted(picture), folder)["a.jpg"].facts.picture.width == width


def test_what_is_remembered_is_void_when_the_facts_are_others(folder, picture, reads, settled):
    read_media(wanted(picture), folder)
    kept = folder / "cache/media.json"
    assert f'"2.{FACTS_VERSION}"' in kept.read_text()
    kept.write_text(kept.read_text().replace(f'"2.{FACTS_VERSION}"', f'"2.{FACTS_VERSION - 1}"'))
    read_media(wanted(picture), folder)
    assert len(reads) == 2


def test_everything_known_of_a_video_is_remembered(folder, tmp_path, settled, monkeypatch):
    sound = a_track(b"soun", entry=a_sound_entry(b"Opus"))
    film = write(tmp_path, "a.mp4", a_movie(sound=sound, edits=[(500, 0, 65536)]))
    first = read_media(wanted(film), folder)
    assert first["a.mp4"].facts.sound.codec == "Opus"
    monkeypatch.setattr(probe, "probe", None)
    assert read_media(wanted(film), folder) == first


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, picture):
    in_the_way = write(tmp_path, "file", "")
    assert read_media(wanted(picture), in_the_way)["a.jpg"].facts.picture.width == 400


@pytest.mark.parametrize(("most", "kept"), [(3, ["a.jpg"]), (4, ["a.jpg", "old0", "old1"])])
def test_rows_of_files_not_asked_for_stay_until_there_are_too_many(
    folder, picture, settled, monkeypatch, most, kept
):
    monkeypatch.setattr(digests, "MOST_ROWS", most)
    old = {f"old{i}": [1, 2, 3, 4, *A_ROW] for i in range(2)}
    write(folder, "cache/media.json", json.dumps({"version": CACHE_FORMAT, "rows": old}))
    read_media(wanted(picture), folder)
    assert sorted(rows(folder)) == kept


def test_nothing_asked_for_writes_nothing(folder):
    assert read_media({}, folder) == {}
    assert not folder.exists()


def test_no_half_written_file_is_left(folder, picture, settled):
    read_media(wanted(picture), folder)
    assert [path.name for path in (folder / "cache").iterdir()] == ["media.json"]
    assert stat.S_ISREG((folder / "cache/media.json").stat().st_mode)


def test_no_probe_is_needed_for_what_is_remembered(folder, picture, settled, monkeypatch):
    first = read_media(wanted(picture), folder)
    monkeypatch.setitem(sys.modules, "threadsync.media.probing.probe", None)
    assert read_media(wanted(picture), folder) == first
