"""`auth status` and `auth refresh`: what is said of a token, when it is renewed, where it goes."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import write
from command_line import CommandLine
from signing import staged

from threadsync.api.credentials import Credentials
from threadsync.config import Settings
from threadsync.errors import ExitCode
from threadsync.signin.held import token_file_of

GH = """#!/bin/sh
cat > "$0.stdin"
echo "$@" > "$0.arguments"
pwd > "$0.folder"
"""
BROKEN_GH = """#!/bin/sh
echo "no access to $(cat)" >&2
exit 1
"""


@pytest.fixture
def stage(tmp_path):
    with staged(tmp_path / "sandbox") as stage:
        yield stage


@pytest.fixture
def cli(project, capsys, stage, monkeypatch):
    """The command line in a project whose server is the sandbox, without a token."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("THREADS_API_BASE_URL", stage.base_url)
    return CommandLine(project, capsys, sandbox=False)


@pytest.fixture
def token_file(cli, stage):
    """Where the token of the project is stored."""
    settings = Settings(root=cli.root.resolve(), base_url=stage.base_url)
    return token_file_of(settings, os.environ)


@pytest.fixture
def stored(token_file, stage):
    """A token of 60 days that was just made and stored."""
    owner = stage.add_token("STORED", expires_in_s=60 * 86_400)
    token_file.save(a_login("STORED", user_id=owner))
    return token_file


@pytest.fixture
def in_environment(stage, monkeypatch):
    """A token of 60 days that was just made, in the environment."""
    stage.add_token("OUTSIDE", expires_in_s=60 * 86_400)
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "OUTSIDE")


@pytest.fixture
def gh(tmp_path, monkeypatch):
    """Puts a program `gh` in front of all others; its path."""

    def install(script=GH):
        path = write(tmp_path / "bin", "gh", script)
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
        return path

    return install


def a_login(token, days=60, user_id="1"):
    ends = datetime.now(UTC) + timedelta(days=days)
    return Credentials(user_id, ["threads_basic"], False, token, ends)


# --- status ---------------------------------------------------------------------------------------


def test_status_of_a_stored_token(cli, stored):
    done = cli("auth", "status")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    account, token, ends, scopes, *_ = done.out.splitlines()
    assert account.startswith("account  @somebody (178")
    assert token == f"token    from ~/.config/threadsync/{stored.path.name}"
    assert ends.startswith(("ends     in 59 days, on ", "ends     in 60 days, on "))
    assert scopes == "scopes   threads_basic, threads_content_publish, threads_delete,"


def test_status_as_json(cli, in_environment):
    done = cli("auth", "status", "--format", "json")
    found = done.json
    assert (done.code, found["valid"], found["days_left"] in {59, 60}) == (
        ExitCode.DONE,
        True,
        True,
    )
    assert (found["source"], found["place"]) == ("environment", "THREADS_ACCESS_TOKEN")
    assert (found["username"], "threads_basic" in found["scopes"]) == ("somebody", True)


def test_status_warns_in_the_last_week(cli, stored, stage):
    stage.advance(days=52, hours=23)
    assert cli("auth", "status").err == ""
    stage.advance(hours=2)
    done = cli("auth", "status")
    assert (done.code, done.err) == (
        ExitCode.DONE,
        "warning: the token ends soon; run threadsync auth refresh\n",
    )


def test_the_environment_wins(cli, stored, in_environment):
    assert "token    from THREADS_ACCESS_TOKEN" in cli("auth", "status").out


def test_status_without_a_token(cli):
    done = cli("auth", "status")
    assert (done.code, done.out) == (ExitCode.PROBLEMS, "")
    assert "there is no access token; run threadsync auth login, or set THREADS" in done.err
    found = cli("auth", "status", "--format", "json").json
    assert (found["valid"], "no access token" in found["error"]) == (False, True)


def test_status_of_a_token_that_is_refused(cli, monkeypatch):
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "UNHEARD-OF")
    done = cli("auth", "status")
    assert (done.code, "UNHEARD-OF" in done.err) == (ExitCode.PROBLEMS, False)
    assert done.err.endswith("; run threadsync auth login\n")


def test_another_refusal_says_nothing_of_the_token(cli, stage, monkeypatch):
    stage.add_token("NO-TESTER", scopes=[])
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "NO-TESTER")
    done = cli("auth", "status", "--format", "json")
    assert (done.code, done.json["valid"]) == (ExitCode.PROBLEMS, None)
    assert "requires the threads_basic permission" in done.json["error"]


def test_status_in_the_sandbox(cli):
    assert "token    from the built-in sandbox" in cli("--sandbox", "auth", "status").out


@pytest.mark.parametrize("command", [["auth", "status"], ["apply", "--auto-approve"], ["doctor"]])
def test_an_expired_stored_token_says_what_to_do(cli, token_file, command):
    token_file.save(a_login("OLD", days=-1))
    done = cli(*command)
    assert done.code == ExitCode.PROBLEMS
    assert "the stored access token expired on " in done.out + done.err
    assert "run: threadsync auth login" in done.out + done.err


def test_with_several_accounts_the_account_is_named(cli):
    write(cli.root, "threadsync.yaml", "accounts: {a: {posts: posts}, b: {posts: posts}}\n")
    done = cli("--account", "b", "auth", "status")
    assert "run threadsync --account b auth login" in done.err


def test_plan_and_validate_need_no_stored_token(cli, token_file):
    write(token_file.path.parent, token_file.path.name, "nothing useful").chmod(0o600)
    assert [cli("validate").code, cli("plan").code] == [ExitCode.DONE] * 2
    assert "holds no credentials" in cli("auth", "status").err


# --- refresh --------------------------------------------------------------------------------------


def test_a_young_token_is_not_refreshed(cli, stored, stage):
    stage.advance(hours=23)
    done = cli("auth", "refresh")
    assert (done.code, stored.load().access_token) == (ExitCode.PROBLEMS, "STORED")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert (
        f"made 23 hours ago, Threads refreshes one that is 24 hours old; run this after {tomorrow:%Y-%m-%d}"
        in done.err
    )


def test_a_stored_token_is_replaced(cli, stored, stage):
    stage.advance(days=30)
    done = cli("auth", "refresh")
    assert done.out.startswith("New token for @somebody, good until ")
    new = stored.load()
    assert new.access_token.startswith("THAA")
    assert new.user_id == stage.add_token("ANOTHER")
    assert new.access_token not in done.out + done.err
    assert cli("auth", "status").code == ExitCode.DONE


def test_an_expired_token_is_not_refreshed(cli, stored, stage):
    stage.advance(days=61)
    done = cli("auth", "refresh")
    assert (done.code, stored.load().access_token) == (ExitCode.PROBLEMS, "STORED")
    assert done.err.endswith("; run threadsync auth login\n")


def test_a_short_lived_token_is_not_refreshed(cli, stage, monkeypatch):
    stage.add_token("SHORT", expires_in_s=3600)
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "SHORT")
    assert "is a short-lived one, which cannot" in cli("auth", "refresh", "--print").err


def test_a_token_of_the_environment_has_nowhere_to_go(cli, in_environment):
    done = cli("auth", "refresh")
    assert done.code == ExitCode.USAGE
    assert "add --github-secret NAME, or --print" in done.err


def test_a_token_of_the_environment_is_printed(cli, in_environment, stage, token_file):
    stage.advance(days=2)
    done = cli("auth", "refresh", "--print")
    assert (done.code, done.out[:4], token_file.exists) == (ExitCode.DONE, "THAA", False)
    assert "New token for @somebody" in done.err


def test_a_github_secret_gets_the_token_by_stdin(cli, in_environment, stage, token_file, gh):
    program = gh()
    stage.advance(days=2)
    done = cli("auth", "refresh", "--github-secret", "TOKEN", "--github-environment", "prod")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    token = Path(f"{program}.stdin").read_text()
    assert token.startswith("THAA")
    assert token not in done.out
    assert Path(f"{program}.arguments").read_text() == "secret set TOKEN --env=prod\n"
    assert Path(f"{program}.folder").read_text() == f"{cli.root.resolve()}\n"
    assert "Set as the GitHub secret TOKEN of the environment prod." in done.out
    assert not token_file.exists


def test_a_token_that_github_did_not_take_is_not_lost(cli, in_environment, stage, token_file, gh):
    gh(BROKEN_GH)
    stage.advance(days=2)
    done = cli("auth", "refresh", "--github-secret", "TOKEN")
    assert done.code == ExitCode.PROBLEMS
    kept = json.loads(token_file.path.read_text())["access_token"]
    assert "the GitHub secret TOKEN was not set: no access to ***. The new token is not lost" in (
        done.err
    )
    assert (kept[:4], kept in done.err) == ("THAA", False)
    assert f"jq -r .access_token '{token_file.path}' | gh secret set TOKEN\n" in done.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--github-secret", "9"], "no digit first"),
        (["--github-secret", "GITHUB_X"], "nothing that begins with GITHUB_"),
        (["--github-secret", "X"], "gh, which is not installed"),
        (["--github-environment", "x", "--print"], "goes with --github-secret NAME"),
    ],
)
def test_what_cannot_work_is_told_before_anything_is_asked(
    cli, in_environment, stage, monkeypatch, options, words
):
    monkeypatch.setenv("PATH", "")
    stage.advance(days=2)
    done = cli("auth", "refresh", *options)
    assert (done.code, words in done.err) == (ExitCode.USAGE, True)
