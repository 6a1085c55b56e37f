"""Apply against the sandbox, over real HTTP: what is published, and what is on record of it."""

from __future__ import annotations

import json

import pytest
from builders import write
from command_line import CommandLine
from pictures import a_jpeg

from threadsync.errors import ExitCode


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys)


BASIC = ("threads_basic", "threads_content_publish")


def texts(posts):
    return sorted(post["text"] for post in posts)


def with_token(monkeypatch, client, *scopes):
    """Commands without --sandbox that talk to it all the same, with a token of these scopes."""
    account = {"username": "sandbox", "token": "OTHER", "scopes": [*BASIC, *scopes]}
    client.post("/_sandbox/accounts", json=account).raise_for_status()
    monkeypatch.setenv("THREADS_API_BASE_URL", str(client.base_url))
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "OTHER")


def test_post_is_published_and_then_there_are_no_changes(cli):
    first = cli.apply()
    assert first.code == 0
    assert first.last_line == (
        "Apply complete: 1 published, 0 replaced, 0 appended, 0 adopted, 0 deleted, 0 resumed, "
        "0 unknown, 0 failed; 0 waiting."
    )
    again = cli.apply()
    assert (again.code, again.last_line) == (0, "No changes. Threads matches the files.")
    assert texts(cli.posts()) == ["Hello, Threads!"]


def test_plan_after_apply_is_empty_and_writes_nothing(cli):
    cli.apply()
    before = (cli.root / ".threadsync/sandbox/threadsync.state.json").read_bytes()
    assert cli("plan", "--detailed-exitcode").code == 0
    assert (cli.root / ".threadsync/sandbox/threadsync.state.json").read_bytes() == before


def test_every_kind_of_post_arrives_as_it_was_planned(cli):
    write(cli.root, "posts/a.jpg", a_jpeg("red"))
    write(cli.root, "posts/b.jpg", a_jpeg("blue"))
    write(cli.root, "posts/image.md", "![red](a.jpg)\n\nOne picture\n")
    write(cli.root, "posts/carousel.md", "![red](a.jpg)\n![blue](b.jpg)\n\nTwo pictures\n")
    write(cli.root, "posts/poll.yaml", "text: Tabs?\npoll: {options: ['Yes', 'No']}\n")
    write(
        cli.root,
        "posts/link.yaml",
        "text: Read\nlink_attachment: https://example.com/a\ntopic_tag: Python\n",
    )
    write(cli.root, "posts/chain.md", "One\n\n---\n\nTwo\n\n---\n\nThree\n")
    write(cli.root, "posts/reply.md", "---\nreply_to: hello\n---\nA reply\n")
    write(cli.root, "posts/quote.md", "---\nquote: chain#2\n---\nA quote\n")
    assert cli.apply().code == 0
    by_text = {post["text"]: post for post in cli.posts()}
    replies = {post["text"]: post for post in cli.posts("replies")}
    assert by_text["One picture"]["media_type"] == "IMAGE"
    assert by_text["Two pictures"]["media_type"] == "CAROUSEL_ALBUM"
    assert len(by_text["Two pictures"]["children"]["data"]) == 2
    assert by_text["Read"]["topic_tag"] == "Python"
    assert replies["Two"]["replied_to"]["id"] == by_text["One"]["id"]
    assert replies["Three"]["replied_to"]["id"] == replies["Two"]["id"]
    assert replies["A reply"]["replied_to"]["id"] == by_text["Hello, Threads!"]["id"]
    assert by_text["A quote"]["quoted_post"]["id"] == replies["Two"]["id"]
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_long_texts_arrive_cut_styled_and_with_their_spoilers(cli):
    text = f"{'A sentence. ' * 38}||{'It was the gardener. ' * 10}||"
    write(cli.root, "posts/long.md", f"---\nsplit: auto\nnumbering: '{{n}}/'\n---\n{text}\n")
    essay = 'text: Read\ntext_attachment: {text: "👍 **bold** and *[link](https://a.example)*"}\n'
    write(cli.root, "posts/essay.yaml", essay)
    assert cli.apply().code == 0
    (first,) = (post for post in cli.posts() if post["text"].startswith("A sentence."))
    (second,) = cli.posts("replies")
    assert (first["text"][-4:], second["text"][-4:]) == ("\n\n1/", "\n\n2/")
    assert second["replied_to"]["id"] == first["id"]
    written = text.replace("||", "").split()
    assert [*first["text"].split()[:-1], *second["text"].split()[:-1]] == written
    assert cli("plan").last_line == "No changes. Threads matches the files."
    sent = [
        request["params"] for request in cli.requests("/threads") if request["method"] == "POST"
    ]
    (attachment,) = (json.loads(p["text_attachment"]) for p in sent if "text_attachment" in p)
    assert attachment["plaintext"] == "👍 bold and link (https://a.example)"
    assert [(s["offset"], s["length"]) for s in attachment["text_with_styling_info"]] == [
        (3, 4),
        (12, 24),
    ]
    assert sum("text_entities" in params for params in sent) == 2


def test_request_shown_is_the_request_sent(cli):
    write(cli.root, "posts/hello.md", "---\ntopic_tag: Python\n---\nHi ||there||\n")
    shown = cli("plan", "--format", "json").json["actions"][0]["parts"][0]["request"]
    cli.apply()
    (sent,) = [entry for entry in cli.requests("me/threads") if entry["method"] == "POST"]
    assert {k: v for k, v in sent["params"].items() if k != "access_token"} == shown


def test_edited_post_is_replaced(cli):
    cli.apply()
    write(cli.root, "posts/hello.md", "Better\n")
    assert cli.apply().last_line.startswith("Apply complete: 0 published, 1 replaced,")
    assert texts(cli.posts()) == ["Better"]
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_parts_are_appended(cli):
    cli.apply()
    write(cli.root, "posts/hello.md", "Hello, Threads!\n\n---\n\nAnd more\n")
    assert "1 appended" in cli.apply().last_line
    (reply,) = cli.posts("replies")
    assert (reply["text"], reply["replied_to"]["id"]) == ("And more", cli.posts()[0]["id"])


def test_removed_file_deletes_only_when_asked(cli):
    cli.apply()
    (cli.root / "posts/hello.md").unlink()
    assert cli.apply().last_line == "No changes. Threads matches the files."
    assert len(cli.posts()) == 1
    assert "1 deleted" in cli.apply("--prune").last_line
    assert cli.posts() == []
    assert cli("plan", "--prune").last_line == "No changes. Threads matches the files."


def test_renamed_file_publishes_nothing(cli):
    cli.apply()
    (cli.root / "posts/hello.md").rename(cli.root / "posts/hi.md")
    assert cli.apply("--format", "json").events[1]["event"] == "moved"
    assert list(cli.state["entries"]) == ["hi"]
    assert len(cli.publishes()) == 1


def test_state_holds_what_is_out_and_no_token(cli):
    cli.apply()
    text = json.dumps(cli.state)
    entry = cli.state["entries"]["hello"]
    (part,) = entry["parts"]
    assert (entry["status"], entry["source"]) == ("published", "posts/hello.md")
    assert part["id"] == cli.posts()[0]["id"]
    assert part["container_id"] != part["id"]
    assert part["permalink"].startswith("https://www.threads.")
    assert cli.state["account"]["username"] == "sandbox"
    assert "SANDBOX" not in text
    assert "Hello, Threads!" not in text


def test_events_for_programs(cli):
    events = cli.apply("--format", "json").events
    assert [event["event"] for event in events] == ["started", "container", "published", "done"]
    assert events[2]["key"] == "hello"
    assert events[2]["id"] == cli.posts()[0]["id"]


def test_waiting_entries_are_reported_and_wait(cli):
    write(cli.root, "posts/later.md", "---\npublish_at: 2099-01-01\n---\nLater\n")
    assert cli.apply().last_line.endswith("0 failed; 1 waiting.")
    assert cli.apply().last_line == "No changes. Threads matches the files; 1 waiting."
    assert cli("plan", "--at", "2099-01-02").last_line.startswith("Plan: 1 to publish")


def test_errors_in_any_file_stop_everything(cli):
    write(cli.root, "posts/broken.md", "---\ntopic_tga: x\n---\nHi\n")
    result = cli.apply()
    assert result.code == ExitCode.PROBLEMS
    assert "posts/broken.md:2:1: error:" in result.err
    assert cli.requests() == []


def test_with_target_only_its_errors_count(cli):
    write(cli.root, "posts/broken.md", "---\ntopic_tga: x\n---\nHi\n")
    assert cli.apply("--target", "hello").code == 0
    assert cli.apply("--target", "broken").code == ExitCode.PROBLEMS


def test_brake_refuses_before_anything_is_sent(cli):
    for n in range(3):
        write(cli.root, f"posts/{n}.md", f"Post {n}\n")
    result = cli.apply("--max-publish", "3")
    assert result.code == ExitCode.REFUSED
    assert "--max-publish 4" in result.err
    assert cli.publishes() == []


def test_saved_plan_is_done_exactly(cli):
    cli("plan", "--out", str(cli.root / "plan.json"))
    write(cli.root, "posts/more.md", "More\n")
    stale = cli("apply", str(cli.root / "plan.json"))
    assert stale.code == ExitCode.REFUSED
    (cli.root / "posts/more.md").unlink()
    assert cli("apply", str(cli.root / "plan.json")).code == 0
    assert cli("apply", str(cli.root / "plan.json")).code == ExitCode.REFUSED
    assert len(cli.posts()) == 1


def test_without_terminal_and_approval_nothing_happens(cli):
    result = cli("apply")
    assert result.code == ExitCode.USAGE
    assert "--auto-approve" in result.err


def test_lost_state_adopts_what_is_out(cli):
    write(cli.root, "posts/chain.md", "One\n\n---\n\nTwo\n")
    cli.apply()
    (cli.root / ".threadsync/sandbox/threadsync.state.json").unlink()
    assert "2 adopted" in cli.apply().last_line
    assert len(cli.publishes()) == 3
    assert cli("plan").last_line == "No changes. Threads matches the files."


def test_lost_answer_is_settled_in_the_same_run(cli):
    cli.fault("publish:1:drop-after")
    result = cli.apply()
    assert (result.code, "1 published" in result.last_line) == (0, True)
    assert len(cli.publishes()) == 1
    assert len(cli.posts()) == 1


def test_error_answer_to_a_publish_that_went_through_is_not_believed(cli):
    cli.fault("publish:1:5xx-applied")
    assert cli.apply().code == 0
    assert len(cli.posts()) == len(cli.publishes()) == 1


def test_lost_request_is_in_doubt_and_settles_itself_within_a_day(cli):
    write(cli.root, "threadsync.yaml", "policy: {settle: 0s}\n")
    cli.fault("publish:1:drop-before")
    assert cli.apply().code == ExitCode.UNKNOWN
    assert cli("plan").last_line.startswith("Plan: 0 to publish")
    assert cli.apply().code == ExitCode.UNKNOWN
    assert len(cli.publishes()) == 1
    cli.advance_clock(25 * 3600)
    assert cli.apply().code == 0
    assert len(cli.posts()) == 1


def test_refused_post_fails_and_is_tried_again(cli):
    cli.fault("create:1:restricted")
    first = cli.apply()
    assert (first.code, "1 failed" in first.last_line) == (ExitCode.PROBLEMS, True)
    assert cli.apply().code == 0
    assert len(cli.posts()) == 1


def test_chain_goes_on_where_it_stopped(cli):
    write(cli.root, "posts/hello.md", "One\n\n---\n\nTwo\n\n---\n\nThree\n")
    cli.fault("create:2:restricted")
    assert cli.apply().code in {ExitCode.PARTLY, ExitCode.PROBLEMS}
    assert "resume" in cli("plan", "--format", "json").out
    assert cli.apply().code == 0
    assert len(cli.publishes()) == 3
    assert texts(cli.posts("replies")) == ["Three", "Two"]


def test_late_edit_of_a_long_text_leaves_the_posts_that_are_out(cli):
    text = "---\nsplit: auto\nnumbering: '{n}/'\n---\n" + "A sentence. " * 100
    write(cli.root, "posts/hello.md", text)
    cli.fault("create:3:restricted")
    assert cli.apply().code in {ExitCode.PARTLY, ExitCode.PROBLEMS}
    write(cli.root, "posts/hello.md", f"{text}And a new end.")
    plan = cli("plan", "--format", "json").json
    assert [action["action"] for action in plan["actions"]] == ["resume"]
    assert cli.apply().code == 0
    assert len(cli.publishes()) == 3
    (last,) = (t for t in texts(cli.posts("replies")) if t.endswith("\n\n3/"))
    assert "And a new end." in last


def test_without_the_scope_to_delete_nothing_is_replaced(cli, project, capsys, monkeypatch):
    with cli.witness() as client:
        with_token(monkeypatch, client)
        real = CommandLine(project, capsys, sandbox=False)
        assert real.apply().code == 0
        write(project, "posts/hello.md", "Better\n")
        result = real.apply()
    assert (result.code, "threads_delete" in result.err) == (ExitCode.PROBLEMS, True)
    assert texts(cli.posts()) == ["Hello, Threads!"]


def test_state_of_another_account_is_refused(cli):
    cli.apply()
    path = cli.root / ".threadsync/sandbox/threadsync.state.json"
    state = json.loads(path.read_text())
    state["account"]["user_id"] = "1"
    path.write_text(json.dumps(state))
    write(cli.root, "posts/more.md", "More\n")
    result = cli.apply()
    assert result.code == ExitCode.STATE
    assert len(cli.publishes()) == 1


def test_no_token_says_what_to_set(project, capsys):
    result = CommandLine(project, capsys, sandbox=False).apply()
    assert result.code == ExitCode.PROBLEMS
    assert "THREADS_ACCESS_TOKEN" in result.err


def test_two_permissions_are_enough_for_a_post(cli, project, capsys, monkeypatch):
    with cli.witness() as client:
        with_token(monkeypatch, client)
        assert CommandLine(project, capsys, sandbox=False).apply().code == 0
    assert texts(cli.posts()) == ["Hello, Threads!"]


def test_empty_state_and_many_foreign_posts_stop_the_run(cli):
    for n in range(10):
        write(cli.root, f"posts/{n}.md", f"Post {n}\n")
    cli.apply()
    (cli.root / ".threadsync/sandbox/threadsync.state.json").unlink()
    for n in range(10):
        write(cli.root, f"posts/{n}.md", f"Other {n}\n")
    stopped = cli.apply()
    assert stopped.code == ExitCode.REFUSED
    assert "import" in stopped.err
    assert "--fresh" in stopped.err
    assert len(cli.publishes()) == 11
    assert cli.apply("--fresh").code == 0


def test_reply_and_quote_of_a_post_replaced_in_the_same_run_refer_to_the_new_one(cli):
    cli.apply()
    write(cli.root, "posts/hello.md", "Better\n")
    write(cli.root, "posts/a-reply.md", "---\nreply_to: hello\n---\nA reply\n")
    write(cli.root, "posts/a-quote.md", "---\nquote: hello\n---\nA quote\n")
    assert cli.apply().code == 0
    by_text = {post["text"]: post for post in cli.posts() + cli.posts("replies")}
    assert by_text["A reply"]["replied_to"]["id"] == by_text["Better"]["id"]
    assert by_text["A quote"]["quoted_post"]["id"] == by_text["Better"]["id"]


@pytest.mark.parametrize("reference", ["reply_to", "quote"])
def test_a_container_made_before_its_parent_was_replaced_is_not_used(cli, reference):
    cli.apply()
    write(cli.root, "posts/later.md", f"---\n{reference}: hello\n---\nLater\n")
    with cli.witness() as client:
        client.post("/_sandbox/faults", json=["status:*:no-permission"]).raise_for_status()
    assert cli.apply().code == ExitCode.PROBLEMS
    with cli.witness() as client:
        client.delete("/_sandbox/faults").raise_for_status()
    write(cli.root, "posts/hello.md", "Better\n")
    assert cli.apply().code == 0
    by_text = {post["text"]: post for post in cli.posts() + cli.posts("replies")}
    edge = {"reply_to": "replied_to", "quote": "quoted_post"}[reference]
    assert by_text["Later"][edge]["id"] == by_text["Better"]["id"]
