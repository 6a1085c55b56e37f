"""The order of a plan: read the state, load the files, compare. Offline unless asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.observe import fetch_account, fetch_observed

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.actions import Plan
    from threadsync.plan import Scope
    from threadsync.project import Project


async def plan_project(project: Project, scope: Scope, *, now: datetime, refresh: bool) -> Plan:
    """The plan of a project at `now`; with `refresh`, posts that are out already are adopted."""
    state = await project.store().read()
    loaded = project.load(state)
    if not refresh:
        return project.plan(loaded, state, scope, now=now)
    async with project.connected() as connection:
        await fetch_account(connection.api, state.account)
        window = project.settings.policy.adopt_window
        observed = await fetch_observed(connection.api, state, window, now)
    return project.plan(loaded, state, scope, now=now, observed=observed)
