"""What state.backend git does to the user's clone: nothing; and how it reaches the remote from it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from git_places import (
    BRANCH,
    a_clone,
    a_remote,
    a_vault,
    address,
    commits,
    files_of,
    git,
    hook,
    served,
)

from threadsync.errors import StateError

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


@pytest.fixture
def other(remote, tmp_path):
    """The vault of another machine."""
    return a_vault(a_clone(remote, tmp_path / "other"))


# --- the user's clone -----------------------------------------------------------------------------


def test_the_clone_is_left_byte_for_byte(clone, vault):
    marker = clone.parent / "hook-ran"
    for name in ("pre-push", "post-checkout", "reference-transaction", "post-index-change"):
        hook(clone, name, f"touch {marker}")
    (clone / "README.md").write_text("stashed")
    git(clone, "stash")
    (clone / "staged.txt").write_text("staged")
    git(clone, "add", "staged.txt")
    (clone / "README.md").write_text("dirty")
    (clone / "untracked.txt").write_text("untracked")
    git(clone, "checkout", "--quiet", "--detach")
    marker.unlink(missing_ok=True)
    before = files_of(clone)
    tag = vault.write("state.json", b"one", None)
    vault.write("state.json", b"two", tag)
    assert vault.read("state.json").data == b"two"
    assert files_of(clone) == before
    assert not marker.exists()


def test_hooks_for_all_repositories_run_at_the_remote_only(clone, vault, remote):
    ran = clone.parent / "hooks-ran"
    hooks = clone.parent / "global"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction"):
        hook(hooks, name, f"pwd >> {ran}")
    Path(os.environ["HOME"], ".gitconfig").write_text(f'[core]\nhooksPath = "{hooks}/hooks"\n')
    vault.write("state.json", b"one", None)
    assert set(ran.read_text().split()) == {str(remote)}


def shallow(remote, tmp_path):
    return a_clone(remote, tmp_path / "shallow", "--depth=1")


def detached(remote, tmp_path):
    root = a_clone(remote, tmp_path / "detached")
    git(root, "checkout", "--quiet", "--detach")
    return root


def strange_path(remote, tmp_path):
    return a_clone(remote, tmp_path / "Büro mit 'Kater' $HOME")


def worktree(remote, tmp_path):
    root = a_clone(remote, tmp_path / "main")
    git(root, "worktree", "add", "--quiet", str(tmp_path / "tree"), "-b", "side")
    return tmp_path / "tree"


def submodule(remote, tmp_path):
    outer = a_clone(remote, tmp_path / "outer")
    git(outer, "submodule", "add", "--quiet", address(remote), "inner")
    return outer / "inner"


def subfolder(remote, tmp_path):
    root = a_clone(remote, tmp_path / "big") / "social" / "threads"
    root.mkdir(parents=True)
    return root


def relative_address(remote, tmp_path):
    root = a_clone(remote, tmp_path / "beside")
    git(root, "remote", "set-url", "origin", "../remote.git")
    (root / "posts").mkdir()
    return root / "posts"


def partial(remote, tmp_path):
    git(remote, "config", "uploadpack.allowFilter", "true")
    return a_clone(remote, tmp_path / "partial", "--filter=blob:none", "--sparse")


SHAPES = [
    shallow,
    detached,
    strange_path,
    worktree,
    submodule,
    subfolder,
    relative_address,
    partial,
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_any_clone_will_do(shape, other, remote, tmp_path):
    tag = other.write("state.json", b"one", None)
    other.write("state.json", b"two", tag)
    root = shape(remote, tmp_path)
    before = files_of(root)
    vault = a_vault(root)
    document = vault.read("state.json")
    vault.write("state.json", b"three", document.tag)
    assert (document.data, other.read("state.json").data) == (b"two", b"three")
    assert files_of(root) == before


def test_another_remote_and_another_hash_will_do(tmp_path, clone):
    backup = a_remote(tmp_path / "sha256.git", "--object-format=sha256")
    vault = a_vault(a_clone(backup, tmp_path / "new", "--origin=backup"), remote="backup")
    tag = vault.write("state.json", b"one", None)
    assert (vault.read("state.json").data, len(tag)) == (b"one", 64)
    vault.remove("state.json")
    assert vault.read("state.json") is None


def test_only_the_newest_commit_is_fetched(vault, other):
    tag = None
    for text in (b"one", b"two", b"three"):
        tag = vault.write("state.json", text, tag)
    other.read("state.json")
    assert other._branch._git.line("rev-list", "--count", "refs/threadsync/tip") == "1"


def test_what_a_hook_says_about_its_repository_is_not_followed(
    vault, remote, monkeypatch, tmp_path
):
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    vault.write("state.json", b"one", None)
    monkeypatch.undo()
    assert len(commits(remote)) == 1


def test_a_branch_with_other_files_is_refused(clone, remote):
    before = git(remote, "rev-parse", "main")
    vault = a_vault(clone, branch="main")
    for attempt in (lambda: vault.read("state.json"), lambda: vault.write("state.json", b"", None)):
        with pytest.raises(StateError, match=r"holds other files \(README.md\); give the state"):
            attempt()
    assert git(remote, "rev-parse", "main") == before


def test_an_empty_branch_made_by_hand_is_taken(clone, vault):
    tree = git(clone, "hash-object", "-w", "-t", "tree", os.devnull)
    commit = git(clone, "commit-tree", "-m", "begin", tree)
    git(clone, "push", "--quiet", "origin", f"{commit}:refs/heads/{BRANCH}")
    vault.write("state.json", b"one", None)
    assert vault.read("state.json").data == b"one"


# --- temporary folders ----------------------------------------------------------------------------


def test_nothing_is_left_when_a_vault_is_gone(clone, temporary):
    vault = a_vault(clone)
    vault.write("state.json", b"one", None)
    assert len(list(temporary.iterdir())) == 1
    del vault
    assert list(temporary.iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next(clone, temporary):
    program = (
        "import sys, os, signal, tempfile; from pathlib import Path;"
        "from threadsync.state.git.vault import GitVault;"
        "tempfile.tempdir = sys.argv[2];"
        "v = GitVault(Path(sys.argv[1]), branch='b', remote='origin', folder='default');"
        "v.read('state.json'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(clone), str(temporary)], check=False)
    assert len(left := list(temporary.iterdir())) == 1
    a_vault(clone).read("state.json")
    assert not left[0].exists()


def test_what_another_run_uses_stays(clone, other):
    other.write("state.json", b"one", None)
    a_vault(clone).read("state.json")
    assert other.read("state.json").data == b"one"
    assert other._branch.tip


def test_a_folder_that_is_being_made_stays_for_an_hour(clone, temporary):
    for name, age_s in (("threadsync-git-old", 4000), ("threadsync-git-new", 60)):
        (temporary / name).mkdir()
        then = time.time() - age_s
        os.utime(temporary / name, (then, then))
    a_vault(clone).read("state.json")
    assert [path.name for path in temporary.iterdir()] == ["threadsync-git-new"]


def test_a_failure_leaves_nothing_behind(vault, remote, temporary):
    moved = remote.rename(remote.with_name("moved.git"))
    with pytest.raises(StateError):
        vault.read("state.json")
    assert list(temporary.iterdir()) == []
    moved.rename(remote)
    vault.write("state.json", b"one", None)
    assert vault.read("state.json").data == b"one"


# --- over HTTP, with a token ----------------------------------------------------------------------

BASIC = "basic " + base64.b64encode(b"x-access-token:S3CR3T").decode()
HEADER = f"AUTHORIZATION: {BASIC}"


@pytest.fixture
def http_clone(remote, clone):
    """Makes the clone one of a server whose token may read, and write with `may_write`."""
    servers = []

    def make(*, may_write=True):
        server = served(remote.parent, [BASIC], [BASIC] if may_write else [])
        servers.append(server)
        url = server.__enter__()
        git(clone, "remote", "set-url", "origin", f"{url}/remote.git")
        return url

    yield make
    for server in servers:
        server.__exit__(None, None, None)


def test_the_token_of_checkout_works(clone, vault, http_clone):
    url = http_clone()
    git(clone, "config", f"http.{url}/.extraheader", HEADER)
    tag = vault.write("state.json", b"one", None)
    assert vault.write("state.json", b"two", tag)
    assert vault.read("state.json").data == b"two"


def test_the_token_of_checkout_6_works(clone, vault, http_clone, tmp_path):
    url = http_clone()
    settings = tmp_path / "git-credentials-1.config"
    settings.write_text(f'[http "{url}/"]\n\textraheader = {HEADER}\n')
    git(clone, "config", f"includeIf.gitdir:{clone}/.git.path", str(settings))
    vault.write("state.json", b"one", None)
    assert vault.read("state.json").data == b"one"


def test_a_token_for_all_repositories_is_sent_once(vault, http_clone):
    url = http_clone()
    path = Path(os.environ["HOME"], ".gitconfig")
    path.write_text(f'[http "{url}/"]\n\textraheader = {HEADER}\n')
    vault.write("state.json", b"one", None)


def test_a_token_in_the_environment_is_sent(vault, http_clone, monkeypatch):
    url = http_clone()
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"http.{url}/.extraheader")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", HEADER)
    vault.write("state.json", b"one", None)


def test_a_token_that_may_not_write_is_told_the_permission(clone, vault, http_clone):
    url = http_clone(may_write=False)
    git(clone, "config", f"http.{url}/.extraheader", HEADER)
    assert vault.read("state.json") is None
    with pytest.raises(StateError, match="`permissions: contents: write`") as caught:
        vault.write("state.json", b"one", None)
    assert BASIC.split()[1] not in str(caught.value)


def test_no_token_is_said_and_nothing_asked(vault, http_clone):
    http_clone()
    with pytest.raises(StateError, match=r"no credentials that are accepted \(could not read User"):
        vault.read("state.json")
