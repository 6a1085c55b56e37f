"""Everything that can happen to one part, small enough to try all of it.

A world is the record, Meta's containers and posts, requests still in the network, and the runs that
work on the part. `moves` gives every world that can come next: a run does its next thing and it goes
well, badly or unanswered; a run is killed; another one starts, by its right or by a wrong unlock;
a late request arrives; a day passes. Runs write by compare-and-swap and stop when they lose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builders import A_DIGEST, NOON

from threadsync.publishing import protocol
from threadsync.publishing.protocol import (
    Accepted,
    Do,
    Found,
    Looked,
    Made,
    Outcome,
    Silent,
    Tired,
    Turn,
    Unanswered,
)
from threadsync.state.model import PartState, PartStatus

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Server:
    """How Meta may behave."""

    is_lax: bool = False
    """Publishes a container again, as a second post."""
    is_stale: bool = False
    """May tell an old status: FINISHED of what is published."""
    is_lagging: bool = False
    """May leave a new post out of its lists."""


@dataclass(frozen=True)
class Run:
    """A run that works on the part: what it will do next, and the version of the record it knows."""

    do: Do
    version: int
    part: PartState | None


@dataclass(frozen=True)
class World:
    part: PartState | None = None
    version: int = 0
    containers: tuple[str, ...] = ()
    """The status of each container made, by number."""
    posts: tuple[int, ...] = ()
    """The container of each post that is out."""
    late: tuple[int, ...] = ()
    """Containers of publish requests that are still in the network."""
    runs: tuple[Run, ...] = ()
    kills: int = 0
    losses: int = 0
    unlocks: int = 0

    @property
    def key(self) -> str:
        """The same for worlds that differ in nothing that matters."""
        shown = [_shown(part) for part in (self.part, *(run.part for run in self.runs))]
        ahead = [(run.do, run.version == self.version) for run in self.runs]
        rest = (self.containers, self.posts, self.late, self.kills, self.losses, self.unlocks)
        return repr((shown, ahead, rest))


def _shown(part: PartState | None) -> object:
    if part is None:
        return None
    outcomes = tuple(attempt["outcome"] for attempt in part.attempts[-2:])
    doubt = protocol.is_in_doubt(part) if part.attempts else None
    return (part.status, part.container_id, part.id, part.error, outcomes, doubt)


def start() -> World:
    return begun(World())


def begun(world: World) -> World:
    """`world` with one more run that goes on from the record."""
    part = world.part
    if part is None or part.status is PartStatus.FAILED:
        do = Do.MAKE
    elif part.status is PartStatus.PUBLISHED:
        do = Do.REST
    else:
        do = protocol.resumed(part)
    return replace(world, runs=(*world.runs, Run(do, world.version, part)))


def moves(world: World, server: Server) -> Iterator[World]:
    for n, run in enumerate(world.runs):
        rest = (*world.runs[:n], *world.runs[n + 1 :])
        if run.do is Do.REST:
            yield replace(world, runs=rest)
            continue
        for changed, event in _done(world, run, server):
            yield _recorded(changed, n, run, event)
        if world.kills:
            killed = replace(world, runs=rest, kills=world.kills - 1)
            yield killed
            if run.do is Do.SEND:
                yield from (
                    replace(sent, runs=rest, kills=world.kills - 1)
                    for sent in _sent(world, _number(run.part), server)
                )
    yield from _from_outside(world, server)


def _from_outside(world: World, server: Server) -> Iterator[World]:
    if not world.runs:
        yield begun(world)
        yield aged(world)
    elif world.unlocks and len(world.runs) == 1:
        yield begun(replace(world, unlocks=world.unlocks - 1))
    for n, container in enumerate(world.late):
        rest = replace(world, late=(*world.late[:n], *world.late[n + 1 :]))
        yield _arrived(rest, container, server)


def aged(world: World) -> World:
    """A day later: what was not published has expired."""
    statuses = ("PUBLISHED" if status == "PUBLISHED" else "EXPIRED" for status in world.containers)
    return replace(world, containers=tuple(statuses))


def _done(world: World, run: Run, server: Server) -> Iterator[tuple[World, protocol.Event]]:
    """What `run` may see of the one thing it does next."""
    match run.do:
        case Do.MAKE:
            number = len(world.containers)
            part = PartState(1, A_DIGEST, PartStatus.MADE, container_id=str(number))
            yield replace(world, containers=(*world.containers, "FINISHED")), Made(part)
        case Do.LOOK | Do.POLL:
            yield from _looked(world, run, server)
        case Do.TURN:
            yield world, Turn("nonce", NOON)
        case Do.SEND:
            yield from _answers(world, _number(run.part), server)
        case Do.SEARCH:
            yield world, Found(tuple(str(post) for post, _ in enumerate(world.posts)), NOON)
            if server.is_lagging:
                yield world, Found((), NOON)


def _looked(world: World, run: Run, server: Server) -> Iterator[tuple[World, protocol.Event]]:
    status = world.containers[_number(run.part)]
    yield world, Looked(status)
    if server.is_stale and status == "PUBLISHED":
        yield world, Looked("FINISHED")
    if run.do is Do.POLL:
        yield world, Tired(Looked(status))
    if world.losses:
        lost = replace(world, losses=world.losses - 1)
        yield lost, Looked(None)
        if run.part is not None and run.part.is_unsettled:
            yield lost, Silent()


def _answers(
    world: World, container: int, server: Server
) -> Iterator[tuple[World, protocol.Event]]:
    done = _arrived(world, container, server)
    if len(done.posts) > len(world.posts):
        yield done, Accepted(str(len(done.posts) - 1), NOON)
    else:
        yield world, Unanswered(Outcome.REJECTED, "no", passes=False)
    if not world.losses:
        return
    fewer = replace(world, losses=world.losses - 1)
    for passes in (True, False):
        yield fewer, Unanswered(Outcome.REJECTED, "no", passes=passes)
    yield fewer, Unanswered(Outcome.NOT_SENT, "no line", passes=True)
    for sent in _sent(fewer, container, server):
        yield sent, Unanswered(Outcome.DOUBTFUL, "silence")


def _sent(world: World, container: int, server: Server) -> Iterator[World]:
    """Where a request can be whose answer nobody saw: lost, carried out, or still under way."""
    yield world
    yield _arrived(world, container, server)
    if len(world.late) < 2:
        yield replace(world, late=(*world.late, container))


def _arrived(world: World, container: int, server: Server) -> World:
    """The world after a publish request was carried out, or refused."""
    status = world.containers[container]
    if status != "FINISHED" and not (server.is_lax and status == "PUBLISHED"):
        return world
    statuses = list(world.containers)
    statuses[container] = "PUBLISHED"
    return replace(world, containers=tuple(statuses), posts=(*world.posts, container))


def _recorded(world: World, n: int, run: Run, event: protocol.Event) -> World:
    """The world after `run` put down what follows from `event`; it ends when it lost the race."""
    part, do = protocol.advance(run.part, event)
    rest = (*world.runs[:n], *world.runs[n + 1 :])
    if part != run.part:
        if run.version != world.version:
            return replace(world, runs=rest)
        world = replace(world, part=part, version=world.version + 1)
        run = replace(run, version=world.version)
    return replace(
        world, runs=(*world.runs[:n], replace(run, do=do, part=part), *world.runs[n + 1 :])
    )


def _number(part: PartState | None) -> int:
    assert part is not None
    return int(part.container_id or "")
