"""threads-client's README: text, a picture, a film, a carousel, a reply, lists, deleting, tokens."""

import asyncio
import json
import os
from urllib import request
from urllib.parse import urlencode

from browser import allow
from threads_client import CarouselMediaItem, ThreadsClient
from threads_client.exceptions import ThreadsAPIError

address = os.environ["SANDBOX"]
media = f"{address}/_sandbox/media"


def short_token():
    """A token from the authorize window, for which this client has no call."""
    back = "https://example.org/callback"
    asked = {"client_id": "1", "redirect_uri": back, "scope": "threads_basic"}
    code = allow(address, f"/?{urlencode(asked)}").partition("code=")[2].partition("#_")[0]
    form = {"client_secret": "sandbox", "grant_type": "authorization_code", "code": code}
    form = {**form, "client_id": "1", "redirect_uri": back}
    with request.urlopen(f"{address}/oauth/access_token", urlencode(form).encode()) as answer:
        return json.load(answer)["access_token"]


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
            "unready": await refused(
                client.posts.publish_container("17900000000009999", max_retries=1)
            ),
            "exchanged": (await client.tokens.exchange(short_token(), "sandbox")).expires_in,
            "long": await refused(client.tokens.exchange("SANDBOX", "sandbox")),
            "young": await refused(client.tokens.refresh("SANDBOX")),
        }


print(json.dumps(asyncio.run(main())))
