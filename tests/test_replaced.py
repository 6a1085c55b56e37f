"""A post that is out and hangs on an old version of what it refers to is told, and stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import NOON, a_part, an_entry
from test_plan import a_state, kinds, planned, recorded

from threadsync.post import Reference
from threadsync.state.model import EntryState, OldPart

BEFORE, AFTER = "2026-11-01T00:00:00Z", "2026-11-10T00:00:00Z"
parent = an_entry("p", a_part("Parent"))


def at(state, moment, **values):
    """`state` with its parts published at `moment`, and `values` in the first of them."""
    parts = [replace(part, published_at=moment) for part in state.parts]
    return replace(state, parts=(replace(parts[0], **values), *parts[1:]))


def replaced_parent(**values):
    """The record of the parent, whose second version went out AFTER."""
    old = OldPart(1, "99", "d", published_at="2026-10-01T00:00:00Z", deleted_at=AFTER)
    return at(recorded(parent, revision=2, history=(old,), **values), AFTER)


def referring(field, **values):
    return an_entry("a", a_part(**{field: Reference("p")}), **values)


def told(draft):
    return [finding.message for _, finding in draft.findings]


def out_before(entry, reply_to="99"):
    return at(recorded(entry, first_id=500), BEFORE, reply_to=reply_to)


@pytest.mark.parametrize("field", ["reply_to", "quote"])
def test_a_target_that_was_replaced_is_told_and_plans_nothing(field):
    entry = referring(field)
    state = a_state(p=replaced_parent(), a=out_before(entry))
    draft = planned(entry, parent, state=state)
    assert kinds(draft) == {}
    (message,) = told(draft)
    assert message.startswith(f"{field} leads to p#1, which was replaced; this post stays")
    assert draft.findings[0][1].pointer == ("parts", 0, field)


@pytest.mark.parametrize("field", ["reply_to", "quote"])
def test_a_target_that_this_plan_replaces_is_told(field):
    entry = referring(field)
    state = a_state(p=at(recorded(parent), BEFORE), a=out_before(entry, reply_to="101"))
    draft = planned(entry, an_entry("p", a_part("Edited")), state=state)
    assert kinds(draft) == {"p": "replace"}
    assert "which is replaced by this plan" in told(draft)[0]


@pytest.mark.parametrize("field", ["reply_to", "quote"])
def test_what_hangs_on_the_version_that_is_out_is_fine(field):
    entry = referring(field)
    state = a_state(p=replaced_parent(), a=at(out_before(entry, "101"), "2026-11-15T00:00:00Z"))
    assert told(planned(entry, parent, state=state)) == []


def test_a_target_that_never_changed_is_fine():
    entry = referring("reply_to")
    state = a_state(p=at(recorded(parent), AFTER), a=out_before(entry, "101"))
    assert told(planned(entry, parent, state=state)) == []


def test_what_is_published_anew_leads_to_the_new_version():
    entry = an_entry("a", a_part("Edited", reply_to=Reference("p")))
    state = a_state(p=replaced_parent(), a=out_before(referring("reply_to")))
    draft = planned(entry, parent, state=state)
    assert (kinds(draft), told(draft)) == ({"a": "replace"}, [])


def test_what_is_not_out_yet_is_not_told():
    state = a_state(p=replaced_parent(), a=EntryState("posts/a.md", "d"))
    assert told(planned(referring("quote"), parent, state=state)) == []


def test_posts_of_others_are_never_replaced():
    entry = an_entry("a", a_part(reply_to=Reference(id="99")))
    assert told(planned(entry, state=a_state(a=out_before(entry)), now=NOON)) == []


def test_an_entry_can_allow_it():
    entry = referring("quote", allowed=frozenset({"target-replaced"}))
    state = a_state(p=replaced_parent(), a=out_before(entry))
    assert told(planned(entry, parent, state=state)) == []
