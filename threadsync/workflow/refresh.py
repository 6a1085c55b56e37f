"""The order of a refresh: lock, settle what is in doubt, compare with Threads, write it down."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from threadsync.publishing.drift import Drift, DriftKind, find_drift
from threadsync.state.store import rfc3339
from threadsync.workflow.lazy_run import LazyRun
from threadsync.workflow.settling import doubtful, settle_all

if TYPE_CHECKING:
    from threadsync.project import Project
    from threadsync.publishing.events import Listener
    from threadsync.state.store import Session


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh found: drift by key and part, and keys of which nothing is known yet."""

    drift: tuple[Drift, ...]
    unknown: tuple[str, ...]
    adopted: bool
    """Whether the state now says so too."""


async def refresh_project(project: Project, listen: Listener, *, adopt: bool) -> Refreshed:
    """Settle doubts and find drift; with `adopt`, posts that are gone are forgotten."""
    async with project.store().session("refresh") as session, AsyncExitStack() as stack:
        lazy_run = LazyRun(project, session, stack, listen, asyncio.Event())
        run = await lazy_run.get()
        await settle_all(session, lazy_run)
        loaded = project.load_all(session.state)
        drift = await find_drift(run, session.state, loaded.entries)
        if adopt:
            await _forget_gone(session, drift, rfc3339(run.now()))
        return Refreshed(tuple(drift), tuple(doubtful(session.state)), adopt)


async def _forget_gone(session: Session, drift: list[Drift], at: str) -> None:
    gone: dict[str, set[str]] = {}
    for found in drift:
        if found.kind is DriftKind.GONE:
            gone.setdefault(found.key, set()).add(found.id)
    for key, media_ids in gone.items():
        if entry := session.state.entry(key):
            await session.record(key, entry.without_gone(media_ids, at))
