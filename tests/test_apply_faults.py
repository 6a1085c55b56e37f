"""What apply does when Meta refuses, dawdles, or does not answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from builders import write
from command_line import CommandLine
from pictures import a_jpeg

from threadsync.errors import ExitCode
from threadsync.planning.guard import Room
from threadsync.publishing.driver import MAX_CONTAINERS
from threadsync.publishing.run import Run
from threadsync.workflow import apply, lazy_run


@pytest.fixture
def cli(project, capsys, monkeypatch):
    """A project whose waits take no time; `cli.waits_s` has them."""
    cli = CommandLine(project, capsys)
    cli.waits_s = []

    async def soon(seconds):
        cli.waits_s.append(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr(lazy_run, "sleep", soon)
    monkeypatch.setattr("threadsync.api.transport.wait_before", lambda *_: timedelta(0))
    write(project, "threadsync.yaml", "policy: {settle: 0s}\n")
    return cli


def texts(posts):
    return sorted(post["text"] for post in posts)


def test_file_that_cannot_be_processed_is_named(cli):
    write(cli.root, "posts/hello.md", "![red](red.jpg)\n\nRed\n")
    write(cli.root, "posts/red.jpg", a_jpeg())
    cli.fault("create:1:container-error:INVALID_ASPEC_RATIO")
    result = cli.apply()
    assert result.code == ExitCode.PROBLEMS
    assert "could not process posts/red.jpg: ERROR INVALID_ASPEC_RATIO" in result.out
    assert cli.state["entries"]["hello"]["status"] == "failed"
    assert "failed: Meta could not process" in cli("plan").out
    assert cli.apply().code == 0


def test_item_of_a_carousel_that_cannot_be_processed_is_named(cli):
    write(cli.root, "posts/hello.md", "![red](red.jpg)\n![blue](blue.jpg)\n\nTwo\n")
    write(cli.root, "posts/red.jpg", a_jpeg("red"))
    write(cli.root, "posts/blue.jpg", a_jpeg("blue"))
    cli.fault("create:2:container-error:UNKNOWN")
    assert "could not process posts/blue.jpg: ERROR UNKNOWN" in cli.apply().out


def test_container_that_is_not_visible_yet_is_published_a_little_later(cli):
    cli.fault("publish:1:not-ready")
    assert cli.apply().code == 0
    assert cli.waits_s == [3.0]
    assert len(cli.publishes()) == 2
    assert len({entry["params"]["creation_id"] for entry in cli.publishes()}) == 1


def test_parent_that_is_not_visible_yet_is_waited_for(cli):
    write(cli.root, "posts/hello.md", "One\n\n---\n\nTwo\n")
    cli.fault("create:2:not-ready")
    assert cli.apply().code == 0
    assert cli.posts("replies")[0]["replied_to"]["id"] == cli.posts()[0]["id"]


def test_refused_publish_fails_with_metas_words(cli):
    cli.fault("publish:1:rate-limit")
    result = cli.apply()
    assert (result.code, "nothing was posted" in result.out) == (ExitCode.PROBLEMS, True)
    assert cli.posts() == []
    assert cli.apply().code == 0
    assert len(cli.posts()) == 1


def test_restricted_account_ends_the_run(cli):
    write(cli.root, "posts/later.md", "Later\n")
    cli.fault("publish:1:restricted")
    result = cli.apply()
    assert result.code == ExitCode.PROBLEMS
    assert "restricts the account" in result.err
    assert len(cli.publishes()) == 1


def test_refused_token_at_publish_is_in_doubt(cli):
    cli.fault("publish:1:token-expired")
    for look in (2, 3):
        cli.fault(f"status:{look}:token-expired")
    assert cli.apply().code == ExitCode.UNKNOWN
    assert len(cli.publishes()) == 1
    assert cli.apply().code == 0  # with a token that is accepted again
    assert len(cli.posts()) == 1


def test_unknown_entry_holds_up_its_replies_and_nobody_else(cli):
    write(cli.root, "posts/reply.md", "---\nreply_to: hello\n---\nReply\n")
    write(cli.root, "posts/other.md", "Other\n")
    cli.fault("publish:1:drop-before")
    result = cli.apply("--format", "json")
    done = result.events[-1]["summary"]
    assert (done["unknown"], done["waiting"], done["published"]) == (1, 1, 1)
    assert texts(cli.posts()) == ["Other"]


def test_what_is_unknown_is_told_beside_a_target(cli):
    cli.fault("publish:1:drop-before")
    write(cli.root, "posts/other.md", "Other\n")
    assert cli.apply("--target", "hello").code == ExitCode.UNKNOWN
    done = cli.apply("--target", "other")
    assert done.code == ExitCode.UNKNOWN
    assert "hello: unknown: no target of this run; whether it is out is not known yet" in done.out
    assert "1 published" in done.out
    again = cli.apply("--target", "other")
    assert (again.code, again.out.count("hello: unknown")) == (ExitCode.UNKNOWN, 1)


def test_an_entry_with_the_same_text_does_not_take_a_post_that_is_in_doubt(cli):
    cli.fault("publish:1:drop-after")
    for look in range(2, 6):
        cli.fault(f"status:{look}:token-expired")
    assert cli.apply().code == ExitCode.UNKNOWN
    write(cli.root, "posts/twin.md", (cli.root / "posts/hello.md").read_text())
    second = cli.apply()
    assert (second.code, len(cli.publishes())) == (ExitCode.UNKNOWN, 1)
    assert "equals hello, of which it is not known whether it is out" in second.out
    cli.repair()
    assert cli.apply().code == 0
    published = {key: entry["parts"][0]["id"] for key, entry in cli.state["entries"].items()}
    assert len(set(published.values())) == len(cli.posts()) == len(cli.publishes()) == 2


def test_a_broken_file_does_not_hide_that_a_post_is_unknown(cli):
    cli.fault("publish:1:drop-before")
    assert cli.apply().code == ExitCode.UNKNOWN
    write(cli.root, "posts/broken.md", "---\npublish_at: soon\n---\nText\n")
    result = cli.apply()
    assert (result.code, "[bad-time]" in result.err) == (ExitCode.UNKNOWN, True)


def test_live_post_that_cannot_be_found_counts_as_unknown(cli):
    cli.fault("publish:1:drop-after")
    cli.fault("threads:*:transient")
    assert cli.apply("--fresh").code == ExitCode.UNKNOWN
    assert cli.state["entries"]["hello"]["status"] == "unknown"
    cli.repair()
    assert cli.apply().code == 0
    assert len(cli.posts()) == len(cli.publishes()) == 1


def test_lost_answer_to_a_delete_is_looked_up(cli):
    cli.apply()
    (cli.root / "posts/hello.md").unlink()
    cli.fault("delete:1:drop-after")
    assert "1 deleted" in cli.apply("--prune").last_line
    assert cli.posts() == []


def test_delete_that_never_arrived_is_done_by_the_next_run(cli):
    cli.apply()
    write(cli.root, "posts/hello.md", "Better\n")
    cli.fault("delete:1:drop-before")
    assert cli.apply().code == ExitCode.PROBLEMS
    assert texts(cli.posts()) == ["Better", "Hello, Threads!"]
    assert "1 to resume" in cli("plan").last_line
    assert cli.apply().code == 0
    assert texts(cli.posts()) == ["Better"]
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_post_that_somebody_deleted_meanwhile_counts_as_deleted(cli):
    cli.apply()
    with cli.witness() as client:
        client.delete(f"/v1.0/{cli.posts()[0]['id']}").raise_for_status()
    (cli.root / "posts/hello.md").unlink()
    assert "1 deleted" in cli.apply("--prune").last_line


def test_replace_whose_new_post_is_refused_keeps_the_old_one(cli):
    cli.apply()
    write(cli.root, "posts/hello.md", "Better\n")
    cli.fault("publish:1:rate-limit")
    assert cli.apply().code == ExitCode.PROBLEMS
    assert texts(cli.posts()) == ["Hello, Threads!"]
    write(cli.root, "posts/hello.md", "Hello, Threads!\n")
    assert cli("plan").last_line == "No changes. Threads matches the files."
    write(cli.root, "posts/hello.md", "Better\n")
    assert cli.apply().code == 0
    assert texts(cli.posts()) == ["Better"]


def test_what_does_not_fit_into_the_quota_waits_whole(cli, monkeypatch):
    write(cli.root, "posts/chain.md", "One\n\n---\n\nTwo\n\n---\n\nThree\n")

    async def little(*_):
        return Room(posts=9, replies=1, deletes=100)

    monkeypatch.setattr(apply, "fetch_room", little)
    result = cli.apply()
    assert (result.code, "1 waiting" in result.last_line) == (ExitCode.QUOTA, True)
    assert texts(cli.posts()) == ["Hello, Threads!"]


def test_expired_container_is_made_again(cli):
    cli.fault("publish:1:rate-limit")
    cli.fault("status:2:transient")
    cli.apply()
    cli.advance_clock(25 * 3600)
    assert cli.apply().code == 0
    assert len(cli.posts()) == 1


def test_quota_that_cannot_be_read_stops_nothing(cli):
    cli.fault("limit:*:transient")
    assert cli.apply().code == 0


def test_refused_delete_is_not_believed(cli):
    cli.apply()
    write(cli.root, "posts/hello.md", "Better\n")
    cli.fault("delete:1:not-ready")
    assert cli.apply().code == ExitCode.PROBLEMS
    assert texts(cli.posts()) == ["Better", "Hello, Threads!"]
    assert cli.apply().code == 0
    assert texts(cli.posts()) == ["Better"]


def test_reply_to_a_post_whose_answer_was_lost_goes_out_in_the_same_run(cli):
    write(cli.root, "posts/a.md", "---\nreply_to: hello\n---\nReply\n")
    cli.fault("publish:1:drop-after")
    result = cli.apply()
    assert (result.code, "2 published" in result.last_line) == (0, True)
    assert cli.posts("replies")[0]["replied_to"]["id"] == cli.posts()[0]["id"]


def test_renamed_file_of_an_unknown_entry_waits(cli):
    cli.fault("publish:1:drop-before")
    assert cli.apply().code == ExitCode.UNKNOWN
    (cli.root / "posts/hello.md").rename(cli.root / "posts/hi.md")
    result = cli.apply()
    assert (result.code, "0 published" in result.last_line) == (ExitCode.UNKNOWN, True)
    assert len(cli.publishes()) == 1
    cli.advance_clock(25 * 3600)
    assert cli.apply().code == 0
    assert texts(cli.posts()) == ["Hello, Threads!"]


def test_renamed_file_of_a_half_published_chain_goes_on(cli):
    write(cli.root, "posts/hello.md", "One\n\n---\n\nTwo\n")
    cli.fault("create:2:text-too-long")
    assert cli.apply().code == ExitCode.PROBLEMS
    (cli.root / "posts/hello.md").rename(cli.root / "posts/hi.md")
    assert "hi  (1 of 2 parts out)" in cli("plan").out
    assert cli.apply().code == 0
    assert (texts(cli.posts()), texts(cli.posts("replies"))) == (["One"], ["Two"])
    assert list(cli.state["entries"]) == ["hi"]
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_chain_shortened_to_what_is_out_is_finished(cli):
    write(cli.root, "posts/hello.md", "One\n\n---\n\nTwo\n")
    cli.fault("create:2:text-too-long")
    cli.apply()
    write(cli.root, "posts/hello.md", "One\n")
    assert cli.apply().code == 0
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_error_before_anything_was_tried_is_no_partial_success(cli):
    cli.fault("me:*:transient")
    assert cli.apply().code == ExitCode.PROBLEMS


@pytest.mark.parametrize("token", ["THSECRET\n x", "THSECRET\u00e9", "TH SECRET"])
def test_token_that_cannot_be_one_is_refused_without_being_shown(cli, capsys, monkeypatch, token):
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", token)
    for command in ("apply", "status"):
        result = CommandLine(cli.root, capsys, sandbox=False)(command, *AUTO[command])
        assert result.code == ExitCode.PROBLEMS
        assert "SECRET" not in result.out + result.err


AUTO = {"apply": ["--auto-approve"], "status": []}


def test_polls_as_the_settings_say(cli):
    write(cli.root, "threadsync.yaml", "polling: {waits: [7s], limits: {text: 20s}}\n")
    cli.fault("status:*:media-not-found")
    assert cli.apply().code == ExitCode.PROBLEMS
    assert len(cli.waits_s) == 2 * MAX_CONTAINERS
    assert all(5.2 < wait < 6 for wait in cli.waits_s)  # sooner, for it is the next one
    assert len(set(cli.waits_s)) > 1  # a little by chance


def test_waits_are_shorter_for_the_post_that_is_next():
    nothing = dict.fromkeys(("api", "uploader", "session", "listen", "root", "clock"))
    run = Run(**nothing, chance=lambda: 0.0)
    waits_s = [run.nearer(position, 64).jittered(100) for position in (0, 32, 64, 999)]
    assert waits_s == pytest.approx([85, 92.5, 100, 100])
