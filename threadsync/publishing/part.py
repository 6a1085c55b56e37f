"""Publish one part: the intent on record, exactly one request, the answer on record.

The order of the writes is the guarantee of "at most once": the intent before the request, the media
id before anything else, and after any answer that is no id the container is asked before anything is
believed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from threadsync.api.polling import NOT_READY_WAITS_S
from threadsync.errors import (
    AccountRestrictedError,
    ApiError,
    NotReadyError,
    NotSentError,
    RejectedError,
)
from threadsync.publishing import lifecycle
from threadsync.publishing.containers import look
from threadsync.publishing.lifecycle import Next
from threadsync.publishing.run import InDoubtError, PartFailedError, RestrictedError
from threadsync.state.model import PartStatus

if TYPE_CHECKING:
    from threadsync.publishing.run import EntryRecord, Run
    from threadsync.state.model import PartState


async def publish_part(run: Run, record: EntryRecord, ready: PartState) -> PartState:
    """The part with its media id; its container must be FINISHED.

    Raises PartFailedError when nothing is out for sure, InDoubtError when that cannot be told; both
    after putting it on record.
    """
    waits = iter(NOT_READY_WAITS_S)
    while True:
        run.check_stop()
        intent = await _intend(run, record, ready)
        try:
            media_id = await run.api.publish_container(intent.container_id or "")
        except ApiError as error:
            ready = await _nothing_out(run, record, intent, error)
            if (wait := next(waits, None)) is None or not _passes(error):
                raise await _given_up(record, ready, error) from error
            await run.pause(wait)
        else:
            return await record.put_part(lifecycle.published(intent, media_id, run.now()))


async def _intend(run: Run, record: EntryRecord, ready: PartState) -> PartState:
    intent = lifecycle.intended(ready, nonce=uuid4().hex, now=run.now(), run=run.run_url)
    return await record.put_part(intent)


async def _nothing_out(
    run: Run, record: EntryRecord, intent: PartState, error: ApiError
) -> PartState:
    """The part after a request that gave no id, when it is sure that nothing came of it."""
    part = await record.put_part(lifecycle.answered(intent, _outcome(error)))
    in_doubt = lifecycle.is_in_doubt(part)
    if isinstance(error, NotSentError) and not in_doubt:
        return part
    try:
        answer = await look(run, part.container_id or "")
    except ApiError as silent:
        raise InDoubtError(f"{error}; {silent}") from error
    match lifecycle.next_after(answer.status, in_doubt=in_doubt):
        case Next.LIVE | Next.LOOK_AGAIN:
            raise InDoubtError(str(error)) from error
        case _:
            return part


async def _given_up(record: EntryRecord, part: PartState, error: ApiError) -> PartFailedError:
    why = f"{error}; nothing was posted"
    if isinstance(error, NotSentError):
        # The container is as good as before: the next run publishes it.
        await record.put_part(replace(part, status=PartStatus.MADE, attempts=()))
        return PartFailedError(why)
    await record.put_part(lifecycle.failed(part, why))
    is_restricted = isinstance(error, AccountRestrictedError)
    return RestrictedError(why) if is_restricted else PartFailedError(why)


def _outcome(error: ApiError) -> str:
    if isinstance(error, NotSentError):
        return "not-sent"
    return "rejected" if isinstance(error, RejectedError) else "doubtful"


def _passes(error: ApiError) -> bool:
    """Whether the same container may be published a little later."""
    return isinstance(error, NotSentError | NotReadyError)
