"""media fix: what it writes beside which files, what it says, and how it ends."""

import hashlib

import pytest
from builders import write
from command_line import CommandLine
from movies import film, needs_ffmpeg
from pictures import a_jpeg, a_photo, a_picture, a_wide_photo, an_exif

from threadsync.errors import ExitCode
from threadsync.media.probing.probe import probe


@pytest.fixture
def cli(project, capsys):
    write(project, "posts/cat.md", "![A cat](cat.webp)\n\nMy cat\n")
    write(project, "posts/cat.webp", a_wide_photo())
    return CommandLine(project, capsys, sandbox=False)


def written(cli):
    return sorted(path.name for path in cli.root.rglob("*.fixed.*"))


def test_a_copy_beside_the_original(cli):
    before = (cli.root / "posts/cat.webp").read_bytes()
    result = cli("media", "fix")
    copy = cli.root / "posts/cat.fixed.jpg"
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "posts/cat.webp -> cat.fixed.jpg: as a JPEG",
        f"    WebP 2,000 x 1,000, {len(before):,} bytes -> JPEG 1,440 x 720, {copy.stat().st_size:,} bytes",
        "Wrote 1 file.",
        "Name the new files in the posts, or write fix: auto there instead.",
    ]
    assert (cli.root / "posts/cat.webp").read_bytes() == before
    assert [path.name for path in (cli.root / "posts").iterdir() if "part" in path.name] == []


def test_the_copy_has_no_problems(cli):
    cli("media", "fix")
    assert cli("media", "check", "posts/cat.fixed.jpg").code == 0
    write(cli.root, "posts/cat.md", "![A cat](cat.fixed.jpg)\n\nMy cat\n")
    assert "no problems" in cli("--sandbox", "validate").out.lower()


def test_a_copy_that_is_there_is_not_written_over(cli):
    write(cli.root, "posts/cat.fixed.jpg", b"mine")
    result = cli("media", "fix")
    assert (result.code, result.out.splitlines()) == (
        0,
        [
            "posts/cat.webp -> cat.fixed.jpg: is there already; --force writes over it",
            "1 file there already.",
        ],
    )
    assert (cli.root / "posts/cat.fixed.jpg").read_bytes() == b"mine"
    assert cli("media", "fix", "--force").code == 0
    assert probe(str(cli.root / "posts/cat.fixed.jpg")).format == "JPEG"


def test_a_dry_run_writes_nothing(cli):
    result = cli("media", "fix", "--dry-run")
    assert result.out.splitlines() == [
        "posts/cat.webp -> cat.fixed.jpg: as a JPEG",
        "Would write 1 file.",
    ]
    assert (result.code, written(cli)) == (0, [])


def test_what_cannot_be_mended_ends_with_1_and_the_rest_is_done(cli):
    write(cli.root, "posts/long.png", a_picture("PNG", size=(3000, 100)))
    write(cli.root, "posts/half.jpg", a_jpeg()[:200])
    write(cli.root, "posts/more.md", "![a](long.png)\n![b](half.jpg)\n")
    result = cli("media", "fix")
    assert result.code == ExitCode.PROBLEMS
    assert written(cli) == ["cat.fixed.jpg"]
    assert result.out.splitlines()[2:] == [
        (
            "posts/long.png: error: long.png is 3,000 by 100 pixels; Threads takes 0.1:1 to 10:1 (width to "
            "height); cut it"
        ),
        "posts/half.jpg: error: half.jpg cannot be read: it is no whole JPEG picture",
        "Wrote 1 file; 2 files cannot be mended.",
        "Name the new files in the posts, or write fix: auto there instead.",
    ]


def test_damage_that_shows_only_while_it_is_mended(cli):
    write(cli.root, "posts/cat.webp", a_photo("WebP", size=(400, 300))[:9000])
    result = cli("media", "fix")
    assert (result.code, written(cli)) == (ExitCode.PROBLEMS, [])
    assert "cat.webp: error: cat.webp" in result.out


def test_paths_without_a_project(tmp_path, capsys):
    write(tmp_path, "alone/a.gif", a_picture("GIF"))
    write(
        tmp_path, "alone/deep/photo.jpg", a_photo(size=(400, 300), exif=an_exif(3, has_place=True))
    )
    write(tmp_path, "alone/deep/fine.jpg", a_jpeg())
    cli = CommandLine(tmp_path / "alone", capsys, sandbox=False)
    result = cli("media", "fix", "a.gif", "deep")
    assert (result.code, written(cli)) == (0, ["a.fixed.jpg", "photo.fixed.jpg"])
    assert "deep/photo.jpg -> photo.fixed.jpg: without metadata" in result.out
    assert "deep/fine.jpg: nothing to do" in result.out
    assert not probe(str(cli.root / "deep/photo.fixed.jpg")).picture.has_location
    assert list(cli.root.glob(".*")) == []


def test_files_that_differ_in_their_suffix_have_copies_of_their_own(cli):
    write(cli.root, "posts/cat.gif", a_picture("GIF", "red"))
    write(cli.root, "posts/cat.avi", b"RIFF    AVI ")
    assert cli("media", "fix", "posts/cat.webp", "posts/cat.gif").code == 0
    assert written(cli) == ["cat-gif.fixed.jpg", "cat-webp.fixed.jpg"]


def test_copies_are_not_mended_again(cli):
    assert cli("media", "fix", "posts").code == 0
    assert cli("media", "fix", "--force", "posts").code == 0
    assert written(cli) == ["cat.fixed.jpg"]


def test_photos_of_posts_are_stripped_when_they_are_sent_and_need_no_copy(cli):
    write(cli.root, "posts/photo.jpg", a_photo(size=(400, 300), exif=an_exif(has_place=True)))
    write(cli.root, "posts/photo.md", "![x](photo.jpg)\n")
    assert "posts/photo.jpg: nothing to do" in cli("media", "fix").out


def test_a_path_that_does_not_exist(cli):
    assert cli("media", "fix", "none.jpg").code == ExitCode.USAGE


def test_without_ffmpeg_the_extra_is_named(cli, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("threadsync.media.fixing.tools.FFMPEG_PACKAGE", "no_such_package")
    write(cli.root, "x.mkv", b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska" + bytes(99))
    result = cli("media", "fix", "x.mkv")
    assert result.code == ExitCode.PROBLEMS
    assert "ffmpeg is not installed; run: pip install 'threadsync[fix]'" in result.out


def test_a_folder_that_cannot_be_written(cli):
    # Even root cannot write where a folder stands in the way.
    (cli.root / "posts/.cat.fixed.part.jpg").mkdir()
    result = cli("media", "fix")
    assert (result.code, "was not mended" in result.out) == (ExitCode.PROBLEMS, True)


@needs_ffmpeg
def test_a_film(cli):
    path = film(cli.root, "clip.mov", "-c:v", "mpeg4", sound="sine=r=48000")
    digest = hashlib.sha256(path.read_bytes()).digest()
    result = cli("media", "fix", "clip.mov")
    assert result.out.splitlines()[0] == "clip.mov -> clip.fixed.mp4: coded anew"
    assert cli("media", "check", "clip.fixed.mp4").code == 0
    assert hashlib.sha256(path.read_bytes()).digest() == digest


def test_quiet_says_only_what_was_written(cli):
    write(cli.root, "posts/fine.jpg", a_jpeg())
    write(cli.root, "posts/fine.md", "![x](fine.jpg)\n")
    assert [line.split()[0] for line in cli("-q", "media", "fix").out.splitlines()] == [
        "posts/cat.webp",
        "WebP",
    ]
