"""What may go out now and what waits: the pace of posts, and references to posts that wait."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from builders import NOON, a_part, an_entry
from test_plan import a_state, chain, kinds, planned, recorded

from threadsync.config import Policy, QuietHours
from threadsync.post import Reference
from threadsync.reporting.text import why
from threadsync.state.model import EntryState, PartState, PartStatus
from threadsync.state.store import rfc3339

HALF_AN_HOUR = timedelta(minutes=30)
SPACED = Policy(min_gap=HALF_AN_HOUR)
NIGHT = Policy(quiet_hours=QuietHours(time(22), time(7), UTC))


def minutes(count):
    return timedelta(minutes=count)


def out_at(entry, moment, **values):
    """The record of `entry`, all of it out since `moment`."""
    state = recorded(entry, **values)
    parts = [part.to_json() | {"published_at": rfc3339(moment)} for part in state.parts]
    return EntryState.from_json(state.to_json() | {"parts": parts})


def reasons(draft):
    return {action.key: why(action) for action in draft.plan.actions}


def times(draft):
    """Minutes from NOON on until each entry may go out, by key; None when that is not known."""
    return {
        action.key: action.not_before and (action.not_before - NOON) / minutes(1)
        for action in draft.plan.actions
    }


def test_with_a_gap_one_apply_publishes_one_post():
    draft = planned(an_entry("a"), an_entry("b"), an_entry("c"), policy=SPACED)
    assert reasons(draft) == {
        "a": "new",
        "b": "held by policy.min_gap, not before 2026-11-20 12:30 UTC",
        "c": "held by policy.min_gap, not before 2026-11-20 13:00 UTC",
    }
    assert kinds(draft) == {"a": "create", "b": "wait", "c": "wait"}


def test_the_gap_counts_from_the_newest_post_on_record():
    state = a_state(
        old=out_at(an_entry("old", a_part("Old")), NOON - timedelta(days=2)),
        new=out_at(an_entry("new", a_part("New")), NOON - minutes(10), first_id=200),
    )
    draft = planned(an_entry("a"), state=state, policy=SPACED)
    assert times(draft) == {"a": 20}


def test_a_post_that_may_be_out_counts_since_it_was_tried():
    attempts = ({"n": 1, "nonce": "x", "at": rfc3339(NOON - minutes(1)), "run": None},)
    part = PartState(1, "d", PartStatus.PUBLISHING, container_id="1", attempts=attempts)
    state = a_state(lost=EntryState("posts/lost.md", "d", parts=(part,), total=1))
    draft = planned(an_entry("a"), an_entry("lost"), state=state, policy=SPACED)
    assert times(draft)["a"] == 29


def test_a_time_on_record_that_cannot_be_read_is_passed_over():
    entry = out_at(an_entry("old", a_part("Old")), NOON).to_json()
    entry["parts"][0]["published_at"] = "yesterday"
    state = a_state(old=EntryState.from_json(entry))
    assert kinds(planned(an_entry("a"), state=state, policy=SPACED)) == {"a": "create"}


def test_a_chain_is_one_post():
    draft = planned(chain, an_entry("d"), policy=SPACED)
    assert kinds(draft) == {"chain": "create", "d": "wait"}
    assert len(draft.plan.actions[0].parts) == 3


@pytest.mark.parametrize("policy", [SPACED, NIGHT])
def test_a_chain_that_is_half_out_goes_on(policy):
    midnight = NOON + timedelta(hours=12)
    state = a_state(chain=out_at(chain, midnight - minutes(1), upto=1))
    assert kinds(planned(chain, state=state, policy=policy, now=midnight)) == {"chain": "resume"}


def test_what_follows_a_chain_that_goes_on_waits():
    state = a_state(chain=out_at(chain, NOON - timedelta(days=1), upto=1))
    draft = planned(an_entry("d"), chain, state=state, policy=SPACED)
    assert kinds(draft) == {"chain": "resume", "d": "wait"}


@pytest.mark.parametrize(
    "edited", [an_entry("a", a_part("new")), an_entry("a", a_part(), a_part())]
)
def test_new_versions_and_new_parts_keep_the_gap(edited):
    state = a_state(a=out_at(an_entry("a"), NOON - minutes(1)))
    draft = planned(edited, state=state, policy=SPACED)
    assert (kinds(draft), times(draft)) == ({"a": "wait"}, {"a": 29})


def test_a_reply_has_its_turn_after_its_parent():
    reply = an_entry("a", a_part(reply_to=Reference("z")))
    draft = planned(reply, an_entry("z"), policy=SPACED)
    assert [action.key for action in draft.plan.actions] == ["z", "a"]
    assert times(draft) == {"z": None, "a": 30}


def test_what_waits_for_an_unknown_time_leaves_the_turn_to_others():
    reply = an_entry("a", a_part(reply_to=Reference("lost")))
    part = PartState(1, "d", PartStatus.UNKNOWN, container_id="1")
    state = a_state(lost=EntryState("posts/lost.md", "d", parts=(part,), total=1))
    draft = planned(reply, an_entry("b"), an_entry("lost"), state=state, policy=SPACED)
    assert kinds(draft) == {"lost": "unknown", "a": "wait", "b": "create"}
    assert reasons(draft)["a"] == "waits for lost#1"


def test_a_reply_to_what_is_scheduled_says_from_when_it_may_go():
    reply = an_entry("a", a_part(reply_to=Reference("z")))
    draft = planned(reply, an_entry("z", publish_at=NOON + timedelta(hours=2)))
    assert reasons(draft)["a"] == "waits for z#1, not before 2026-11-20 14:00 UTC"


def test_what_failed_before_leaves_the_turn_to_others():
    failed = PartState(1, "d", PartStatus.FAILED, error="refused")
    state = a_state(a=EntryState("posts/a.md", "d", parts=(failed,), total=1))
    draft = planned(an_entry("a"), an_entry("b"), state=state, policy=SPACED)
    assert kinds(draft) == {"a": "wait", "b": "create"}
    assert kinds(planned(an_entry("a"), state=state, policy=SPACED)) == {"a": "create"}


def test_what_is_scheduled_takes_no_turn_from_what_is_due():
    parent = an_entry("p", publish_at=NOON + timedelta(days=1))
    reply = an_entry("a", a_part(reply_to=Reference("p")))
    draft = planned(parent, reply, an_entry("b"), policy=SPACED)
    assert kinds(draft) == {"p": "wait", "a": "wait", "b": "create"}


def test_in_quiet_hours_everything_waits_for_their_end():
    evening = datetime(2026, 11, 20, 23, 10, tzinfo=UTC)
    draft = planned(an_entry("a"), an_entry("b"), policy=NIGHT, now=evening)
    assert set(reasons(draft).values()) == {
        "held by policy.quiet_hours, not before 2026-11-21 07:00 UTC"
    }


def test_in_the_morning_after_quiet_hours_the_gap_counts_as_ever():
    policy = NIGHT._replace(min_gap=HALF_AN_HOUR)
    evening = datetime(2026, 11, 20, 23, 10, tzinfo=UTC)
    draft = planned(an_entry("a"), an_entry("b"), policy=policy, now=evening)
    assert times(draft) == {"a": 19 * 60, "b": 19 * 60 + 30}


def test_a_time_in_quiet_hours_is_put_off():
    draft = planned(an_entry("a", publish_at=NOON + timedelta(hours=11)), policy=NIGHT)
    assert reasons(draft) == {
        "a": "scheduled, held by policy.quiet_hours, not before 2026-11-21 07:00 UTC"
    }


def test_a_target_keeps_the_gap_too():
    state = a_state(z=out_at(an_entry("z"), NOON))
    entries = (an_entry("a"), an_entry("b"), an_entry("z"))
    assert times(planned(*entries, state=state, policy=SPACED, targets=("b",))) == {"b": 30}


# --- a cron job, with a clock that moves ---------------------------------------------------------


def run_at(moments, entries, policy):
    """What each run at one of `moments` publishes, by minutes from NOON: keys in order."""
    state, published = {}, {}
    for moment in moments:
        draft = planned(*entries, state=a_state(**state), policy=policy, now=NOON + minutes(moment))
        changes = [action.entry for action in draft.plan.changes]
        for i, entry in enumerate(changes):
            first_id = 1000 * len(state) + 100 * i
            state[entry.key] = out_at(entry, NOON + minutes(moment), first_id=first_id)
        published.setdefault(moment, []).extend(entry.key for entry in changes)
    return {moment: keys for moment, keys in published.items() if keys}


def queue(*keys, **times):
    return [an_entry(key, **_due(times.get(key))) for key in keys]


def _due(moment):
    return {} if moment is None else {"publish_at": NOON + minutes(moment)}


def test_a_run_that_comes_twice_publishes_once():
    assert run_at([0, 0, 0, 1], queue("a", "b"), SPACED) == {0: ["a"]}


def test_runs_every_ten_minutes_publish_every_half_hour():
    published = run_at(range(0, 121, 10), queue("a", "b", "c", "d", "e"), SPACED)
    assert published == {0: ["a"], 30: ["b"], 60: ["c"], 90: ["d"], 120: ["e"]}


def test_runs_that_come_hours_late_publish_what_is_due_and_keep_the_gap():
    entries = queue("a", "b", "c", a=0, b=60, c=600)
    assert run_at([-5, 300, 301, 330, 590, 660], entries, SPACED) == {
        300: ["a"],
        330: ["b"],
        660: ["c"],
    }


def test_runs_that_come_late_without_a_gap_publish_everything_in_order():
    entries = queue("a", "b", "c", a=120, b=60)
    assert run_at([300, 300, 301], entries, Policy()) == {300: ["c", "b", "a"]}


def test_a_run_that_comes_a_day_late_skips_when_asked():
    entries = queue("a", "b", a=0, b=1400)
    assert run_at([1500], entries, Policy(late="skip")) == {1500: ["b"]}


def test_a_clock_that_is_put_back_publishes_nothing_twice():
    assert run_at([60, 0, -600], queue("a", "b", b=30), Policy()) == {60: ["a", "b"]}


def test_a_reply_follows_its_parent_by_the_gap():
    entries = [an_entry("a", a_part(reply_to=Reference("z"))), an_entry("z")]
    assert run_at([0, 10, 20, 30], entries, SPACED) == {0: ["z"], 30: ["a"]}
