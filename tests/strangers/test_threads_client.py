"""threads-client 0.2.1, as its README uses it, with nothing changed but the host."""

import pytest

pytestmark = pytest.mark.strangers


@pytest.fixture(scope="module")
def threads_client(install):
    return install("threads-client==0.2.1")


def test_what_it_posts_it_reads_again(threads_client, world):
    assert threads_client.run("threads_client_posts", world.base_url) == {
        "listed": ["Both", "A film", "A cat", "A text"],
        "deleted": [True, True],
        "left": ["Both", "A text"],
        "gone": ["ThreadsAPIError", 100, 33],
        "unready": ["ThreadsMediaProcessingError", 24, 4279009],
        "exchanged": 5_184_000,
        "long": ["ThreadsAPIError", 452, 4279019],
        "young": ["ThreadsAPIError", 100, None],
    }
