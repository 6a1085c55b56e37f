"""Where the access token of a project is kept: names only, no file is touched.

Each project folder and account has a file of its own, so that a token of one project never publishes
another. A server that stands in for Meta has its own as well: its tokens and Meta's never mix.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from threadsync.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from threadsync.config import Settings

_OTHERS = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_LENGTH = 40
_DIGEST_LENGTH = 12


def token_path(
    settings: Settings, environ: Mapping[str, str], *, is_windows: bool = os.name == "nt"
) -> Path:
    """The file for the account of `settings`: `PROJECT-DIGEST-ACCOUNT.json` in `token_folder`."""
    server = "" if settings.is_meta else settings.base_url.rstrip("/")
    owner = "\0".join((str(settings.root), settings.account, server))
    digest = hashlib.sha256(owner.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGEST_LENGTH]
    name = f"{_readable(settings.root.name)}-{digest}-{settings.account}.json"
    return token_folder(environ, is_windows=is_windows) / name


def token_folder(environ: Mapping[str, str], *, is_windows: bool = os.name == "nt") -> Path:
    """`threadsync` in the user's folder for settings; SettingsError when the user has none."""
    named = Path(environ.get("APPDATA" if is_windows else "XDG_CONFIG_HOME", ""))
    # The XDG specification: a relative path is to be ignored.
    folder = named if named.is_absolute() else _home(environ) / ".config"
    return folder / "threadsync"


def short(path: Path, environ: Mapping[str, str]) -> str:
    """`path` for people: from the home folder on when it is in there."""
    home = environ.get("HOME")
    is_in_home = home and path.is_relative_to(home)
    return f"~/{path.relative_to(home).as_posix()}" if home and is_in_home else str(path)


def _home(environ: Mapping[str, str]) -> Path:
    if environ.get("HOME"):
        return Path(environ["HOME"])
    try:
        return Path.home()
    except RuntimeError as exc:
        raise SettingsError(
            "there is no home folder to keep the token in; set XDG_CONFIG_HOME"
        ) from exc


def _readable(name: str) -> str:
    return _OTHERS.sub("-", name).strip(".-")[:_NAME_LENGTH] or "project"
