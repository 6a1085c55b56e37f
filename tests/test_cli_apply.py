"""`threadsync apply` as it is called: asking, options, output. What it does is in `test_apply`."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
from contextlib import suppress

import pytest
from builders import write
from command_line import CommandLine
from forked import begin, environ_of_this_tree

from threadsync.errors import ExitCode

CTRL_C, CTRL_D = b"\x03", b"\x04"
ENDED_BY = {CTRL_C: signal.SIGINT, b"terminated": signal.SIGTERM}


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys)


def on_a_terminal(root, answer, *options):
    """Apply in front of a person who types `answer`: exit code and what the terminal showed."""
    ours, theirs = pty.openpty()
    environ = {**environ_of_this_tree(), "TERM": "xterm", "COLUMNS": "80"}
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    arguments = ["--sandbox", "-C", str(root), "apply", *options]
    # Ctrl-C only reaches a program whose terminal this is.
    with begin("threadsync", arguments, env=environ, **streams, has_terminal=True) as run:
        os.close(theirs)
        try:
            shown = _read_until(ours, b"accepted")
            _answer(run, ours, answer)
            shown += _read_until(ours, None)
        finally:
            run.kill()
    os.close(ours)
    return run.returncode, shown.decode()


def _answer(run, terminal, answer):
    if answer not in ENDED_BY:
        os.write(terminal, answer)
        return
    # It is not the terminal of a session, so it sends no signal. One that comes just before Python
    # reads is only seen after the next.
    while run.poll() is None:
        run.send_signal(ENDED_BY[answer])
        with suppress(subprocess.TimeoutExpired):
            run.wait(1)


def _read_until(terminal, words):
    read = b""
    while words is None or words not in read:
        assert select.select([terminal], [], [], 30)[0], read
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # Linux says so when the other side has gone
            break
        if not piece:
            break
        read += piece
    return read


def test_yes_publishes(cli):
    code, shown = on_a_terminal(cli.root, b"yes\n")
    assert code == 0
    assert "Publish 1 entry? Only 'yes' is accepted" in shown
    assert "Apply complete: 1 published" in shown
    assert len(cli.posts()) == 1


@pytest.mark.parametrize("answer", [b"y\n", b"YES\n", b"\n"])
def test_anything_but_yes_publishes_nothing(cli, answer):
    code, shown = on_a_terminal(cli.root, answer)
    assert (code, "Apply cancelled; nothing was published." in shown) == (1, True)
    assert cli.publishes() == []


@pytest.mark.parametrize(
    "answer", [CTRL_C, CTRL_D, b"terminated"], ids=["ctrl-c", "ctrl-d", "sigterm"]
)
def test_an_end_at_the_question(cli, answer):
    code, shown = on_a_terminal(cli.root, answer)
    assert (code, "Traceback" in shown) == (ExitCode.INTERRUPTED, False)
    assert not list((cli.root / ".threadsync/sandbox").glob("*.lock*"))
    assert cli.publishes() == []


def test_question_counts_deletes(cli):
    cli.apply()
    write(cli.root, "posts/hello.md", "Better\n")
    _, shown = on_a_terminal(cli.root, b"no\n")
    assert "Publish 1 entry and delete 1 post?" in shown


def test_without_terminal_it_must_be_approved(cli):
    result = cli("apply")
    assert (result.code, result.out) == (ExitCode.USAGE, "")
    assert result.err == "error: there is no terminal to ask on; add --auto-approve\n"


def test_quiet_leaves_two_lines(cli, capsys):
    cli("-q", "apply", "--auto-approve")
    result = cli("-q", "apply", "--auto-approve")
    assert (result.out, result.err) == ("No changes. Threads matches the files.\n", "")


def test_progress_names_the_address_of_the_post(cli):
    shown = cli.apply().out
    assert "\nhello: published https://www.threads.com/@sandbox/post/" in shown


def test_every_line_of_json_is_an_object(cli):
    write(cli.root, "posts/later.md", "---\npublish_at: 2099-01-01\n---\nLater\n")
    events = cli.apply("--format", "json").events
    assert [event["event"] for event in events] == [
        "started",
        "waiting",
        "container",
        "published",
        "done",
    ]
    assert events[-1]["summary"]["published"] == 1


def test_problems_are_told_on_stderr_with_json(cli):
    write(cli.root, "posts/hello.md", "---\ntopic_tga: x\n---\nHi\n")
    result = cli.apply("--format", "json")
    assert (result.code, result.out) == (ExitCode.PROBLEMS, "")
    assert result.err.startswith("posts/hello.md:2:1: error: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.json"], "none.json: cannot be read"),
        (["threadsync.yaml"], "is no plan saved by threadsync plan --out"),
        (["list.json"], "is no plan saved by threadsync plan --out"),
        (["threadsync.yaml", "--prune"], "--target and --prune are part of a saved plan"),
        (["--lock-timeout", "5x"], "--lock-timeout: '5x' is no length of time"),
        (["--max-publish", "-1"], "--max-publish"),
        (["--parallel", "0"], "--parallel"),
        (["--target", "nobody"], "--target nobody: no entry has this key"),
    ],
)
def test_wrong_usage(cli, arguments, words):
    write(cli.root, "list.json", "[]")
    result = cli.apply(*arguments)
    assert (result.code, result.out) == (ExitCode.USAGE, "")
    assert words in result.err


def test_plan_of_another_account_or_project_is_refused(cli):
    cli("plan", "--out", "plan.json")
    saved = json.loads((cli.root / "plan.json").read_text())
    saved["account"] = "somebody"
    write(cli.root, "plan.json", json.dumps(saved))
    assert cli("apply", "plan.json").code == ExitCode.REFUSED
    assert cli.publishes() == []
