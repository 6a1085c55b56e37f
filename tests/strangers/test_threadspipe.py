"""ThreadsPipePy 0.4.5, as its README uses it; the host stands in its source and is changed there."""

import pytest

pytestmark = pytest.mark.strangers


@pytest.fixture(scope="module")
def threadspipe(install, address):
    # It needs requests and does not say so.
    stranger = install("threadspipepy==0.4.5", "requests")
    stranger.move_to(address)
    return stranger


def test_a_person_logs_in_and_the_token_is_refreshed(threadspipe, world):
    assert threadspipe.run("threadspipe_login", world.base_url) == {
        "user_id": 17841400000000001,
        "expires_in": 5_184_000,
        "refreshed": "bearer",
        "again": "Could not generate short lived token",
    }


def test_what_it_posts_it_reads_again(threadspipe, world):
    assert threadspipe.run("threadspipe_posts", world.base_url) == {
        "infos": ["success"] * 6,
        "parts": 3,
        "profile": "sandbox",
        "listed": 5,
        "post": "A text",
        "own_replies": 3,
        "replies": 1,
        "conversation": 1,
        "hidden": {"success": True},
        "insights": 6,
        "user_insights": ["views", "likes", "replies", "reposts", "quotes", "followers_count"],
        "quota": 5,
        "countries": [["US", "CA"]],
        "reposted": True,
    }
