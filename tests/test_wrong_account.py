"""A token of another account than the one that the settings are for."""

from __future__ import annotations

import pytest
from builders import write
from command_line import CommandLine

from threadsync.errors import ExitCode
from threadsync.sandbox.server import SandboxServer


@pytest.fixture
def brand(project, capsys, monkeypatch, tmp_path):
    """A command line on a sandbox that is reached as Meta is."""
    with SandboxServer(tmp_path / "world") as server:
        monkeypatch.setenv("THREADS_API_BASE_URL", server.base_url)
        monkeypatch.setenv("THREADS_ACCESS_TOKEN", "SANDBOX")
        yield CommandLine(project, capsys, sandbox=False)


def for_account(cli, user_id):
    settings = f"accounts: {{brand: {{posts: posts, user_id: '{user_id}'}}}}\n"
    write(cli.root, "threadsync.yaml", settings)
    return cli("--account", "brand", "apply", "--auto-approve")


def test_another_account_than_the_settings_name(brand):
    result = for_account(brand, "42")
    assert result.code == ExitCode.PROBLEMS
    assert "the token is for @sandbox" in result.err
    assert "user_id is 42; nothing was sent" in result.err


def test_the_account_that_the_settings_name(brand):
    assert for_account(brand, "17841400000000001").code == 0


def test_the_sandbox_is_nobodys_account(project, capsys, monkeypatch):
    monkeypatch.setenv("THREADS_USER_ID", "42")
    assert CommandLine(project, capsys).apply().code == 0


def test_accounts_have_a_sandbox_each(project, capsys):
    cli = CommandLine(project, capsys)
    write(project, "threadsync.yaml", "accounts: {a: {posts: posts}, b: {posts: posts}}\n")
    for name in ("a", "b"):
        result = cli("--account", name, "apply", "--auto-approve")
        assert "Apply complete: 1 published" in result.out
    assert not (project / ".threadsync/sandbox/threadsync.state.json").exists()
