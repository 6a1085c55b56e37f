"""From settings to a project with its client, uploader and state: wiring, no decisions.

How a folder becomes posts, and which stage may touch what::

    config      threadsync.yaml, flags, environment  ->  Settings            disk
    loader      files                                ->  Entries, Problems   disk (media by cache)
    state       document and journal                 ->  State               disk or bucket
    plan        Entries, State, time                 ->  Plan                nothing
    settle      parts whose answer was lost          ->  State               network (reads only)
    observe     the account's posts                  ->  Observed            network (reads only)
    guard       Plan, quotas                         ->  go on or refuse     nothing
    apply       Plan                                 ->  posts, State        network
    report      Plan, events, Outcome                ->  text                nothing

`plan` ends after the plan and needs no network. `apply` holds the state's lock from reading the
state to the end, so what it shows is what it does. `applying` has that order; the stages know
nothing of each other.
"""

from __future__ import annotations

import os
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from threadsync import __version__
from threadsync.config import Secret, Settings
from threadsync.errors import SettingsError
from threadsync.planning.build import Scope, build_plan
from threadsync.problems import errors_in
from threadsync.reading.loaded import Loaded
from threadsync.reading.remembered import Memory
from threadsync.reading.sources import find_sources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from threadsync.api.client import API
    from threadsync.media.delivery.uploader import Uploader
    from threadsync.planning.actions import Plan
    from threadsync.planning.matching import Observed
    from threadsync.post import Entry
    from threadsync.problems import Finding, Problem
    from threadsync.reading.loader import IsOut
    from threadsync.reading.sources import Found
    from threadsync.signin.held import HeldToken
    from threadsync.state.model import State
    from threadsync.state.remote.vault import Vault
    from threadsync.state.store import Store

SANDBOX_TOKEN = "SANDBOX"  # noqa: S105 - the public token of the built-in sandbox


@dataclass(frozen=True, slots=True)
class Connection:
    """What is needed to talk to Threads: open for as long as the command runs."""

    api: API
    uploader: Uploader


@dataclass(frozen=True, slots=True)
class Project:
    """One account of one project. Nothing is read before a method asks for it."""

    settings: Settings
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def load(self, state: State) -> Loaded:
        """The entries of the files; those that only `state` knows may be referred to.

        Files that are as they were and whose entries are out in this form are not read again.
        """
        found = find_sources(str(self.settings.root), self.settings.posts)
        memory = Memory(self.settings, found.defaults)
        recalled = memory.recall(found.sources, state.is_out)
        loaded = self._read(found._replace(sources=recalled.to_read), state)
        if recalled.unchanged.keys() & {*loaded.unchanged, *(e.key for e in loaded.entries)}:
            recalled = recalled._replace(unchanged={})  # one key twice: look at all of them
            loaded = self._read(found, state)
        sources = frozenset(source.name for source in found.sources)
        unchanged = {**recalled.unchanged, **loaded.unchanged}
        loaded = loaded._replace(sources=sources, unchanged=unchanged)
        memory.keep(loaded)
        return loaded

    def load_all(self, state: State) -> Loaded:
        """The entries of the files, those included that are out as their files ask."""
        found = find_sources(str(self.settings.root), self.settings.posts)
        return self._read(found, state, is_out=lambda *_: False)

    def _read(self, found: Found, state: State, is_out: IsOut | None = None) -> Loaded:
        if not found.sources and not found.problems:
            return Loaded((), (), {}, frozenset())
        from threadsync.reading.loader import load_sources

        known = {key: len(raw["parts"]) for key, raw in state.entries.items()}
        return load_sources(self.settings, found, known, is_out or state.is_out)

    def plan(
        self,
        loaded: Loaded,
        state: State,
        scope: Scope,
        *,
        now: datetime,
        observed: Observed | None = None,
    ) -> Plan:
        """The plan with every problem of the files and of what was decided, sorted by place."""
        policy = self.settings.policy
        scope = replace(
            scope,
            account=self.settings.account,
            broken_keys=frozenset(loaded.broken_keys),
            unchanged=frozenset(loaded.unchanged),
        )
        draft = build_plan(loaded.entries, state, policy, now=now, scope=scope, observed=observed)
        problems = tuple(sorted([*loaded.problems, *self._placed(draft.findings)]))
        return replace(draft.plan, problems=problems)

    def _placed(self, findings: Iterable[tuple[Entry, Finding]]) -> Iterator[Problem]:
        for entry, finding in findings:
            from threadsync.reading.located import entry_problem

            yield entry_problem(self.settings, entry, finding)

    def store(self) -> Store:
        """Where the state is kept; the sandbox keeps its own on disk."""
        from threadsync.state.local.store import LocalStore

        make: Callable[..., Store] = partial(LocalStore, self.settings.state_path)
        if not self.settings.is_sandbox and self.settings.state.backend != "local":
            from threadsync.state.remote.store import RemoteStore

            make = partial(RemoteStore, self._vault())
        return make(
            seen_path=self._seen_path,
            clock=lambda: datetime.now(UTC),
            written_by=f"threadsync {__version__}",
            run=run_url(self.environ),
        )

    def _vault(self) -> Vault:
        state = self.settings.state
        if state.backend == "s3":
            from threadsync.state.s3.vault import S3Vault

            return S3Vault(state, probed_path=self._seen_path.with_name("probed.json"))
        from threadsync.state.git.vault import GitVault

        return GitVault(
            self.settings.root,
            branch=state.branch,
            remote=state.remote,
            folder=self.settings.account,
        )

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """An API client and an uploader; with `--sandbox`, a sandbox that runs meanwhile."""
        if self.settings.is_sandbox:
            async with self._sandbox() as connection:
                yield connection
            return
        from threadsync.signin.held import no_token

        token = self.token()
        if token is None:
            raise no_token(self.settings)
        async with _api(token.secret, self.settings.base_url) as api, self._uploader() as uploader:
            yield Connection(api, uploader)

    def token(self) -> HeldToken | None:
        """The access token to use: the environment's, else the stored one, else None.

        Looks at a file, so it is only asked for when Threads is. Errors: `signin.held.held_token`.
        """
        from threadsync.signin.held import HeldToken, Source, held_token

        if self.settings.is_sandbox:
            return HeldToken(Secret(SANDBOX_TOKEN), Source.SANDBOX, "the built-in sandbox")
        return held_token(self.settings, self.environ, datetime.now(UTC))

    @asynccontextmanager
    async def _sandbox(self) -> AsyncIterator[Connection]:
        need_sandbox()
        from threadsync.media.delivery.sandbox_store import SandboxUploader
        from threadsync.sandbox.server import SandboxServer

        async with (
            SandboxServer(self.settings.sandbox_folder) as server,
            _api(Secret(SANDBOX_TOKEN), server.base_url) as api,
            aclosing(SandboxUploader(server.base_url)) as uploader,
        ):
            yield Connection(api, uploader)

    def _uploader(self) -> aclosing[Uploader]:
        if self.settings.media.store == "none":
            from threadsync.media.delivery.uploader import NoUploader

            return aclosing(NoUploader())
        from threadsync.media.delivery.s3 import S3Uploader

        return aclosing(S3Uploader(self.settings.media, self.settings.cache_folder))

    @property
    def _seen_path(self) -> Path:
        is_sandbox = self.settings.is_sandbox
        folder = self.settings.sandbox_folder if is_sandbox else self.settings.cache_folder
        return folder / "state" / self.settings.account / "seen.json"


def need_sandbox() -> None:
    """SettingsError when the packages of the extra `sandbox` are not installed."""
    from importlib.util import find_spec

    if not (find_spec("starlette") and find_spec("uvicorn")):
        raise SettingsError(
            "the sandbox needs packages that are not installed; "
            "run: pip install 'threadsync[sandbox]'"
        )


def run_url(environ: Mapping[str, str]) -> str | None:
    """The address of the GitHub Actions run this is part of, if it is."""
    if not environ.get("GITHUB_RUN_ID"):
        return None
    server = environ.get("GITHUB_SERVER_URL", "https://github.com")
    attempt = environ.get("GITHUB_RUN_ATTEMPT", "1")
    repository = environ.get("GITHUB_REPOSITORY", "")
    return f"{server}/{repository}/actions/runs/{environ['GITHUB_RUN_ID']}/attempts/{attempt}"


def blocking_problems(plan: Plan, loaded: Loaded) -> list[Problem]:
    """The errors that keep `plan` from being applied: with targets, only theirs count."""
    errors = errors_in(plan.problems)
    if not plan.targets:
        return errors
    keys = {action.key for action in plan.actions} | set(plan.targets)
    broken = {source for key, source in loaded.broken_keys.items() if key in keys}
    sources = broken | {entry.source for entry in loaded.entries if entry.key in keys}
    return [problem for problem in errors if problem.source in sources]


@asynccontextmanager
async def _api(token: Secret, base_url: str) -> AsyncIterator[API]:
    from threadsync.api.client import API
    from threadsync.api.credentials import Credentials

    async with API(Credentials.of_token(token.reveal()), base_url=base_url) as api:
        yield api
