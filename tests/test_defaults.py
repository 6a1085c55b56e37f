"""`_defaults.yaml`: values for the entries of a folder, the nearest file first."""

from __future__ import annotations

import pytest
from builders import settings, write
from command_line import CommandLine

from threadsync.reading.loader import load_project


@pytest.fixture
def load(tmp_path):
    """Loads the files given as keywords of the posts folder."""

    def loaded(files, **values):
        for name, text in files.items():
            write(tmp_path, f"posts/{name}", text)
        return load_project(settings(tmp_path, **values))

    return loaded


def tags(loaded):
    return {entry.key: entry.parts[0].topic_tag for entry in loaded.entries}


def test_a_folder_and_all_below_have_its_defaults(load):
    files = {"a/_defaults.yaml": "topic_tag: A", "a/x.md": "x", "a/b/c/y.md": "y", "z.md": "z"}
    assert tags(load(files)) == {"a/x": "A", "a/b/c/y": "A", "z": None}


def test_the_nearest_wins_key_by_key(load):
    files = {
        "_defaults.yaml": "topic_tag: Outer\nreply_control: everyone",
        "a/_defaults.yaml": "topic_tag: Inner",
        "a/x.md": "x",
    }
    (entry,) = load(
        files, defaults={"topic_tag": "Settings", "enable_reply_approvals": True}
    ).entries
    part = entry.parts[0]
    assert (part.topic_tag, part.reply_control, part.enable_reply_approvals) == (
        "Inner",
        "everyone",
        True,
    )


def test_the_entry_itself_wins(load):
    files = {"_defaults.yaml": "topic_tag: Folder", "x.md": "---\ntopic_tag: Own\n---\nx"}
    assert tags(load(files)) == {"x": "Own"}


def test_the_project_may_be_the_posts_folder(tmp_path):
    write(tmp_path, "_defaults.yaml", "topic_tag: Root")
    write(tmp_path, "a/x.md", "x")
    assert tags(load_project(settings(tmp_path, posts=(".",)))) == {"a/x": "Root"}


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_says_nothing(load, text):
    loaded = load({"_defaults.yaml": text, "x.md": "x"})
    assert (tags(loaded), loaded.problems) == ({"x": None}, ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "reply_control: everyone\ntopic_tga: A\n",
            (
                "posts/_defaults.yaml:2:1: error: topic_tga is no key of the defaults; "
                "did you mean topic_tag? [unknown-key]"
            ),
        ),
        (
            "topic_tag: 12\n",
            (
                "posts/_defaults.yaml:1:12: error: topic_tag is the number 12, text is needed; "
                'put it in quotes: "12" [wrong-type]'
            ),
        ),
        (
            "topic_tag: A\n---\ntopic_tag: B\n",
            (
                "posts/_defaults.yaml:1:1: error: is not valid YAML: it has more than one document; "
                "delete the lines of --- and what is below the first [yaml-syntax]"
            ),
        ),
        (
            "- topic_tag\n",
            (
                "posts/_defaults.yaml:1:1: error: is a list, keys and values are needed: "
                "lines such as key: value [not-a-mapping]"
            ),
        ),
    ],
)
def test_a_problem_has_its_place_and_keeps_the_folder_back(load, text, problem):
    loaded = load({"_defaults.yaml": text, "x.md": "x"})
    assert [str(one) for one in loaded.problems] == [problem]
    assert (loaded.entries, loaded.broken_keys) == ((), {"x": "posts/_defaults.yaml"})


def test_the_other_suffix_is_a_problem_and_not_passed_over_in_silence(load):
    (problem,) = load({"_defaults.yml": "topic_tag: A", "x.md": "x"}).problems
    assert str(problem) == (
        "posts/_defaults.yml:1:1: error: cannot be read: defaults are only read from "
        "_defaults.yaml; rename the file [file-unreadable]"
    )


def test_a_folder_of_that_name_is_a_problem(load):
    (problem,) = load({"_defaults.yaml/x.md": "x", "y.md": "y"}).problems
    assert "it is no plain file" in problem.message


# --- with a state and a cache ---------------------------------------------------------------------


@pytest.fixture
def cli(project, capsys, monkeypatch):
    """A project whose post, below a folder with defaults, is out and remembered."""
    monkeypatch.setattr("threadsync.reading.remembered.is_racy", lambda _stamp, _now: False)
    (project / "posts/hello.md").unlink()
    write(project, "posts/a/_defaults.yaml", "topic_tag: One\n")
    write(project, "posts/a/x.md", "x\n")
    cli = CommandLine(project, capsys)
    assert cli.apply().code == 0
    assert cli("plan").last_line == "No changes. Threads matches the files."
    return cli


def test_another_default_is_a_change_of_what_is_out(cli):
    write(cli.root, "posts/a/_defaults.yaml", "topic_tag: Two\n")
    assert cli("plan").last_line.startswith("Plan: 0 to publish, 1 to replace")


def test_a_new_file_nearer_is_a_change(cli):
    write(cli.root, "posts/_defaults.yaml", "topic_tag: Two\n")
    assert cli("plan").last_line == "No changes. Threads matches the files."
    write(cli.root, "posts/_defaults.yaml", "reply_control: mentioned_only\n")
    assert cli("plan").last_line.startswith("Plan: 0 to publish, 1 to replace")


def test_a_file_that_is_gone_is_a_change(cli):
    (cli.root / "posts/a/_defaults.yaml").unlink()
    assert cli("plan").last_line.startswith("Plan: 0 to publish, 1 to replace")


def test_a_problem_in_an_empty_folder_is_told_every_time(cli):
    write(cli.root, "posts/b/_defaults.yaml", "nonsense: 1\n")
    assert [cli("plan").code for _ in range(3)] == [1, 1, 1]


def test_a_broken_file_keeps_only_its_folder_from_being_published(cli):
    write(cli.root, "posts/_defaults.yaml", "")
    write(cli.root, "posts/a/_defaults.yaml", "nonsense: 1\n")
    write(cli.root, "posts/a/y.md", "y\n")
    write(cli.root, "posts/z.md", "z\n")
    assert cli.apply("--target", "a/y").code == 1
    assert cli.apply("--target", "z").code == 0
    assert [post["text"] for post in cli.posts()] == ["z", "x"]


def test_the_schema_of_defaults_is_that_of_the_settings(cli):
    schema = cli("schema", "defaults").json
    config = cli("schema", "config").json
    assert schema["properties"] == config["$defs"]["defaults"]["properties"]
