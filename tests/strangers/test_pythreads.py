"""PyThreads 0.2.1, as its README uses it, with nothing changed but the host."""

import pytest

pytestmark = pytest.mark.strangers


@pytest.fixture(scope="module")
def pythreads(install):
    return install("pythreads==0.2.1")


def test_a_person_logs_in_and_the_token_is_refreshed(pythreads, world):
    said = pythreads.run("pythreads_login", world.base_url)
    assert said == {
        "user_id": "17841400000000001",
        "short_lived": False,
        "days": 59,
        "is_new": True,
    }


@pytest.mark.parametrize("version", ["", "v1.0/"])
def test_what_it_posts_it_reads_again(pythreads, world, version):
    assert pythreads.run("pythreads_posts", world.base_url, VERSION=version) == {
        "account": "sandbox",
        "shown": ["TEXT_POST", "IMAGE", "CAROUSEL_ALBUM"],
        "children": 2,
        "listed": ["Both", "A cat", "A text"],
        "replies": [True],
        "conversation": 1,
        "hidden": {"success": True},
        "insights": ["likes", "quotes", "replies", "reposts", "views"],
        "user_insights": ["views", "likes"],
        "used": 3,
    }
