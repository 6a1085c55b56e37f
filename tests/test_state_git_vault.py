"""The state in a branch: real git, a bare repository and clones of it as the machines."""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from git_places import (
    BRANCH,
    a_clone,
    a_remote,
    a_vault,
    commits,
    git,
    hook,
)

from threadsync.config import Settings, StateSettings
from threadsync.errors import StateError
from threadsync.project import Project
from threadsync.state.model import State
from threadsync.state.remote.vault import LostRaceError

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


# --- documents ------------------------------------------------------------------------------------


def test_nothing_is_there_at_first(vault):
    assert vault.read("state.json") is None


def test_what_was_written_is_read_on_another_machine(vault, other):
    tag = vault.write("state.json", b"\x00one\xff\n", None)
    assert other.read("state.json") == (b"\x00one\xff\n", tag)


def test_a_document_is_replaced(vault, other):
    tag = vault.write("state.json", b"one", None)
    assert vault.write("state.json", b"two", tag) != tag
    assert other.read("state.json").data == b"two"


def test_looking_makes_no_branch(vault, remote):
    vault.read("state.json")
    assert git(remote, "branch", "--list").split() == ["*", "main"]


def test_the_branch_shares_no_history(vault, remote):
    tag = vault.write("state.json", b"one", None)
    vault.write("state.json", b"two", tag)
    assert commits(remote) == ["threadsync: default/state"] * 2
    assert git(remote, "ls-tree", "-r", "--name-only", BRANCH).split() == [
        "THREADSYNC.md",
        "default/state.json",
    ]


def test_accounts_are_folders(clone, vault):
    vault.write("state.json", b"one", None)
    brand = a_vault(clone, folder="brand-a")
    assert brand.read("state.json") is None
    brand.write("state.json", b"two", None)
    assert vault.read("state.json").data == b"one"


def test_names_of_a_folder_are_listed(vault, other):
    for name in ("backups/1-x.json", "backups/2-y.json", "state.json"):
        vault.write(name, name.encode(), None)
    assert sorted(other.names("backups/")) == ["backups/1-x.json", "backups/2-y.json"]


def test_no_branch_has_no_names(vault):
    assert vault.names("backups/") == []


def test_a_document_is_removed_and_the_others_stay(vault, other):
    vault.write("backups/1-x.json", b"old", None)
    vault.write("state.json", b"one", None)
    other.remove("backups/1-x.json")
    other.remove("backups/1-x.json")
    assert vault.names("") == ["state.json"]


def test_a_project_keeps_its_state_where_the_settings_say(clone, remote):
    state = StateSettings(backend="git", branch="memory")
    store = Project(Settings(root=clone, account="brand-a", state=state)).store()
    anyio.run(one_session, store)
    names = git(remote, "ls-tree", "-r", "--name-only", "memory").split()
    assert "brand-a/state.json" in names
    assert Project(Settings(root=clone, state=state, is_sandbox=True)).store().read() == State()


async def one_session(store):
    async with store.session("apply") as session:
        await session.set_field("account", {"user_id": "17"})


# --- races ----------------------------------------------------------------------------------------


def test_a_document_that_another_wrote_is_a_lost_race(vault, other):
    tag = vault.write("state.json", b"one", None)
    other.write("state.json", b"two", tag)
    with pytest.raises(LostRaceError, match=r"another run has written state\.json meanwhile"):
        vault.write("state.json", b"three", tag)
    assert vault.read("state.json").data == b"two"


def test_a_document_that_another_made_is_a_lost_race(vault, other):
    vault.read("lock.json")
    other.write("lock.json", b"other", None)
    with pytest.raises(LostRaceError):
        vault.write("lock.json", b"ours", None)
    assert vault.read("lock.json").data == b"other"


def test_another_document_is_no_lost_race(vault, other):
    tag = vault.write("state.json", b"one", None)
    other.write("lock.json", b"other", None)
    vault.write("state.json", b"two", tag)
    assert other.read("state.json").data == b"two"
    assert vault.read("lock.json").data == b"other"


def test_a_branch_that_was_deleted_is_a_lost_race(vault, remote):
    tag = vault.write("state.json", b"one", None)
    git(remote, "branch", "-D", BRANCH)
    with pytest.raises(LostRaceError):
        vault.write("state.json", b"two", tag)
    assert vault.read("state.json") is None


def test_a_tag_from_another_vault_holds(clone, vault):
    tag = vault.write("state.json", b"one", None)
    a_vault(clone).write("state.json", b"two", tag)
    assert vault.read("state.json").data == b"two"


def test_one_of_many_that_race_wins(remote, tmp_path):
    vaults = [a_vault(a_clone(remote, tmp_path / name)) for name in "abcd"]

    def write(number):
        try:
            return vaults[number].write("lock.json", b"%d" % number, None)
        except LostRaceError:
            return None

    with ThreadPoolExecutor(4) as pool:
        tags = [tag for tag in pool.map(write, range(4)) if tag]
    assert len(tags) == 1
    assert vaults[0].read("lock.json").tag == tags[0]
    assert len(commits(remote)) == 1


def test_all_that_write_other_documents_come_through(remote, tmp_path):
    def write(name):
        vault = a_vault(a_clone(remote, tmp_path / name), folder=name, sleep=time.sleep)
        tag = vault.write("state.json", name.encode(), None)
        vault.write("state.json", name.encode() * 2, tag)
        return vault.read("state.json").data

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, "abc")) == [b"aa", b"bb", b"cc"]
    assert len(commits(remote)) == 6


def test_threads_of_one_vault_take_turns(vault, remote, temporary):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: vault.write(f"{n}.json", b"%d" % n, None), range(4)))
    assert sorted(vault.names("")) == ["0.json", "1.json", "2.json", "3.json"]
    assert len(commits(remote)) == 4
    assert len(list(temporary.iterdir())) == 1


# --- answers that get lost ------------------------------------------------------------------------


def test_a_lost_answer_counts_as_written_when_it_is_there(vault, remote):
    hook(remote, "post-receive", "kill -9 $PPID")
    tag = vault.write("state.json", b"one", None)
    assert vault.read("state.json") == (b"one", tag)
    assert len(commits(remote)) == 1


def test_a_write_that_did_not_arrive_is_sent_again(vault, remote, tmp_path):
    hook(
        remote,
        "pre-receive",
        f"test -e {tmp_path}/once || {{ touch {tmp_path}/once; kill -9 $PPID; }}",
    )
    vault.write("state.json", b"one", None)
    assert len(commits(remote)) == 1


def test_a_remote_that_never_takes_it_is_told(vault, remote):
    hook(remote, "pre-receive", "kill -9 $PPID")
    with pytest.raises(StateError, match=f"^branch {BRANCH} of origin: cannot be reached: "):
        vault.write("state.json", b"one", None)


def test_a_write_overtaken_while_its_answer_was_lost_is_a_lost_race(vault, other, remote, tmp_path):
    tag = vault.write("state.json", b"one", None)
    theirs = other.write("state.json", b"theirs", tag)
    hook(remote, "post-receive", f"git update-ref {taken_back(remote)}; kill -9 $PPID")
    with pytest.raises(LostRaceError):
        vault.write("state.json", b"ours", tag)
    assert vault.read("state.json").tag == theirs


def test_a_refusal_while_the_branch_moved_is_tried_again(vault, other, remote, tmp_path):
    tag = vault.write("state.json", b"one", None)
    other.write("lock.json", b"theirs", None)
    move = f"unset GIT_QUARANTINE_PATH; git update-ref {taken_back(remote)}; exit 1"
    hook(remote, "pre-receive", f"test -e {tmp_path}/once || {{ touch {tmp_path}/once; {move}; }}")
    vault.write("state.json", b"two", tag)
    assert (vault.read("state.json").data, vault.read("lock.json").data) == (b"two", b"theirs")


def taken_back(remote):
    """Undo the newest commit of the branch; what `git update-ref` needs to bring it back."""
    newest = git(remote, "rev-parse", BRANCH)
    git(remote, "update-ref", f"refs/heads/{BRANCH}", f"{newest}~")
    return f"refs/heads/{BRANCH} {newest}"
