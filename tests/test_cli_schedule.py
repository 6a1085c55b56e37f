"""Posts that keep a distance, quiet hours and the calendar, through the command line and a sandbox."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from anyio import to_thread
from builders import write
from command_line import CommandLine
from pictures import a_jpeg

from threadsync.errors import ExitCode
from threadsync.project import Project
from threadsync.reading.settings import Request, load_settings
from threadsync.workflow.apply import Hooks, Options, apply_project


@pytest.fixture
def cli(project, capsys):
    return CommandLine(project, capsys)


def policy(cli, text, timezone="UTC"):
    write(cli.root, "threadsync.yaml", f"timezone: {timezone}\npolicy:\n  {text}\n")


def quiet_now():
    """Quiet hours from an hour ago to an hour ahead, in UTC."""
    now, hour = datetime.now(UTC), timedelta(hours=1)
    return f"quiet_hours: {now - hour:%H:%M}-{now + hour:%H:%M}"


def texts(cli):
    return [post["text"] for post in cli.posts()]


def test_with_a_gap_each_run_publishes_at_most_one_post(cli):
    policy(cli, "min_gap: 30m")
    write(cli.root, "posts/next.md", "Next\n")
    assert cli.apply().last_line.endswith("0 failed; 1 waiting.")
    again = cli.apply()
    assert again.last_line == "No changes. Threads matches the files; 1 waiting."
    assert "next  (held by policy.min_gap, not before " in again.out
    assert texts(cli) == ["Hello, Threads!"]
    later = datetime.now(UTC) + timedelta(minutes=31)
    assert "+    next  (new)" in cli("plan", "--at", f"{later:%Y-%m-%d %H:%M}Z").out


def test_a_chain_goes_out_whole_and_counts_as_one_post(cli):
    policy(cli, "min_gap: 1d")
    write(cli.root, "posts/a.md", "One\n\n---\n\nTwo\n")
    assert cli.apply().last_line.endswith("0 failed; 1 waiting.")
    assert texts(cli) == ["One"]
    assert [post["text"] for post in cli.posts("replies")] == ["Two"]


def test_in_quiet_hours_nothing_goes_out(cli):
    policy(cli, quiet_now())
    result = cli.apply()
    assert result.last_line == "No changes. Threads matches the files; 1 waiting."
    assert "held by policy.quiet_hours, not before" in result.out
    assert cli.requests("threads") == []


def test_events_say_from_when_a_post_may_go(cli):
    policy(cli, "min_gap: 30m")
    write(cli.root, "posts/next.md", "Next\n")
    events = cli.apply("--format", "json").events
    (waiting,) = [event for event in events if event["event"] == "waiting"]
    assert (waiting["key"], waiting["reason"]) == ("next", "held by policy.min_gap")
    assert datetime.fromisoformat(waiting["not_before"]) > datetime.now(UTC)


def test_a_saved_plan_of_a_post_that_is_held_publishes_the_others_only(cli):
    policy(cli, "min_gap: 30m")
    write(cli.root, "posts/next.md", "Next\n")
    cli("plan", "--out", "plan.json")
    assert cli("apply", "plan.json").last_line.startswith("Apply complete: 1 published")
    assert cli("apply", "plan.json").code == ExitCode.REFUSED


def lose_state(cli):
    (cli.root / ".threadsync/sandbox/threadsync.state.json").unlink()


def test_a_lost_state_adopts_what_would_have_to_wait_for_its_turn_too(cli):
    write(cli.root, "posts/next.md", "Next\n")
    cli.apply()
    lose_state(cli)
    policy(cli, "min_gap: 30m")
    assert "2 adopted" in cli.apply().last_line
    assert len(cli.posts()) == 2


def test_with_a_lost_state_what_waits_for_its_turn_is_not_taken_for_new(cli):
    write(cli.root, "posts/cat.jpg", a_jpeg())
    write(cli.root, "posts/picture.yaml", "media: [{path: cat.jpg, alt_text: a cat}]\n")
    cli.apply()
    lose_state(cli)
    policy(cli, "min_gap: 30m")
    result = cli.apply()
    assert (result.code, "out already: picture" in result.err) == (ExitCode.REFUSED, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("quiet_hours: 22:00-22:00", "which begins when it ends"),
        ("quiet_hours: 22-7", "two times of the day are needed, such as 22:00-07:00"),
        ("quiet_hours: 24:00-07:00", "two times of the day are needed"),
        ("quiet_hours: 22:00", "text is needed; put it in quotes"),
        ("quiet_hours: [a]", "policy.quiet_hours is a list, text is needed"),
        ("min_gap: 30", "a number and its unit are needed"),
        ("min_gap: half an hour", "a number and its unit are needed"),
        ("min_gab: 30m", "did you mean min_gap?"),
    ],
)
def test_what_is_no_gap_and_no_hours_is_told(cli, text, words):
    policy(cli, text)
    result = cli("plan")
    assert result.code == ExitCode.PROBLEMS
    assert words in result.err
    assert "threadsync.yaml:3:" in result.err


def test_the_calendar_needs_no_network(project, capsys):
    cli = CommandLine(project, capsys, sandbox=False)
    policy(cli, "max_publish: 5", timezone="Europe/Berlin")
    write(project, "posts/idea.md", "---\ndraft: true\n---\nAn idea\n")
    result = cli("status", "--calendar", "--weeks", "1")
    assert (result.code, result.err) == (0, "")
    assert "  now    hello  Hello, Threads!\n" in result.out
    assert result.out.endswith(
        "1 post in these weeks, 1 without a time. Times are those of Europe/Berlin.\n"
    )


def test_the_calendar_as_json(cli):
    write(cli.root, "posts/later.md", "---\npublish_at: 2099-01-01\n---\nLater\n")
    calendar = cli("status", "--calendar", "--format", "json").json
    assert (calendar["format_version"], calendar["timezone"]) == (1, "UTC")
    assert (calendar["weeks"], calendar["later"], calendar["undated"]) == (4, 1, [])
    assert [slot["key"] for day in calendar["days"] for slot in day["entries"]] == ["hello"]


@pytest.mark.parametrize("arguments", [["--weeks", "2"], ["--calendar", "--weeks", "0"]])
def test_weeks_that_make_no_sense(cli, arguments):
    result = cli("status", *arguments)
    assert result.code == ExitCode.USAGE
    assert "--weeks" in result.err


# --- a cron job, with a clock that moves ---------------------------------------------------------


async def run_after(cli, minutes):
    """An apply that many minutes from now, on a Threads whose clock says the same; its counts."""
    project = Project(load_settings(Request(folder=cli.root, is_sandbox=True), {}), {})
    hooks = Hooks(
        show=lambda _: None,
        approve=lambda _: True,
        listen=lambda _: None,
        stop=asyncio.Event(),
        wait=lambda _: None,
    )
    options = Options(now=datetime.now(UTC) + timedelta(minutes=minutes))
    outcome = await apply_project(project, options, hooks)
    return outcome.counts["published"], outcome.counts["waiting"]


@pytest.mark.anyio
async def test_a_run_that_comes_late_or_twice_keeps_the_gap(cli):
    policy(cli, "min_gap: 1h")
    for name in ("next", "last"):
        write(cli.root, f"posts/{name}.md", f"{name}\n")
    assert await run_after(cli, 0) == (1, 2)
    assert await run_after(cli, 0) == (0, 2)
    await to_thread.run_sync(cli.advance_clock, 5 * 3600)
    assert await run_after(cli, 300) == (1, 1)
    assert await run_after(cli, 301) == (0, 1)
    assert await to_thread.run_sync(texts, cli) == ["last", "Hello, Threads!"]


@pytest.mark.anyio
async def test_a_run_that_comes_hours_late_publishes_what_became_due(cli):
    due = datetime.now(UTC) + timedelta(minutes=90)
    write(cli.root, "posts/due.md", f"---\npublish_at: {due:%Y-%m-%d %H:%M}\n---\nDue\n")
    assert await run_after(cli, 0) == (1, 1)
    assert await run_after(cli, 400) == (1, 0)
    assert await run_after(cli, 400) == (0, 0)
