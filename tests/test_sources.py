"""Finding and reading the files of a project."""

import os

import pytest
from builders import write

from threadsync.post import KEY_PATTERN
from threadsync.reading.keys import default_key, proposed_key, suggestion
from threadsync.reading.sources import find_sources, read_source


def found(root, *folders):
    return find_sources(str(root), folders or ("posts",))


def names(root, *folders):
    return [source.name for source in found(root, *folders).sources]


def problems(root, *folders):
    return [str(problem) for problem in found(root, *folders).problems]


def test_files_are_found_at_any_depth_and_sorted(tmp_path):
    for name in ("b.md", "a/x.yaml", "a/b/c.yml", "Z.MARKDOWN", "a.MD"):
        write(tmp_path, f"posts/{name}", "x")
    assert [(source.name, source.below) for source in found(tmp_path).sources] == [
        ("posts/Z.MARKDOWN", "Z.MARKDOWN"),
        ("posts/a.MD", "a.MD"),
        ("posts/a/b/c.yml", "a/b/c.yml"),
        ("posts/a/x.yaml", "a/x.yaml"),
        ("posts/b.md", "b.md"),
    ]


def test_other_suffixes_and_hidden_names_are_passed_over(tmp_path):
    for name in ("a.jpg", "b.md~", "_defaults.yaml", ".c.md", "_x/d.md", ".git/e.md", "README"):
        write(tmp_path, f"posts/{name}", "x")
    assert names(tmp_path) == []


def test_folders_that_overlap_give_each_file_once(tmp_path):
    write(tmp_path, "posts/in/a.md", "x")
    write(tmp_path, "b.md", "x")
    assert names(tmp_path, "posts", "./posts/in/", "posts") == ["posts/in/a.md"]
    assert names(tmp_path, ".") == ["b.md", "posts/in/a.md"]


def test_a_folder_that_does_not_exist_is_a_problem(tmp_path):
    write(tmp_path, "file", "x")
    (problem,) = problems(tmp_path, "nowhere")
    assert problem.startswith("nowhere:1:1: error: cannot be read: there is no such folder; make")
    assert "no such folder" in problems(tmp_path, "file")[0]


@pytest.mark.parametrize("folder", ["..", "../other", "/etc", "posts/out"])
def test_a_folder_outside_of_the_project_is_a_problem(tmp_path, folder):
    root = tmp_path / "project"
    write(root, "posts/a.md", "x")
    (root / "posts/out").symlink_to(tmp_path)
    assert "leads out of the project" in problems(root, folder)[0]


def test_linked_files_and_folders_inside_the_project_are_read(tmp_path):
    write(tmp_path, "shared/a.md", "x")
    write(tmp_path, "one.md", "x")
    write(tmp_path, "posts/b.md", "x")
    (tmp_path / "posts/more").symlink_to("../shared")
    (tmp_path / "posts/one.md").symlink_to("../one.md")
    assert names(tmp_path) == ["posts/b.md", "posts/more/a.md", "posts/one.md"]


def test_links_in_a_circle_end(tmp_path):
    write(tmp_path, "posts/a.md", "x")
    write(tmp_path, "shared/b.md", "x")
    for link, target in [("posts/self", "."), ("posts/up", "../posts"), ("posts/s", "../shared")]:
        (tmp_path / link).symlink_to(target)
    (tmp_path / "shared/back").symlink_to("../posts")
    (tmp_path / "shared/root").symlink_to("..")
    assert names(tmp_path) == ["posts/a.md", "posts/s/b.md"]
    assert problems(tmp_path) == []


def test_what_cannot_be_a_post_is_a_problem(tmp_path):
    write(tmp_path, "outside.md", "x")
    root = tmp_path / "project"
    write(root, "posts/a.md", "x")
    (root / "posts/b.md").symlink_to(tmp_path / "outside.md")
    (root / "posts/c.md").symlink_to("gone.md")
    (root / "posts/e.md").symlink_to("e.md")
    os.mkfifo(root / "posts/d.md")
    os.close(os.open(os.fsencode(str(root)) + b"/posts/\xff.md", os.O_CREAT))
    assert names(root) == ["posts/a.md"]
    told = {str(problem).split(":", 1)[0]: problem.message for problem in found(root).problems}
    assert told == {
        "posts/b.md": "cannot be read: it leads out of the project",
        "posts/c.md": "cannot be read: it is no plain file",
        "posts/d.md": "cannot be read: it is no plain file",
        "posts/e.md": "cannot be read: Too many levels of symbolic links",
        "posts/\ufffd.md": "cannot be read: its name is not UTF-8; rename the file",
    }


def test_a_folder_named_like_a_post_is_a_folder(tmp_path):
    write(tmp_path, "posts/a.md/b.md", "x")
    assert names(tmp_path) == ["posts/a.md/b.md"]


def test_a_file_is_read_as_text(tmp_path):
    write(tmp_path, "a.md", b"\xef\xbb\xbfa\r\n")
    assert read_source(str(tmp_path), "a.md") == "a\n"


def test_a_large_file_is_not_read(tmp_path):
    write(tmp_path, "a.md", b"x" * (256 * 1024))
    write(tmp_path, "b.md", b"x" * (256 * 1024 + 1))
    assert len(read_source(str(tmp_path), "a.md")) == 256 * 1024
    assert "is 262,145 bytes, an entry takes 262,144" in str(read_source(str(tmp_path), "b.md"))


def test_a_file_that_is_gone_is_a_problem(tmp_path):
    assert "No such file" in str(read_source(str(tmp_path), "a.md"))


@pytest.mark.parametrize(
    ("path", "key"),
    [("hello.md", "hello"), ("2026/a.b.yaml", "2026/a.b"), ("x/My Post.md", "x/My Post")],
)
def test_the_key_of_a_file_is_its_path_without_suffix(path, key):
    assert default_key(path) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("My Post", "my-post"),
        ("Über/Straße!", "uber/strasse"),
        ("-- a", "a"),
        ("日本", "post"),
        ("x" * 200, "x" * 128),
    ],
)
def test_a_proposed_key_is_valid(text, key):
    assert proposed_key(text) == key
    assert KEY_PATTERN.fullmatch(key)


def test_suggestions_are_near_or_begin_alike():
    known = ["topic_tag", "alt_text"]
    assert suggestion("topictag", known) == "; did you mean topic_tag?"
    assert suggestion("alt", known) == "; did you mean alt_text?"
    assert suggestion("zzz", known) == suggestion("", known) == ""
