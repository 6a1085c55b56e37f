"""Find out what became of parts whose publish request was never answered for sure.

Asks the container first. When it says PUBLISHED, the post is looked for among the account's own by
what it shows, its parent and its time, never by being the newest. Nothing here publishes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.publishing.driver import Driver
from threadsync.publishing.protocol import Do, made_again, resumed

if TYPE_CHECKING:
    from threadsync.publishing.run import EntryRecord, Run
    from threadsync.state.model import PartState


async def settle(run: Run, record: EntryRecord, *, patience_s: float = 0.0) -> bool:
    """Look at every unsettled part of an entry, once or again and again for `patience_s` seconds.

    True when none is left unsettled.
    """
    for part in record.state.parts:
        if part.is_unsettled:
            await _settle_part(run, record, part, patience_s)
    return not any(part.is_unsettled for part in record.state.parts)


async def _settle_part(run: Run, record: EntryRecord, part: PartState, patience_s: float) -> None:
    driver = Driver(run, record, part.n, doubt_s=patience_s)
    do = await driver.go(resumed(part), until=(Do.MAKE, Do.TURN))
    if do is Do.TURN and driver.part is not None:
        await record.put_part(made_again(driver.part))
    if part.id is None and driver.part is not None and driver.part.id is not None:
        run.tell("published", record.key, n=part.n, id=driver.part.id, permalink=driver.permalink)
