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
from threadsync.signin.token_file import TokenFile

SOME = Credentials("1", ["threads_basic"], False, "TOKEN", datetime(2027, 1, 1, tzinfo=UTC))
HOME = {"HOME": "/home/ana"}


@pytest.fixture
def token_file(tmp_path):
    return TokenFile(tmp_path / "threadsync" / "x.json")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


# --- its name -------------------------------------------------------------------------------------


def test_the_name_tells_project_and_account():
    path = token_path(settings(Path("/srv/My blog!"), account="brand-a"), HOME)
    assert path.parent == Path("/home/ana/.config/threadsync")
    assert path.name.startswith("My-blog-")
    assert path.name.endswith("-brand-a.json")


@pytest.mark.parametrize(
    "other",
    [
        settings(Path("/elsewhere/blog")),
        settings(Path("/srv/blog"), account="b"),
        settings(Path("/srv/blog"), base_url="http://127.0.0.1:8700"),
    ],
)
def test_each_project_account_and_server_has_its_own(other):
    assert token_path(settings(Path("/srv/blog")), HOME) != token_path(other, HOME)


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


def test_what_is_saved_is_loaded(token_file):
    assert token_file.load() is None
    token_file.save(SOME)
    assert token_file.load() == SOME


def test_only_the_owner_may_read_it_whatever_the_umask(token_file):
    before = os.umask(0)
    try:
        token_file.save(SOME)
    finally:
        os.umask(before)
    assert (mode_of(token_file.path), mode_of(token_file.path.parent)) == (0o600, 0o700)


def test_a_folder_that_others_may_read_is_closed(token_file):
    token_file.path.parent.mkdir(mode=0o755)
    token_file.save(SOME)
    assert mode_of(token_file.path.parent) == 0o700


def test_nothing_is_left_beside_it(token_file):
    token_file.check()
    token_file.save(SOME)
    token_file.save(SOME)
    assert list(token_file.path.parent.iterdir()) == [token_file.path]


def test_a_link_in_its_place_is_replaced_and_not_followed(token_file, tmp_path):
    target = write(tmp_path, "elsewhere", "theirs")
    token_file.path.parent.mkdir()
    token_file.path.symlink_to(target)
    with pytest.raises(SettingsError, match="is a link, which is not followed"):
        token_file.load()
    token_file.save(SOME)
    assert (target.read_text(), token_file.load()) == ("theirs", SOME)


def test_a_link_in_place_of_its_folder(token_file, tmp_path):
    (tmp_path / "dotfiles").mkdir()
    token_file.path.parent.symlink_to(tmp_path / "dotfiles")
    with pytest.raises(SettingsError, match="only kept in a folder of its own"):
        token_file.save(SOME)
    assert list((tmp_path / "dotfiles").iterdir()) == []


def test_a_file_that_others_may_read_is_not_used(token_file):
    token_file.save(SOME)
    token_file.path.chmod(0o644)
    with pytest.raises(SettingsError, match=r"read by others \(mode 644\); run: chmod 600"):
        token_file.load()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"access_token": 5}', "\xff", "[" * 100_000])
def test_a_file_that_holds_something_else(token_file, text):
    write(token_file.path.parent, token_file.path.name, text.encode("latin-1"))
    token_file.path.chmod(0o600)
    with pytest.raises(SettingsError, match="holds no credentials; delete it"):
        token_file.load()


def test_a_token_that_is_no_text(token_file):
    write(token_file.path.parent, token_file.path.name, SOME.to_json().replace('"TOKEN"', "5"))
    token_file.path.chmod(0o600)
    with pytest.raises(SettingsError, match="holds no credentials"):
        token_file.load()


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_something_that_is_no_file(token_file, make):
    token_file.path.parent.mkdir()
    make(token_file.path, 0o600)
    with pytest.raises(SettingsError, match=r"x\.json"):
        token_file.load()


def test_a_folder_that_cannot_be_made(tmp_path):
    write(tmp_path, "threadsync", "a file")
    with pytest.raises(SettingsError, match="cannot be made: file exists; look after it"):
        TokenFile(tmp_path / "threadsync" / "x.json").check()


def test_removed_and_not_there(token_file):
    token_file.save(SOME)
    token_file.remove()
    token_file.remove()
    assert not token_file.exists
