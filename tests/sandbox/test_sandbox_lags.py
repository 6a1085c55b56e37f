"""What takes its time when an option says so: processing by type, permalinks, parents, children."""

import pytest
from caller import JPEG, MP4, Caller, refusal

from threadsync.errors import UsageError
from threadsync.sandbox.model import Options
from threadsync.sandbox.server import SandboxServer


@pytest.fixture
def with_options(tmp_path):
    """Starts a sandbox with options; a caller of it."""
    running = []

    def start(**options):
        running.append(SandboxServer(tmp_path / "world", options=Options(**options)))
        running[-1].start()
        return Caller(running[-1].base_url)

    yield start
    for server in running:
        server.stop()


def ready_after(caller, container_id):
    """Whether a container is ready, each hundred seconds, from 0 on."""
    found = []
    for _ in range(4):
        found.append(caller.status(container_id)["status"] == "FINISHED")
        caller.advance(100)
    return found


def test_each_type_of_media_has_a_time_of_its_own(with_options):
    with with_options(processing_delay_s=100, video_delay_s=300, carousel_delay_s=0) as caller:
        url = caller.put_media("cat.jpg", JPEG)
        film = caller.create("", media_type="VIDEO", video_url=caller.put_media("f.mp4", MP4))
        assert ready_after(caller, film) == [False, False, False, True]
        items = [caller.item(url), caller.item(url)]
        assert ready_after(caller, items[1]) == [False, True, True, True]
        album = caller.create("", media_type="CAROUSEL", children=",".join(items))
        assert caller.status(album)["status"] == "FINISHED"
        assert caller.status(caller.create("text"))["status"] == "FINISHED"


def test_a_post_has_its_permalink_later(with_options):
    with with_options(permalink_lag_s=100) as caller:
        post = caller.published()
        assert caller.node(post, "permalink,shortcode,text").keys() == {"id", "text"}
        caller.advance(100)
        assert caller.node(post, "permalink,shortcode").keys() == {"id", "permalink", "shortcode"}


def test_a_repost_has_its_permalink_later(with_options):
    with with_options(permalink_lag_s=100) as caller:
        repost = caller.post(f"/{caller.published()}/repost").json()["id"]
        assert "permalink" not in caller.node(repost, "permalink")


def test_a_carousel_can_have_an_item_later(with_options):
    with with_options(child_lag_s=100, processing_delay_s=2) as caller:
        url = caller.put_media("cat.jpg", JPEG)
        children = ",".join([caller.item(url), caller.item(url)])
        caller.advance(2)
        album = {"media_type": "CAROUSEL", "children": children}
        assert caller.status(children.split(",")[0])["status"] == "FINISHED"
        assert refusal(caller.post("/me/threads", data=album)) == (400, 100, 4279004)
        caller.advance(100)
        assert caller.post("/me/threads", data=album).is_success


def test_a_post_can_be_answered_later(with_options):
    with with_options(parent_lag_s=5) as caller:
        reply = {"media_type": "TEXT", "text": "yes", "reply_to_id": caller.published()}
        assert refusal(caller.post("/me/threads", data=reply)) == (400, 24, 4279009)
        caller.advance(100)
        assert caller.post("/me/threads", data=reply).is_success


@pytest.mark.parametrize("name", ["video_delay_s", "child_lag_s", "permalink_lag_s"])
@pytest.mark.parametrize("seconds", [-1, 40_000_000, float("nan")])
def test_a_time_out_of_range_is_refused(name, seconds):
    with pytest.raises(UsageError, match=name):
        Options(**{name: seconds})
