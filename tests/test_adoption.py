"""Posts that are out are recognised and adopted, and only when that is sure."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOON, a_media, a_part, an_entry
from test_plan import chain

from threadsync.api.types import PublishedPost, Ref
from threadsync.config import Policy
from threadsync.planning.adoption import undecidable
from threadsync.planning.build import build_plan
from threadsync.planning.matching import Observed, fingerprint, normalised
from threadsync.post import Reference
from threadsync.request import part_request
from threadsync.state.model import EntryState, PartState, PartStatus, State


def a_post(media_id="900", text="Hello", **values):
    defaults = {"media_type": "TEXT_POST", "timestamp": NOON}
    return PublishedPost(id=media_id, text=text, **{**defaults, **values})


def refs(count):
    return tuple(Ref(str(n)) for n in range(count))


def seen(*posts, known=()):
    return Observed.of(posts, frozenset(known))


def planned(*entries, observed, state=None):
    return build_plan(entries, state or State(), Policy(), now=NOON, observed=observed).plan.actions


def test_same_post_is_adopted_instead_of_published():
    (action,) = planned(an_entry(), observed=seen(a_post(), a_post("901", "other")))
    assert (action.kind, [media_id for *_, media_id in action.adopts]) == ("adopt", ["900"])
    assert not action.publishes


@pytest.mark.parametrize(
    "post",
    [
        a_post(text="Hello!"),
        a_post(media_type="IMAGE"),
        a_post(media_type="CAROUSEL_ALBUM", children=refs(2)),
        a_post(replied_to=Ref("7")),
    ],
)
def test_other_text_type_number_or_parent_is_no_match(post):
    (action,) = planned(an_entry(), observed=seen(post))
    assert action.kind == "create"


def test_one_post_is_adopted_by_one_entry():
    actions = planned(an_entry("a"), an_entry("b"), observed=seen(a_post()))
    assert [action.kind for action in actions] == ["adopt", "create"]


def test_recorded_post_is_never_adopted():
    (action,) = planned(an_entry(), observed=seen(a_post(), known={"900"}))
    assert action.kind == "create"


def in_doubt(key, **values):
    """A state in which it is not known whether part 1 of an entry is out."""
    part = PartState(1, "sha256:1", PartStatus.UNKNOWN, **values)
    entry = EntryState(source=f"posts/{key}.md", parts=(part,))
    return State(entries={key: entry.to_json()})


HELLO = fingerprint(part_request(a_part(), 1))


def test_what_may_be_the_post_of_another_entry_is_not_adopted():
    state = in_doubt("other", fingerprint=HELLO)
    action, _ = planned(an_entry(), observed=seen(a_post()), state=state)
    why = "equals other, of which it is not known whether it is out"
    assert (action.key, action.kind, action.reason) == ("hello", "wait", why)


@pytest.mark.parametrize("values", [{"fingerprint": "sha256:2"}, {"reply_to": "7"}])
def test_a_doubt_about_another_post_does_not_matter(values):
    state = in_doubt("other", **{"fingerprint": HELLO, **values})
    action, _ = planned(an_entry(), observed=seen(a_post()), state=state)
    assert (action.key, action.kind) == ("hello", "adopt")


def test_nobody_waits_for_a_doubt_that_nothing_was_seen_of():
    action, _ = planned(an_entry(), observed=seen(), state=in_doubt("other", fingerprint=HELLO))
    assert (action.key, action.kind) == ("hello", "create")


def test_chain_is_adopted_as_far_as_it_is_out():
    posts = (a_post("1", "one"), a_post("2", "two", replied_to=Ref("1")), a_post("3", "three"))
    (action,) = planned(chain, observed=seen(*posts))
    assert [media_id for *_, media_id in action.adopts] == ["1", "2"]
    assert [part.n for part in action.parts] == [3]


def test_reply_is_adopted_under_a_parent_just_adopted():
    reply = an_entry("reply", a_part("Yes", reply_to=Reference("hello")))
    posts = (a_post(), a_post("901", "Yes", replied_to=Ref("900")))
    actions = planned(an_entry(), reply, observed=seen(*posts))
    assert [action.kind for action in actions] == ["adopt", "adopt"]


def test_two_candidates_cannot_be_told_apart():
    actions = planned(an_entry(), observed=seen(a_post("1"), a_post("2")))
    assert [action.kind for action in actions] == ["create"]
    assert undecidable(actions, seen(a_post("1"), a_post("2"))) == list(actions)


def test_picture_without_text_cannot_be_told_from_others():
    entry = an_entry("a", a_part("", media=(a_media(),)))
    observed = seen(a_post("1", "", media_type="IMAGE"))
    actions = planned(entry, observed=observed)
    assert [action.kind for action in actions] == ["create"]
    assert undecidable(actions, observed) == list(actions)


def test_posts_before_the_intent_do_not_match():
    looks = fingerprint(part_request(a_part(), 1))
    observed = seen(a_post(timestamp=NOON - timedelta(hours=1)))
    assert len(observed.like(looks, None)) == 1
    assert observed.like(looks, None, since=NOON) == []


def test_what_a_server_may_change_in_a_text_does_not_matter():
    assert normalised(" Cafe\u0301 \r\nb  ") == normalised("Caf\u00e9\nb")
    assert normalised("a b") != normalised("ab")
