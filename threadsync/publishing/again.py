"""When a container in doubt may be published again after all: for those who cannot wait a day.

Safe where publishing one container twice gives one post, or when nothing is under way any more; see
docs/guarantees.md. Nobody does this unless asked: `resolve --retry-same-container`, or the policy
`on_unknown: retry`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from threadsync.errors import RefusedError
from threadsync.publishing.driver import look
from threadsync.publishing.protocol import made_again

if TYPE_CHECKING:
    from threadsync.publishing.run import Run
    from threadsync.state.model import PartState

SETTLE_WAIT = timedelta(minutes=5)
"""No request may have been sent for so long."""
EQUAL_READS = 3
_BETWEEN_READS_S = 5.0


async def ready_again(run: Run, part: PartState) -> PartState:
    """The part with its container to be published as if it never was asked to be.

    RefusedError while a request may still be under way, or unless the container says FINISHED every
    time.
    """
    times = [part.container_created_at, *(attempt["at"] for attempt in part.attempts)]
    sent_at = max(datetime.fromisoformat(at) for at in times if at)
    if (quiet_from := sent_at + SETTLE_WAIT) > run.now():
        raise RefusedError(
            f"a request was sent at {sent_at:%H:%M} UTC and may still be under way; "
            f"try again after {quiet_from.astimezone(UTC):%H:%M} UTC"
        )
    for read in range(EQUAL_READS):
        if read:
            await run.pause(_BETWEEN_READS_S)
        said = await look(run, part.container_id or "")
        if said.status != "FINISHED":
            raise RefusedError(f"its container says {said}, not FINISHED; run threadsync apply")
    return made_again(part)
