"""The tools of a run, made when they are first needed: much is decided without the network."""

from __future__ import annotations

import asyncio
from asyncio import sleep
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from threadsync.api.polling import LIMITS_S, WAITS_S, Polling
from threadsync.errors import SettingsError
from threadsync.project import run_url
from threadsync.publishing.observe import fetch_account
from threadsync.publishing.run import Run

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from threadsync.api.types import Account
    from threadsync.config import PollingSettings
    from threadsync.project import Connection, Project
    from threadsync.publishing.events import Listener
    from threadsync.state.store import Session


@dataclass(slots=True)
class LazyRun:
    """A run on an open session; `stack` closes its connection."""

    project: Project
    session: Session
    stack: AsyncExitStack
    listen: Listener
    stop: asyncio.Event
    parallel: int | None = None
    """Uploads and calls at a time; None as the settings say."""
    _run: Run | None = None

    async def get(self) -> Run:
        """The run's tools; the owner of the token is checked against the state, and recorded."""
        if self._run is None:
            connection = await self.stack.enter_async_context(self.project.connected())
            account = await fetch_account(connection.api, self.session.state.account)
            if not self.project.settings.is_sandbox:
                _check_meant(account, self.project.settings.user_id)
            known = {"user_id": account.id, "username": account.username}
            if self.session.state.account != known:
                await self.session.set_field("account", known)
            self._run = self._made(connection)
        return self._run

    def _made(self, connection: Connection) -> Run:
        return Run(
            api=connection.api,
            uploader=connection.uploader,
            session=self.session,
            listen=self.listen,
            root=self.project.settings.root,
            clock=lambda: datetime.now(UTC),
            sleep=sleep,
            stop=self.stop,
            run_url=run_url(self.project.environ),
            settle_s=self.project.settings.policy.settle.total_seconds(),
            polling=_polling(self.project.settings.polling),
            calls=asyncio.Semaphore(self.parallel or self.project.settings.policy.parallel),
        )


def _polling(said: PollingSettings) -> Polling:
    limits_s = {name.upper(): limit.total_seconds() for name, limit in said.limits.items()}
    waits_s = tuple(wait.total_seconds() for wait in said.waits)
    return Polling(waits_s or WAITS_S, {**LIMITS_S, **limits_s})


def _check_meant(account: Account, user_id: str | None) -> None:
    """SettingsError when the settings name another account than the token's."""
    if user_id not in {None, "me", account.id}:
        raise SettingsError(
            f"the token is for @{account.username} ({account.id}), user_id is {user_id}; "
            "nothing was sent. Use the token of that account, or change user_id"
        )
