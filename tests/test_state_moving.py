"""`state pull` and `state push`: a state goes from one place to another, and never backwards unasked."""

from __future__ import annotations

import json

import pytest
from builders import write
from command_line import CommandLine

from threadsync.errors import ExitCode


@pytest.fixture
def cli(project, capsys):
    cli = CommandLine(project, capsys)
    cli.apply()
    return cli


def pulled(cli):
    return cli("state", "pull").json


def push(cli, document, *flags):
    write(cli.root, "pushed.json", json.dumps(document))
    return cli("state", "push", "pushed.json", *flags)


def test_what_is_pulled_is_the_state(cli):
    document = pulled(cli)
    del document["written_at"], document["written_by"]
    assert document.items() <= cli.state.items()


def test_nothing_is_pulled_before_there_is_a_state(project, capsys):
    result = CommandLine(project, capsys)("state", "pull")
    assert (result.code, result.out, "there is no state yet" in result.err) == (0, "", True)


def test_a_state_is_pushed_with_a_higher_serial(cli):
    document = pulled(cli)
    del document["entries"]["hello"]
    result = push(cli, document)
    assert (result.code, result.err) == (0, "")
    assert (cli.state["serial"], cli.state["entries"]) == (document["serial"] + 1, {})
    backups = list((cli.root / ".threadsync").rglob("backups/*.json"))
    assert any("hello" in json.loads(backup.read_text())["entries"] for backup in backups)


def test_a_pushed_state_is_where_the_next_run_goes_on(cli):
    push(cli, pulled(cli))
    assert cli.apply().last_line == "No changes. Threads matches the files."


@pytest.mark.parametrize(
    ("change", "words"),
    [({"serial": 0}, "it is older"), ({"lineage": "another"}, "is of lineage another")],
)
def test_an_older_or_strange_state_is_refused_unless_forced(cli, change, words):
    before = cli.state
    document = pulled(cli) | change
    result = push(cli, document)
    assert (result.code, words in result.err) == (ExitCode.REFUSED, True)
    assert cli.state == before
    assert push(cli, document, "--force").code == 0
    assert cli.state["serial"] == before["serial"] + 1
    assert cli("plan").code == 0


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}', '{"format": 1}'])
def test_a_damaged_file_is_refused(cli, text):
    before = cli.state
    write(cli.root, "pushed.json", text)
    assert cli("state", "push", "pushed.json").code == ExitCode.STATE
    assert cli.state == before


def test_a_file_that_is_not_there(cli):
    result = cli("state", "push", "nothing.json")
    assert (result.code, "cannot be read" in result.err) == (ExitCode.USAGE, True)
