"""The settings of a project: flag, then environment, then threadsync.yaml, then default.

Values are checked once, here; behind this door every setting is present and has its type. Secrets
have no repr.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from threadsync import __version__
from threadsync.errors import FilesError, SettingsError, UsageError
from threadsync.stamps import is_racy, load_rows, save_rows, stamp_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE_NAME = "threadsync.yaml"
META_BASE_URL = "https://graph.threads.net"
CACHE_FOLDER = ".threadsync"

_DURATION = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Secret:
    """A token or key that never shows itself; `reveal` where it is sent."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        return self._value

    def __str__(self) -> str:
        return "***"


class MediaSettings(NamedTuple):
    """Where media are stored so that Meta can fetch them."""

    store: str = "none"
    bucket: str | None = None
    prefix: str = "threadsync/"
    region: str | None = None
    endpoint_url: str | None = None
    public_base_url: str | None = None
    presign_expires: int | None = None
    """Seconds; None unless presigned URLs are asked for."""


class StateSettings(NamedTuple):
    """Where the state is kept. `path` is relative to the project."""

    backend: str = "local"
    path: str = "threadsync.state.json"
    bucket: str | None = None
    key: str = "threads/state.json"
    region: str | None = None
    endpoint_url: str | None = None
    branch: str = "threadsync-state"
    remote: str = "origin"


class Policy(NamedTuple):
    """What to do when files and Threads disagree, and how much one run may do."""

    on_change: str = "replace"
    on_remove: str = "keep"
    adopt_window: timedelta = timedelta(days=30)
    on_unknown: str = "wait"
    settle: timedelta = timedelta(minutes=5)
    max_publish: int = 25
    max_deletes: int = 5
    alt_text: str = "warn"
    text_count: str = "meta"
    late: str = "publish"
    max_lateness: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a command needs to know about its project. `root` is an absolute folder."""

    root: Path
    posts: tuple[str, ...] = ("posts",)
    timezone: str = "UTC"
    base_url: str = META_BASE_URL
    media: MediaSettings = MediaSettings()
    state: StateSettings = StateSettings()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = Policy()
    accounts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    account: str = "default"
    token: Secret | None = None
    user_id: str | None = None
    is_sandbox: bool = False

    @property
    def cache_folder(self) -> Path:
        """Caches of this machine; never committed, safe to delete."""
        return self.root / CACHE_FOLDER

    @property
    def state_path(self) -> Path:
        if self.is_sandbox:
            return self.sandbox_folder / "threadsync.state.json"
        return self.root / self.state.path

    @property
    def sandbox_folder(self) -> Path:
        return self.root / CACHE_FOLDER / "sandbox"

    @property
    def is_meta(self) -> bool:
        """Whether calls go to Meta itself and not to a stand-in."""
        from urllib.parse import urlsplit

        host = urlsplit(self.base_url).hostname or ""
        return host.endswith((".threads.net", ".threads.com"))


class Request(NamedTuple):
    """Which project a command was asked to work on, as the flags say it."""

    folder: Path
    config_file: Path | None = None
    account: str | None = None
    is_sandbox: bool = False


def load_settings(request: Request, environ: Mapping[str, str]) -> Settings:
    """The settings of the project that `request` names.

    UsageError when there is no such project or account, FilesError when its file has problems.
    """
    path = _settings_file(request)
    raw = _checked(path, path.parent)
    account = _account(raw, request.account)
    raw = {**raw, **_of_account(raw, account)}
    return Settings(
        root=path.parent.resolve(),
        posts=_posts(raw.get("posts", "posts")),
        timezone=raw.get("timezone", "UTC"),
        base_url=environ.get("THREADS_API_BASE_URL")
        or raw.get("api", {}).get("base_url", META_BASE_URL),
        media=MediaSettings(**raw.get("media", {})),
        state=_state(raw.get("state", {}), account),
        defaults=raw.get("defaults", {}),
        policy=_policy(raw.get("policy", {})),
        accounts=raw.get("accounts", {}),
        account=account,
        token=_token(environ.get(raw.get("token_env", "THREADS_ACCESS_TOKEN"))),
        user_id=raw.get("user_id") or environ.get("THREADS_USER_ID"),
        is_sandbox=request.is_sandbox,
    )


def duration(text: str | int) -> timedelta:
    """`30d`, `24h`, `5m` or `90s` as a length of time; a bare number is seconds."""
    if isinstance(text, int) or text.isdecimal():
        return timedelta(seconds=int(text))
    match = _DURATION.fullmatch(text)
    if match is None:
        raise SettingsError(f"{text!r} is no length of time; write for example 30d, 24h, 5m or 90s")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _settings_file(request: Request) -> Path:
    if request.config_file is not None:
        if not request.config_file.is_file():
            raise UsageError(f"{request.config_file} does not exist or is no file")
        return request.config_file.absolute()
    folder = request.folder.absolute()
    for candidate in (folder, *folder.parents):
        if (candidate / FILE_NAME).is_file():
            return candidate / FILE_NAME
    raise UsageError(
        f"no {FILE_NAME} in {folder} or above; run threadsync init there, or name a project with -C"
    )


def _checked(path: Path, root: Path) -> dict[str, Any]:
    """The keys and values of the file, remembered while it stays the same."""
    cache, begun_ns = str(root / CACHE_FOLDER / "cache" / "settings.json"), time.time_ns()
    rows, stamp = load_rows(cache, __version__), stamp_at(str(path))
    known = rows.get(path.name)
    if known is not None and known[0] == stamp:
        return cast(dict[str, Any], known[1])
    from threadsync.reading.schema import load_settings as read_and_check

    raw, problems = read_and_check(path, os.path.relpath(path, root))
    if problems:
        raise FilesError(problems)
    if stamp is not None and not is_racy(stamp, begun_ns):
        save_rows(cache, __version__, {path.name: [stamp, raw]})
    return raw


def _account(raw: Mapping[str, Any], asked_for: str | None) -> str:
    names = list(raw.get("accounts", {}))
    if asked_for is None and len(names) < 2:
        return names[0] if names else "default"
    if asked_for is not None and asked_for in names:
        return asked_for
    if not names:
        raise UsageError(f"--account {asked_for}: {FILE_NAME} lists no accounts")
    raise UsageError(f"name one of the accounts with --account: {', '.join(names)}")


def _of_account(raw: Mapping[str, Any], account: str) -> dict[str, Any]:
    """What the settings say for one account only, over what they say for all."""
    own = raw.get("accounts", {}).get(account, {})
    merged = {
        name: {**raw.get(name, {}), **own[name]} for name in ("state", "defaults") if name in own
    }
    return {**own, **merged}


def _state(raw: Mapping[str, Any], account: str) -> StateSettings:
    if account == "default" or "path" in raw:
        return StateSettings(**raw)
    return StateSettings(**{**raw, "path": f"threadsync.state.{account}.json"})


def _policy(raw: Mapping[str, Any]) -> Policy:
    values = dict(raw)
    for name in ("adopt_window", "settle", "max_lateness"):
        if name in values:
            values[name] = duration(values[name])
    return Policy(**values)


def _posts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _token(value: str | None) -> Secret | None:
    return Secret(value.strip()) if value and value.strip() else None
