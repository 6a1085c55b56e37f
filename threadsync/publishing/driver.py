"""Does what the publishing protocol asks for, with every record down before the next thing happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from threadsync.api.polling import NOT_READY_WAITS_S
from threadsync.api.types import PublishingError
from threadsync.errors import ApiError, NotReadyError, NotSentError, RejectedError
from threadsync.planning.matching import Observed
from threadsync.publishing import protocol
from threadsync.publishing.observe import CLOCK_SLACK, own_posts
from threadsync.publishing.protocol import Accepted, Do, Found, Looked, Outcome, Tired, Turn
from threadsync.publishing.run import PartFailedError
from threadsync.state.model import PartStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator

    from threadsync.publishing.run import EntryRecord, Run
    from threadsync.state.model import PartState

MAX_CONTAINERS = 3
"""How many containers one run makes for a part that Meta keeps not finding."""

# R11: a process that slept between its intent and its request may have been overtaken.
FRESH_S = 15.0
_ABOUT_IDS = frozenset({Do.SEND, Do.SEARCH})


@dataclass(slots=True)
class Driver:
    """Brings one part forward. `make` makes its container; None where none may be made."""

    run: Run
    record: EntryRecord
    n: int
    make: Callable[[], Awaitable[PartState]] | None = None
    shows: str = "the post"
    """What its container is made of, for people."""
    processing_s: float = 0.0
    """How long Meta may process the container."""
    doubt_s: float = 0.0
    """How long a doubt is looked into before it is left to a later run."""
    _last: Looked = field(default_factory=lambda: Looked(None))
    _made: int = 0
    _polls: Iterator[float] | None = None
    _again: Iterator[float] = field(default_factory=lambda: iter(NOT_READY_WAITS_S))
    _is_first_turn: bool = True
    _intent_at: tuple[float, datetime] | None = None
    error: ApiError | None = None
    """Why the last attempt gave no id."""
    permalink: str | None = None
    """Where the post that was found can be seen."""

    @property
    def part(self) -> PartState | None:
        return self.record.state.part(self.n)

    async def go(self, do: Do, *, until: Iterable[Do] = ()) -> Do:
        """Go on from `do` until there is nothing more to do, or one of `until` comes up."""
        ends = {Do.REST, *until}
        while do not in ends:
            if do in _ABOUT_IDS:
                # Whoever looks for a post by its looks must not meet one whose id is just being
                # put on record by another.
                async with self.run.ids:
                    do = await self._step(do)
            else:
                do = await self._step(do)
        return do

    async def _step(self, do: Do) -> Do:
        event = await self._perform(do)
        part, then = protocol.advance(self.part, event)
        await self._put(part)
        return then

    async def _put(self, part: PartState | None) -> None:
        known = self.part
        if part is None and known is not None:
            await self.record.put(self.record.state.without_part(self.n))
        elif part is not None and part != known:
            await self.record.put_part(part)

    async def _perform(self, do: Do) -> protocol.Event:
        match do:
            case Do.MAKE:
                return await self._make_one()
            case Do.LOOK:
                return await self._look()
            case Do.POLL:
                return await self._poll()
            case Do.TURN:
                return await self._turn()
            case Do.SEND:
                return await self._send()
            case _:
                return Found(await self._candidates(), self.run.now())

    async def _make_one(self) -> protocol.Event:
        if self.make is None or self._made >= MAX_CONTAINERS:
            raise PartFailedError(
                f"Meta does not find any of {self._made} containers it made; nothing was posted"
            )
        self._made += 1
        self._polls = None
        part = await self.make()
        self.run.tell("container", self.record.key, n=self.n, container_id=part.container_id)
        return protocol.Made(part)

    async def _look(self) -> protocol.Event:
        """Ask the container; once it was asked to be published, no answer is an answer too."""
        part = self._known()
        try:
            self._last = await look(self.run, part.container_id or "", self.shows)
        except ApiError:
            if not part.is_unsettled:
                raise
            return protocol.Silent()
        return self._last

    async def _poll(self) -> protocol.Event:
        if self._polls is None:
            part = self._known()
            is_doubt = part.status is PartStatus.UNKNOWN or protocol.is_in_doubt(part)
            self._polls = self.run.polling.waits(self.doubt_s if is_doubt else self.processing_s)
        wait = next(self._polls, None)
        if wait is None:
            return Tired(self._last)
        await self.run.pause(self.run.jittered(wait))
        return await self._look()

    async def _turn(self) -> protocol.Event:
        """The next attempt: at once the first time, then after ever longer waits."""
        if not self._is_first_turn:
            wait = next(self._again, None)
            if wait is None:
                return Tired(self._last if isinstance(self.error, NotSentError) else Looked(None))
            await self.run.pause(wait)
        self._is_first_turn = False
        self._polls = None
        self.run.check_stop()
        self._intent_at = (self.run.monotonic(), self.run.clock())
        return Turn(uuid4().hex, self.run.now(), self.run.run_url)

    async def _send(self) -> protocol.Event:
        """The one request for the attempt that is on record."""
        part = self._known()
        if not self._is_fresh():
            return protocol.Unanswered(Outcome.NOT_SENT, "the run was paused", passes=True)
        try:
            media_id = await self.run.api.publish_container(part.container_id or "")
        except ApiError as error:
            self.error = error
            passes = isinstance(error, NotSentError | NotReadyError)
            return protocol.Unanswered(_outcome(error), str(error), passes)
        return Accepted(media_id, self.run.now())

    def _is_fresh(self) -> bool:
        """Whether the intent was put on record a moment ago, by both clocks."""
        if self._intent_at is None:
            return False
        monotonic, wall = self._intent_at
        slept_s = abs((self.run.clock() - wall).total_seconds())
        return max(self.run.monotonic() - monotonic, slept_s) <= FRESH_S

    async def _candidates(self) -> tuple[str, ...]:
        """The ids of the account's posts that can be this part; none when Meta does not tell."""
        part = self._known()
        since = _earliest(part)
        known = frozenset(self.run.session.state.media_ids())
        listed = own_posts(self.run.api, "replies" if part.reply_to else "threads", since)
        try:
            observed = Observed.of([post async for post in listed], known_ids=known)
        except ApiError:
            return ()
        fitting = observed.like(part.fingerprint or "", part.reply_to, since)
        self.permalink = fitting[0].permalink if len(fitting) == 1 else None
        return tuple(post.id for post in fitting)

    def _known(self) -> PartState:
        if self.part is None:
            raise AssertionError(f"{self.record.key}#{self.n} has nothing on record")
        return self.part


async def look(run: Run, container_id: str, shows: str = "the post") -> Looked:
    """Ask a container for its status; ApiError when there is no answer to rely on."""
    try:
        async with run.calls:
            answer = await run.api.container_status(container_id)
    except NotReadyError:
        return Looked(None)
    if answer.error == PublishingError.FAILED_DOWNLOADING_VIDEO:
        run.uploader.distrust()
    return Looked(answer.status, answer.error, shows)


def _outcome(error: ApiError) -> Outcome:
    if isinstance(error, NotSentError):
        return Outcome.NOT_SENT
    return Outcome.REJECTED if isinstance(error, RejectedError) else Outcome.DOUBTFUL


def _earliest(part: PartState) -> datetime:
    """When the post can have appeared at the earliest."""
    at = part.attempts[0]["at"] if part.attempts else part.container_created_at
    return datetime.fromisoformat(at or "2023-07-05T00:00:00Z") - CLOCK_SLACK
