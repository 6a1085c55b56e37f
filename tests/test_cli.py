"""The command line as a whole: global options, output streams, colours, and how errors end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import write
from command_line import CommandLine

from threadsync import __version__
from threadsync.cli import COMMANDS, run
from threadsync.cli.shell import Shell, without_secrets
from threadsync.errors import ExitCode

NOTHING = "No changes. Threads matches the files.\n"


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys, sandbox=False)


@pytest.fixture
def at(capsys):
    """Run a command line as it stands; its exit code and what it printed."""

    def at(*arguments):
        code = run(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return at


def broken(root):
    write(root, "posts/broken.md", "---\ntopic_tga: x\n---\nHi\n")


def test_help_names_every_command_and_goes_to_stdout(at):
    code, out, err = at("--help")
    assert (code, err) == (0, "")
    assert [name for name in COMMANDS if f"\n  {name} " not in out] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example(at, command):
    code, out, _ = at(command, "-h")
    assert code == 0
    assert out.startswith(f"Usage: threadsync {command} ")
    assert f"\n    threadsync {command}" in out


def test_help_fits_80_columns(at):
    lines = [line for command in COMMANDS for line in at(command, "--help")[1].splitlines()]
    assert [line for line in lines if len(line) > 80] == []


def test_version(at):
    assert at("--version") == (0, f"threadsync {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["publish"], "No such command 'publish'"),
        (["plan", "--what"], "No such option '--what'"),
        (["plan", "more"], "unexpected extra argument"),
        (["plan", "--format", "xml"], "'xml' is not one of"),
        (["--color", "red", "plan"], "'red' is not one of"),
        (["schema", "entry"], "'entry' is not one of"),
        (["new"], "Missing argument 'TITLE'"),
        (["apply", "-q"], "-q goes before the command, right after threadsync"),
        (["state", "list", "-C", "x"], "-C goes before the command, right after threadsync"),
    ],
)
def test_wrong_usage_is_exit_2_and_told_on_stderr(at, arguments, words):
    code, out, err = at(*arguments)
    assert (code, out) == (ExitCode.USAGE, "")
    assert words in err


def test_no_command_shows_the_help_as_wrong_usage(at):
    code, out, err = at()
    assert (code, out) == (ExitCode.USAGE, "")
    assert "Commands:" in err


def test_without_settings_it_says_where_it_looked_and_what_to_do(at, tmp_path):
    code, out, err = at("-C", str(tmp_path), "plan")
    assert (code, out) == (ExitCode.USAGE, "")
    assert err == (
        f"error: no threadsync.yaml in {tmp_path} or above; run threadsync init there, "
        "or name a project with -C\n"
    )


def test_settings_are_found_from_a_folder_below(at, project):
    assert at("-C", str(project / "posts"), "validate") == (0, "No problems in 1 entry.\n", "")


def test_folder_that_is_not_there(at):
    code, _, err = at("-C", "/no/such", "plan")
    assert (code, err) == (ExitCode.USAGE, "error: -C /no/such: there is no such folder\n")


def test_settings_file_of_another_name(at, project):
    (project / "threadsync.yaml").rename(project / "other.yaml")
    assert at("--config", str(project / "other.yaml"), "validate")[0] == 0
    code, _, err = at("--config", str(project / "none.yaml"), "validate")
    assert (code, "none.yaml does not exist" in err) == (ExitCode.USAGE, True)


def test_account_that_is_not_there(at, project):
    code, _, err = at("-C", str(project), "--account", "x", "plan")
    assert (code, "lists no accounts" in err) == (ExitCode.USAGE, True)


def test_accounts_must_be_told_apart(at, project):
    write(project, "threadsync.yaml", "accounts: {a: {posts: posts}, b: {posts: posts}}\n")
    code, _, err = at("-C", str(project), "plan")
    assert (code, "--account: a, b" in err) == (ExitCode.USAGE, True)
    assert at("-C", str(project), "--account", "a", "plan")[0] == 0


def test_quiet_leaves_the_last_line(at, project):
    code, out, err = at("-q", "-C", str(project), "plan")
    assert (code, len(out.splitlines()), err) == (0, 1, "")
    assert out.startswith("Plan: 1 to publish")


def test_verbose_names_the_steps(at, project):
    assert "- publish part 1" in at("-v", "-C", str(project), "plan")[1]
    assert "- publish part 1" not in at("-C", str(project), "plan")[1]


@pytest.mark.parametrize(
    ("flags", "has_colour"),
    [([], False), (["--color", "always"], True), (["--color", "never"], False)],
)
def test_colours_are_for_terminals_or_on_demand(at, project, flags, has_colour):
    assert ("\x1b[32m+" in at(*flags, "-C", str(project), "plan")[1]) is has_colour


@pytest.mark.parametrize(
    ("color", "environ", "has_colour"),
    [
        ("auto", {}, True),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, True),
        ("auto", {"TERM": "dumb"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {}, False),
    ],
)
def test_colours_on_a_terminal(monkeypatch, color, environ, has_colour):
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    shell = Shell()
    shell.color = color

    class Terminal:
        isatty = staticmethod(lambda: True)

    assert shell.has_colour(Terminal()) is has_colour


def test_control_characters_of_a_post_do_not_reach_the_terminal(at, project):
    write(project, "posts/hello.yaml", 'key: evil\ntext: "a\\u009b2Jb"\n')
    out = at("-C", str(project), "plan")[1]
    assert "\x9b" not in out


def test_json_keeps_control_characters_of_a_post(cli):
    write(cli.root, "posts/hello.yaml", 'key: evil\ntext: "a\\u009b2Jb"\n')
    shown = cli("plan", "--format", "json")
    assert "\x9b" not in shown.out
    assert shown.json["actions"][0]["parts"][0]["text"] == "a\x9b2Jb"


def test_closed_pipe_leaves_no_traceback(project):
    for n in range(300):
        write(project, f"posts/{n}.md", f"Post {n}\n")
    command = f"{sys.executable} -m threadsync -C {project} plan | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("  +    0  (new)\n", "")


def test_an_apply_whose_output_nobody_reads_is_done_all_the_same(project, capsys):
    for n in range(3):
        write(project, f"posts/{n}.md", f"Post {n}\n")
    apply = f"{sys.executable} -m threadsync --sandbox -C {project} apply --auto-approve"
    command = f"{apply} --format json | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(CommandLine(project, capsys).posts()) == 4


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
def test_output_that_cannot_be_written_is_an_error_and_no_bug(project):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "threadsync", "-C", str(project), "plan"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == ExitCode.PROBLEMS
    assert done.stderr == "error: the output cannot be written: No space left on device\n"


def test_bug_is_exit_70_with_what_to_report_and_no_secret(at, project, monkeypatch):
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "THQWJ-secret")

    def explode(*_arguments, **_options):
        raise KeyError("token=THQWJ-secret is missing")

    monkeypatch.setattr("threadsync.workflow.plan.plan_project", explode)
    code, out, err = at("-C", str(project), "plan")
    assert (code, out) == (ExitCode.BUG, "")
    assert "this is a bug in threadsync" in err
    assert f"threadsync {__version__}, Python" in err
    assert "in explode" in err
    assert "KeyError('token=*** is missing')" in err
    assert "THQWJ" not in err


def test_only_variables_named_like_secrets_are_masked():
    environ = {"BRAND_A_TOKEN": "tttttt", "AWS_SECRET_ACCESS_KEY": "ssssss", "HOME": "hhhhhh"}
    assert without_secrets("tttttt ssssss hhhhhh", environ) == "*** *** hhhhhh"


def test_interrupt_of_a_short_command_is_exit_130(at, project, monkeypatch):
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("threadsync.workflow.plan.plan_project", interrupt)
    code, out, err = at("-C", str(project), "plan")
    assert (code, out) == (ExitCode.INTERRUPTED, "")
    assert err.strip() == "interrupted; what was done is on record"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(shell):
    environ = {**os.environ, "_THREADSYNC_COMPLETE": f"{shell}_source"}
    script = "import sys; from threadsync.cli import run; sys.exit(run([]))"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "_THREADSYNC_COMPLETE" in done.stdout


def test_keys_are_completed(project):
    write(project, "posts/help.md", "Help\n")
    environ = {
        **os.environ,
        "_THREADSYNC_COMPLETE": "bash_complete",
        "COMP_WORDS": "threadsync plan --target hel",
        "COMP_CWORD": "3",
        "PYTHONPATH": str(Path(__file__).parent.parent),
    }
    command = [sys.executable, "-m", "threadsync"]
    done = subprocess.run(
        command, env=environ, cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["plain,hello", "plain,help"]


def test_problems_stop_an_apply_before_the_terminal_is_asked_for(cli):
    broken(cli.root)
    assert cli("apply").code == ExitCode.USAGE
    assert cli.apply().code == ExitCode.PROBLEMS


def test_nothing_but_data_on_stdout_with_json(cli):
    broken(cli.root)
    result = cli("plan", "--format", "json")
    assert result.code == ExitCode.PROBLEMS
    assert [problem["code"] for problem in result.json["problems"]] == ["unknown-key"]
    assert "posts/broken.md:2:1: error:" in result.err
