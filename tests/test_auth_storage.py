"""Where a token is kept: the name of its file, and that nobody else can read or redirect it."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import settings, write

from threadsync.api.credentials import Credentials
from threadsync.errors import SettingsError
from threadsync.signin.places import short, token_folder, token_path
from threadsync.signin.vault import Vault

SOME = Credentials("1", ["threads_basic"], False, "TOKEN", datetime(2027, 1, 1, tzinfo=UTC))
HOME = {"HOME": "/home/ana"}


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "threadsync" / "x.json")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


# --- its name -------------------------------------------------------------------------------------


def test_the_name_tells_project_and_account():
    path = token_path(settings(Path("/work/My blog!"), account="brand-a"), HOME)
    assert path.parent == Path("/home/ana/.config/threadsync")
    assert path.name.startswith("My-blog-")
    assert path.name.endswith("-brand-a.json")


@pytest.mark.parametrize(
    "other",
    [
        settings(Path("/elsewhere/blog")),
        settings(Path("/work/blog"), account="b"),
        settings(Path("/work/blog"), base_url="http://127.0.0.1:8700"),
    ],
)
def test_each_project_account_and_server_has_its_own(other):
    assert token_path(settings(Path("/work/blog")), HOME) != token_path(other, HOME)


def test_both_hosts_of_meta_are_one():
    one, other = (settings(base_url=f"https://graph.threads.{end}/") for end in ("net", "com"))
    assert token_path(one, HOME) == token_path(other, HOME)


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({**HOME, "XDG_CONFIG_HOME": "/xdg"}, "/xdg/threadsync"),
        ({**HOME, "XDG_CONFIG_HOME": "relative"}, "/home/ana/.config/threadsync"),
        ({**HOME, "XDG_CONFIG_HOME": ""}, "/home/ana/.config/threadsync"),
    ],
)
def test_the_folder_for_settings(environ, folder):
    assert token_folder(environ, is_windows=False) == Path(folder)


def test_the_folder_for_settings_on_windows(tmp_path):
    assert token_folder({"APPDATA": str(tmp_path)}, is_windows=True) == tmp_path / "threadsync"


def test_a_path_in_the_home_folder_is_shown_short():
    assert short(Path("/home/ana/.config/x"), HOME) == "~/.config/x"
    assert short(Path("/home/anastasia/x"), HOME) == "/home/anastasia/x"


# --- its contents ---------------------------------------------------------------------------------


def test_what_is_saved_is_loaded(vault):
    assert vault.load() is None
    vault.save(SOME)
    assert vault.load() == SOME


def test_only_the_owner_may_read_it_whatever_the_umask(vault):
    before = os.umask(0)
    try:
        vault.save(SOME)
    finally:
        os.umask(before)
    assert (mode_of(vault.path), mode_of(vault.path.parent)) == (0o600, 0o700)


def test_a_folder_that_others_may_read_is_closed(vault):
    vault.path.parent.mkdir(mode=0o755)
    vault.save(SOME)
    assert mode_of(vault.path.parent) == 0o700


def test_nothing_is_left_beside_it(vault):
    vault.check()
    vault.save(SOME)
    vault.save(SOME)
    assert list(vault.path.parent.iterdir()) == [vault.path]


def test_a_link_in_its_place_is_replaced_and_not_followed(vault, tmp_path):
    target = write(tmp_path, "elsewhere", "theirs")
    vault.path.parent.mkdir()
    vault.path.symlink_to(target)
    with pytest.raises(SettingsError, match="is a link, which is not followed"):
        vault.load()
    vault.save(SOME)
    assert (target.read_text(), vault.load()) == ("theirs", SOME)


def test_a_link_in_place_of_its_folder(vault, tmp_path):
    (tmp_path / "dotfiles").mkdir()
    vault.path.parent.symlink_to(tmp_path / "dotfiles")
    with pytest.raises(SettingsError, match="only kept in a folder of its own"):
        vault.save(SOME)
    assert list((tmp_path / "dotfiles").iterdir()) == []


def test_a_file_that_others_may_read_is_not_used(vault):
    vault.save(SOME)
    vault.path.chmod(0o644)
    with pytest.raises(SettingsError, match=r"read by others \(mode 644\); run: chmod 600"):
        vault.load()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"access_token": 5}', "\xff", "[" * 100_000])
def test_a_file_that_holds_something_else(vault, text):
    write(vault.path.parent, vault.path.name, text.encode("latin-1"))
    vault.path.chmod(0o600)
    with pytest.raises(SettingsError, match="holds no credentials; delete it"):
        vault.load()


def test_a_token_that_is_no_text(vault):
    write(vault.path.parent, vault.path.name, SOME.to_json().replace('"TOKEN"', "5"))
    vault.path.chmod(0o600)
    with pytest.raises(SettingsError, match="holds no credentials"):
        vault.load()


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_something_that_is_no_file(vault, make):
    vault.path.parent.mkdir()
    make(vault.path, 0o600)
    with pytest.raises(SettingsError, match=r"x\.json"):
        vault.load()


def test_a_folder_that_cannot_be_made(tmp_path):
    write(tmp_path, "threadsync", "a file")
    with pytest.raises(SettingsError, match="cannot be made: file exists; look after it"):
        Vault(tmp_path / "threadsync" / "x.json").check()


def test_removed_and_not_there(vault):
    vault.save(SOME)
    vault.remove()
    vault.remove()
    assert not vault.exists
