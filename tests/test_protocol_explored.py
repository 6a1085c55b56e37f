"""The publishing protocol against all that can happen to one part, within small bounds."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import protocol_world
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from protocol_world import Server, World, aged, begun, moves, start

from threadsync.publishing import protocol
from threadsync.publishing.protocol import Do, Looked
from threadsync.state.model import PartStatus

MOST_CONTAINERS = 3
SERVERS = [
    Server(),
    Server(is_lax=True),
    Server(is_stale=True, is_lagging=True),
    Server(is_lax=True, is_stale=True, is_lagging=True),
]


def explored(server: Server, **budget: int):
    """Every world that can be reached, each once."""
    first = replace(start(), **budget)
    seen, waiting = {first.key}, deque([first])
    while waiting:
        world = waiting.popleft()
        yield world
        for following in moves(world, server):
            if len(following.containers) <= MOST_CONTAINERS and following.key not in seen:
                seen.add(following.key)
                waiting.append(following)


def wrong_with(world: World) -> str | None:
    """What must never be so."""
    part = world.part
    if len(world.posts) > 1:
        return "it is out twice"
    if part is not None and part.is_published and part.id != "0":
        return "the id on record is none of Meta's"
    if world.posts and (part is None or part.status in {PartStatus.FAILED, PartStatus.MADE}):
        return "it is out and the record does not say so"
    return None


BUDGETS = [
    {"kills": 2, "losses": 1},
    {"kills": 1, "losses": 2},
    {"kills": 1, "losses": 1, "unlocks": 1},
    {"losses": 3},
]


@pytest.mark.parametrize("budget", BUDGETS, ids=str)
@pytest.mark.parametrize("server", SERVERS, ids=str)
def test_never_twice_and_never_forgotten(server, budget):
    count = 0
    for world in explored(server, **budget):
        count += 1
        assert wrong_with(world) is None, world
    assert count > 1000  # or the bounds shut the interesting part out


@pytest.mark.parametrize("server", SERVERS[:2], ids=str)
def test_recovery_ends_when_nothing_goes_wrong_any_more(server):
    """From every world, later runs and a day are enough to have it out, or refused, for sure."""
    for world in explored(server, kills=2, losses=1):
        calm = replace(world, kills=0, losses=0, late=(), runs=())
        ended = quiet(aged(calm), server)
        assert ended.part is not None
        assert ended.part.status in {PartStatus.PUBLISHED, PartStatus.FAILED}, world


def quiet(world: World, server: Server) -> World:
    """`world` after two runs to which nothing happens."""
    for _ in range(2):
        world = begun(world)
        for _ in range(20):
            if not world.runs:
                break
            world = next(iter(moves(world, server)))
    return world


class LongLife(RuleBasedStateMachine):
    """The same by chance, over longer lives than can be tried one by one."""

    def __init__(self):
        super().__init__()
        self.server = SERVERS[-1]
        self.world = replace(start(), kills=6, losses=6, unlocks=2)

    @rule(choice=st.integers(0, 40))
    def something_happens(self, choice):
        options = [
            world
            for world in moves(self.world, self.server)
            if len(world.containers) <= 2 * MOST_CONTAINERS
        ]
        if options:
            self.world = options[choice % len(options)]

    @invariant()
    def nothing_is_wrong(self):
        assert wrong_with(self.world) is None


LongLife.TestCase.settings = settings(max_examples=150, stateful_step_count=60)
test_long_lives = LongLife.TestCase


# --- without one of its rules the protocol fails, and the explorer sees it --------------------------

advance, in_doubt = protocol.advance, protocol.is_in_doubt
recorded = protocol_world._recorded


def repeated_request(part, event):
    """R2: what was not answered is sent again."""
    after, do = advance(part, event)
    is_doubtful = isinstance(event, protocol.Unanswered) and event.outcome.value == "doubtful"
    return (after, Do.SEND) if is_doubtful else (after, do)


def believed_error(part, event):
    """R4: an error means that nothing happened."""
    if isinstance(event, protocol.Unanswered):
        return protocol.failed(part, event.why), Do.REST
    return advance(part, event)


def same_container_again(part, event):
    """R5: FINISHED means that nothing is under way."""
    if isinstance(event, Looked) and event.status == "FINISHED" and in_doubt(part):
        return protocol.made_again(part), Do.TURN
    return advance(part, event)


def new_container_in_doubt(part, event):
    """R6: a new container is made to be sure."""
    after, do = advance(part, event)
    if isinstance(event, protocol.Tired) and after is not None and in_doubt(after):
        return None, Do.MAKE
    return after, do


@pytest.mark.parametrize(
    "mutant",
    [repeated_request, believed_error, same_container_again, new_container_in_doubt],
)
def test_without_one_of_its_rules_it_fails(mutant, monkeypatch):
    monkeypatch.setattr(protocol, "advance", mutant)
    monkeypatch.setattr(protocol, "_check", lambda *_: None)
    worst = SERVERS[-1]
    assert any(wrong_with(world) for world in explored(worst, kills=1, losses=1, unlocks=1))


def careless(world, n, run, event):
    """Compare-and-swap: two runs write over each other's records."""
    return recorded(world, n, replace(run, version=world.version), event)


def no_intent(world, n, run, event):
    """R1: the attempt is not on record while its request is under way."""
    after = recorded(world, n, run, event)
    return replace(after, part=world.part) if isinstance(event, protocol.Turn) else after


@pytest.mark.parametrize("mutant", [careless, no_intent])
def test_without_its_way_of_writing_it_fails(mutant, monkeypatch):
    monkeypatch.setattr(protocol_world, "_recorded", mutant)
    monkeypatch.setattr(protocol, "_check", lambda *_: None)
    assert any(wrong_with(world) for world in explored(SERVERS[-1], kills=1, losses=1, unlocks=1))
