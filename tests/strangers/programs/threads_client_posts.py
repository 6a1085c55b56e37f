"""threads-client's README: text, a picture, a film, a carousel, a reply, lists, deleting, tokens."""

import asyncio
import json
import os

from threads_client import CarouselMediaItem, ThreadsClient
from threads_client.exceptions import ThreadsAPIError

address = os.environ["SANDBOX"]
media = f"{address}/_sandbox/media"


async def refused(call):
    try:
        await call
    except ThreadsAPIError as error:
        return [type(error).__name__, error.code, error.subcode]
    return None


async def main():
    async with ThreadsClient(access_token="SANDBOX", base_url=f"{address}/v1.0") as client:
        text = await client.post("A text", topic_tag="#Cats.")
        picture = await client.post("A cat", image_url=f"{media}/cat.jpg")
        film_id = await client.posts.create_container("A film", video_url=f"{media}/film.mp4")
        await client.posts.poll_container_status(film_id, max_attempts=1000, delay=0)
        film = await client.posts.publish_container(film_id)
        items = [
            CarouselMediaItem(media_type="IMAGE", url=f"{media}/{name}")
            for name in ("cat.jpg", "dog.png")
        ]
        await client.post_carousel("Both", items=items)
        await client.post("A reply", reply_to_id=text)
        return {
            "listed": [post.text async for post in client.posts.iter_posts(limit=2)],
            "deleted": [await client.delete_post(one) for one in (picture, film)],
            "left": [post.text for post in (await client.posts.list()).data],
            "gone": await refused(client.delete_post(picture)),
            "unready": await refused(client.posts.publish_container("17900000000009999", max_retries=1)),
            "exchange": await refused(client.tokens.exchange("SANDBOX", "sandbox")),
        }


print(json.dumps(asyncio.run(main())))
