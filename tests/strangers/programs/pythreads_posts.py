"""PyThreads' README, "Posting": text, a picture, a carousel, a reply; lists, insights, hiding."""

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta

from pythreads import threads
from pythreads.api import API, Media, MediaType, PublishingStatus, ReplyControl
from pythreads.credentials import Credentials

address = os.environ["SANDBOX"]
threads.GRAPH_API_BASE_URL = f"{address}/{os.environ.get('VERSION', '')}"
credentials = Credentials(
    user_id="17841400000000001",
    scopes=["threads_basic"],
    short_lived=False,
    access_token="SANDBOX",
    expiration=datetime.now(UTC) + timedelta(days=30),
)


async def finished(api, container_id):
    while True:
        status = await api.container_status(container_id)
        if status.status != PublishingStatus.IN_PROGRESS:
            return status


async def main():
    async with API(credentials) as api:
        text = await api.publish_container(
            await api.create_container("A text", reply_control=ReplyControl.MENTIONED_ONLY)
        )
        cat = Media(MediaType.IMAGE, f"{address}/_sandbox/media/cat.jpg")
        film = Media(MediaType.VIDEO, f"{address}/_sandbox/media/film.mp4")
        picture = await api.publish_container(await api.create_container("A cat", media=cat))
        items = [
            await finished(api, await api.create_container(media=one, is_carousel_item=True))
            for one in (cat, film)
        ]
        carousel_id = await api.create_carousel_container(items, "Both")
        carousel = await api.publish_container((await finished(api, carousel_id)).id)
        reply = await api.publish_container(await api.create_container("A reply", reply_to_id=text))
        listed = await api.threads(limit=2)
        rest = await api.threads(after=listed["paging"]["cursors"]["after"])
        return {
            "account": (await api.account())["username"],
            "shown": [(await api.thread(one))["media_type"] for one in (text, picture, carousel)],
            "children": len((await api.thread(carousel))["children"]["data"]),
            "listed": [post["text"] for post in (*listed["data"], *rest["data"])],
            "replies": [post["id"] == reply for post in (await api.replies(text))["data"]],
            "conversation": len((await api.conversation(text))["data"]),
            "hidden": await api.manage_reply(reply, hide=True),
            "insights": [one["name"] for one in (await api.insights(text))["data"]],
            "user_insights": [
                one["name"] for one in (await api.user_insights(["views", "likes"]))["data"]
            ],
            "used": (await api.publishing_limit())["data"][0]["quota_usage"],
        }


print(json.dumps(asyncio.run(main())))
