"""Find out what became of parts whose publish request was never answered for sure.

Asks the container first. When it says PUBLISHED, the post is looked for among the account's own by
what it shows, its parent and its time, never by being the newest. Nothing here publishes anything.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from threadsync.api.polling import waits_s
from threadsync.errors import ApiError
from threadsync.planning.matching import Observed
from threadsync.publishing import lifecycle
from threadsync.publishing.containers import look
from threadsync.publishing.lifecycle import Next
from threadsync.publishing.observe import own_posts
from threadsync.state.model import PartStatus

if TYPE_CHECKING:
    from threadsync.publishing.run import EntryRecord, Run
    from threadsync.state.model import PartState

_CLOCK_SLACK = timedelta(minutes=2)


async def settle(run: Run, record: EntryRecord) -> bool:
    """Look once at every unsettled part of an entry; True when none is left unsettled."""
    for part in record.state.parts:
        if part.is_unsettled:
            await _settle_part(run, record, part)
    return not any(part.is_unsettled for part in record.state.parts)


async def settle_patiently(run: Run, record: EntryRecord) -> bool:
    """The same for a fresh doubt: look again and again for as long as the settings say."""
    if await settle(run, record):
        return True
    for wait in waits_s(run.settle_s):
        await run.pause(wait)
        if await settle(run, record):
            return True
    return False


async def _settle_part(run: Run, record: EntryRecord, part: PartState) -> None:
    try:
        answer = await look(run, part.container_id or "")
        in_doubt = lifecycle.is_in_doubt(part) or not part.attempts
        match lifecycle.next_after(answer.status, in_doubt=in_doubt):
            case Next.LIVE:
                await _find(run, record, part)
            case Next.START_OVER:
                await record.put(record.state.without_part(part.n))
            case Next.PUBLISH_AGAIN:
                await record.put_part(replace(part, status=PartStatus.MADE, attempts=()))
            case Next.FAILED:
                why = f"its container says {answer.status or 'nothing'}; nothing was posted"
                await record.put_part(lifecycle.failed(part, why))
            case Next.LOOK_AGAIN:
                await _note(record, part, PartStatus.UNKNOWN)
    except ApiError:
        await _note(record, part, PartStatus.UNKNOWN)


async def _find(run: Run, record: EntryRecord, part: PartState) -> None:
    """It is out: put its media id on record, or that it is still looked for."""
    since = _earliest(part)
    known = frozenset(run.session.state.media_ids())
    posts = own_posts(run.api, "replies" if part.reply_to else "threads", since)
    observed = Observed.of([post async for post in posts], known_ids=known)
    found = observed.like(part.fingerprint or "", part.reply_to, since)
    if len(found) == 1:
        await record.put_part(lifecycle.published(part, found[0].id, run.now()))
        run.tell("published", record.key, n=part.n, id=found[0].id, permalink=found[0].permalink)
    else:
        await _note(record, part, PartStatus.PENDING)


def _earliest(part: PartState) -> datetime:
    """When the post can have appeared at the earliest."""
    at = part.attempts[0]["at"] if part.attempts else part.container_created_at
    return datetime.fromisoformat(at or "2023-07-05T00:00:00Z") - _CLOCK_SLACK


async def _note(record: EntryRecord, part: PartState, status: PartStatus) -> None:
    if part.status is not status:
        await record.put_part(replace(part, status=status))
