"""Programs for PyThreads that call the API, with only the import line changed, on the sandbox.

They are those of PyThreads' README (github.com/marclove/pythreads, 0.2.1, read 2026-11-22) and the
`publish` of 0.1.0. The README says that a published post has the id of its container; it has not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pictures import a_jpeg, a_png
from sandboxed import MP4, NO_VIDEO, a_world

from threadsync.api import (
    API,
    Attachment,
    ContainerStatus,
    Credentials,
    Media,
    MediaType,
    PublishingError,
    PublishingStatus,
    ReplyControl,
    ThreadsAccessTokenExpired,
    ThreadsInvalidParameter,
    ThreadsResponseError,
)
from threadsync.sandbox.model import Options

pytestmark = pytest.mark.anyio

ACCOUNT = "17841400000000001"
PROCESSING = Options(processing_delay_s=10)


@pytest.fixture
def world(tmp_path, monkeypatch, request):
    options = getattr(request, "param", Options())
    with a_world(tmp_path / "world", options=options) as world:
        monkeypatch.setenv("THREADS_API_BASE_URL", world.base_url)
        yield world


@pytest.fixture
def credentials():
    return Credentials(
        user_id=ACCOUNT,
        scopes=["threads_basic", "threads_content_publish"],
        short_lived=False,
        access_token="SANDBOX",
        expiration=datetime.now(UTC) + timedelta(days=60),
    )


@pytest.fixture
async def api(world, credentials):
    async with API(credentials=credentials) as api:
        yield api


@pytest.fixture
def asyncio(world):
    """What the programs sleep with: the sandbox's time goes on, and nobody waits."""

    class Asyncio:
        async def sleep(self, seconds):
            world.advance(seconds)

    return Asyncio()


@pytest.fixture
def python_png(world):
    return world.put_media("python.png", a_png())


@pytest.fixture
def video_mp4(world):
    return world.put_media("video.mp4", MP4)


async def test_text_only_post(world, credentials):
    async with API(credentials) as api:
        container_id = await api.create_container("A text-only post")
        result_id = await api.publish_container(container_id)

        assert (await api.thread(result_id))["text"] == "A text-only post"


@pytest.mark.parametrize("world", [PROCESSING], indirect=True, ids=["slow"])
async def test_post_with_a_single_media_file(credentials, asyncio, video_mp4):
    async with API(credentials) as api:
        a_video = Media(type=MediaType.VIDEO, url=video_mp4)
        container_id = await api.create_container(media=a_video)
        assert (await api.container_status(container_id)).status is PublishingStatus.IN_PROGRESS

        await asyncio.sleep(15)

        status = await api.container_status(container_id)
        assert status == ContainerStatus(
            id=container_id, status=PublishingStatus.FINISHED, error=None
        )
        result_id = await api.publish_container(container_id)

        assert (await api.container(result_id))["media_type"] == "VIDEO"
        status = await api.container_status(container_id)
        assert status.status == PublishingStatus.PUBLISHED


@pytest.mark.parametrize("world", [PROCESSING], indirect=True, ids=["slow"])
async def test_carousel_post(credentials, asyncio, python_png, video_mp4):
    async with API(credentials) as api:
        an_image = Media(type=MediaType.IMAGE, url=python_png)
        image_id = await api.create_container(media=an_image, is_carousel_item=True)
        a_video = Media(type=MediaType.VIDEO, url=video_mp4)
        video_id = await api.create_container(media=a_video, is_carousel_item=True)

        await asyncio.sleep(15)

        status_1 = await api.container_status(image_id)
        status_2 = await api.container_status(video_id)
        carousel_id = await api.create_carousel_container(
            containers=[status_1, status_2], text="Here's a carousel"
        )

        await asyncio.sleep(15)

        carousel_status = await api.container_status(carousel_id)
        assert carousel_status.status is PublishingStatus.FINISHED
        result_id = await api.publish_container(carousel_id)

        thread = await api.thread(result_id)
        assert (thread["media_type"], thread["text"]) == ("CAROUSEL_ALBUM", "Here's a carousel")
        assert len(thread["children"]) == 2


@pytest.mark.parametrize("world", [PROCESSING], indirect=True, ids=["slow"])
async def test_a_carousel_of_what_is_not_finished_is_refused(world, api, python_png):
    an_image = Media(type=MediaType.IMAGE, url=python_png)
    ids = [await api.create_container(media=an_image, is_carousel_item=True) for _ in range(2)]
    statuses = [await api.container_status(container_id) for container_id in ids]
    before = world.calls()
    with pytest.raises(ThreadsInvalidParameter):
        await api.create_carousel_container(containers=statuses)
    with pytest.raises(ThreadsInvalidParameter):
        await api.create_carousel_container(containers=statuses[:1])
    assert world.calls() == before


async def test_a_video_that_fails_tells_why(world, api):
    a_video = Media(type=MediaType.VIDEO, url=world.put_media("broken.mp4", NO_VIDEO))
    container_id = await api.create_container(media=a_video)
    world.settle()
    status = await api.container_status(container_id)
    assert status.status is PublishingStatus.ERROR
    assert isinstance(status.error, PublishingError)


async def test_a_reply_and_who_may_answer_it(api):
    root_id = await api.publish_container(await api.create_container("Question"))
    container_id = await api.create_container(
        "Answer", reply_control=ReplyControl.MENTIONED_ONLY, reply_to_id=root_id
    )
    reply_id = await api.publish_container(container_id)

    assert (await api.replies(root_id))["data"][0]["id"] == reply_id
    assert (await api.conversation(root_id))["data"][0]["text"] == "Answer"
    shown = await api.thread(reply_id)
    assert shown.get("text") == "Answer"
    assert shown.get("no_such_field", "nothing") == "nothing"


async def test_a_session_of_ones_own_stays_open(world, credentials):
    session = httpx.AsyncClient(verify=False, trust_env=False)
    api = API(credentials=credentials, session=session)
    assert (await api.threads())["data"] == ()
    async with API(credentials=credentials, session=session) as api:
        assert (await api.account())["username"] == "sandbox"
    assert not session.is_closed
    await session.aclose()


async def test_without_a_session_nothing_can_be_sent(credentials):
    with pytest.raises(RuntimeError):
        await API(credentials=credentials).threads()


async def test_threads_with_a_range_and_pages(api):
    for n in range(3):
        await api.publish_container(await api.create_container(f"Post {n}"))
    today = datetime.now(UTC).date()
    a_day = timedelta(days=1)

    first = await api.threads(since=today - a_day, limit=2)
    after = first["paging"]["cursors"]["after"]
    second = await api.threads(limit=2, after=after)
    back = await api.threads(limit=2, before=second["paging"]["cursors"]["before"])

    assert [thread["text"] for thread in first["data"]] == ["Post 2", "Post 1"]
    assert [thread["text"] for thread in second["data"]] == ["Post 0"]
    assert [thread["text"] for thread in back["data"]] == ["Post 2", "Post 1"]
    long_ago = (today - 9 * a_day).isoformat()
    assert (await api.threads(since=long_ago, until=today - a_day))["data"] == ()


async def test_a_conversation_has_pages(api):
    root_id = await api.publish_container(await api.create_container("Root"))
    for n in range(26):
        await api.publish_container(await api.create_container(f"{n}", reply_to_id=root_id))
    first = await api.conversation(root_id)
    second = await api.conversation(root_id, after=first["paging"]["cursors"]["after"])
    assert (len(first["data"]), len(second["data"])) == (25, 1)


async def test_a_reply_is_hidden_and_shown(api):
    root_id = await api.publish_container(await api.create_container("Root"))
    reply_id = await api.publish_container(await api.create_container("Spam", reply_to_id=root_id))

    assert (await api.manage_reply(reply_id, hide=True))["success"]
    assert (await api.replies(root_id))["data"][0]["hide_status"] == "HIDDEN"
    assert (await api.manage_reply(reply_id, False))["success"]
    assert (await api.replies(root_id))["data"][0]["hide_status"] == "UNHUSHED"


async def test_the_account_and_what_it_may_publish(api):
    await api.publish_container(await api.create_container("Hello"))
    account = await api.account()
    assert account["username"] == "sandbox"
    assert account["threads_biography"]
    assert account["threads_profile_picture_url"].startswith("http")
    assert (await api.account(ACCOUNT))["id"] == ACCOUNT
    limit = await api.publishing_limit()
    assert (limit["quota_usage"], limit["config"]["quota_total"]) == (1, 250)
    assert limit["reply_config"]["quota_total"] == 1000


async def test_insights_of_a_post(world, api):
    media_id = await api.publish_container(await api.create_container("Hello"))
    world.set_numbers(id=media_id, views=120, likes=7)
    insights = await api.insights(media_id)
    counted = {metric["name"]: metric["values"][0]["value"] for metric in insights["data"]}
    nothing = dict.fromkeys(("replies", "reposts", "quotes", "shares"), 0)
    assert counted == {"views": 120, "likes": 7, **nothing}


async def test_insights_of_the_account(world, api):
    media_id = await api.publish_container(await api.create_container("Hello"))
    world.set_numbers(id=media_id, views=120, likes=7)
    world.set_numbers(followers_count=250, demographics={"country": {"DE": 200, "FR": 50}})
    now = datetime.now(UTC)

    totals = await api.user_insights(
        ["likes", "followers_count"], since=now - timedelta(days=2), until=now
    )
    assert [metric["total_value"]["value"] for metric in totals["data"]] == [7, 250]
    views = (await api.user_insights("views"))["data"][0]
    assert sum(day["value"] for day in views["values"]) == 120
    people = await api.user_insights("follower_demographics", breakdown="country")
    results = people["data"][0]["total_value"]["breakdowns"][0]["results"]
    assert [(result["dimension_values"], result["value"]) for result in results] == [
        (("DE",), 200),
        (("FR",), 50),
    ]


async def test_wrong_metrics_are_refused_before_any_request(world, api):
    for arguments in (["likes", "shouts"],), ("follower_demographics",):
        with pytest.raises(ThreadsInvalidParameter):
            await api.user_insights(*arguments)
    assert world.calls() == []


async def test_a_refusal_keeps_what_meta_answered(api):
    with pytest.raises(ThreadsResponseError) as caught:
        await api.publish_container("17900000000009999")
    assert caught.value.response["error"]["code"] == 24


async def test_a_post_of_nothing_is_refused(world, api):
    with pytest.raises(ValueError, match="needs a text"):
        await api.publish()
    assert world.calls() == []


async def test_publish_text(api):
    result = await api.publish("Hello", reply_control=ReplyControl.ACCOUNTS_YOU_FOLLOW)
    assert (await api.thread(result["id"]))["text"] == "Hello"


@pytest.mark.parametrize(
    ("kind", "name", "content", "shown"),
    [
        (MediaType.IMAGE, "cat.jpg", a_jpeg(), "IMAGE"),
        (MediaType.VIDEO, "cat.mp4", MP4, "VIDEO"),
    ],
    ids=["picture", "video"],
)
async def test_publish_one_attachment(world, api, kind, name, content, shown):
    attachment = Attachment(type=kind, url=world.put_media(name, content))
    result = await api.publish(text="My cat", attachments=[attachment])
    thread = await api.thread(result["id"])
    assert (thread["media_type"], thread["text"]) == (shown, "My cat")
    assert world.get(thread["media_url"]) == content


async def test_publish_a_carousel_as_a_reply(world, api, python_png, video_mp4):
    root = await api.publish("Root")
    attachments = [
        Attachment(type=MediaType.IMAGE, url=python_png),
        Attachment(type=MediaType.VIDEO, url=video_mp4),
    ]
    result = await api.publish("Both", attachments, reply_to_id=root["id"])
    thread = (await api.replies(root["id"]))["data"][0]
    assert thread["id"] == result["id"]
    assert [(await api.thread(c["id"]))["media_type"] for c in thread["children"]] == [
        "IMAGE",
        "VIDEO",
    ]


async def test_publish_with_expired_credentials_sends_nothing(world, credentials):
    credentials.expiration = datetime(2024, 6, 23, tzinfo=UTC)
    async with API(credentials=credentials) as api:
        with pytest.raises(ThreadsAccessTokenExpired):
            await api.publish("Hello")
    assert world.calls() == []
