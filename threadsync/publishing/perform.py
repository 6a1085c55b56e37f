"""Perform a plan: prepare several entries side by side, publish one at a time in plan order.

Every step is on record when it is done, so a run may be stopped anywhere and the next one goes on.
What goes wrong with one entry ends that entry; the others go on, and those that refer to it wait.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from threadsync.errors import ApiError, MediaError
from threadsync.planning.actions import ActionKind
from threadsync.planning.guard import Room
from threadsync.publishing.events import Outcome
from threadsync.publishing.run import InDoubtError, PartFailedError, RestrictedError, StoppedError
from threadsync.publishing.settle import settle_patiently
from threadsync.publishing.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threadsync.api.types import PublishingLimit
    from threadsync.planning.actions import Action, Plan
    from threadsync.publishing.run import Run

AHEAD = 64
"""How many entries are prepared before it is their turn to be published."""


async def perform(run: Run, plan: Plan, limit: PublishingLimit | None) -> Outcome:
    """Do what `plan` says, as far as Meta's quotas (None: not known) leave room for it.

    StateError when something cannot be put on record; what is out by then is in the journal.
    """
    return await _Applier(run, limit).perform(plan)


class _Applier:
    def __init__(self, run: Run, limit: PublishingLimit | None) -> None:
        self._run = run
        self._room = Room.of(limit) if limit else None
        self._not_out: set[str] = set()
        self._ahead: set[str] = set()
        self._doubts: list[Work] = []
        self._outcome = Outcome()

    async def perform(self, plan: Plan) -> Outcome:
        actions = self._to_be_done(plan)
        self._ahead = {action.key for action in actions}
        work = [Work.on(self._run, action, self._ahead) for action in actions]
        try:
            await self._perform_in_order(work)
            for item in self._doubts:
                await self._look_into(item)
        except StoppedError:
            self._outcome.interrupted = True
            self._outcome.counts["unknown"] += len(self._doubts)
        except RestrictedError as error:
            self._outcome.stopped_by = str(error)
        finally:
            await _cancel(work)
        return self._outcome

    def _to_be_done(self, plan: Plan) -> list[Action]:
        """The actions there is something to do for; what waits is told and counted."""
        actions = []
        for action in plan.actions:
            if action.kind is ActionKind.UNKNOWN:
                self._unknown(action.key, action.reason)
            elif action.kind is ActionKind.WAIT:
                self._wait(action.key, action.reason)
            elif action.is_change and self._has_room(action):
                actions.append(action)
        return actions

    def _has_room(self, action: Action) -> bool:
        """Whether all of the action fits into what is left of the quotas, which it then uses."""
        if self._room is None:
            return True
        room = self._room.after(action)
        if room.fits:
            self._room = room
            return True
        self._outcome.put_off += 1
        self._not_out.add(action.key)
        self._wait(action.key, f"Meta's quota for 24 hours is used up: {room.lacks}")
        return False

    async def _perform_in_order(self, work: list[Work]) -> None:
        for position, item in enumerate(work):
            for soon in work[position : position + AHEAD]:
                soon.start()
            await self._attempt(item)
            self._ahead.discard(item.action.key)

    async def _attempt(self, item: Work) -> None:
        """Perform one action; whatever ends it is told and counted."""
        key = item.action.key
        try:
            self._run.check_stop()
            if blocked := self._blocked_by(item.action):
                self._not_out.add(key)
                self._wait(key, f"waits for {blocked}")
                return
            await item.finish()
        except InDoubtError:
            self._doubts.append(item)
            self._not_out.add(key)
        except RestrictedError as error:
            self._fail(key, str(error))
            raise
        except (PartFailedError, MediaError, ApiError) as error:
            self._fail(key, str(error))
        else:
            self._outcome.finished(item.action.kind)

    def _blocked_by(self, action: Action) -> str | None:
        references = action.entry.references if action.publishes and action.entry else ()
        return next((str(ref) for ref in references if ref.key in self._not_out), None)

    async def _look_into(self, item: Work) -> None:
        """Settle a doubt of this run; when the part turns out to be out, do the rest."""
        if await settle_patiently(self._run, item.record):
            self._not_out.discard(item.action.key)
            item.start_again()
            await self._attempt_again(item)
        else:
            self._unknown(item.action.key, "whether it is out is not known yet")

    async def _attempt_again(self, item: Work) -> None:
        doubts, self._doubts = self._doubts, []
        await self._attempt(item)
        for late in self._doubts:
            self._unknown(late.action.key, "whether it is out is not known yet")
        self._doubts = doubts

    def _wait(self, key: str, reason: str) -> None:
        self._outcome.counts["waiting"] += 1
        self._run.tell("waiting", key, reason=reason)

    def _unknown(self, key: str, reason: str) -> None:
        self._outcome.counts["unknown"] += 1
        self._run.tell("unknown", key, reason=reason)

    def _fail(self, key: str, reason: str) -> None:
        self._not_out.add(key)
        self._outcome.counts["failed"] += 1
        self._run.tell("failed", key, reason=reason)


async def _cancel(work: Iterable[Work]) -> None:
    """End what is still being prepared; an unpublished container needs no tidying."""
    tasks = [item.preparing for item in work if item.preparing is not None]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
