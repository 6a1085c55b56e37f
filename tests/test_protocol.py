"""The publishing protocol as a pure function: what follows each event."""

from __future__ import annotations

import pytest
from builders import A_DIGEST, NOON

from threadsync.publishing.protocol import (
    Accepted,
    Do,
    Found,
    Looked,
    Made,
    Outcome,
    Resolved,
    Silent,
    Tired,
    Turn,
    Unanswered,
    advance,
    is_in_doubt,
    resumed,
)
from threadsync.state.model import PartState, PartStatus

NOT_SENT = Unanswered(Outcome.NOT_SENT, "no line", passes=True)
NOT_READY = Unanswered(Outcome.REJECTED, "not yet", passes=True)
REFUSED = Unanswered(Outcome.REJECTED, "too spicy")
DOUBTFUL = Unanswered(Outcome.DOUBTFUL, "no answer")


def made(container_id="17", **fields):
    return PartState(
        1, A_DIGEST, PartStatus.MADE, container_id=container_id, reply_to="9", **fields
    )


def after(*events, part=None):
    """What is on record, and what is to be done, after `events` on a part with a container."""
    part, do = part or made(), Do.LOOK
    for event in events:
        part, do = advance(part, event)
    return part, do


def turn(n=1):
    return Turn(f"nonce {n}", NOON, "run")


def status_after(*events):
    part, do = after(*events)
    return part and part.status, do


def test_the_way_when_nothing_goes_wrong():
    assert advance(None, Made(made())) == (made(), Do.LOOK)
    assert status_after(Looked("FINISHED")) == (PartStatus.MADE, Do.TURN)
    assert status_after(turn()) == (PartStatus.PUBLISHING, Do.SEND)
    part, do = after(turn(), Accepted("42", NOON))
    assert (part.status, part.id, part.attempts, do) == (PartStatus.PUBLISHED, "42", (), Do.REST)


def test_the_intent_names_container_nonce_time_and_run():
    part, _ = after(turn())
    assert part.container_id == "17"
    assert part.attempts == (
        {"n": 1, "nonce": "nonce 1", "at": "2026-11-20T12:00:00Z", "run": "run", "outcome": None},
    )


@pytest.mark.parametrize(
    ("look", "clean", "in_doubt"),
    [
        ("PUBLISHED", ("live_id_pending", Do.SEARCH), ("live_id_pending", Do.SEARCH)),
        ("FINISHED", ("publishing", Do.TURN), ("publishing", Do.POLL)),
        ("IN_PROGRESS", ("publishing", Do.POLL), ("publishing", Do.POLL)),
        ("EXPIRED", (None, Do.MAKE), (None, Do.MAKE)),
        ("ERROR", ("failed", Do.REST), ("publishing", Do.POLL)),
        (None, ("publishing", Do.POLL), ("publishing", Do.POLL)),
        ("SOMETHING_NEW", ("failed", Do.REST), ("publishing", Do.POLL)),
    ],
)
def test_the_table_of_what_a_container_says(look, clean, in_doubt):
    assert status_after(turn(), NOT_READY, Looked(look)) == clean
    assert status_after(turn(), DOUBTFUL, Looked(look)) == in_doubt
    assert status_after(turn(), Looked(look)) == in_doubt  # stopped before any answer


def test_a_refusal_is_believed_when_the_container_confirms_it():
    part, do = after(turn(), REFUSED)
    assert (part.status, do) == (PartStatus.PUBLISHING, Do.LOOK)
    part, do = advance(part, Looked("FINISHED"))
    assert (part.status, part.container_id, do) == (PartStatus.FAILED, None, Do.REST)
    assert part.error == "too spicy; nothing was posted"


def test_what_was_not_sent_is_tried_again_without_asking():
    part, do = after(turn(), NOT_SENT)
    assert do is Do.TURN
    part, do = advance(part, turn(2))
    assert ([attempt["n"] for attempt in part.attempts], do) == ([1, 2], Do.SEND)


def test_one_doubt_is_enough():
    part, do = after(turn(), NOT_SENT, turn(2), DOUBTFUL)
    assert (is_in_doubt(part), do) == (True, Do.LOOK)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([turn(), DOUBTFUL, Tired(Looked("FINISHED"))], ("unknown", Do.REST)),
        ([turn(), NOT_READY, Tired(Looked(None))], (None, Do.MAKE)),
        ([turn(), NOT_SENT, Tired(Looked("FINISHED"))], ("made", Do.REST)),
        ([turn(), REFUSED, Tired(Looked("IN_PROGRESS"))], ("failed", Do.REST)),
        ([Looked("IN_PROGRESS"), Tired(Looked("IN_PROGRESS"))], ("made", Do.REST)),
        ([Looked(None), Tired(Looked(None))], (None, Do.MAKE)),
        (
            [turn(), DOUBTFUL, Looked("PUBLISHED"), Tired(Looked(None))],
            ("live_id_pending", Do.REST),
        ),
    ],
)
def test_what_follows_when_enough_was_waited(events, expected):
    assert status_after(*events) == expected


def test_silence_after_a_refusal_leaves_it_open():
    part, do = after(turn(), REFUSED, Silent())
    assert (part.status, do) == (PartStatus.UNKNOWN, Do.POLL)
    assert advance(part, Tired(Looked(None))) == (part, Do.REST)
    assert advance(part, Looked("FINISHED"))[0].status is PartStatus.FAILED


def test_a_live_part_is_searched_until_exactly_one_post_fits():
    live, do = after(turn(), DOUBTFUL, Looked("PUBLISHED"))
    assert do is Do.SEARCH
    assert advance(live, Found((), NOON)) == (live, Do.POLL)
    assert advance(live, Found(("1", "2"), NOON)) == (live, Do.POLL)
    assert advance(live, Found(("1",), NOON))[0].id == "1"


def test_a_live_part_stays_live_whatever_its_container_says_later():
    live, _ = after(turn(), DOUBTFUL, Looked("PUBLISHED"))
    for status in ("EXPIRED", "ERROR", "FINISHED", None):
        assert advance(live, Looked(status)) == (live, Do.SEARCH)
    assert advance(live, Silent()) == (live, Do.POLL)


def test_a_container_that_is_live_without_an_attempt_of_ours():
    assert status_after(Looked("PUBLISHED")) == (PartStatus.PENDING, Do.SEARCH)


@pytest.mark.parametrize(
    ("media_id", "expected"), [("42", ("published", Do.REST)), (None, (None, Do.MAKE))]
)
def test_a_person_may_settle_it(media_id, expected):
    assert status_after(turn(), DOUBTFUL, Resolved(media_id, NOON)) == expected


def test_another_run_goes_on_from_the_record():
    live, _ = after(turn(), DOUBTFUL, Looked("PUBLISHED"))
    assert resumed(live) is Do.SEARCH
    assert resumed(after(turn())[0]) is Do.LOOK


@pytest.mark.parametrize(
    "events",
    [
        [turn(), turn(2)],
        [turn(), DOUBTFUL, turn(2)],
        [turn(), DOUBTFUL, Looked("FINISHED"), turn(2)],
        [turn(), DOUBTFUL, Made(made("18"))],
        [turn(), NOT_READY, Made(made("18"))],
        [turn(), Accepted("42", NOON), turn(2)],
        [turn(), Accepted("42", NOON), Made(made("18"))],
        [Silent()],
    ],
)
def test_what_the_protocol_forbids(events):
    with pytest.raises(AssertionError, match="forbids"):
        after(*events)
