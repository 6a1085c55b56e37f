"""Gathers the facts that `verdicts` judges: what Threads says, then settings, state and files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from threadsync.checkup.verdicts import (
    Check,
    Verdict,
    account_check,
    clock_check,
    limit_fields,
    media_check,
    posts_check,
    quota_check,
    scopes_check,
    state_check,
    token_check,
)
from threadsync.config import StateSettings
from threadsync.errors import (
    ApiError,
    NotSentError,
    PermissionDeniedError,
    ThreadsyncError,
    TokenError,
)
from threadsync.planning.scopes import PUBLISH, needed_scopes
from threadsync.problems import errors_in
from threadsync.signin.facts import fetch_facts
from threadsync.signin.held import HeldToken, command_line, no_token, refresh_command
from threadsync.state.model import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from threadsync.api.client import API
    from threadsync.config import Settings
    from threadsync.planning.scopes import Need
    from threadsync.post import Entry
    from threadsync.project import Project


async def examine(project: Project) -> list[Check]:
    """All checks that could be made; one that needs what another has missed is left out."""
    settings = project.settings
    state, state_found = _state(project)
    loaded = project.load_all(state)
    needs = needed_scopes(loaded.entries, settings.policy)
    return [
        *await _account(project, state, needs),
        await _media(settings, loaded.entries),
        state_found,
        posts_check(loaded.entries, errors_in(loaded.problems)),
    ]


async def _media(settings: Settings, entries: Sequence[Entry]) -> Check:
    if settings.media.store == "none" or settings.is_sandbox:
        return media_check(settings.media, entries)
    from threadsync.checkup.bucket import bucket_check

    return await bucket_check(settings.media)


def _state(project: Project) -> tuple[State, Check]:
    """The state, empty when it cannot be read, and what is to be said of it."""
    try:
        state = project.store().read()
    except ThreadsyncError as exc:
        return State(), Check("state", Verdict.PROBLEM, str(exc))
    return state, state_check(_place(project.settings), is_ci=bool(project.environ.get("CI")))


def _place(settings: Settings) -> StateSettings:
    """Where the state is; that of the sandbox is a file, whatever the settings say."""
    if not settings.is_sandbox:
        return settings.state
    path = settings.state_path.relative_to(settings.root)
    return StateSettings(path=path.as_posix())


async def _account(project: Project, state: State, needs: Mapping[str, Need]) -> list[Check]:
    """Token, account, scopes, quota and clock; only the token when Threads does not take it."""
    try:
        held = project.token()
        if held is None:
            raise no_token(project.settings)
        async with project.connected() as connection:
            return await _asked(connection.api, project, held, state, needs)
    except ThreadsyncError as exc:
        return [Check("token", Verdict.PROBLEM, str(exc), _advice(project, exc))]


async def _asked(
    api: API, project: Project, held: HeldToken, state: State, needs: Mapping[str, Need]
) -> list[Check]:
    facts = await fetch_facts(api)
    granted = facts.info.scopes
    return [
        token_check(facts, held.origin, refresh_command(project.settings, held)),
        account_check(facts.account, project.settings.user_id, state.account),
        scopes_check(granted, needs),
        *await _quota(api, granted),
        clock_check(datetime.now(UTC), api.server_time or datetime.now(UTC)),
    ]


async def _quota(api: API, granted: tuple[str, ...]) -> list[Check]:
    """What is left of the quotas; nothing without the scope that asking needs."""
    if PUBLISH not in granted:
        return []
    try:
        return [quota_check(await api.publishing_limit(limit_fields(granted)), granted)]
    except ApiError as exc:
        return [Check("quota", Verdict.PROBLEM, str(exc))]


def _advice(project: Project, error: ThreadsyncError) -> str:
    """What to do when Threads does not take the token, unless the error says it."""
    if isinstance(error, PermissionDeniedError):
        return "accept the app's invitation in Threads, see docs/auth.md"
    if isinstance(error, NotSentError):
        return "check the network and api.base_url"
    again = command_line(project.settings, "auth login")
    return f"run {again}" if isinstance(error, TokenError) and again not in str(error) else ""
