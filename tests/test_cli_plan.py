"""`threadsync plan`: what it prints where, its forms and its exit codes."""

from __future__ import annotations

import json

import jsonschema
import pytest
from builders import write
from command_line import CommandLine
from pictures import a_jpeg

from threadsync.errors import ExitCode

NOTHING = "No changes. Threads matches the files."


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys)


def later(root):
    write(root, "posts/later.md", "---\npublish_at: 2099-01-01\n---\nLater\n")


def test_plan_is_on_stdout_and_changes_nothing(cli):
    result = cli("plan")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "  +    hello  (new)\n"
        "         text: “Hello, Threads!”\n"
        "\n"
        "Plan: 1 to publish, 0 to replace, 0 to append, 0 to adopt, 0 to delete, 0 to resume, "
        "0 unknown; 0 waiting.\n"
    )
    assert not (cli.root / ".threadsync/sandbox").exists()


def test_json_follows_its_schema(cli, schema):
    write(cli.root, "posts/cat.jpg", a_jpeg())
    write(cli.root, "posts/chain.md", "![a cat](cat.jpg)\n\nOne\n\n---\n\nTwo\n")
    later(cli.root)
    write(cli.root, "posts/broken.md", "---\ntopic_tga: x\n---\nHi\n")
    result = cli("plan", "--format", "json")
    jsonschema.Draft202012Validator(schema("plan")).validate(result.json)
    assert result.json["summary"]["create"] == 2
    assert [problem["source"] for problem in result.json["problems"]] == ["posts/broken.md"]


def test_markdown_is_all_there_is_on_stdout(cli):
    write(cli.root, "posts/no-alt.yaml", "media: [{url: 'https://x.example/a.jpg', type: image}]\n")
    result = cli("plan", "--format", "markdown")
    assert result.out.startswith("### threadsync: Plan: 2 to publish")
    assert "warning" in result.err


def test_problems_go_to_stderr_and_leave_no_word_of_no_changes(cli):
    write(cli.root, "posts/hello.md", "---\ntopic_tga: x\n---\nHi\n")
    result = cli("plan")
    assert (result.code, NOTHING in result.out) == (ExitCode.PROBLEMS, False)
    problem, summary = result.err.splitlines()
    assert problem.startswith("posts/hello.md:2:1: error: topic_tga is no key of an entry;")
    assert summary == "Found 1 error; apply would do nothing."


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], ExitCode.CHANGES),
        (["--at", "yesterday"], ExitCode.PROBLEMS),
        (["--what"], ExitCode.PROBLEMS),
        (["--target", "nobody"], ExitCode.PROBLEMS),
    ],
)
def test_with_detailed_exitcode_2_means_changes_only(cli, arguments, code):
    assert cli("plan", "--detailed-exitcode", *arguments).code == code


def test_what_waits_is_no_change(cli):
    cli.apply()
    later(cli.root)
    result = cli("plan", "--detailed-exitcode")
    assert (result.code, result.last_line) == (0, f"{NOTHING[:-1]}; 1 waiting.")


def test_moved_file_is_a_change(cli):
    cli.apply()
    (cli.root / "posts/hello.md").rename(cli.root / "posts/moved.md")
    assert cli("plan", "--detailed-exitcode").code == ExitCode.CHANGES


def test_edited_post_that_is_left_alone_is_no_change(cli):
    write(cli.root, "threadsync.yaml", "policy: {on_change: ignore}\n")
    cli.apply()
    write(cli.root, "posts/hello.md", "Better\n")
    result = cli("plan", "--detailed-exitcode")
    assert (result.code, result.last_line) == (0, NOTHING)
    assert result.out.startswith("  !    hello  (")


@pytest.mark.parametrize("moment", ["2099-01-02", "2099-01-01T00:00:00Z"])
def test_plan_for_another_time(cli, moment):
    later(cli.root)
    assert cli("plan", "--at", moment).last_line.startswith("Plan: 2 to publish")
    assert cli("plan").last_line.startswith("Plan: 1 to publish")


def test_time_that_is_none(cli):
    result = cli("plan", "--at", "yesterday")
    assert result.code == ExitCode.USAGE
    assert result.err.startswith("error: --at 'yesterday' is no time; write for example ")


def test_saved_plan_is_the_json_and_is_named_from_the_project(cli, schema):
    result = cli("plan", "--out", "plan.json", "--format", "json")
    saved = json.loads((cli.root / "plan.json").read_text())
    assert saved == result.json
    jsonschema.Draft202012Validator(schema("plan")).validate(saved)


def test_place_that_cannot_be_written(cli):
    result = cli("plan", "--out", "no/such/folder/plan.json")
    assert (result.code, result.out) == (ExitCode.USAGE, "")
    assert "cannot be written: No such file or directory" in result.err


def test_target_that_is_no_entry(cli):
    result = cli("plan", "--target", "nobody")
    assert (result.code, "--target nobody: no entry" in result.err) == (ExitCode.USAGE, True)


def test_target_leaves_the_others_out(cli):
    write(cli.root, "posts/other.md", "Other\n")
    actions = cli("plan", "--target", "other", "--format", "json").json["actions"]
    assert [action["key"] for action in actions] == ["other"]


def test_refresh_finds_what_is_out(cli):
    cli.apply()
    (cli.root / ".threadsync/sandbox/threadsync.state.json").unlink()
    assert cli("plan").last_line.startswith("Plan: 1 to publish")
    assert "1 to adopt" in cli("plan", "--refresh").last_line
