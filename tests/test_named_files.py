"""Files that posts name."""

import os

import pytest
from builders import write

from threadsync.reading.named_files import ProjectFiles


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    for name in ("posts/launch/cover.jpg", "posts/other.jpg", "shared/logo.png"):
        write(root, name, "x")
    write(tmp_path, "secret.jpg", "x")
    return root


def find(root, path, folder="posts/launch"):
    return ProjectFiles(str(root)).find(folder, path)


def code(root, path):
    return find(root, path).kind.code


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("cover.jpg", "posts/launch/cover.jpg"),
        ("./cover.jpg", "posts/launch/cover.jpg"),
        ("../other.jpg", "posts/other.jpg"),
        ("../../shared/logo.png", "shared/logo.png"),
    ],
)
def test_paths_are_relative_to_the_post(project, path, shown):
    found = find(project, path)
    assert found[0] == shown
    assert found[1].stat.st_size == 1


@pytest.mark.parametrize("path", ["../../../secret.jpg", "/etc/passwd", "..//../../..", "../../.."])
def test_a_path_out_of_the_project(project, path):
    assert code(project, path) == "media-outside"


def test_links_out_of_the_project(project):
    (project / "posts/launch/link.jpg").symlink_to(project.parent / "secret.jpg")
    (project / "posts/launch/up").symlink_to(project.parent)
    assert code(project, "link.jpg") == "media-outside"
    assert code(project, "up/secret.jpg") == "media-outside"


def test_a_link_to_nothing(project):
    (project / "posts/launch/link.jpg").symlink_to("gone.jpg")
    assert find(project, "link.jpg").message == "link.jpg does not exist: it is a link to gone.jpg"


@pytest.mark.parametrize("path", ["two\nlines.jpg", "red\x1b[31m.jpg", "c1\x9b.jpg", "a\0b"])
def test_a_name_that_would_write_on_the_terminal(project, path):
    assert "control character; rename the file" in find(project, path).message
    assert path not in find(project, path).message


def test_a_name_with_odd_blanks(project):
    write(project, "posts/launch/Shot 9.41\u202fAM.jpg", "x")
    assert find(project, "Shot 9.41\u202fAM.jpg")[1].stat.st_size == 1


def test_links_inside_the_project(project):
    (project / "posts/launch/link.jpg").symlink_to("../other.jpg")
    (project / "posts/launch/all").symlink_to("../../shared")
    assert find(project, "link.jpg")[0] == "posts/launch/link.jpg"
    assert find(project, "all/logo.png")[0] == "posts/launch/all/logo.png"


def test_a_missing_file_names_the_nearest(project):
    found = find(project, "covr.jpg")
    assert found.message == "covr.jpg does not exist; did you mean cover.jpg?"
    assert find(project, "no/a.jpg").message.endswith("there is no folder posts/launch/no")
    assert code(project, "cover.jpg/x") in {"media-missing", "media-unreadable"}


def test_what_is_no_plain_file(project):
    os.mkfifo(project / "posts/launch/pipe")
    assert find(project, "../launch").message.startswith("../launch is a folder")
    assert find(project, "").message.startswith("the path is empty")
    assert find(project, "pipe").message.startswith("pipe is no plain file")


@pytest.mark.parametrize("path", ["x" * 5000, "loop"])
def test_a_path_that_cannot_be_looked_up(project, path):
    (project / "posts/launch/loop").symlink_to("loop")
    assert code(project, path) in {"media-unreadable", "media-outside"}


def test_a_long_text_is_read_without_its_last_line_break(project):
    write(project, "posts/launch/essay.txt", "One\r\nTwo\n")
    files = ProjectFiles(str(project))
    assert files.read_text("posts/launch", "essay.txt") == "One\nTwo"
    assert files.read_text("posts/launch", "gone.txt").kind.code == "media-missing"
    write(project, "posts/launch/bad.txt", b"\xff")
    assert "byte 0xff is not UTF-8" in files.read_text("posts/launch", "bad.txt").message
