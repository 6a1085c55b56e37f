"""The transitions of a part, and what a container's status asks for."""

from __future__ import annotations

import pytest
from builders import A_DIGEST, NOON

from threadsync.publishing import lifecycle
from threadsync.publishing.lifecycle import Next
from threadsync.state.model import PartStatus


def made():
    return lifecycle.made(1, A_DIGEST, "17", NOON, fingerprint="f", reply_to="9")


def intended(part=None):
    return lifecycle.intended(part or made(), nonce="abc", now=NOON, run=None)


@pytest.mark.parametrize(
    ("status", "clean", "in_doubt"),
    [
        ("PUBLISHED", Next.LIVE, Next.LIVE),
        ("FINISHED", Next.PUBLISH_AGAIN, Next.LOOK_AGAIN),
        ("IN_PROGRESS", Next.LOOK_AGAIN, Next.LOOK_AGAIN),
        ("EXPIRED", Next.START_OVER, Next.START_OVER),
        ("ERROR", Next.FAILED, Next.LOOK_AGAIN),
        (None, Next.FAILED, Next.LOOK_AGAIN),
        ("SOMETHING_NEW", Next.FAILED, Next.LOOK_AGAIN),
    ],
)
def test_table_of_what_follows_a_status(status, clean, in_doubt):
    assert lifecycle.next_after(status, in_doubt=False) is clean
    assert lifecycle.next_after(status, in_doubt=True) is in_doubt


def test_unanswered_attempt_is_in_doubt():
    assert lifecycle.is_in_doubt(intended())


@pytest.mark.parametrize("outcome", ["not-sent", "rejected"])
def test_attempt_that_surely_did_nothing_is_not_in_doubt(outcome):
    assert not lifecycle.is_in_doubt(lifecycle.answered(intended(), outcome))


def test_one_doubtful_attempt_is_enough():
    part = lifecycle.answered(intended(lifecycle.answered(intended(), "doubtful")), "rejected")
    assert [attempt["n"] for attempt in part.attempts] == [1, 2]
    assert lifecycle.is_in_doubt(part)


def test_intent_keeps_the_container():
    part = intended()
    assert (part.status, part.container_id) == (PartStatus.PUBLISHING, "17")


def test_published_keeps_the_ids_and_forgets_the_attempts():
    part = lifecycle.published(intended(), "42", NOON)
    assert (part.id, part.container_id, part.reply_to) == ("42", "17", "9")
    assert (part.attempts, part.published_at) == ((), "2026-11-20T12:00:00Z")


def test_failed_part_has_no_container_that_may_go_live():
    part = lifecycle.failed(intended(), "too spicy")
    assert (part.status, part.container_id, part.error) == (PartStatus.FAILED, None, "too spicy")
