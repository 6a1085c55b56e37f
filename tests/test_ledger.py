"""What the state knows of the quotas that are used."""

from __future__ import annotations

from datetime import timedelta

from builders import A_DIGEST, NOON

from threadsync.planning.guard import Room
from threadsync.planning.ledger import Used, used_of
from threadsync.state.model import EntryState, OldPart, PartState, PartStatus, State
from threadsync.state.store import rfc3339

HOUR = timedelta(hours=1)


def part(n, ago, **fields):
    at = rfc3339(NOON - ago)
    return PartState(n, A_DIGEST, PartStatus.PUBLISHED, id=str(n), published_at=at, **fields)


def test_posts_replies_and_deletes_of_the_last_day_count():
    gone = OldPart(1, "9", A_DIGEST, deleted_at=rfc3339(NOON - HOUR))
    entry = EntryState(parts=(part(1, HOUR), part(2, HOUR, reply_to="1")), history=(gone,))
    older = EntryState(parts=(part(3, 25 * HOUR),))
    state = State(entries={"a": entry.to_json(), "b": older.to_json()})
    assert used_of(state, NOON) == Used(posts=1, replies=1, deletes=1)


def test_room_when_meta_does_not_say():
    assert Room.without(Used(240, 1_001, 0)) == Room(10, 0, 100)
