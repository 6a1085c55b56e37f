"""media check: what it shows of which files, and how it ends."""

import json
import os

import pytest
from builders import write
from command_line import CommandLine
from movies import a_movie, a_sound_entry, a_track
from pictures import a_jpeg, a_photo, a_picture, an_exif

from threadsync.errors import ExitCode
from threadsync.media import digests
from threadsync.reading.named_media import named_media


@pytest.fixture
def cli(project, capsys):
    write(project, "posts/cat.md", "![A cat](cat.jpg)\n\nMy cat\n")
    write(project, "posts/cat.jpg", a_jpeg())
    return CommandLine(project, capsys, sandbox=False)


@pytest.fixture
def film(cli):
    """A post with a bad video."""
    sound = a_track(b"soun", entry=a_sound_entry(b"Opus"))
    write(cli.root, "posts/film.yaml", "media: [{path: film.mov, alt_text: x}]\n")
    write(cli.root, "posts/film.mov", a_movie(brand=b"qt  ", sound=sound, front=False))
    return cli


def test_facts_of_a_picture(cli):
    result = cli("media", "check")
    assert result.code == 0
    assert result.out.splitlines() == [
        f"posts/cat.jpg  JPEG  400 x 300      {len(a_jpeg()):,} bytes",
        "    RGB with 8 bits",
        "No problems in 1 file.",
    ]


def test_facts_and_problems_of_a_video(film):
    result = film("media", "check")
    assert (result.code, result.err) == (ExitCode.PROBLEMS, "")
    assert result.out.splitlines()[2:] == [
        f"posts/film.mov  MOV   320 x 240      {len((film.root / 'posts/film.mov').read_bytes()):,} bytes",
        "    H.264 High 4:2:0 8 bits, 30 frames/s, 1 s, 0.24 Mbit/s, sound: Opus stereo 48 kHz, 240 kbit/s",
        ("    error: film.mov has sound in Opus; Threads takes AAC, up to 48 kHz, mono or stereo; "
        "convert it: threadsync media fix posts/film.mov, or fix: auto [media-sound]"),
        ("    warning: film.mov has its index at the end; Meta asks for a plain file, its index in "
        "front, without edit lists; make one without loss: threadsync media fix posts/film.mov, or fix: auto "
        "[media-layout]"),
        "Found 1 error and 1 warning in 2 files.",
    ]  # fmt: skip


def test_quiet_shows_only_files_with_problems(film):
    shown = film("-q", "media", "check").out
    assert "film.mov" in shown
    assert "cat.jpg" not in shown
    assert "Found" not in shown


def test_everything_worth_knowing_of_a_picture(cli):
    content = a_picture("PNG", 0, mode="LA", exif=an_exif(6, has_place=True))
    write(cli.root, "x.png", content)
    details = cli("media", "check", "x.png").out.splitlines()[1:3]
    assert details == [
        "    LA with 8 bits, transparency, turned (EXIF 6), place taken",
        "    sent without metadata",
    ]


def test_as_json(film):
    result = film("media", "check", "--format", "json")
    assert (result.code, result.err, result.json["format_version"]) == (1, "", 1)
    picture, video = result.json["media"]
    assert (picture["path"], picture["kind"], picture["format"]) == (
        "posts/cat.jpg",
        "IMAGE",
        "JPEG",
    )
    assert (picture["picture"]["width"], picture["video"], picture["problems"]) == (400, None, [])
    assert (video["video"]["codec"], video["sound"]["codec"]) == ("H.264", "Opus")
    assert [(p["severity"], p["code"]) for p in video["problems"]] == [
        ("error", "media-sound"),
        ("warning", "media-layout"),
    ]


def test_validate_finds_the_same_at_the_line_of_the_post(film):
    write(film.root, "threadsync.yaml", "media: {store: s3, bucket: b}\n")
    found = film("validate").out.splitlines()
    assert found[0].startswith("posts/film.yaml:1:16: error: film.mov has sound in Opus;")
    assert found[1].startswith("posts/film.yaml:1:16: warning: film.mov has its index at the end;")


def test_damaged_and_missing_files(cli):
    write(cli.root, "posts/cat.jpg", a_jpeg()[:200])
    write(cli.root, "posts/more.md", "![x](gone.jpg)\n")
    result = cli("media", "check")
    assert result.code == ExitCode.PROBLEMS
    assert result.out.splitlines() == [
        "posts/cat.jpg",
        "    error: cat.jpg cannot be read: it is no whole JPEG picture [media-unreadable]",
        "Found 1 error and 0 warnings in 1 file.",
    ]
    (one,) = cli("media", "check", "--format", "json").json["media"]
    assert (one["kind"], one["size_bytes"], one["picture"]) == (None, None, None)


def test_no_posts_no_media(cli):
    (cli.root / "posts/cat.md").unlink()
    assert cli("media", "check").out == "No problems in 0 files.\n"


def test_a_file_outside_of_any_project(tmp_path, capsys):
    write(tmp_path, "alone/pictures/a.jpg", a_jpeg())
    write(tmp_path, "alone/notes.txt", "x")
    cli = CommandLine(tmp_path / "alone", capsys, sandbox=False)
    assert cli("media", "check", "pictures/a.jpg").code == 0
    assert cli("media", "check", "notes.txt").code == ExitCode.PROBLEMS
    assert list((tmp_path / "alone").glob(".*")) == []


def test_all_media_below_a_folder_whatever_their_names(cli):
    write(cli.root, "shots/b.txt", a_jpeg())
    write(cli.root, "shots/a/clip", a_movie())
    write(cli.root, "shots/a/readme.md", "x")
    write(cli.root, "shots/.hidden/c.jpg", a_jpeg())
    shown = cli("media", "check", "shots").out.splitlines()
    assert [line.split()[0] for line in shown if line[0] == "s"] == ["shots/b.txt", "shots/a/clip"]


def test_a_path_that_does_not_exist(cli):
    result = cli("media", "check", "none.jpg")
    assert (result.code, "none.jpg does not exist" in result.err) == (ExitCode.USAGE, True)


def test_a_pipe_is_not_waited_for(cli):
    os.mkfifo(cli.root / "pipe.jpg")
    assert cli("media", "check", "pipe.jpg").code == ExitCode.USAGE
    assert cli("media", "check", ".").code == 0


def test_without_a_project_and_paths(tmp_path, capsys):
    result = CommandLine(tmp_path, capsys, sandbox=False)("media", "check")
    assert (result.code, "threadsync init" in result.err) == (ExitCode.USAGE, True)


@pytest.mark.parametrize("paths", [[], ["posts/cat.png"]])
def test_deep_finds_damage_in_the_middle(cli, paths):
    content = bytearray(a_photo("PNG", size=(400, 300)))
    content[len(content) // 2] ^= 0xFF
    write(cli.root, "posts/cat.png", bytes(content))
    write(cli.root, "posts/cat.md", "![A cat](cat.png)\n\nMy cat\n")
    assert cli("media", "check", *paths).code == 0
    result = cli("media", "check", "--deep", *paths)
    assert (result.code, "no whole PNG picture" in result.out) == (ExitCode.PROBLEMS, True)


def test_an_unchanged_file_is_not_probed_again(cli, monkeypatch):
    monkeypatch.setattr(digests, "is_racy", lambda _stamp, _now: False)
    first = cli("media", "check")
    monkeypatch.setattr("threadsync.media.probing.probe.probe", None)
    assert cli("media", "check") == first
    assert cli("plan").code == cli("validate").code == ExitCode.PROBLEMS  # no store, but no crash


def test_named_media_are_those_of_all_posts_that_can_be_read(cli):
    write(cli.root, "posts/broken.yaml", "text: [\n")
    write(cli.root, "posts/sub/chain.md", "One\n\n---\n\n![x](../cat.jpg)\n![y](two.jpg)\n")
    write(cli.root, "posts/sub/two.jpg", a_jpeg("blue"))
    write(cli.root, "posts/out.yaml", "media: [../../x.jpg, https://a.example/b.jpg]\n")
    found = named_media(settings_of(cli))
    assert list(found) == ["posts/cat.jpg", "posts/sub/two.jpg"]


def settings_of(cli):
    from threadsync.reading.settings import Request, load_settings

    return load_settings(Request(folder=cli.root), {})


def test_an_entry_that_has_its_files_mended_has_fewer_problems(cli):
    write(cli.root, "posts/dog.webp", a_photo("WebP"))
    write(cli.root, "posts/dog.yaml", "fix: auto\nmedia: [{path: dog.webp, alt_text: x}]\n")
    for options in [], ["--deep"]:
        result = cli("media", "check", *options)
        assert (result.code, "sent as a JPEG" in result.out) == (0, True)
    write(cli.root, "posts/too.yaml", "media: [{path: dog.webp, alt_text: x}]\n")
    assert "dog.webp is a WebP file" in cli("media", "check").out


def test_control_characters_in_a_name_do_no_harm(cli):
    write(cli.root, "a\x1b[2Jb.jpg", a_jpeg())
    result = cli("media", "check", "a\x1b[2Jb.jpg")
    assert "\x1b" not in result.out
    assert json.loads(cli("media", "check", "--format", "json", "a\x1b[2Jb.jpg").out)
