"""The settings of a project: flag, then environment, then threadsync.yaml, then default.

`reading.settings` makes them; behind that door every setting is present and has its type. Secrets
have no repr.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, time, timedelta, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.treatment import Treatment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

META_BASE_URL = "https://graph.threads.net"
CACHE_FOLDER = ".threadsync"
DEFAULT_PARALLEL = 4
BASE_URL_ENV = "THREADS_API_BASE_URL"
TOKEN_ENV = "THREADS_ACCESS_TOKEN"  # noqa: S105 - the name of a variable


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
    public_base_urls: tuple[str, ...] = ()
    """None, one, or one and another to be tried when Meta cannot fetch from it."""
    presign_expires: int | None = None
    """Seconds; None unless presigned URLs are asked for."""
    fix: str = "off"
    """`auto` or `off`: whether files that Threads would refuse are mended before they are sent."""
    strip_metadata: bool = True
    check_reachability: bool = True
    keep_media: timedelta | None = timedelta(days=7)
    """How long `media prune` keeps what is out; None for ever."""

    @property
    def treatment(self) -> Treatment:
        """What is done to files before they are sent."""
        return Treatment(self.fix == "auto", self.strip_metadata)


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


class QuietHours(NamedTuple):
    """The hours of each day in which nothing goes out; over midnight when they end before they begin."""

    begin: time
    end: time
    zone: tzinfo = UTC
    """Whose clocks count."""


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
    min_gap: timedelta = timedelta(0)
    """The least time between two posts."""
    quiet_hours: QuietHours | None = None
    parallel: int = DEFAULT_PARALLEL
    """Uploads and calls at a time, unless a flag says otherwise."""


class PollingSettings(NamedTuple):
    """What is said about asking Meta whether a container is ready; empty means as by default."""

    waits: tuple[timedelta, ...] = ()
    limits: Mapping[str, timedelta] = MappingProxyType({})
    """By media type, in small letters."""


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
    polling: PollingSettings = field(default_factory=PollingSettings)
    accounts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    account: str = "default"
    token_env: str = TOKEN_ENV
    token: Secret | None = None
    """The environment's; `Project.token` knows a stored one as well."""
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
        """The world of `--sandbox`; each account has one of its own."""
        folder = self.root / CACHE_FOLDER / "sandbox"
        return folder if self.account == "default" else folder / "accounts" / self.account

    @property
    def is_meta(self) -> bool:
        """Whether calls go to Meta itself and not to a stand-in."""
        from urllib.parse import urlsplit

        host = urlsplit(self.base_url).hostname or ""
        return host.endswith((".threads.net", ".threads.com"))
