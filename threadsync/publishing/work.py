"""Perform one action: each of its steps, with what it did on record before the next one begins."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from threadsync.errors import AmbiguousError, ApiError, RejectedError
from threadsync.planning.actions import ActionKind
from threadsync.planning.steps import (
    Adopt,
    Delete,
    Move,
    Prepare,
    Publish,
    Step,
    Upload,
    files_of,
    steps_of,
)
from threadsync.publishing.containers import Containers
from threadsync.publishing.delivery import deliver
from threadsync.publishing.observe import is_gone
from threadsync.publishing.part import Part
from threadsync.publishing.protocol import published
from threadsync.publishing.run import EntryRecord
from threadsync.state.model import EntryState, PartState, PartStatus
from threadsync.state.store import rfc3339

if TYPE_CHECKING:
    from collections.abc import Set

    from threadsync.planning.actions import Action, PlannedPart
    from threadsync.publishing.run import Run


@dataclass(slots=True)
class Work:
    """One action while it is performed."""

    run: Run
    action: Action
    record: EntryRecord
    containers: Containers
    parts: dict[int, Part] = field(default_factory=dict)
    """Parts that are worked on, by number."""
    preparing: asyncio.Task[None] | None = None
    changing: Set[str] = frozenset()
    """Keys of entries whose posts may change before it is this one's turn."""

    @classmethod
    def on(cls, run: Run, action: Action, changing: Set[str] = frozenset()) -> Work:
        """The work on `action`, from what is on record of its entry now."""
        state = run.session.state.entry(action.moved_from or action.key)
        record = EntryRecord(action.key, _begun(action, state), run.session)
        media = {medium.digest or "": medium for medium in files_of(action)}
        containers = Containers(run, record, media)
        return cls(run, action, record, containers, changing=changing)

    def start(self) -> None:
        """Begin with what may be done before it is this entry's turn to be published."""
        if self.preparing is None:
            self.preparing = asyncio.create_task(self._prepare())

    def start_again(self) -> None:
        """Forget what was prepared: a doubt was settled and the record looks different now."""
        self.parts.clear()
        self.preparing = None

    async def finish(self) -> None:
        """Do everything that is left to do, in order.

        Raises PartFailedError, InDoubtError, MediaError or ApiError; what was done is on record.
        """
        self.start()
        if self.preparing is not None:
            await self.preparing
        for step in steps_of(self.action):
            await self._do(step)
        await self.record.put_rest()

    async def _prepare(self) -> None:
        """Record its new file or key, upload its files, and make its first container.

        The container only if all it refers to is settled.
        """
        if any(isinstance(step, Move) for step in steps_of(self.action)):
            await self._move()
        files = files_of(self.action)
        await asyncio.gather(*(deliver(self.run, self.action.key, file) for file in files))
        first = self.action.parts[0] if self.action.parts else None
        if first and self._may_refer(first):
            await self._part(first).prepare()

    def _may_refer(self, part: PlannedPart) -> bool:
        """Whether all that the part refers to is out and will stay so until its turn."""
        references = self.action.entry.references if self.action.entry else ()
        is_settled = not any(reference.key in self.changing for reference in references)
        return is_settled and self.containers.can_make(part)

    async def _do(self, step: Step) -> None:
        match step:
            case Upload() | Move():
                pass  # _prepare did it, before anything else is recorded of the entry
            case Prepare(part):
                await self._part(part).prepare()
            case Publish(part):
                if not self._is_out(part):
                    await self._publish(part)
            case Adopt():
                await self._adopt(step)
            case Delete(media_id):
                await self._delete(media_id)

    def _part(self, part: PlannedPart) -> Part:
        return self.parts.setdefault(part.n, Part(self.containers, part))

    def _is_out(self, part: PlannedPart) -> bool:
        """Whether the part came out meanwhile: a doubt about it was settled."""
        known = self.record.state.part(part.n)
        return known is not None and known.is_published

    async def _publish(self, part: PlannedPart) -> None:
        done = await self._part(part).publish()
        self.run.afterwards.add(lambda: self._tell_published(part.n, done.id or ""))

    async def _tell_published(self, n: int, media_id: str) -> None:
        permalink = await self._permalink(media_id)
        if permalink:
            await self.record.put_permalink(media_id, permalink)
        self.run.tell("published", self.action.key, n=n, id=media_id, permalink=permalink)

    async def _permalink(self, media_id: str) -> str | None:
        """The post's address; None when Meta does not tell it yet. Never fails the post."""
        if self.run.stop.is_set():
            return None
        try:
            async with self.run.calls:
                return (await self.run.api.thread(media_id, "id,permalink")).permalink
        except ApiError:
            return None

    async def _adopt(self, found: Adopt) -> None:
        parent = self.record.state.part(found.n - 1)
        reply_to = parent.id if parent else None
        part = PartState(found.n, found.digest, PartStatus.PUBLISHED, reply_to=reply_to)
        await self.record.put_part(published(part, found.media_id, self.run.now()))
        self.run.tell("adopted", self.action.key, n=found.n, id=found.media_id)

    async def _delete(self, media_id: str) -> None:
        await self.run.afterwards.done()
        self.run.check_stop()
        since = rfc3339(self.run.now())
        await self.record.put(self.record.state.with_deleted(media_id, since=since, at=None))
        try:
            await self.run.api.delete(media_id)
        except (AmbiguousError, RejectedError):
            # Neither a doubt nor a refusal is believed: Meta is asked whether the post is there.
            old = next(old for old in self.record.state.history if old.id == media_id)
            if not await is_gone(self.run.api, old):
                raise
        now = rfc3339(self.run.now())
        await self.record.put(self.record.state.with_deleted(media_id, since=None, at=now))
        self.run.tell("deleted", self.action.key, id=media_id)

    async def _move(self) -> None:
        state, session = self.record.state, self.run.session
        await session.record(self.action.key, state, was=self.action.moved_from)
        values = {"source": self.action.source, "from": self.action.moved_from}
        self.run.tell("moved", self.action.key, **values)


def _begun(action: Action, known: EntryState | None) -> EntryState:
    """What is on record of the entry, made ready for what the action will add to it."""
    state = known or EntryState()
    if action.kind is ActionKind.DELETE:
        return replace(state.settled_view.next_revision(), source=None, digest=None, total=0)
    if action.entry is None:
        return state
    if action.kind is ActionKind.REPLACE and state.settled_view is state:
        state = state.next_revision()
    total = len(action.entry.parts)
    return replace(state, source=action.source, digest=action.digest, total=total)
