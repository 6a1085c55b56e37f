"""init, new, validate, status, state, sandbox and schema: output, exit codes, bad input."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys

import httpx
import jsonschema
import pytest
from builders import write
from command_line import CommandLine

from threadsync.errors import ExitCode
from threadsync.problems import TEXT_TOO_LONG
from threadsync.reporting.github import step_summary


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys)


@pytest.fixture
def empty(tmp_path, capsys):
    """The command line in a folder with nothing in it."""
    (tmp_path / "empty").mkdir()
    return CommandLine(tmp_path / "empty", capsys)


def files_of(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


# --- init ---------------------------------------------------------------------------------------


def test_what_init_writes_can_be_applied(empty):
    assert empty("init", "--yes").code == 0
    checked = empty("validate")
    assert (checked.code, "warning" in checked.err) == (0, False)
    post = empty.root / "posts/hello.md"
    post.write_text(re.sub(r"draft: true.*\n", "", post.read_text()))
    assert empty.apply().last_line.startswith("Apply complete: 1 published")


def test_init_overwrites_nothing(empty):
    write(empty.root, "threadsync.yaml", "timezone: Europe/Berlin\n")
    write(empty.root, ".gitignore", "mine")
    empty("init", "--yes")
    assert (empty.root / "threadsync.yaml").read_text() == "timezone: Europe/Berlin\n"
    assert (empty.root / ".gitignore").read_text().startswith("mine\n.threadsync/")


def test_lines_are_added_to_a_gitignore_in_any_encoding(empty):
    (empty.root / ".gitignore").write_bytes(b"caf\xe9\n")
    assert empty("init", "--yes").code == ExitCode.DONE
    assert (empty.root / ".gitignore").read_bytes().startswith(b"caf\xe9\n.threadsync/")


def test_a_gitignore_that_cannot_be_read_is_told(empty):
    (empty.root / ".gitignore").mkdir()
    result = empty("init", "--yes")
    assert (result.code, "cannot be read" in result.err) == (ExitCode.USAGE, True)


def test_init_twice_changes_nothing(empty):
    empty("init", "--yes")
    before = files_of(empty.root)
    again = empty("init", "--yes")
    assert (again.code, again.out) == (0, "Everything is there already; nothing to write.\n")
    assert files_of(empty.root) == before


def test_init_asks_first(empty):
    result = empty("init")
    assert (result.code, "add --yes" in result.err) == (ExitCode.USAGE, True)
    assert files_of(empty.root) == {}


def test_init_where_it_may_not_write(empty):
    write(empty.root, "posts", "a file where a folder should be")
    result = empty("init", "--yes")
    assert (result.code, "cannot be written" in result.err) == (ExitCode.USAGE, True)


# --- new ----------------------------------------------------------------------------------------


def test_new_prints_the_path_of_a_valid_draft(cli):
    result = cli("new", "Grüße aus Köln!")
    assert re.fullmatch(r"posts/\d{4}-\d\d-\d\d-grusse-aus-koln\.md\n", result.out)
    assert (cli.root / result.out.strip()).read_text().endswith("\nGrüße aus Köln!\n")
    assert cli("validate").out == "No problems in 2 entries.\n"


def test_new_overwrites_nothing(cli):
    path = cli.root / cli("new", "Hello").out.strip()
    path.write_text("mine")
    again = cli("new", "Hello")
    assert (again.code, again.out) == (ExitCode.USAGE, "")
    assert "exists already; choose another title" in again.err
    assert path.read_text() == "mine"


def test_new_without_a_title(cli):
    assert cli("new", " ").code == ExitCode.USAGE


# --- validate -----------------------------------------------------------------------------------

LINE = (
    "posts/x.md:2:1: error: topic_tga is no key of an entry; did you mean topic_tag? [unknown-key]"
)


@pytest.fixture
def bad(cli):
    write(cli.root, "posts/x.md", "---\ntopic_tga: x\n---\nHi\n")
    return cli


def test_problems_are_the_result_of_validate(bad):
    result = bad("validate")
    assert (result.code, result.err) == (ExitCode.PROBLEMS, "")
    assert result.out == f"{LINE}\nFound 1 error and 0 warnings.\n"


def test_quiet_validate_says_only_what_is_wrong(bad):
    assert bad("-q", "validate").out == f"{LINE}\n"
    assert bad("-q", "validate", "posts/hello.md").out == ""


def test_validate_as_json(bad):
    result = bad("validate", "--format", "json")
    assert (result.code, result.err) == (ExitCode.PROBLEMS, "")
    assert result.json == {
        "format_version": 1,
        "problems": [
            {
                "source": "posts/x.md",
                "line": 2,
                "column": 1,
                "severity": "error",
                "code": "unknown-key",
                "message": "topic_tga is no key of an entry; did you mean topic_tag?",
            }
        ],
    }


def test_validate_for_github(bad):
    shown = bad("validate", "--format", "github").out.splitlines()[0]
    assert shown == (
        "::error file=posts/x.md,line=2,col=1,title=unknown-key::"
        "topic_tga is no key of an entry; did you mean topic_tag?"
    )


def test_what_stands_in_a_file_cannot_end_an_annotation(cli):
    write(cli.root, "posts/a,b:c%.yaml", '"100%\\n::warning::x": 1\n')
    lines = cli("validate", "--format", "github").out.splitlines()
    assert all(
        line.startswith(("::error file=posts/a%2Cb%3Ac%25.yaml,", "Found ")) for line in lines
    )
    assert any("100%25" in line for line in lines)


def test_github_gets_no_more_than_it_shows(cli):
    for n in range(12):
        write(cli.root, f"posts/{n}.md", "---\ntopic_tga: x\n---\nHi\n")
    shown = cli("validate", "--format", "github").out
    assert (shown.count("::error"), shown.count("\nmore: posts/")) == (10, 2)
    assert "Found 12 errors" in shown


def test_github_is_told_where_in_the_repository_a_file_is(bad, monkeypatch):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(bad.root.parent))
    first = bad("validate", "--format", "github").out.splitlines()[0]
    assert first.startswith(f"::error file={bad.root.name}/posts/x.md,line=2")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(bad.root / "posts"))
    assert bad("validate", "--format", "github").out.startswith("::error file=posts/x.md,")


def test_github_gets_all_problems_in_the_summary_of_the_step(bad, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    (tmp_path / "summary.md").write_text("before\n")
    bad("validate", "--format", "github")
    lines = (tmp_path / "summary.md").read_text().splitlines()
    assert lines[:2] == ["before", "### threadsync: Found 1 error and 0 warnings."]
    assert lines[-1].startswith("| posts/x.md:2:1 | error | topic&#95;tga is no key")


def test_a_summary_that_cannot_be_written_is_told(bad, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    result = bad("validate", "--format", "github")
    assert (result.code, "cannot be written" in result.err) == (ExitCode.PROBLEMS, True)


def test_a_summary_without_problems(cli, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert cli("validate", "--format", "github").code == ExitCode.DONE
    text = (tmp_path / "summary.md").read_text()
    assert text == "### threadsync: No problems in 1 entry.\n\n"


def test_a_summary_is_cut_before_github_drops_it():
    problem = TEXT_TOO_LONG.at("posts/a.md", count=1, limit=1, over=1)
    text = step_summary([problem] * 20_000, "Found.")
    assert len(text.encode()) < 2**20
    assert re.search(r"… \d+,\d+ more; run", text)


def test_only_the_entries_asked_for_are_counted(cli):
    write(cli.root, "posts/more/two.md", "Hi")
    assert cli("validate", "posts/more").out == "No problems in 1 entry.\n"
    assert cli("validate", "threadsync.yaml").out == "No problems in 0 entries.\n"


@pytest.mark.parametrize("path", ["posts/x.md", "posts", "."])
def test_only_the_paths_asked_for(bad, path):
    write(bad.root, "more.txt", "")
    assert bad("validate", path).code == ExitCode.PROBLEMS
    assert bad("validate", "posts/hello.md").code == 0


@pytest.mark.parametrize(
    ("path", "words"), [("posts/none.md", "does not exist"), ("/", "is outside the project")]
)
def test_paths_that_cannot_be_checked(cli, path, words):
    result = cli("validate", path)
    assert (result.code, words in result.err) == (ExitCode.USAGE, True)


def test_problems_of_the_settings_are_problems_too(cli):
    write(cli.root, "threadsync.yaml", "polcy: {}\n")
    result = cli("validate")
    assert result.code == ExitCode.PROBLEMS
    assert result.out.startswith("threadsync.yaml:1:1: error: polcy is no key of the settings")


# --- status -------------------------------------------------------------------------------------


def test_status_of_what_is_out_and_what_waits(cli):
    cli.apply()
    write(cli.root, "posts/later.md", "---\npublish_at: 2099-01-01\n---\nLater\n")
    write(cli.root, "posts/other.md", "Other\n")
    shown = cli("status").out.splitlines()
    assert shown[0].startswith("published  hello  https://www.threads.com/@sandbox/post/")
    assert shown[1:3] == [
        "waiting    later  scheduled for 2099-01-01 00:00 UTC",
        "new        other",
    ]
    assert shown[3] == "1 published, 1 waiting, 1 new"
    assert re.fullmatch(
        r"@sandbox; the token lives \d+ more days\. Left for 24 hours: posts 249 of 250, .*",
        shown[4],
    )


def test_status_as_json(cli):
    cli.apply()
    result = cli("status", "--format", "json")
    (row,) = result.json["entries"]
    assert (row["key"], row["status"]) == ("hello", "published")
    assert result.json["account"]["quota"]["posts"] == {"left": 249, "total": 250}
    assert result.err == ""


@pytest.mark.parametrize("flags", [(), ("--calendar",), ("--format", "json")])
def test_status_says_that_errors_hold_up_everything(cli, flags):
    write(cli.root, "posts/long.md", "x" * 501)
    result = cli("status", *flags)
    assert result.err == "Found 1 error; apply would do nothing. Run: threadsync validate\n"


def test_status_without_token_needs_no_network(project, capsys):
    shown = CommandLine(project, capsys, sandbox=False)("status", "--format", "json").json
    assert shown["account"] == {}


def test_status_when_threads_cannot_be_reached(project, capsys, monkeypatch):
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "THQWJ-secret")
    monkeypatch.setenv("THREADS_API_BASE_URL", "http://127.0.0.1:9")
    result = CommandLine(project, capsys, sandbox=False)("status")
    assert (result.code, "The account cannot be read" in result.out) == (0, True)
    assert "THQWJ" not in result.out + result.err


# --- state --------------------------------------------------------------------------------------


def test_state_of_nothing(cli):
    assert (cli("state", "list").code, cli("state", "list").out) == (0, "")
    assert cli("state", "list", "--format", "json").json == []


def test_state_list_and_show(cli, schema):
    write(cli.root, "posts/chain.md", "One\n\n---\n\nTwo\n")
    cli.apply()
    assert cli("state", "list").out == "published  chain  2 of 2\npublished  hello\n"
    assert cli("state", "list", "--format", "json").json[1] == {
        "key": "hello",
        "status": "published",
    }
    assert cli("state", "show", "hello").json == cli.state["entries"]["hello"]
    jsonschema.Draft202012Validator(schema("state")).validate(cli.state)


def test_state_mv_lets_a_renamed_entry_go_on(cli):
    cli.apply()
    write(cli.root, "posts/hello.md", "---\nkey: hi\n---\nHello, Threads!\n")
    result = cli("state", "mv", "hello", "hi")
    assert (result.code, result.out) == (0, "hello is hi now.\n")
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_state_rm_forgets_and_apply_finds_it_again(cli):
    cli.apply()
    assert cli("state", "rm", "hello").out == "hello is forgotten; its posts stay on Threads.\n"
    assert cli.state["entries"] == {}
    assert "1 adopted" in cli.apply().last_line
    assert len(cli.publishes()) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["show", "nobody"], ExitCode.USAGE, "nobody is not on record"),
        (["rm", "nobody"], ExitCode.USAGE, "nobody is not on record"),
        (["mv", "nobody", "x"], ExitCode.USAGE, "nobody is not on record"),
        (["mv", "hello", "Hello"], ExitCode.USAGE, "'Hello' is no valid key"),
        (["mv", "hello", "other"], ExitCode.USAGE, "other is on record already"),
        (["unlock", "abc"], ExitCode.STATE, "the state is not locked"),
        (["what"], ExitCode.USAGE, "No such command 'what'"),
    ],
)
def test_state_commands_that_cannot_work_change_nothing(cli, arguments, code, words):
    write(cli.root, "posts/other.md", "Other\n")
    cli.apply()
    before = cli.state
    result = cli("state", *arguments)
    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert cli.state["entries"] == before["entries"]


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"], ["state", "list"]])
def test_state_that_cannot_be_read_is_exit_5_and_left_alone(cli, command):
    cli.apply()
    path = cli.root / ".threadsync/sandbox/threadsync.state.json"
    path.write_text("{")
    result = cli(*command)
    assert (result.code, result.out) == (ExitCode.STATE, "")
    assert "nothing was overwritten" in result.err
    assert path.read_text() == "{"


# --- sandbox and schema -------------------------------------------------------------------------


def test_sandbox_prints_its_address_and_answers_until_it_is_ended(project):
    command = [sys.executable, "-m", "threadsync", "-C", str(project), "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        headers = {"Authorization": "Bearer SANDBOX"}
        me = httpx.get(f"{address}/v1.0/me?fields=username", headers=headers, trust_env=False)
        assert me.json()["username"] == "sandbox"
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 0
    assert f"THREADS_API_BASE_URL={address}" in rest
    assert (project / ".threadsync/sandbox/world.sqlite3").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fault", "publish"], "is no number"),
        (["--fault", "publish:1:nonsense"], "is no fault; use one of"),
        (["--processing-delay", "-1"], "--processing-delay"),
        (["--port", "70000"], "--port"),
    ],
)
def test_sandbox_with_wrong_options(cli, arguments, words):
    result = cli("sandbox", "--port", "0", *arguments)
    assert (result.code, result.out) == (ExitCode.USAGE, "")
    assert words in result.err


@pytest.mark.parametrize("name", ["post", "config", "plan", "state", "journal"])
def test_schema_is_printed_as_it_is_shipped(cli, schema, name):
    result = cli("schema", name)
    assert (result.code, json.loads(result.out)) == (0, schema(name))
    jsonschema.Draft202012Validator.check_schema(result.json)
