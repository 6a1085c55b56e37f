"""A bare repository of our own, in a temporary folder, from which git reaches the user's remote.

Fetching into the user's clone would make it shallow, leave refs and objects in it and run its hooks.
So nothing is written there: its settings are read, and handed to git in the environment, where only
this user can see them.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from threadsync.errors import StateError
from threadsync.state.git.answers import last_words
from threadsync.state.git.own_folder import OwnFolder
from threadsync.state.git.program import Git, quiet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

OLDEST_GIT = (2, 31)
"""The first that takes settings from GIT_CONFIG_COUNT (release notes of 2.31, read 2026-11-22)."""

# The settings that say how to reach a remote. actions/checkout puts its token into
# http.ADDRESS.extraheader; since v6 in a file that only the clone's own path includes (README, read
# 2026-11-22), so it is not enough to include the clone's file of settings.
_WAYS = ("http.", "credential.", "url.", "protocol.", "ssh.")
_WAYS_OF_CORE = frozenset({"core.sshcommand", "core.askpass", "core.gitproxy"})
_OF_A_REMOTE = (
    "url pushurl proxy proxyauthmethod receivepack uploadpack vcs serveroption pushoption"
)
_WAYS_OF_A_REMOTE = frozenset(_OF_A_REMOTE.split())
# What the user's own settings may say but this repository must not follow.
_OURS = (
    ("core.hooksPath", os.devnull),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("color.ui", "false"),
)

Pairs = tuple[tuple[str, str], ...]


class Clone(NamedTuple):
    """What the user's repository says."""

    top: str
    """Its work tree; a relative address of a remote counts from here."""
    object_format: str
    """`sha1` or `sha256`."""
    settings: Pairs


def open_aside(root: Path, remote: str) -> tuple[Git, OwnFolder]:
    """A bare repository with the way to `remote` of the clone around `root`, and its folder.

    The caller removes the folder. StateError when there is no git, no clone or no such remote.
    """
    environ = quiet(os.environ)
    user = Git(str(root), environ)
    _check_version(user.ask("version").out.decode())
    clone = _look_at(user)
    if f"remote.{remote}.url" not in dict(clone.settings):
        msg = f"{clone.top}: has no remote {remote}; see git remote -v, then set state.remote"
        raise StateError(msg)
    folder = OwnFolder()
    try:
        return _made(clone, remote, environ, str(folder.path / "state.git")), folder
    except BaseException:
        folder.remove()
        raise


def _made(clone: Clone, remote: str, environ: Mapping[str, str], path: str) -> Git:
    words = ["--quiet", "--bare", "--template=", *_format(clone)]
    Git(clone.top, environ).run("init", *words, path)
    own = {**environ, "GIT_DIR": path}
    ways = _missing(clone.settings, _settings(Git(clone.top, own)), remote)
    return Git(clone.top, {**own, **_carried([*ways, *_OURS], environ)})


def _check_version(line: str) -> None:
    found = re.search(r"(\d+)\.(\d+)", line)
    if found and (int(found[1]), int(found[2])) < OLDEST_GIT:
        needed = ".".join(map(str, OLDEST_GIT))
        msg = f"{line.strip()} is too old for state.backend git, which needs {needed}; upgrade git"
        raise StateError(msg)


def _look_at(user: Git) -> Clone:
    answer = user.ask("rev-parse", "--show-object-format", "--show-toplevel")
    if answer.code:
        why = last_words(answer.errors)
        msg = f"{user.folder}: is in no git repository that can be used: {why}; {_way_out(why)}"
        raise StateError(msg)
    object_format, _, top = os.fsdecode(answer.out).removesuffix("\n").partition("\n")
    return Clone(top, object_format, _settings(user))


def _way_out(why: str) -> str:
    if "dubious ownership" in why:
        return "if it is yours, run: git config --global --add safe.directory FOLDER"
    return "run threadsync in a clone, or set state.backend to s3 or local"


def _settings(git: Git) -> Pairs:
    """Every setting that holds there, in order, from all files and the environment."""
    rows = git.run("config", "--list", "--includes", "-z").split(b"\0")
    return tuple(_pair(os.fsdecode(row)) for row in rows if row)


def _pair(row: str) -> tuple[str, str]:
    name, is_set, value = row.partition("\n")
    return name, value if is_set else "true"


def _missing(wanted: Pairs, known: Pairs, remote: str) -> Iterator[tuple[str, str]]:
    """The ways to `remote` in `wanted` that are not in `known`: sent twice, a header is refused."""
    left = Counter(known)
    for pair in wanted:
        if left[pair]:
            left[pair] -= 1
        elif _is_way(pair[0], remote):
            yield pair


def _is_way(name: str, remote: str) -> bool:
    if name.startswith("remote."):
        section, _, key = name.rpartition(".")
        return section == f"remote.{remote}" and key in _WAYS_OF_A_REMOTE
    return name.startswith(_WAYS) or name in _WAYS_OF_CORE


def _carried(pairs: Sequence[tuple[str, str]], environ: Mapping[str, str]) -> dict[str, str]:
    """`pairs` as variables, after the settings that `environ` already carries."""
    start = int(environ.get("GIT_CONFIG_COUNT") or 0)
    rows = list(enumerate(pairs, start))
    return {
        "GIT_CONFIG_COUNT": str(start + len(rows)),
        **{f"GIT_CONFIG_KEY_{number}": name for number, (name, _) in rows},
        **{f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in rows},
    }


def _format(clone: Clone) -> list[str]:
    return [] if clone.object_format == "sha1" else [f"--object-format={clone.object_format}"]
