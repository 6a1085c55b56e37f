"""What became of a part, said by a person or found out later: `resolve`, `on_unknown`, `refresh`."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from builders import write
from command_line import CommandLine

from threadsync.errors import ExitCode
from threadsync.workflow import lazy_run

POLICY = "policy: {settle: 0s}\n"


@pytest.fixture
def cli(project, capsys, monkeypatch):
    cli = CommandLine(project, capsys)

    async def soon(_seconds):
        await asyncio.sleep(0)

    monkeypatch.setattr(lazy_run, "sleep", soon)
    monkeypatch.setattr("threadsync.api.transport.wait_before", lambda *_: timedelta(0))
    write(project, "threadsync.yaml", POLICY)
    return cli


@pytest.fixture
def in_doubt(cli):
    """A project whose only post may or may not be out: its request was lost on the way."""
    cli.fault("publish:1:drop-before")
    assert cli.apply().code == ExitCode.UNKNOWN
    return cli


def part(cli):
    return cli.state["entries"]["hello"]["parts"][0]


def arrive(cli):
    """Let the lost request arrive after all; the id of the post."""
    with cli.witness() as meta:
        params = {"creation_id": part(cli)["container_id"]}
        return meta.post("/v1.0/me/threads_publish", params=params).json()["id"]


def test_said_to_be_published(in_doubt):
    media_id = arrive(in_doubt)
    result = in_doubt("resolve", "hello", "--published", media_id)
    assert (result.code, result.err) == (0, "")
    assert part(in_doubt)["id"] == media_id
    assert in_doubt("plan").last_line == "No changes. Threads matches the files."


def test_said_to_be_published_under_an_id_that_is_none(in_doubt):
    result = in_doubt("resolve", "hello", "--published", "123")
    assert (result.code, "post 123 is not on the account" in result.err) == (ExitCode.REFUSED, True)
    assert part(in_doubt)["status"] == "unknown"


def test_said_to_be_not_published(in_doubt):
    assert in_doubt("resolve", "hello#1", "--not-published").code == 0
    assert in_doubt.apply().code == 0
    assert len(in_doubt.posts()) == 1


def test_said_to_be_not_published_although_it_is(in_doubt):
    arrive(in_doubt)
    result = in_doubt("resolve", "hello", "--not-published")
    assert (result.code, "its container is published" in result.err) == (ExitCode.REFUSED, True)
    assert in_doubt.apply().code == 0
    assert len(in_doubt.posts()) == 1


def test_a_container_is_not_sent_again_while_a_request_may_be_under_way(in_doubt):
    result = in_doubt("resolve", "hello", "--retry-same-container")
    assert (result.code, "may still be under way" in result.err) == (ExitCode.REFUSED, True)


def test_the_same_container_is_sent_again(in_doubt):
    in_doubt.advance_clock(400)
    assert in_doubt("resolve", "hello", "--retry-same-container").code == 0
    assert in_doubt.apply().code == 0
    sent = {request["params"]["creation_id"] for request in in_doubt.publishes()}
    assert (len(in_doubt.posts()), len(sent)) == (1, 1)


def test_on_unknown_retry_does_it_by_itself_once_nothing_can_be_under_way(in_doubt):
    write(in_doubt.root, "threadsync.yaml", "policy: {settle: 0s, on_unknown: retry}\n")
    assert in_doubt.apply().code == ExitCode.UNKNOWN
    in_doubt.advance_clock(400)
    assert in_doubt.apply().code == 0
    sent = {request["params"]["creation_id"] for request in in_doubt.publishes()}
    assert (len(in_doubt.posts()), len(sent)) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody", "--not-published"], "nobody is not on record"),
        (["hello#2", "--not-published"], "hello has no part in doubt"),
        (["HELLO!", "--not-published"], "is no entry; write KEY or KEY#N"),
        (["hello"], "give one of --published ID"),
        (["hello", "--not-published", "--retry-same-container"], "give one of --published ID"),
        (["hello", "--published", "abc"], "a post's id is a number"),
    ],
)
def test_wrong_use(cli, arguments, words):
    assert cli.apply().code == 0
    result = cli("resolve", *arguments)
    assert (result.code, words in result.err) == (ExitCode.USAGE, True)


# --- refresh ----------------------------------------------------------------------------------------


def test_no_drift(cli):
    cli.apply()
    assert cli("refresh").last_line == "No drift. Threads is as the state says."


def test_refresh_settles_what_was_in_doubt(in_doubt):
    arrive(in_doubt)
    result = in_doubt("refresh")
    assert (result.code, "hello#1 is out" in result.out) == (0, True)
    assert in_doubt("plan").last_line == "No changes. Threads matches the files."


def test_refresh_leaves_a_doubt_that_it_cannot_settle(in_doubt):
    result = in_doubt("refresh")
    assert result.code == ExitCode.UNKNOWN
    assert result.last_line == "Drift: 0 gone, 0 differing, 1 unknown."


def deleted(cli, media_id):
    with cli.witness() as meta:
        assert meta.delete(f"/v1.0/{media_id}").json()["success"]


def test_what_is_gone_is_told_and_only_forgotten_when_asked(cli):
    cli.apply()
    deleted(cli, part(cli)["id"])
    result = cli("refresh")
    assert "is not on Threads any more" in result.out
    assert "Drift: 1 gone, 0 differing, 0 unknown." in result.out
    assert cli("plan").last_line == "No changes. Threads matches the files."
    assert cli("refresh", "--adopt").code == 0
    assert "Plan: 1 to publish" in cli("plan").out
    assert cli.apply().code == 0
    assert len(cli.posts()) == 1


def test_a_chain_goes_on_from_the_part_that_is_gone(cli):
    write(cli.root, "posts/hello.md", "One\n\n---\n\nTwo\n\n---\n\nThree\n")
    cli.apply()
    parts = cli.state["entries"]["hello"]["parts"]
    deleted(cli, parts[1]["id"])
    assert cli("refresh", "--adopt").code == 0
    assert cli.apply().code == 0
    assert sorted(post["text"] for post in cli.posts("replies")) == ["Three", "Two"]
    assert [post["text"] for post in cli.posts()] == ["One"]
    assert cli("plan").last_line == "No changes. Threads matches the files."
    assert cli("refresh").last_line == "No drift. Threads is as the state says."


def test_a_chain_whose_first_part_is_gone_is_published_anew(cli):
    write(cli.root, "posts/hello.md", "One\n\n---\n\nTwo\n")
    cli.apply()
    deleted(cli, cli.state["entries"]["hello"]["parts"][0]["id"])
    assert cli("refresh", "--adopt").code == 0
    for _ in range(2):
        assert cli.apply().code == 0
    assert [post["text"] for post in cli.posts("replies")] == ["Two"]
    assert cli("refresh").last_line == "No drift. Threads is as the state says."


def test_refresh_for_programs(cli):
    cli.apply()
    deleted(cli, part(cli)["id"])
    found = cli("refresh", "--format", "json").json
    assert found["summary"] == {"gone": 1, "differs": 0, "unknown": 0}
    assert found["drift"][0] == {"kind": "gone", "key": "hello", "n": 1, "id": part(cli)["id"]}
