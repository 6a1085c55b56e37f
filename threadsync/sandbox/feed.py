"""The web page of the sandbox: what is stored, turned into the values that `render` draws."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, HTMLResponse, Response

from threadsync.sandbox import render
from threadsync.sandbox.media import VIDEO_TYPES
from threadsync.sandbox.views import media_url
from threadsync.sandbox.world import status_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime

    from starlette.requests import Request

    from threadsync.sandbox.model import Container, Draft, Post
    from threadsync.sandbox.records import Records
    from threadsync.sandbox.store import Store

MAX_CONVERSATIONS = 100
MAX_CONTAINERS = 50
_HEADERS = {
    "content-security-policy": render.POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def page(store: Store) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of `/`."""

    async def feed(_request: Request) -> Response:
        with store.read() as records:
            return HTMLResponse(render_feed(records), headers=_HEADERS)

    return feed


async def style(_request: Request) -> Response:
    return FileResponse(render.PAGES / "feed.css", media_type="text/css", headers=_HEADERS)


async def no_icon(_request: Request) -> Response:
    return Response(status_code=204)


def render_feed(records: Records) -> str:
    now = records.now()
    conversations = [
        [post_view(records, post, depth) for post, depth in conversation(records, root)]
        for root in islice(_roots(records), MAX_CONVERSATIONS)
    ]
    containers = [container_view(one, now) for one in records.containers(MAX_CONTAINERS)]
    return render.render_page("Threads sandbox", conversations, containers)


def conversation(records: Records, root: Post) -> Iterator[tuple[Post, int]]:
    """A root post and its replies in reading order, each with its depth; deleted ones left out."""
    waiting = [(root, 0)]
    while waiting:
        post, depth = waiting.pop()
        if post.deleted_at is None:
            yield post, depth
        replies = records.posts("parent_id = ? ORDER BY id DESC", int(post.id))
        waiting += [(reply, depth + 1) for reply in replies]


def post_view(records: Records, post: Post, depth: int) -> render.PostView:
    draft = post.draft
    author = records.account(post.account_id)
    shown = [records.post(child) for child in post.children] or [post]
    return render.PostView(
        username=author.username if author else "",
        time=f"{post.published_at:%Y-%m-%d %H:%M} UTC",
        text=draft.text,
        depth=depth,
        media=tuple(view for item in shown if item and (view := _media_view(item))),
        is_spoiler=draft.is_spoiler_media,
        poll=tuple((draft.poll_attachment or {}).values()),
        long_text=(draft.text_attachment or {}).get("plaintext", ""),
        link=draft.link_attachment,
        topic_tag=draft.topic_tag,
        notes=tuple(_notes(draft)),
    )


def container_view(container: Container, now: datetime) -> render.ContainerView:
    status = status_of(container, now)
    return render.ContainerView(
        id=container.id,
        status=status,
        kind=container.draft.media_type + (" item" if container.draft.is_carousel_item else ""),
        text=container.draft.text or container.draft.media_url or "",
        time=f"{container.created_at:%Y-%m-%d %H:%M} UTC",
        error=container.error if status == "ERROR" else None,
    )


def _roots(records: Records) -> Iterator[Post]:
    found = records.posts("root_id IS NULL AND carousel_id IS NULL ORDER BY id DESC")
    return (post for post in found if post.deleted_at is None)


def _media_view(post: Post) -> render.MediaView | None:
    if post.media is None:
        return None
    return render.MediaView(
        url=media_url("", post.media),
        is_video=post.media.content_type in VIDEO_TYPES,
        alt_text=post.draft.alt_text,
    )


def _notes(draft: Draft) -> Iterator[str]:
    """Facts of a post that its content does not show."""
    if draft.quote_post_id:
        yield f"quotes {draft.quote_post_id}"
    if draft.gif_attachment:
        yield f"GIF {draft.gif_attachment['gif_id']}"
    if draft.text_entities:
        yield f"{len(draft.text_entities)} spoilers in the text"
    if draft.is_ghost_post:
        yield "ghost post"
    if draft.reply_control and draft.reply_control != "everyone":
        yield f"replies: {draft.reply_control.replace('_', ' ')}"
