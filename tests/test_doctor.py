"""`doctor`: one line for each check, what was found, what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOON, a_media, a_part, an_entry, write
from command_line import CommandLine
from signing import staged

from threadsync.api.types import Account, PublishingLimit
from threadsync.checkup import verdicts
from threadsync.checkup.verdicts import Verdict
from threadsync.config import MediaSettings, StateSettings
from threadsync.errors import ExitCode

NAMES = ["token", "account", "scopes", "quota", "clock", "media", "state", "posts"]
USUAL = ["threads_basic", "threads_content_publish", "threads_manage_replies", "threads_delete"]


@pytest.fixture
def stage(tmp_path):
    with staged(tmp_path / "sandbox") as stage:
        yield stage


@pytest.fixture
def cli(project, capsys, stage, monkeypatch):
    """The command line in a project whose server is the sandbox, with its token."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("THREADS_API_BASE_URL", stage.base_url)
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "SANDBOX")
    return CommandLine(project, capsys, sandbox=False)


@pytest.fixture
def with_token(stage, monkeypatch):
    """Puts a token with these values into the environment."""

    def use(**values):
        monkeypatch.setenv("THREADS_ACCESS_TOKEN", "OTHER")
        return stage.add_token("OTHER", **values)

    return use


def lines(result):
    """The lines of a text result by the name of the check: (verdict, the rest)."""
    words = (line.split(None, 2) for line in result.out.splitlines())
    return {name: (verdict, rest) for verdict, name, rest in words}


def test_all_is_well(cli):
    done = cli("doctor")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    assert {name: verdict for name, (verdict, _) in lines(done).items()} == dict.fromkeys(
        NAMES, "ok"
    )
    assert lines(done)["token"][1].startswith("from THREADS_ACCESS_TOKEN, ends in ")


def test_all_is_well_in_the_sandbox(cli, monkeypatch):
    monkeypatch.delenv("THREADS_ACCESS_TOKEN")
    found = lines(cli("--sandbox", "doctor"))
    assert list(found) == NAMES
    assert found["state"] == ("ok", "local: .threadsync/sandbox/threadsync.state.json")


def test_as_json(cli, with_token):
    with_token(scopes=["threads_basic", "threads_content_publish"])
    write(cli.root, "posts/chain.yaml", "chain: [{text: a}, {text: b}]\n")
    done = cli("doctor", "--format", "json")
    assert (done.code, done.json["format_version"]) == (ExitCode.PROBLEMS, 1)
    (scopes,) = (check for check in done.json["checks"] if check["name"] == "scopes")
    assert scopes == {
        "name": "scopes",
        "verdict": "problem",
        "found": "missing: threads_manage_replies for the chain chain, threads_read_replies for "
        "the chain chain, threads_delete to replace chain when it is edited",
        "advice": "add to the app at Meta what it lacks, then run threadsync auth login",
    }


def test_quiet_says_only_what_is_wrong(cli):
    assert cli("-q", "doctor").out == ""


def test_without_a_token_the_rest_is_checked(cli, monkeypatch):
    monkeypatch.delenv("THREADS_ACCESS_TOKEN")
    done = cli("doctor")
    assert (done.code, list(lines(done))) == (
        ExitCode.PROBLEMS,
        ["token", "media", "state", "posts"],
    )
    assert "run threadsync auth login" in lines(done)["token"][1]


def test_a_token_that_is_refused(cli, monkeypatch):
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "UNHEARD-OF")
    verdict, rest = lines(cli("doctor"))["token"]
    assert (verdict, rest.endswith("; run threadsync auth login")) == ("problem", True)


def test_a_token_of_somebody_who_is_no_tester(cli, with_token):
    with_token(scopes=[])
    assert "accept the app's invitation in Threads" in lines(cli("doctor"))["token"][1]


def test_a_token_in_its_last_week(cli, with_token):
    with_token(expires_in_s=6.5 * 86_400)
    done = cli("doctor")
    verdict, rest = lines(done)["token"]
    assert (done.code, verdict) == (ExitCode.DONE, "warning")
    assert rest.endswith("run threadsync auth refresh --print")
    assert "ends in 6 days, on " in rest


def test_the_account_of_another_state(cli, with_token):
    cli("apply", "--auto-approve")
    with_token()
    verdict, rest = lines(cli("doctor"))["account"]
    assert verdict == "problem"
    assert "the token is of @somebody (" in rest
    assert ", the state of @sandbox (" in rest


def test_a_quota_is_not_asked_for_without_its_scope(cli, with_token):
    with_token(scopes=["threads_basic", "threads_content_publish"])
    assert lines(cli("doctor"))["quota"] == ("ok", "left: 250 of 250 posts")


def test_what_is_out_counts_for_the_scopes(cli, with_token):
    write(cli.root, "posts/chain.yaml", "chain: [{text: a}, {text: b}]\n")
    assert cli("apply", "--auto-approve").code == ExitCode.DONE
    with_token(username="sandbox", scopes=["threads_basic", "threads_content_publish"])
    assert "threads_read_replies for the chain chain" in lines(cli("doctor"))["scopes"][1]


def test_a_quota_that_cannot_be_read(cli, stage):
    stage.steer("faults", call="limit", nth="*", fault="no-permission")
    verdict, rest = lines(cli("doctor"))["quota"]
    assert (verdict, "Application does not have permission" in rest) == ("problem", True)


def test_a_clock_that_is_wrong(cli, stage):
    stage.advance(hours=3)
    done = cli("doctor")
    verdict, rest = lines(done)["clock"]
    assert (done.code, verdict) == (ExitCode.DONE, "warning")
    assert rest == "this computer is 3 hours behind Threads; set its clock: posts go out by it"


def test_a_local_state_in_ci(cli, monkeypatch):
    monkeypatch.setenv("CI", "true")
    verdict, rest = lines(cli("doctor"))["state"]
    assert (verdict, rest.endswith("use state.backend s3 or git in CI")) == ("warning", True)


def test_a_state_that_cannot_be_read(cli):
    write(cli.root, "threadsync.state.json", "{")
    done = cli("doctor")
    assert (done.code, lines(done)["state"][0]) == (ExitCode.PROBLEMS, "problem")
    assert list(lines(done)) == NAMES


def test_posts_with_errors(cli):
    write(cli.root, "posts/bad.md", "---\ntopic_tga: x\n---\nHi\n")
    assert lines(cli("doctor"))["posts"] == (
        "problem",
        "1 entry and 1 error; run threadsync validate",
    )


# --- verdicts -------------------------------------------------------------------------------------


def test_another_account_than_the_settings_name():
    check = verdicts.account_check(Account(id="2", username="b"), "1", {})
    assert str(check) == (
        "the token is of @b (2), user_id is 1; use the token of that account, or correct user_id"
    )


def test_a_quota_that_is_used_up():
    check = verdicts.quota_check(PublishingLimit(quota_usage=250), USUAL)
    assert check.verdict is Verdict.WARNING
    assert check.found == "left: 0 of 250 posts, 1000 of 1000 replies, 100 of 100 deletes"


@pytest.mark.parametrize(
    ("ahead", "found"),
    [
        (timedelta(seconds=60), "this computer and Threads agree"),
        (timedelta(seconds=-61), "this computer is 61 s behind Threads"),
        (timedelta(minutes=5), "this computer is 5 min ahead of Threads"),
        (timedelta(hours=-3), "this computer is 3 hours behind Threads"),
        (timedelta(days=53), "this computer is 53 days ahead of Threads"),
    ],
)
def test_clocks(ahead, found):
    assert verdicts.clock_check(NOON + ahead, NOON).found == found


@pytest.mark.parametrize(
    ("media", "entries", "verdict", "found"),
    [
        (MediaSettings(), [an_entry()], "ok", "posts can only show public web addresses"),
        (
            MediaSettings(),
            [an_entry("cat", a_part(media=(a_media(),)))],
            "problem",
            "media.store is none, and cat shows a file of the project",
        ),
        (
            MediaSettings(),
            [an_entry("cat", a_part(media=(a_media(None, url="https://x/y.jpg"),)))],
            "ok",
            "posts can only show public web addresses",
        ),
        (
            MediaSettings(store="s3", bucket="b", public_base_urls=("https://m",)),
            [],
            "ok",
            "bucket b, public at https://m, by the settings; it was not asked",
        ),
        (
            MediaSettings(store="s3", bucket="b", presign_expires=60),
            [],
            "ok",
            "bucket b, presigned",
        ),
    ],
)
def test_what_the_settings_of_media_mean(media, entries, verdict, found):
    check = verdicts.media_check(media, entries)
    assert (check.verdict, found in check.found) == (verdict, True)


def test_a_state_in_a_bucket_is_well_in_ci():
    state = StateSettings(backend="s3", bucket="b")
    assert verdicts.state_check(state, is_ci=True).verdict is Verdict.OK
