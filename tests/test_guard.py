"""Brakes, stale plans, quotas."""

from __future__ import annotations

import pytest
from builders import NOON, a_part, an_entry
from test_plan import a_state, chain, planned, recorded

from threadsync.errors import RefusedError
from threadsync.planning.guard import Room, check_brakes, check_saved, only_saved


def plan_of(count):
    return planned(*(an_entry(f"e{n}") for n in range(count))).plan


def test_brake_on_publishing_counts_entries():
    check_brakes(planned(chain).plan, max_publish=1, max_deletes=0)
    with pytest.raises(RefusedError, match="--max-publish 3"):
        check_brakes(plan_of(3), max_publish=2, max_deletes=0)


def test_brake_on_deleting_counts_posts():
    plan = planned(state=a_state(chain=recorded(chain)), prune=True).plan
    check_brakes(plan, max_publish=0, max_deletes=3)
    with pytest.raises(RefusedError, match="--max-deletes 3"):
        check_brakes(plan, max_publish=0, max_deletes=2)


def test_replace_counts_for_both_brakes():
    changed = an_entry("hello", a_part("other"))
    plan = planned(changed, state=a_state(hello=recorded(an_entry()))).plan
    for brakes in ({"max_publish": 0, "max_deletes": 1}, {"max_publish": 1, "max_deletes": 0}):
        with pytest.raises(RefusedError):
            check_brakes(plan, **brakes)


def test_waiting_entries_count_for_nothing():
    check_brakes(planned(an_entry(draft=True)).plan, max_publish=0, max_deletes=0)


def test_saved_plan_fits_while_nothing_moved():
    check_saved(plan_of(1).to_json(), plan_of(1), "plan.json")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format_version": 2}, "format 2"),
        ({"account": "other"}, "account other"),
        ({"state": {"lineage": "X", "serial": 0}}, "another state"),
        ({"state": {"lineage": None, "serial": 4}}, "serial 4, the state is at 0"),
        ({"actions": []}, "e0 changed"),
    ],
)
def test_stale_plan_is_refused(change, words):
    with pytest.raises(RefusedError, match=words):
        check_saved({**plan_of(1).to_json(), **change}, plan_of(1), "plan.json")


def test_changed_text_makes_a_saved_plan_stale():
    saved = planned(an_entry("hello", a_part("before"))).plan.to_json()
    with pytest.raises(RefusedError, match="hello changed"):
        check_saved(saved, planned(an_entry("hello", a_part("after"))).plan, "plan.json")


def test_only_what_was_saved_is_done():
    plan = only_saved(plan_of(1).to_json(), plan_of(2))
    assert [action.key for action in plan.actions] == ["e0"]


def test_chain_needs_room_for_all_its_replies():
    action = planned(chain, now=NOON).plan.actions[0]
    assert Room(posts=1, replies=2, deletes=0).after(action).fits
    room = Room(posts=1, replies=1, deletes=0).after(action)
    assert (room.fits, room.lacks) == (False, "1 replies too many")
