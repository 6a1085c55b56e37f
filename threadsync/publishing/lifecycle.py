"""How a part goes from nothing to published: each transition as a function of values. Pure.

Times are aware datetimes, stored as RFC 3339 in UTC to the second. A transition never loses an id:
the container of an open intent stays on the part until the part is settled.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from threadsync.state.model import PartState, PartStatus
from threadsync.state.store import rfc3339

if TYPE_CHECKING:
    from datetime import datetime


def made(
    n: int,
    digest: str,
    container_id: str,
    now: datetime,
    *,
    fingerprint: str,
    reply_to: str | None,
) -> PartState:
    """Its container exists; nothing was asked of it yet."""
    return PartState(
        n=n,
        digest=digest,
        status=PartStatus.MADE,
        container_id=container_id,
        container_created_at=rfc3339(now),
        fingerprint=fingerprint,
        reply_to=reply_to,
    )


def intended(part: PartState, *, nonce: str, now: datetime, run: str | None) -> PartState:
    """The publish request may go out as soon as this is on record."""
    attempt = {
        "n": len(part.attempts) + 1,
        "nonce": nonce,
        "at": rfc3339(now),
        "run": run,
        "outcome": None,
    }
    return replace(part, status=PartStatus.PUBLISHING, attempts=(*part.attempts, attempt))


def answered(part: PartState, outcome: str) -> PartState:
    """The last attempt is known to have had this outcome: `not-sent`, `rejected` or `doubtful`."""
    *before, last = part.attempts
    return replace(part, attempts=(*before, {**last, "outcome": outcome}))


def published(part: PartState, media_id: str, now: datetime) -> PartState:
    """It is out under `media_id`; how it got there no longer matters."""
    return replace(
        part,
        status=PartStatus.PUBLISHED,
        id=media_id,
        published_at=rfc3339(now),
        attempts=(),
        error=None,
        container_created_at=None,
        fingerprint=None,
    )


def failed(part: PartState, why: str) -> PartState:
    """Nothing is out and nothing may still go out; `why` is one sentence."""
    return PartState(n=part.n, digest=part.digest, status=PartStatus.FAILED, error=why)


def is_in_doubt(part: PartState) -> bool:
    """Whether some publish request for its container may have had an effect nobody saw."""
    return any(attempt.get("outcome") not in {"not-sent", "rejected"} for attempt in part.attempts)


class Next(Enum):
    """What the status of a container asks for, once a publish request may have been sent."""

    LIVE = auto()
    """It is out: find its media id."""
    PUBLISH_AGAIN = auto()
    LOOK_AGAIN = auto()
    START_OVER = auto()
    """It never was out and never will be: a new container may be made."""
    FAILED = auto()


def next_after(status: str | None, *, in_doubt: bool) -> Next:
    """What to do with a part whose container says `status`; None when it is not found.

    The table of the publishing protocol: only a container that says EXPIRED proves that nothing is
    out; with a doubt everything but PUBLISHED and EXPIRED must be looked at again.
    """
    if status == "PUBLISHED":
        return Next.LIVE
    if status == "EXPIRED":
        return Next.START_OVER
    if in_doubt or status == "IN_PROGRESS":
        return Next.LOOK_AGAIN
    if status == "FINISHED":
        return Next.PUBLISH_AGAIN
    return Next.FAILED
