"""What is said when git, the remote or its server does not do what is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time

import pytest
from git_places import (
    BRANCH,
    a_clone,
    a_remote,
    a_vault,
    git,
    hook,
)

from threadsync.errors import StateError
from threadsync.state.git import branch as git_branch
from threadsync.state.git.answers import (
    STOPPED,
    Answer,
    Outcome,
    last_words,
    masked,
    pushed,
    read_failure,
)
from threadsync.state.git.own_folder import OwnFolder
from threadsync.state.git.program import Git, quiet

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="hooks are shell scripts")


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Where temporary folders are made; empty again when all vaults are gone."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def remote(tmp_path):
    return a_remote(tmp_path / "remote.git")


@pytest.fixture
def clone(remote, tmp_path):
    return a_clone(remote, tmp_path / "clone")


@pytest.fixture
def vault(clone):
    return a_vault(clone)


# --- refusals -------------------------------------------------------------------------------------


def message_of(vault):
    with pytest.raises(StateError) as caught:
        vault.read("state.json")
    return str(caught.value)


def test_no_git_is_said(vault, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert message_of(vault) == (
        "the program git is not there; install it, or set state.backend to s3 or local"
    )


def test_an_old_git_is_said(vault, monkeypatch, tmp_path):
    script = tmp_path / "old" / "git"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\necho git version 2.30.2\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent))
    assert message_of(vault).startswith("git version 2.30.2 is too old for state.backend git")


def test_a_git_that_cannot_be_run_is_said(vault, monkeypatch, tmp_path):
    (tmp_path / "git").write_text("no program")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert message_of(vault).startswith("the program git cannot be run: exec format error; repair")


def test_a_call_that_fails_here_says_what_git_said(tmp_path):
    program = Git(str(tmp_path), quiet(os.environ))
    with pytest.raises(StateError, match=r"^git hash-object failed: .*; make room on the disk"):
        program.run("hash-object", str(tmp_path / "nothing"))


def test_no_repository_is_said(tmp_path):
    message = message_of(a_vault(tmp_path))
    assert message.startswith(f"{tmp_path}: is in no git repository that can be used: not a git")


def test_no_such_remote_is_said(clone):
    assert message_of(a_vault(clone, remote="upstream")) == (
        f"{clone}: has no remote upstream; see git remote -v, then set state.remote"
    )


def test_a_remote_that_is_gone_is_said(vault, remote):
    shutil.rmtree(remote)
    assert "origin: there is no repository at its address, or not for these" in message_of(vault)


@pytest.mark.parametrize("branch", ["two words", "a..b", "-x/", "x.lock", ""])
def test_no_name_of_a_branch_is_said(clone, branch):
    assert "is no name of a branch" in message_of(a_vault(clone, branch=branch))


def test_a_folder_that_cannot_be_written_is_said(vault, temporary, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "gone"))
    assert "cannot be written: no such file or directory; make room" in message_of(vault)


def test_no_room_for_a_folder_of_our_own_is_said(temporary, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "gone"))
    with pytest.raises(StateError, match=r"^no temporary folder can be made: no such file"):
        OwnFolder()


def test_a_branch_that_is_never_free_is_said(vault, remote, monkeypatch):
    monkeypatch.setattr(git_branch, "MOST_TRIES", 3)
    (remote / "refs/heads" / f"{BRANCH}.lock").touch()
    with pytest.raises(StateError, match="origin: others write to it all the time; run the"):
        vault.write("state.json", b"one", None)


def test_a_token_in_the_address_is_not_shown(clone, vault):
    url = "https://x-access-token:S3CR3T@127.0.0.1:1/a/b.git"
    git(clone, "remote", "set-url", "origin", url)
    message = message_of(vault)
    assert message.startswith(f"branch {BRANCH} of origin: cannot be reached: ")
    assert "S3CR3T" not in message


def test_a_protected_branch_is_said(vault, remote):
    hook(remote, "pre-receive", "echo GH006: Protected branch update failed >&2; exit 1")
    with pytest.raises(StateError, match=r"refused the push \(pre-receive hook declined\); except"):
        vault.write("state.json", b"one", None)


# --- the words of git -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("summary", "outcome"),
    [
        ("[rejected] (stale info)", Outcome.MOVED),
        ("[rejected] (fetch first)", Outcome.MOVED),
        ("[remote rejected] (failed to update ref)", Outcome.MOVED),
        (
            "[remote rejected] (cannot lock ref 'refs/heads/x': is at a but expected b)",
            Outcome.MOVED,
        ),
        ("[remote rejected] (incorrect old value provided)", Outcome.MOVED),
        ("[remote rejected] (blocked by a rule)", Outcome.REFUSED),
        ("[remote rejected] (protected branch hook declined)", Outcome.REFUSED),
        ("[remote rejected] (push declined due to repository rule violations)", Outcome.REFUSED),
        ("[remote rejected] (unpacker error)", Outcome.REFUSED),
        ("[remote failure] (remote failed to report status)", Outcome.UNCLEAR),
    ],
)
def test_a_refusal_is_understood(summary, outcome):
    out = f"To https://x\n!\tabc:refs/heads/x\t{summary}\nDone\n".encode()
    assert pushed(Answer(1, out, "error: failed to push some refs")).outcome is outcome


@pytest.mark.parametrize(
    "errors",
    [
        "remote: Permission to a/b.git denied to github-actions[bot].\nfatal: unable to access 'x'",
        "remote: Write access to repository not granted.\nfatal: unable to access 'x'",
        "fatal: unable to access 'x': The requested URL returned error: 403",
        "ERROR: Permission to a/b.git denied to deploy key",
        "remote: GitLab: You are not allowed to push code to this project.",
    ],
)
def test_a_missing_right_is_understood(errors):
    result = pushed(Answer(128, b"", errors))
    assert result.outcome is Outcome.REFUSED
    assert "`permissions: contents: write`" in result.why


@pytest.mark.parametrize(
    ("code", "errors"),
    [
        (128, "fatal: unable to access 'x': Could not resolve host: github.com"),
        (1, "fatal: the remote end hung up unexpectedly"),
        (-9, ""),
        (STOPPED, "no answer within 60 s"),
    ],
)
def test_a_lost_connection_is_unclear(code, errors):
    assert pushed(Answer(code, b"", errors)).outcome is Outcome.UNCLEAR


@pytest.mark.parametrize(
    ("errors", "part"),
    [
        ("fatal: unable to access 'x': The requested URL returned error: 403", "contents: read"),
        (
            "git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            "(publickey)",
        ),
        ("remote: Repository not found.\nfatal: repository 'x' not found", "git remote -v"),
    ],
)
def test_a_fetch_that_cannot_work_is_not_tried_again(errors, part):
    why, may_pass = read_failure(Answer(128, b"", errors))
    assert part in why
    assert not may_pass


def test_what_takes_too_long_is_ended_with_its_children(tmp_path):
    script = f"!sh -c 'echo $$ > {tmp_path}/pid; exec sleep 60'"
    program = Git(str(tmp_path), quiet(os.environ), limit_s=0.3)
    begun_s = time.monotonic()
    answer = program.ask("-c", f"alias.wait={script}", "wait")
    assert time.monotonic() - begun_s < 30
    assert (answer.code, answer.errors) == (STOPPED, "no answer within 0.3 s")
    assert not is_running((tmp_path / "pid").read_text().strip())


def is_running(pid):
    """Whether the process is there; one that ended and was not waited for is not."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, check=False)
    return done.stdout[:1] not in {b"", b"Z"}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("to 'https://me:p@ss@host/x'", "to 'https://***@host/x'"),
        ("https://ghp_1@host and ssh://git@host", "https://***@host and ssh://***@host"),
        ("AUTHORIZATION: basic abc=='", "AUTHORIZATION: basic ***'"),
        ("\x1b[31mred\x1b[m\x07 Grüße", "red Grüße"),
    ],
)
def test_no_secret_is_in_the_words_of_git(said, shown):
    assert masked(said) == shown


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ("fatal: 'x' is none\nfatal: Could not read from remote repository.\n", "'x' is none"),
        ("remote: no\nerror: failed to push some refs to 'x'\n", "remote: no"),
        ("Killed\n", "Killed"),
        ("", "git does not say why"),
    ],
)
def test_the_telling_line_is_found(errors, words):
    assert last_words(errors) == words
