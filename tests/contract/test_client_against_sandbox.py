"""What the client writes, read back from a real server.

The calls that PyThreads has too are in `test_pythreads_programs`.
"""

from __future__ import annotations

import pytest
from builders import FakeClock
from pictures import a_jpeg
from sandboxed import MP4, a_world

from threadsync.api import (
    API,
    Credentials,
    Gif,
    Media,
    MediaType,
    NotFoundError,
    PublishingStatus,
    Styling,
    TemporaryError,
    TextAttachment,
    TextEntity,
)
from threadsync.sandbox.model import Options

pytestmark = pytest.mark.anyio

ACCOUNT = "17841400000000001"
AN_ID = "18000000000000001"
BERLIN = "123456789012346"


LONG_TEXT = TextAttachment(
    plaintext="A long story",
    link_attachment_url="https://example.org/story",
    text_with_styling_info=(Styling(offset=2, length=4, styling_info=("bold", "italic")),),
)
SPOILER = TextEntity("SPOILER", 0, 5)


@pytest.mark.parametrize(
    ("option", "value", "field", "shown"),
    [
        ("link_attachment", "https://example.org/", "link_attachment_url", "https://example.org/"),
        ("text_attachment", LONG_TEXT, "text_attachment", LONG_TEXT),
        ("text_entities", [SPOILER], "text_entities", (SPOILER,)),
        ("topic_tag", "Python", "topic_tag", "Python"),
        ("is_ghost_post", True, "ghost_post_status", "ACTIVE"),
        ("allowlisted_country_codes", ["DE", "FR"], "allowlisted_country_codes", ("DE", "FR")),
        ("location_id", BERLIN, "location_id", BERLIN),
        ("reply_control", "followers_only", "reply_audience", "FOLLOWERS_ONLY"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_a_post_is_made_with_is_read_back(api, option, value, field, shown):
    published = await api.publish("Hello", **{option: value})
    post = await api.thread(published.id, fields=["text", field])
    assert (post.text, post[field]) == ("Hello", shown)


async def test_a_poll_is_read_back(api):
    published = await api.publish("Tea or coffee?", poll_attachment=["Tea", "Coffee", "Water"])
    poll = (await api.thread(published.id)).poll_attachment
    assert (poll.options, poll.total_votes) == (("Tea", "Coffee", "Water"), 0)


async def test_a_gif_is_read_back(api):
    published = await api.publish(gif_attachment=Gif("abc123"))
    assert "abc123" in (await api.thread(published.id)).gif_url


async def test_a_place_is_read_back(api):
    published = await api.publish("Here", location_id=BERLIN)
    post = await api.thread(published.id, fields="location{id,name,country}")
    assert (post.location.id, post.location.name, post.location.country) == (
        BERLIN,
        "Berlin",
        "Germany",
    )


async def test_a_picture_is_read_back(world, api, picture):
    published = await api.publish("My cat", [picture], is_spoiler_media=True)
    post = await api.thread(published.id)
    assert (post.media_type, post.alt_text, post.is_spoiler_media) == ("IMAGE", "A cat", True)
    assert world.get(post.media_url) == a_jpeg()


async def test_a_carousel_of_ids_is_read_back_in_order(world, api, picture):
    video = Media(MediaType.VIDEO, world.put_media("cat.mp4", MP4))
    items = [await api.create_container(media=m, is_carousel_item=True) for m in (video, picture)]
    world.settle()
    container_id = await api.create_carousel_container(items, "Two", topic_tag="Cats")
    post = await api.thread(await api.publish_container(container_id))
    shown = [(await api.thread(child.id)).media_type for child in post.children]
    assert (post.media_type, post.topic_tag, shown) == (
        "CAROUSEL_ALBUM",
        "Cats",
        ["VIDEO", "IMAGE"],
    )


async def test_a_quote_and_a_reply_name_the_other_post(api):
    root = await api.publish("Root")
    quote = await api.publish("Quote", quote_post_id=root.id)
    reply = await api.publish("Reply", reply_to_id=root.id)
    quoting = await api.thread(quote.id)
    replying = await api.thread(reply.id, fields="is_reply,replied_to,root_post")
    assert (quoting.is_quote_post, quoting.quoted_post.id) == (True, root.id)
    assert (replying.is_reply, replying.replied_to.id, replying.root_post.id) == (
        True,
        root.id,
        root.id,
    )


async def test_text_can_be_published_in_one_call(world, api):
    media_id = await api.create_container("At once", auto_publish_text=True)
    assert (await api.thread(media_id)).text == "At once"
    assert "publish" not in world.calls()


@pytest.mark.parametrize("option", ["crossreshare_to_ig", "crossreshare_to_ig_dark_mode"])
async def test_sharing_to_instagram_is_told(api, picture, option):
    published = await api.publish("Both", [picture], **{option: True})
    assert published.crossreshare_to_ig_status == "SUCCESS"


async def test_publish_waits_for_the_media(tmp_path):
    with a_world(tmp_path / "slow", options=Options(processing_delay_s=60)) as world:
        clock = FakeClock()

        async def sleep(seconds):
            await clock.sleep(seconds)
            world.advance(seconds)

        credentials = Credentials.of_token("SANDBOX")
        async with API(credentials, base_url=world.base_url, sleep=sleep) as api:
            video = Media(MediaType.VIDEO, world.put_media("cat.mp4", MP4))
            published = await api.publish("A film", [video])
            assert (await api.thread(published.id)).media_type == "VIDEO"
        assert 60 <= sum(clock.slept_s) < 90
        assert world.calls().count("publish") == 1


async def test_waiting_ends_at_its_limit(tmp_path):
    with a_world(tmp_path / "slow", options=Options(processing_delay_s=60)) as world:
        credentials = Credentials.of_token("SANDBOX")
        async with API(credentials, base_url=world.base_url, sleep=FakeClock().sleep) as api:
            video = Media(MediaType.VIDEO, world.put_media("cat.mp4", MP4))
            container_id = await api.create_container(media=video)
            with pytest.raises(TemporaryError, match="still processed after 30 s"):
                await api.wait_until_finished(container_id, 30)
            assert (await api.container_status(container_id)).status == "IN_PROGRESS"


async def test_a_finished_container_is_not_waited_for(api):
    status = await api.wait_until_finished(await api.create_container("Ready"))
    assert status.status is PublishingStatus.FINISHED


async def test_repost(api, ana):
    original = await ana.publish("Ana's")
    repost = await api.thread(await api.repost(original.id))
    assert (repost.media_type, repost.reposted_post.id) == ("REPOST_FACADE", original.id)
    assert (await api.insights(repost.id)).data == ()


async def test_delete(api):
    published = await api.publish("Gone soon")
    deleted = await api.delete(published.id)
    assert (deleted.success, deleted.deleted_id) == (True, published.id)
    with pytest.raises(NotFoundError):
        await api.thread(published.id)
    with pytest.raises(NotFoundError):
        await api.delete(published.id)


async def test_every_quota_is_told(api):
    published = await api.publish("One")
    await api.publish("Two", reply_to_id=published.id)
    await api.location_search("Berlin")
    await api.delete(published.id)
    limit = await api.publishing_limit(
        "quota_usage,config,reply_quota_usage,reply_config,delete_quota_usage,delete_config,"
        "location_search_quota_usage,location_search_config"
    )
    assert (limit.posts, limit.replies) == ((1, 250), (1, 1000))
    assert (limit.deletes, limit.location_searches) == ((1, 100), (1, 500))
    assert limit.posts.left == 249
