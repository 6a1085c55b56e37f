"""How one part gets out at most once: each thing that happens, and what may be done next. Pure.

`advance` takes what is on record of a part and an event, and gives what must be on record now and the
one thing to do next. Whoever drives it puts the record down durably *before* doing that thing; then
a run may be stopped anywhere and the next one goes on from the record. The rules, by their numbers
in the publishing protocol:

R1, R2  SEND is only ever given together with a fresh attempt on record, once for each.
R3, R4  no answer but an id is believed: the container is asked what became of it.
R5      what the container says decides, and with a doubt only PUBLISHED and EXPIRED do.
R6      MAKE is only given when no container of the part can go live any more.
R7, R8  an id counts when it is the only one that fits, and is put on record before all else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from threadsync.state.model import PartState, PartStatus
from threadsync.state.store import rfc3339

if TYPE_CHECKING:
    from datetime import datetime


class Do(Enum):
    """The one thing to do next."""

    MAKE = auto()
    """Make a container."""
    LOOK = auto()
    """Ask the container for its status, now."""
    POLL = auto()
    """Wait, then ask it again; when that takes too long, tell `Tired`."""
    TURN = auto()
    """The container may be published: tell `Turn` when it is the part's turn."""
    SEND = auto()
    """Send the one publish request of the attempt on record."""
    SEARCH = auto()
    """It is live: look for its media id."""
    REST = auto()
    """Nothing more in this run."""


@dataclass(frozen=True, slots=True)
class Made:
    """A container was made for the part."""

    part: PartState


@dataclass(frozen=True, slots=True)
class Turn:
    """It is the part's turn to be published. `nonce` is new for each attempt."""

    nonce: str
    at: datetime
    run: str | None = None


class Outcome(Enum):
    """What is known of an attempt once it was made."""

    NOT_SENT = "not-sent"
    """No byte reached Meta."""
    REJECTED = "rejected"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Meta answered with the media id."""

    media_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The attempt gave no id. `passes`: Meta may take the same container a little later."""

    outcome: Outcome
    why: str
    passes: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """The container said `status`, None when Meta does not find it; `error` is its error_message."""

    status: str | None
    error: str | None = None
    shows: str = "the post"
    """What the container is made of, for people: the file of its picture."""

    @property
    def is_processing(self) -> bool:
        return self.status in {"IN_PROGRESS", None}

    def __str__(self) -> str:
        return " ".join(word for word in (self.status, self.error) if word) or "nothing"


@dataclass(frozen=True, slots=True)
class Silent:
    """The container gave no answer to rely on."""


@dataclass(frozen=True, slots=True)
class Tired:
    """Enough was waited; the container's last words."""

    last: Looked


@dataclass(frozen=True, slots=True)
class Found:
    """The posts that can be this one, of those that no entry has on record."""

    media_ids: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Resolved:
    """A person says what became of it: the id, or None for not published."""

    media_id: str | None
    at: datetime


Event = Made | Turn | Accepted | Unanswered | Looked | Silent | Tired | Found | Resolved
Next = tuple[PartState | None, Do]


def advance(part: PartState | None, event: Event) -> Next:  # noqa: C901, PLR0911 - a row for each event
    """What must be on record after `event`, and what to do then; None is nothing on record.

    AssertionError when a driver tells what cannot happen now: a second container while one may go
    live, or an attempt while another is in doubt.
    """
    match event:
        case Made(made):
            _check(part is None or part.status in _STARTABLE, "a second container")
            return made, Do.LOOK
        case _ if part is None:
            raise AssertionError(f"{event} without a container")
        case Turn():
            return _attempted(part, event), Do.SEND
        case Accepted(media_id, at):
            return published(part, media_id, at), Do.REST
        case Unanswered():
            return _unanswered(part, event)
        case Looked():
            return _looked(part, event)
        case Silent():
            return _silent(part)
        case Tired(last):
            return _tired(part, last)
        case Found(media_ids, at):
            return _found(part, media_ids, at)
        case Resolved(media_id, at) if media_id is not None:
            return published(part, media_id, at), Do.REST
        case Resolved():
            return None, Do.MAKE


_STARTABLE = frozenset({PartStatus.FAILED, PartStatus.MADE})
"""Parts whose last container was never asked to be published, or cannot go live."""


def resumed(part: PartState) -> Do:
    """What to do with a part that another run left behind."""
    return Do.SEARCH if part.status is PartStatus.PENDING else Do.LOOK


def is_in_doubt(part: PartState) -> bool:
    """Whether some publish request for its container may have had an effect nobody saw."""
    if not part.attempts:
        return part.is_unsettled
    return any(attempt.get("outcome") not in _CLEAN for attempt in part.attempts)


_CLEAN = frozenset({Outcome.NOT_SENT.value, Outcome.REJECTED.value})


def published(part: PartState, media_id: str, at: datetime) -> PartState:
    """It is out under `media_id`; how it got there no longer matters."""
    return replace(
        part,
        status=PartStatus.PUBLISHED,
        id=media_id,
        published_at=rfc3339(at),
        attempts=(),
        error=None,
        container_created_at=None,
        fingerprint=None,
    )


def failed(part: PartState, why: str) -> PartState:
    """Nothing is out and nothing may still go out; `why` is one sentence."""
    return PartState(n=part.n, digest=part.digest, status=PartStatus.FAILED, error=why)


def made_again(part: PartState) -> PartState:
    """Its container is as good as new: every attempt surely did nothing."""
    return replace(part, status=PartStatus.MADE, attempts=(), error=None)


def _attempted(part: PartState, turn: Turn) -> PartState:
    _check(not is_in_doubt(part), "an attempt while another is in doubt")
    _check(part.status in _ATTEMPTABLE, f"an attempt on a part that is {part.status}")
    attempt = {
        "n": len(part.attempts) + 1,
        "nonce": turn.nonce,
        "at": rfc3339(turn.at),
        "run": turn.run,
        "outcome": None,
    }
    attempts = (*part.attempts, attempt)
    return replace(part, status=PartStatus.PUBLISHING, attempts=attempts, error=None)


_ATTEMPTABLE = frozenset({PartStatus.MADE, PartStatus.PUBLISHING, PartStatus.UNKNOWN})


def _unanswered(part: PartState, answer: Unanswered) -> Next:
    *before, last = part.attempts
    attempts = (*before, {**last, "outcome": answer.outcome.value})
    part = replace(part, attempts=attempts, error=None if answer.passes else answer.why)
    if answer.outcome is Outcome.NOT_SENT and not is_in_doubt(part):
        return part, Do.TURN
    return part, Do.LOOK


def _looked(part: PartState, look: Looked) -> Next:
    if look.status == "PUBLISHED" or part.status is PartStatus.PENDING:
        return replace(part, status=PartStatus.PENDING, error=None), Do.SEARCH
    if look.status == "EXPIRED":
        return None, Do.MAKE
    if is_in_doubt(part) or look.is_processing:
        return part, Do.POLL
    if look.status != "FINISHED":
        return failed(part, f"Meta could not process {look.shows}: {look}"), Do.REST
    if part.error:
        return failed(part, f"{part.error}; nothing was posted"), Do.REST
    return part, Do.TURN


def _silent(part: PartState) -> Next:
    is_settled = part.status is PartStatus.MADE and not part.attempts
    _check(not is_settled, "a doubt about what was never asked for")
    if part.status is not PartStatus.PENDING:
        part = replace(part, status=PartStatus.UNKNOWN)
    return part, Do.POLL


def _tired(part: PartState, last: Looked) -> Next:
    if part.status in {PartStatus.PENDING, PartStatus.UNKNOWN}:
        return part, Do.REST
    if is_in_doubt(part):
        return replace(part, status=PartStatus.UNKNOWN), Do.REST
    if part.error:
        return failed(part, f"{part.error}; nothing was posted"), Do.REST
    if last.status is None:
        return None, Do.MAKE
    return made_again(part), Do.REST


def _found(part: PartState, media_ids: tuple[str, ...], at: datetime) -> Next:
    if len(media_ids) == 1:
        return published(part, media_ids[0], at), Do.REST
    return part, Do.POLL


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(f"the publishing protocol forbids {what}")
