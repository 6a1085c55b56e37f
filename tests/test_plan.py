"""The table "what an action is decided from", row by row, and the order of a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON, a_media, a_part, an_entry

from threadsync.config import Policy
from threadsync.errors import UsageError
from threadsync.planning.actions import ActionKind
from threadsync.planning.build import Scope, build_plan
from threadsync.planning.decide import Desired
from threadsync.post import OnChange, Reference
from threadsync.state.model import EntryState, OldPart, PartState, PartStatus, State


def recorded(entry, *, first_id=100, upto=None, **values):
    """The record of `entry` with its parts up to number `upto` published."""
    desired = Desired.of(entry)
    parts = tuple(
        PartState(
            n=n,
            digest=digest,
            status=PartStatus.PUBLISHED,
            id=str(first_id + n),
            reply_to=str(first_id + n - 1) if n > 1 else None,
        )
        for n, digest in enumerate(desired.digests[:upto], start=1)
    )
    defaults = {"source": entry.source, "digest": desired.digest, "total": len(desired.digests)}
    return EntryState(parts=parts, **{**defaults, **values})


def a_state(**entries):
    raw = {key: entry.to_json() for key, entry in entries.items()}
    return State(lineage="L", serial=3, entries=raw)


def planned(*entries, state=None, policy=None, now=NOON, **scope):
    scope = Scope(**scope)
    return build_plan(entries, state or State(), policy or Policy(), now=now, scope=scope)


def only(draft):
    assert len(draft.plan.actions) == 1, draft.plan.actions
    return draft.plan.actions[0]


def kinds(draft):
    return {action.key: action.kind.value for action in draft.plan.actions}


chain = an_entry("chain", a_part("one"), a_part("two"), a_part("three"))


def test_new_entry_is_created():
    action = only(planned(an_entry()))
    assert (action.kind, action.reason, len(action.parts)) == (ActionKind.CREATE, "new", 1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [({"draft": True}, "draft"), ({"publish_at": NOON + timedelta(hours=1)}, "scheduled")],
)
def test_new_entry_that_is_not_due_waits(values, reason):
    action = only(planned(an_entry(**values)))
    assert (action.kind, action.reason) == (ActionKind.WAIT, reason)


def test_due_entry_is_created():
    assert kinds(planned(an_entry(publish_at=NOON))) == {"hello": "create"}


def test_same_digests_plan_nothing():
    draft = planned(an_entry(), state=a_state(hello=recorded(an_entry())))
    assert draft.plan.actions == ()
    assert draft.plan.summary()["none"] == 1


def test_moved_file_with_same_key_is_a_move():
    state = a_state(hello=recorded(an_entry(), source="posts/old.md"))
    action = only(planned(an_entry(), state=state))
    assert (action.kind, action.reason) == (ActionKind.MOVE, "was posts/old.md")


def test_renamed_file_without_key_is_a_move():
    state = a_state(old=recorded(an_entry("old")))
    action = only(planned(an_entry("new"), state=state))
    assert (action.kind, action.moved_from, action.parts) == (ActionKind.MOVE, "old", ())


def test_renamed_file_with_its_own_key_is_new():
    state = a_state(old=recorded(an_entry("old")))
    assert kinds(planned(an_entry("new", has_explicit_key=True), state=state)) == {"new": "create"}


def test_rename_with_two_candidates_asks_for_a_key():
    twins = {"a": recorded(an_entry("a")), "b": recorded(an_entry("b"), first_id=200)}
    draft = planned(an_entry("new"), state=a_state(**twins))
    assert [finding.kind.code for _, finding in draft.findings] == ["rename-ambiguous"]
    assert draft.plan.actions == ()


def test_two_files_cannot_both_be_the_renamed_one():
    state = a_state(old=recorded(an_entry("old")))
    draft = planned(an_entry("new-a"), an_entry("new-b"), state=state)
    assert kinds(draft) == {"new-a": "move", "new-b": "create"}


def test_file_of_an_orphan_with_errors_is_no_rename():
    state = a_state(old=recorded(an_entry("old")))
    draft = planned(an_entry("new"), state=state, broken_keys=frozenset({"old"}))
    assert kinds(draft) == {"new": "create"}


def test_parts_added_at_the_end_are_appended():
    before = replace(chain, parts=chain.parts[:1])
    action = only(planned(chain, state=a_state(chain=recorded(before))))
    assert action.kind is ActionKind.APPEND
    assert [part.n for part in action.parts] == [2, 3]
    assert action.deletes == ()


def test_changed_entry_is_replaced_and_deletes_from_the_end():
    changed = replace(chain, parts=(a_part("other"), *chain.parts[1:]))
    action = only(planned(changed, state=a_state(chain=recorded(chain))))
    assert (action.kind, action.reason) == (ActionKind.REPLACE, "part 1 changed")
    assert [part.n for part in action.parts] == [1, 2, 3]
    assert action.deletes == ("103", "102", "101")


def test_shortened_chain_is_replaced():
    action = only(
        planned(replace(chain, parts=chain.parts[:2]), state=a_state(chain=recorded(chain)))
    )
    assert (action.kind, action.reason) == (ActionKind.REPLACE, "2 of 3 parts left")


def test_change_is_left_alone_when_asked():
    entry = an_entry("hello", a_part("other"), on_change=OnChange.IGNORE)
    draft = planned(entry, state=a_state(hello=recorded(an_entry())))
    assert kinds(draft) == {"hello": "none"}
    assert not draft.plan.has_changes


def test_change_fails_when_asked():
    entry = an_entry("hello", a_part("other"), on_change=OnChange.FAIL)
    draft = planned(entry, state=a_state(hello=recorded(an_entry())))
    assert [finding.kind.code for _, finding in draft.findings] == ["changed-after-publishing"]


def test_edited_entry_that_lies_ahead_waits():
    entry = an_entry("hello", a_part("other"), publish_at=NOON + timedelta(days=1))
    assert kinds(planned(entry, state=a_state(hello=recorded(an_entry())))) == {"hello": "wait"}


def test_published_entry_that_becomes_a_draft_is_only_warned_of():
    draft = planned(an_entry(draft=True), state=a_state(hello=recorded(an_entry())))
    assert [finding.kind.code for _, finding in draft.findings] == ["published-draft"]
    assert draft.plan.actions == ()
    assert draft.plan.summary()["none"] == 1


def test_half_published_chain_resumes():
    action = only(planned(chain, state=a_state(chain=recorded(chain, upto=1))))
    assert (action.kind, action.reason) == (ActionKind.RESUME, "1 of 3 parts out")
    assert [part.n for part in action.parts] == [2, 3]


def test_half_published_chain_takes_edits_of_parts_that_are_not_out():
    changed = replace(chain, parts=(*chain.parts[:2], a_part("better")))
    action = only(planned(changed, state=a_state(chain=recorded(chain, upto=1))))
    assert action.kind is ActionKind.RESUME
    assert action.parts[1].request.params["text"] == "better"


def test_half_published_chain_with_an_edited_part_is_replaced():
    changed = replace(chain, parts=(a_part("other"), *chain.parts[1:]))
    action = only(planned(changed, state=a_state(chain=recorded(chain, upto=1))))
    assert (action.kind, action.deletes) == (ActionKind.REPLACE, ("101",))


def test_half_published_chain_whose_rest_was_removed_is_finished():
    short = replace(chain, parts=chain.parts[:1])
    action = only(planned(short, state=a_state(chain=recorded(chain, upto=1))))
    assert (action.kind, action.parts) == (ActionKind.RESUME, ())


def test_half_published_draft_waits():
    draft = planned(replace(chain, draft=True), state=a_state(chain=recorded(chain, upto=1)))
    assert kinds(draft) == {"chain": "wait"}


@pytest.mark.parametrize("status", [PartStatus.PUBLISHING, PartStatus.PENDING, PartStatus.UNKNOWN])
def test_open_intent_is_unknown_whatever_the_files_say(status):
    part = PartState(n=1, digest="sha256:x", status=status, container_id="7")
    state = a_state(hello=EntryState(source="posts/hello.md", parts=(part,), total=1))
    assert kinds(planned(an_entry(), state=state)) == {"hello": "unknown"}
    assert kinds(planned(state=state)) == {"hello": "unknown"}


def test_failed_entry_is_created_again_with_its_reason():
    part = PartState(n=1, digest="sha256:x", status=PartStatus.FAILED, error="too spicy")
    state = a_state(hello=EntryState(source="posts/hello.md", parts=(part,), total=1))
    action = only(planned(an_entry(), state=state))
    assert (action.kind, action.reason) == (ActionKind.CREATE, "failed: too spicy")


def test_orphan_is_kept():
    draft = planned(state=a_state(hello=recorded(an_entry())))
    assert draft.plan.actions == ()


@pytest.mark.parametrize("asked", [{"prune": True}, {"policy": Policy(on_remove="delete")}])
def test_orphan_is_deleted_when_asked(asked):
    action = only(planned(state=a_state(chain=recorded(chain)), **asked))
    assert (action.kind, action.deletes) == (ActionKind.DELETE, ("103", "102", "101"))


def test_half_published_orphan_is_never_resumed():
    draft = planned(state=a_state(chain=recorded(chain, upto=1)))
    assert draft.plan.actions == ()


def old_post(**values):
    return OldPart(revision=1, id="55", digest="sha256:old", **values)


def test_interrupted_replace_goes_on_with_deleting():
    state = a_state(hello=recorded(an_entry(), revision=2, history=(old_post(),)))
    action = only(planned(an_entry(), state=state))
    assert (action.kind, action.parts, action.deletes) == (ActionKind.RESUME, (), ("55",))


def test_finished_replace_plans_nothing():
    done = old_post(deleted_at="2026-11-19T00:00:00Z")
    state = a_state(hello=recorded(an_entry(), revision=2, history=(done,)))
    assert planned(an_entry(), state=state).plan.actions == ()


def test_replace_that_never_began_compares_with_what_is_out():
    digest = Desired.of(an_entry()).digests[0]
    made = PartState(n=1, digest="sha256:new", status=PartStatus.MADE, container_id="9")
    out = replace(old_post(), digest=digest)
    state = a_state(
        hello=EntryState("posts/hello.md", None, 2, parts=(made,), history=(out,), total=1)
    )
    assert planned(an_entry(), state=state).plan.actions == ()


def test_late_entry_is_published_skipped_or_refused():
    entry = an_entry(publish_at=NOON - timedelta(days=3))
    assert kinds(planned(entry)) == {"hello": "create"}
    skipped = only(planned(entry, policy=Policy(late="skip")))
    assert (skipped.kind, skipped.reason) == (
        ActionKind.WAIT,
        "skipped: publish_at passed 3 days ago",
    )
    refused = planned(entry, policy=Policy(late="fail"))
    assert [finding.kind.code for _, finding in refused.findings] == ["too-late"]


def test_order_is_no_time_first_then_time_then_key():
    times = {"c": None, "b": NOON - timedelta(hours=1), "a": NOON, "d": None}
    entries = [an_entry(key, publish_at=time) for key, time in times.items()]
    assert list(kinds(planned(*entries))) == ["c", "d", "b", "a"]


def test_parents_come_before_replies():
    reply = an_entry("a", a_part(reply_to=Reference("z")))
    quote = an_entry("b", a_part(quote=Reference("a")))
    assert list(kinds(planned(quote, reply, an_entry("z")))) == ["z", "a", "b"]


def test_a_reply_does_not_take_what_it_refers_to_along_before_others():
    reply = an_entry("a", a_part(reply_to=Reference("z"), quote=Reference("z")))
    parent = an_entry("z", publish_at=NOON)
    assert list(kinds(planned(reply, an_entry("b"), parent))) == ["b", "z", "a"]


def test_reply_to_an_entry_that_waits_waits_too():
    reply = an_entry("a", a_part(reply_to=Reference("z")))
    draft = planned(reply, an_entry("z", draft=True))
    assert [(a.key, a.reason) for a in draft.plan.actions] == [
        ("z", "draft"),
        ("a", "waits for z#1"),
    ]


def test_reply_to_a_part_that_is_out_does_not_wait():
    reply = an_entry("a", a_part(reply_to=Reference("chain", 1)))
    draft = planned(reply, replace(chain, draft=True), state=a_state(chain=recorded(chain, upto=1)))
    assert kinds(draft) == {"a": "create", "chain": "wait"}


def test_reply_to_a_foreign_post_does_not_wait():
    assert kinds(planned(an_entry("a", a_part(reply_to=Reference(id="18"))))) == {"a": "create"}


def test_replacing_a_parent_plans_nothing_for_its_replies():
    reply = an_entry("reply", a_part(reply_to=Reference("hello")))
    state = a_state(hello=recorded(an_entry()), reply=recorded(reply, first_id=500))
    draft = planned(an_entry("hello", a_part("other")), reply, state=state)
    assert kinds(draft) == {"hello": "replace"}


def test_target_takes_along_what_it_refers_to():
    reply = an_entry("a", a_part(reply_to=Reference("b")))
    draft = planned(reply, an_entry("b"), an_entry("c"), targets=("a",))
    assert kinds(draft) == {"b": "create", "a": "create"}


def test_unknown_target_is_a_usage_error():
    with pytest.raises(UsageError, match="nope"):
        planned(an_entry(), targets=("nope",))


def test_reordered_alt_text_changes_the_digest_but_not_the_path():
    one = an_entry("a", a_part(media=(a_media("x.jpg"),)))
    moved = an_entry("a", a_part(media=(a_media("y.jpg"),)))
    described = an_entry("a", a_part(media=(a_media("x.jpg", alt_text="other"),)))
    assert Desired.of(one).digest == Desired.of(moved).digest
    assert Desired.of(one).digest != Desired.of(described).digest
