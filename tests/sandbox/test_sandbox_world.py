"""The rules of the world as values: no server, no clock, no disk."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from threadsync.sandbox.errors.graph import Refusal
from threadsync.sandbox.model import Account, Container, Draft, NewId, Options
from threadsync.sandbox.world.lifecycle import create, publish, status_of

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ACCOUNT = Account(id="1", username="sandbox")


class Nothing:
    """A world in which nothing is stored but a number of used posts."""

    def __init__(self, used=0):
        self.used = used

    def container(self, _id):
        return None

    def post(self, _id):
        return None

    def has_replies(self, _id):
        return False

    def usage(self, _account_id, _kind, _since):
        return self.used


def a_container(media_type="IMAGE", **values):
    draft = Draft(media_type=media_type, text="x")
    options = Options(processing_delay_s=30)
    made = create(draft, ACCOUNT, "17", NOON, media=None, error=None, options=options)
    return replace(made, **values)


@pytest.mark.parametrize(
    ("values", "age_s", "status"),
    [
        ({}, 0, "IN_PROGRESS"),
        ({}, 30, "FINISHED"),
        ({}, 86_399, "FINISHED"),
        ({}, 86_400, "EXPIRED"),
        ({"media_type": "TEXT"}, 0, "FINISHED"),
        ({"error": "UNKNOWN"}, 29, "IN_PROGRESS"),
        ({"error": "UNKNOWN"}, 30, "ERROR"),
        ({"error": "UNKNOWN"}, 99_999, "ERROR"),
        ({"media_id": "18"}, 99_999, "PUBLISHED"),
    ],
)
def test_a_containers_status_follows_the_clock(values, age_s, status):
    assert status_of(a_container(**values), NOON + timedelta(seconds=age_s)) == status


def test_publishing_makes_new_values_and_changes_none():
    container = a_container("TEXT")
    published = publish(Nothing(), container, [NewId("18", "Dabc")], NOON, Options(feed_lag_s=7))
    assert published.container == replace(container, media_id="18")
    assert published.post.listed_at == NOON + timedelta(seconds=7)
    assert container.media_id is None


def test_the_last_post_of_a_quota_goes_out_and_the_next_does_not():
    container: Container = a_container("TEXT")
    assert publish(Nothing(249), container, [NewId("18", "D")], NOON, Options()).post.id == "18"
    with pytest.raises(Refusal):
        publish(Nothing(250), container, [NewId("18", "D")], NOON, Options())
