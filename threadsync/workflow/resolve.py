"""Settle by hand what became of a part, for those who cannot wait until Meta tells."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from threadsync.errors import NotFoundError, RefusedError, UsageError
from threadsync.publishing import protocol
from threadsync.publishing.again import ready_again
from threadsync.publishing.driver import look
from threadsync.publishing.run import EntryRecord
from threadsync.workflow.lazy_run import LazyRun

if TYPE_CHECKING:
    from threadsync.post import Reference
    from threadsync.project import Project
    from threadsync.publishing.events import Listener
    from threadsync.publishing.run import Run
    from threadsync.state.model import PartState, State


class Way(StrEnum):
    """What a person says of a part."""

    PUBLISHED = "published"
    NOT_PUBLISHED = "not-published"
    RETRY = "retry-same-container"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a part is to be settled; `media_id` for PUBLISHED."""

    way: Way
    media_id: str | None = None


async def resolve_part(
    project: Project, reference: Reference, answer: Answer, listen: Listener
) -> tuple[int, PartState | None]:
    """Settle the part that `reference` names; its number, and what is on record of it now.

    UsageError when there is no such part in doubt, RefusedError when Meta says otherwise.
    """
    async with project.store().session("resolve") as session, AsyncExitStack() as stack:
        key = reference.key or ""
        part = _part_in_doubt(session.state, reference)
        lazy_run = LazyRun(project, session, stack, listen, asyncio.Event())
        run = await lazy_run.get()
        settled = await _settled(run, part, answer)
        state = session.state.entry(key)
        if state is None:
            raise AssertionError(key)
        record = EntryRecord(key, state, session)
        if settled is None:
            await record.put(record.state.without_part(part.n))
        else:
            await record.put_part(settled)
        return part.n, settled


def _part_in_doubt(state: State, reference: Reference) -> PartState:
    entry = state.entry(reference.key or "")
    if entry is None:
        raise UsageError(f"{reference.key} is not on record; threadsync state list names what is")
    in_doubt = [part for part in entry.parts if part.is_unsettled]
    chosen = [part for part in in_doubt if part.n == reference.n] or in_doubt[:1]
    if not chosen or (len(in_doubt) > 1 and chosen[0].n != reference.n):
        raise UsageError(f"{reference.key} has no part in doubt; threadsync plan marks them with ?")
    return chosen[0]


async def _settled(run: Run, part: PartState, answer: Answer) -> PartState | None:
    match answer.way:
        case Way.PUBLISHED:
            return await _published(run, part, answer.media_id or "")
        case Way.NOT_PUBLISHED:
            return await _not_published(run, part)
        case Way.RETRY:
            return await ready_again(run, part)


async def _published(run: Run, part: PartState, media_id: str) -> PartState | None:
    try:
        post = await run.api.thread(media_id, "id,permalink")
    except NotFoundError as error:
        raise RefusedError(f"post {media_id} is not on the account: {error}") from error
    return protocol.advance(part, protocol.Resolved(post.id, run.now()))[0]


async def _not_published(run: Run, part: PartState) -> PartState | None:
    said = await look(run, part.container_id or "")
    if said.status == "PUBLISHED":
        raise RefusedError(
            "Meta says that its container is published; run threadsync apply, which looks for the "
            "post, or give its id with --published"
        )
    return protocol.advance(part, protocol.Resolved(None, run.now()))[0]
