"""`auth login`: through the sandbox's authorize window to a stored, shown or handed over token."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest
from builders import write
from command_line import CommandLine
from signing import Person, Terminal, decide, staged

from threadsync.config import Settings
from threadsync.errors import ExitCode, SettingsError, TokenError
from threadsync.signin.app import configuration
from threadsync.signin.login import sign_in

TESTS = str(Path(__file__).parent)


@pytest.fixture
def stage(tmp_path):
    with staged(tmp_path / "sandbox") as stage:
        yield stage


@pytest.fixture
def person(monkeypatch):
    person = Person()
    monkeypatch.setattr(webbrowser, "open", person.open)
    return person


@pytest.fixture
def cli(project, capsys, stage, person, monkeypatch):
    """The command line in a project whose server is the sandbox; nobody is logged in."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("THREADS_API_BASE_URL", stage.base_url)
    return CommandLine(project, capsys, sandbox=False)


def kept():
    """The files with credentials."""
    return sorted(Path.home().glob(".config/threadsync/*"))


def kept_token():
    (path,) = kept()
    return json.loads(path.read_text())["access_token"]


# --- in the browser -------------------------------------------------------------------------------


def test_a_login_stores_a_token_that_all_commands_use(cli, person):
    done = cli("auth", "login")
    assert (done.code, done.err) == (ExitCode.DONE, "")
    assert "Logged in as @sandbox, good until " in done.out
    assert person.has_seen_it.wait(10)
    assert "Back to the terminal" in person.page
    assert cli("apply", "--auto-approve").last_line.startswith("Apply complete: 1 published")
    assert cli("status", "--format", "json").json["account"]["username"] == "sandbox"


def test_the_token_is_for_its_owner_only(cli):
    cli("auth", "login")
    (path,) = kept()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.name.startswith("project-")
    assert path.name.endswith("-default.json")


def test_no_text_holds_the_token(cli):
    done = cli("-v", "auth", "login")
    shown = [done, cli("auth", "status"), cli("auth", "status", "--format", "json"), cli("doctor")]
    assert [kept_token() in text for result in shown for text in (result.out, result.err)] == [
        False
    ] * 8


def test_another_project_does_not_use_it(cli, tmp_path):
    cli("auth", "login")
    write(tmp_path / "other", "threadsync.yaml", "version: 1\n")
    other = cli("-C", str(tmp_path / "other"), "auth", "status")
    assert (other.code, "there is no access token" in other.err) == (ExitCode.PROBLEMS, True)


def test_meta_never_gets_the_token_of_a_sandbox(cli, monkeypatch):
    cli("auth", "login")
    monkeypatch.delenv("THREADS_API_BASE_URL")
    assert "there is no access token" in cli("auth", "status").err


def test_the_server_of_the_settings_is_asked(cli, stage, monkeypatch):
    write(cli.root, "threadsync.yaml", f"api: {{base_url: {stage.base_url}}}\n")
    monkeypatch.delenv("THREADS_API_BASE_URL")
    assert cli("auth", "login").code == ExitCode.DONE
    assert "THREADS_API_BASE_URL" not in os.environ


def test_a_login_asks_for_what_the_posts_need(cli, person):
    write(cli.root, "posts/place.md", "---\nlocation_id: '123'\n---\nHere\n")
    cli("auth", "login")
    scopes = person.asked_for["scope"].split(",")
    assert scopes[0] == "threads_basic"
    assert {"threads_location_tagging", "threads_delete"} <= set(scopes)


def test_a_login_asks_for_the_scopes_named(cli, person):
    cli("auth", "login", "--scope", "threads_content_publish,threads_delete")
    assert person.asked_for["scope"] == "threads_basic,threads_content_publish,threads_delete"


def test_files_with_errors_do_not_stop_a_login(cli):
    write(cli.root, "posts/bad.md", "---\ntopic_tga: x\n---\nHi\n")
    write(cli.root, "threadsync.state.json", "{")
    assert cli("auth", "login").code == ExitCode.DONE


def test_access_denied(cli, person):
    person.decision = "deny"
    done = cli("auth", "login")
    assert (done.code, kept()) == (ExitCode.PROBLEMS, [])
    assert "access was not given: The user denied your request" in done.err


def test_the_wrong_account_is_not_stored(cli):
    write(cli.root, "threadsync.yaml", "accounts: {a: {user_id: '5'}}\n")
    done = cli("auth", "login")
    assert (done.code, kept()) == (ExitCode.PROBLEMS, [])
    assert "user_id says 5; log in there as the right account" in done.err


def test_a_variable_that_wins_is_told(cli, monkeypatch):
    monkeypatch.setenv("THREADS_ACCESS_TOKEN", "SANDBOX")
    assert "THREADS_ACCESS_TOKEN is set and wins over the stored token" in cli("auth", "login").err


def test_a_real_browser_is_opened(cli):
    opener = f"import sys; sys.path.append({TESTS!r})\nfrom signing import Person\n"
    script = write(cli.root.parent, "browser.py", f"{opener}Person().open(sys.argv[1])\n")
    environ = {**os.environ, "BROWSER": f"{sys.executable} {script} %s"}
    command = [sys.executable, "-m", "threadsync", "-C", cli.root, "auth", "login"]
    done = subprocess.run(command, check=False, env=environ, capture_output=True, text=True)
    assert (done.returncode, "Logged in as @sandbox" in done.stdout) == (0, True)


# --- where the token goes -------------------------------------------------------------------------


def test_printed_alone_and_not_stored(cli):
    done = cli("auth", "login", "--print")
    assert (done.code, kept()) == (ExitCode.DONE, [])
    assert done.out.startswith("THAA")
    assert done.out.count("\n") == 1
    assert "Logged in as @sandbox" in done.err


def test_never_printed_in_ci(cli, monkeypatch):
    monkeypatch.setenv("CI", "true")
    done = cli("auth", "login", "--print")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert "use --github-secret NAME" in done.err


# --- what is in the way ---------------------------------------------------------------------------


def test_without_a_terminal_there_is_nobody_to_paste(cli, monkeypatch):
    monkeypatch.setenv("THREADS_REDIRECT_URI", "https://localhost/")
    done = cli("auth", "login")
    assert (done.code, "needs a person at a terminal" in done.err) == (ExitCode.USAGE, True)


def test_nothing_is_known_of_the_app(cli, monkeypatch):
    monkeypatch.setenv("THREADS_API_BASE_URL", "https://threads.invalid")
    monkeypatch.setenv("THREADS_REDIRECT_URI", "http://127.0.0.1:0/")
    done = cli("auth", "login")
    assert done.code == ExitCode.PROBLEMS
    assert "not set in the environment: THREADS_APP_ID, THREADS_API_SECRET." in done.err


def test_a_port_that_is_taken(cli, stage, monkeypatch):
    monkeypatch.setenv("THREADS_REDIRECT_URI", stage.base_url)
    done = cli("auth", "login")
    assert (done.code, "address already in use; use another port" in done.err) == (1, True)


def test_the_sandbox_inside_a_command_needs_no_login(cli):
    done = cli("--sandbox", "auth", "login")
    assert (done.code, "has a token of its own" in done.err) == (ExitCode.USAGE, True)


# --- the pasted address ---------------------------------------------------------------------------


@pytest.fixture
def paste(stage, tmp_path):
    """Sign in with an https redirect; the function given makes the address that is pasted."""
    settings = Settings(root=tmp_path, base_url=stage.base_url)
    app = configuration(settings, {"THREADS_REDIRECT_URI": "https://localhost/"}, ["threads_basic"])
    return lambda visit: sign_in(settings, app, visit)


def test_a_pasted_address_gives_a_long_lived_token(paste):
    credentials = paste(lambda url: f" {decide(url)}\n")
    assert credentials.expires_in() > 59 * 86_400
    assert not credentials.short_lived


def test_the_address_of_another_login_is_refused(paste):
    with pytest.raises(TokenError, match="the state in the address is not the one that was sent"):
        paste(lambda url: decide(url.replace("state=", "state=x")))


def test_a_person_pastes_at_a_terminal(cli, monkeypatch):
    monkeypatch.setenv("THREADS_REDIRECT_URI", "https://localhost/")
    command = [sys.executable, "-m", "threadsync", "-C", cli.root, "auth", "login", "--no-browser"]
    with Terminal(command) as terminal:
        (window,) = re.findall(r"http://\S+authorize\S+", terminal.read_until("Address: "))
        terminal.type("https://elsewhere/?code=1")
        terminal.read_until("That does not begin like https://localhost/")
        terminal.type(decide(window))
        assert "Logged in as @sandbox" in terminal.read_all()
    assert (terminal.process.returncode, len(kept())) == (0, 1)


def test_meta_takes_no_plain_http():
    environ = {
        "THREADS_APP_ID": "1",
        "THREADS_API_SECRET": "s",
        "THREADS_REDIRECT_URI": "http://localhost:80/",
    }
    with pytest.raises(SettingsError, match="Meta takes https only; register https://localhost/"):
        configuration(Settings(root=Path("/project")), environ, [])


@pytest.mark.parametrize(
    "address",
    ["localhost", "ftp://localhost/", "https://", "http://[", "https://a b/", "http://a:x"],
)
def test_a_redirect_that_is_no_web_address(address):
    settings = Settings(root=Path("/project"), base_url="http://127.0.0.1:1")
    with pytest.raises(SettingsError, match="is no web address"):
        configuration(settings, {"THREADS_REDIRECT_URI": address}, [])
