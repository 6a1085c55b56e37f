"""Files that are out as they are need no second look, and any change gets one."""

from __future__ import annotations

import os

import pytest
from builders import write
from command_line import CommandLine
from pictures import a_jpeg

from threadsync.reading import loader
from threadsync.stamps import is_racy


@pytest.fixture
def cli(project, capsys, monkeypatch):
    """A project whose two posts are out and remembered."""
    monkeypatch.setattr("threadsync.reading.remembered.is_racy", lambda _stamp, _now: False)
    write(project, "posts/picture.md", "![red](red.jpg)\n\nRed\n")
    write(project, "posts/red.jpg", a_jpeg("red"))
    cli = CommandLine(project, capsys)
    cli.apply()
    cli("plan")
    return cli


@pytest.fixture
def read(monkeypatch):
    """The names of the files that are read from now on."""
    names = []

    def noting(root, name, before=loader.read_source):
        names.append(name)
        return before(root, name)

    monkeypatch.setattr(loader, "read_source", noting)
    return names


def test_nothing_is_read_when_nothing_changed(cli, read):
    assert cli("plan").last_line == "No changes. Threads matches the files."
    assert read == []


def test_only_the_changed_file_is_read(cli, read):
    write(cli.root, "posts/hello.md", "Changed\n")
    assert cli("plan").last_line.startswith("Plan: 0 to publish, 1 to replace")
    assert set(read) == {"posts/hello.md"}


def test_another_picture_under_the_same_name_is_a_change(cli):
    write(cli.root, "posts/red.jpg", a_jpeg("blue"))
    assert cli("plan").last_line.startswith("Plan: 0 to publish, 1 to replace")


def test_change_that_keeps_size_and_time_is_seen(cli):
    path = cli.root / "posts/hello.md"
    stat = path.stat()
    path.write_text("Hallo, Threads!\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert cli("plan").last_line.startswith("Plan: 0 to publish, 1 to replace")


def test_missing_picture_is_a_problem_although_the_post_is_out(cli):
    (cli.root / "posts/red.jpg").unlink()
    result = cli("plan")
    assert (result.code, "media-missing" in result.err) == (1, True)


def test_other_settings_mean_another_look(cli):
    write(cli.root, "threadsync.yaml", "defaults: {topic_tag: Python}\n")
    assert cli("plan").last_line.startswith("Plan: 0 to publish, 2 to replace")


def test_removed_file_is_an_orphan(cli):
    (cli.root / "posts/hello.md").unlink()
    assert "1 to delete" in cli("plan", "--prune").last_line


def test_key_that_is_there_twice_is_found(cli):
    write(cli.root, "posts/twin.md", "---\nkey: hello\n---\nTwin\n")
    result = cli("plan")
    assert (result.code, "key-taken" in result.err) == (1, True)


def test_reply_to_a_remembered_post_is_published(cli):
    write(cli.root, "posts/reply.md", "---\nreply_to: hello\n---\nReply\n")
    assert cli.apply().code == 0
    assert cli.posts("replies")[0]["text"] == "Reply"


def test_forgotten_record_is_created_again(cli):
    cli("state", "rm", "hello")
    assert cli("plan").last_line.startswith("Plan: 1 to publish")


def test_broken_memory_is_no_memory(cli):
    for path in (cli.root / ".threadsync/cache").iterdir():
        path.write_text("{broken")
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_file_touched_just_now_could_change_unseen():
    stamp = [1, 1_000_000_000, 1_000_000_000, 7]
    assert is_racy(stamp, 1_000_000_000)
    assert is_racy([1, 0, 1_000_000_000, 7], 1_010_000_000)
    assert not is_racy(stamp, 1_100_000_000)
