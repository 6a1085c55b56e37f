"""From threadsync.yaml, flags and environment to `Settings`: checked once, here.

A flag wins over the environment, that over the file, that over the default.
"""

from __future__ import annotations

import os
import re
import time
from datetime import time as clock_time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from threadsync import __version__
from threadsync.config import (
    BASE_URL_ENV,
    CACHE_FOLDER,
    META_BASE_URL,
    TOKEN_ENV,
    MediaSettings,
    Policy,
    PollingSettings,
    QuietHours,
    Secret,
    Settings,
    StateSettings,
)
from threadsync.errors import FilesError, SettingsError, UsageError
from threadsync.reading.sources import SETTINGS_FILE
from threadsync.stamps import is_racy, load_rows, save_rows, stamp_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DURATION = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


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
    token_env = raw.get("token_env", TOKEN_ENV)
    return Settings(
        root=path.parent.resolve(),
        posts=_posts(raw.get("posts", "posts")),
        timezone=raw.get("timezone", "UTC"),
        base_url=_base_url(environ, raw),
        media=_media(raw.get("media", {})),
        state=_state(raw.get("state", {}), account),
        defaults=raw.get("defaults", {}),
        policy=_policy(raw.get("policy", {}), raw.get("timezone", "UTC")),
        polling=_polling(raw.get("polling", {})),
        accounts=raw.get("accounts", {}),
        account=account,
        token_env=token_env,
        token=_token(environ.get(token_env)),
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
        if (candidate / SETTINGS_FILE).is_file():
            return candidate / SETTINGS_FILE
    raise UsageError(
        f"no {SETTINGS_FILE} in {folder} or above; run threadsync init there, or name a project with -C"
    )


def _checked(path: Path, root: Path) -> dict[str, Any]:
    """The keys and values of the file, remembered while it stays the same."""
    cache, begun_ns = str(root / CACHE_FOLDER / "cache" / "settings.json"), time.time_ns()
    rows, stamp = load_rows(cache, __version__), stamp_at(str(path))
    known = rows.get(path.name)
    if known is not None and known[0] == stamp:
        return cast(dict[str, Any], known[1])
    from threadsync.reading.settings_file import read_settings

    raw, problems = read_settings(path, os.path.relpath(path, root))
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
        raise UsageError(f"--account {asked_for}: {SETTINGS_FILE} lists no accounts")
    raise UsageError(f"name one of the accounts with --account: {', '.join(names)}")


def _of_account(raw: Mapping[str, Any], account: str) -> dict[str, Any]:
    """What the settings say for one account only, over what they say for all."""
    own = raw.get("accounts", {}).get(account, {})
    merged = {
        name: {**raw.get(name, {}), **own[name]} for name in ("state", "defaults") if name in own
    }
    return {**own, **merged}


def _media(raw: Mapping[str, Any]) -> MediaSettings:
    values = dict(raw)
    bases = values.pop("public_base_url", ())
    values["public_base_urls"] = (bases,) if isinstance(bases, str) else tuple(bases)
    if "keep_media" in values:
        kept = values["keep_media"]
        values["keep_media"] = None if kept == "forever" else duration(kept)
    return MediaSettings(**values)


def _state(raw: Mapping[str, Any], account: str) -> StateSettings:
    """Each account has a state of its own, also where the settings name no place for it."""
    if account == "default":
        return StateSettings(**raw)
    own = {"path": f"threadsync.state.{account}.json", "key": f"threads/{account}/state.json"}
    return StateSettings(**{**own, **raw})


def _policy(raw: Mapping[str, Any], timezone: str) -> Policy:
    values = dict(raw)
    for name in ("adopt_window", "settle", "max_lateness", "min_gap"):
        if name in values:
            values[name] = duration(values[name])
    if "quiet_hours" in values:
        values["quiet_hours"] = _quiet_hours(values["quiet_hours"], timezone)
    return Policy(**values)


def _quiet_hours(text: str, timezone: str) -> QuietHours:
    """`22:00-07:00` by the clocks of `timezone`; the schema has seen that it is no more and no less."""
    from threadsync.reading.times import zone

    begin, end = map(clock_time.fromisoformat, text.split("-"))
    return QuietHours(begin, end, zone(timezone))


def _polling(raw: Mapping[str, Any]) -> PollingSettings:
    limits = {name: duration(limit) for name, limit in raw.get("limits", {}).items()}
    return PollingSettings(tuple(duration(wait) for wait in raw.get("waits", ())), limits)


def _base_url(environ: Mapping[str, str], raw: Mapping[str, Any]) -> str:
    from urllib.parse import urlsplit

    url: str = environ.get(BASE_URL_ENV) or raw.get("api", {}).get("base_url", META_BASE_URL)
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise SettingsError(
            f"{BASE_URL_ENV} or api.base_url is {url!r}, which is no web address; "
            f"write it like {META_BASE_URL}"
        )
    return url


def posts_of(account: Mapping[str, Any], settings: Settings) -> tuple[str, ...]:
    """The folders with the posts of one of `settings.accounts`."""
    return _posts(account["posts"]) if "posts" in account else settings.posts


def _posts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _token(value: str | None) -> Secret | None:
    """The access token without blanks around it; never part of a message."""
    token = (value or "").strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise SettingsError(
            "the access token holds a blank, a line break or a character that no token has; copy it again"
        )
    return Secret(token) if token else None
