"""Perform a plan: prepare several entries side by side, publish one at a time in plan order.

Every step is on record when it is done, so a run may be stopped anywhere and the next one goes on.
What goes wrong with one entry ends that entry; the others go on, and those that refer to it wait.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from threadsync.errors import ApiError, MediaError
from threadsync.planning.actions import ActionKind
from threadsync.planning.steps import file_to_begin_with
from threadsync.publishing.delivery import HostRefusedError, deliver
from threadsync.publishing.events import Outcome
from threadsync.publishing.run import InDoubtError, PartFailedError, RestrictedError, StoppedError
from threadsync.publishing.settle import settle
from threadsync.publishing.work import Work
from threadsync.state.model import EntryStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from threadsync.planning.actions import Action, Plan
    from threadsync.planning.guard import Room
    from threadsync.publishing.run import Run

AHEAD = 64
"""How many entries are prepared before it is their turn to be published."""


async def perform(run: Run, plan: Plan, room: Room) -> Outcome:
    """Do what `plan` says, as far as there is `room` in Meta's quotas.

    StateError when something cannot be put on record; what is out by then is in the journal.
    """
    return await _Applier(run, room).perform(plan)


class _Applier:
    def __init__(self, run: Run, room: Room) -> None:
        self._run = run
        self._room = room
        self._not_out: set[str] = set()
        self._ahead: set[str] = set()
        self._doubts: list[tuple[Work, asyncio.Task[bool]]] = []
        """Those of which it is not known whether they are out, while that is looked into."""
        self._blocked: list[Work] = []
        """Those that wait for an entry that is not out."""
        self._outcome = Outcome()

    async def perform(self, plan: Plan) -> Outcome:
        actions = self._to_be_done(plan)
        self._ahead = {action.key for action in actions}
        work = [
            Work.on(self._run.nearer(position, AHEAD), action, self._ahead)
            for position, action in enumerate(actions)
        ]
        try:
            await self._try_out_the_store(actions)
            await self._perform_in_order(work)
            await self._look_into_doubts()
        except StoppedError:
            self._outcome.interrupted = True
        except RestrictedError as error:
            self._outcome.stopped_by = error.why
        except BaseException:
            await self._run.afterwards.give_up()
            raise
        finally:
            await _cancel([looking for _, looking in self._doubts])
            await _cancel([item.preparing for item in work if item.preparing is not None])
        await self._run.afterwards.done()
        self._tell_what_is_left()
        return self._outcome

    def _to_be_done(self, plan: Plan) -> list[Action]:
        """The actions there is something to do for; what waits is told and counted."""
        actions = []
        for action in plan.actions:
            if action.kind is ActionKind.UNKNOWN:
                self._unknown(action.key, action.reason)
            elif action.kind is ActionKind.WAIT:
                self._wait(action.key, action.reason, action.not_before)
            elif action.is_change and self._has_room(action):
                actions.append(action)
        return actions

    async def _try_out_the_store(self, actions: list[Action]) -> None:
        """Have one file fetched as Meta will, before Meta is told of anything.

        So a host that keeps Meta away stops the run while nothing of it is out.
        """
        first = file_to_begin_with(actions)
        if first is None:
            return
        action, medium = first
        try:
            await deliver(self._run, action.key, medium)
        except HostRefusedError as error:
            self._fail(action.key, str(error))
            raise
        except MediaError:
            pass  # told when it is the turn of its entry

    def _has_room(self, action: Action) -> bool:
        """Whether all of the action fits into what is left of the quotas, which it then uses."""
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
        self._run.check_stop()
        if self._blocked_by(item.action):
            self._blocked.append(item)
            self._not_out.add(key)
            return
        try:
            await item.finish()
        except InDoubtError:
            looking = settle(self._run, item.record, patience_s=self._run.settle_s)
            self._doubts.append((item, asyncio.create_task(looking)))
            self._not_out.add(key)
        except RestrictedError as error:
            self._fail(key, str(error))
            raise
        except (PartFailedError, MediaError, ApiError) as error:
            self._fail(key, str(error))
        else:
            self._not_out.discard(key)
            self._outcome.finished(item.action.kind)

    def _blocked_by(self, action: Action) -> str | None:
        references = action.entry.references if action.publishes and action.entry else ()
        return next((str(ref) for ref in references if ref.key in self._not_out), None)

    async def _look_into_doubts(self) -> None:
        """Settle the doubts of this run as far as they can be, and do what was held up by them."""
        for item, looking in list(self._doubts):
            if await looking:
                self._doubts.remove((item, looking))
                item.start_again()
                await self._attempt(item)
        blocked, self._blocked = self._blocked, []
        for item in blocked:
            self._not_out.discard(item.action.key)
            await self._attempt(item)

    def _tell_what_is_left(self) -> None:
        for item, _ in self._doubts:
            self._tell_doubt(item.action)
        for item in self._blocked:
            self._wait(item.action.key, f"waits for {self._blocked_by(item.action) or 'its turn'}")

    def _tell_doubt(self, action: Action) -> None:
        """Say what is known by now of an entry that was in doubt when the run had to end."""
        state = self._run.session.state.entry(action.key)
        if state is None or state.status is EntryStatus.UNKNOWN:
            self._unknown(action.key, "whether it is out is not known yet")
        elif state.status is EntryStatus.PUBLISHED and not state.pending_deletes:
            self._outcome.finished(action.kind)

    def _wait(self, key: str, reason: str, not_before: datetime | None = None) -> None:
        self._outcome.counts["waiting"] += 1
        known = {"not_before": not_before.isoformat()} if not_before else {}
        self._run.tell("waiting", key, reason=reason, **known)

    def _unknown(self, key: str, reason: str) -> None:
        self._outcome.counts["unknown"] += 1
        self._run.tell("unknown", key, reason=reason)

    def _fail(self, key: str, reason: str) -> None:
        self._not_out.add(key)
        self._outcome.counts["failed"] += 1
        self._run.tell("failed", key, reason=reason)


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """End what is still going on ahead or beside; an unpublished container needs no tidying."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
