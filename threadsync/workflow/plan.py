"""The order of a plan: read the state, load the files, compare. Offline unless asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.planning.actions import Plan
    from threadsync.planning.build import Scope
    from threadsync.planning.matching import Observed
    from threadsync.project import Project
    from threadsync.state.model import State


def plan_project(project: Project, scope: Scope, *, now: datetime, refresh: bool) -> Plan:
    """The plan of a project at `now`; with `refresh`, posts that are out already are adopted."""
    state = project.store().read()
    loaded = project.load(state)
    plan = project.plan(loaded, state, scope, now=now)
    if not refresh:
        return plan
    observed = _observed(project, state, plan)
    return project.plan(loaded, state, scope, now=now, observed=observed)


def _observed(project: Project, state: State, plan: Plan) -> Observed:
    import asyncio

    from threadsync.publishing.observe import fetch_account, fetch_observed

    async def fetched() -> Observed:
        async with project.connected() as connection:
            await fetch_account(connection.api, state.account)
            since = plan.made_at - project.settings.policy.adopt_window if state.entries else None
            known = frozenset(state.media_ids())
            return await fetch_observed(connection.api, plan.actions, known, since)

    return asyncio.run(fetched())
