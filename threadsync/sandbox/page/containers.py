"""Containers as rows of the page: status, age, what is in them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from threadsync.drawing.markup import Content, Markup, element, joined
from threadsync.sandbox.model import CONTAINER_LIFETIME
from threadsync.sandbox.page.ages import left, moment
from threadsync.sandbox.page.asked import Asked
from threadsync.sandbox.world.lifecycle import status_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from threadsync.sandbox.model import Container, Draft

MAX_TEXT = 160
"""Of a container's text, in characters."""
_KINDS = {
    "PUBLISHED": "good",
    "FINISHED": "good",
    "IN_PROGRESS": "wait",
    "EXPIRED": "bad",
    "ERROR": "bad",
}


def draw_containers(
    containers: Sequence[Container], usernames: Mapping[str, str], now: datetime
) -> Markup:
    """`usernames` by the ids of accounts."""
    rows = joined(_row(one, usernames.get(one.account_id, ""), now) for one in containers)
    return element("ol", rows, class_="rows")


def _row(container: Container, username: str, now: datetime) -> Markup:
    status = status_of(container, now)
    created = moment(container.created_at, now)
    head = element(
        "p",
        element("span", status, class_=f"status {_KINDS[status]}"),
        element("strong", _kind(container)),
        element("span", element("bdi", username), class_="small"),
        element("time", created.text, datetime=created.iso, title=created.exact),
        class_="head",
    )
    words = _words(container)
    facts = element("p", joined(_facts(container, status, now)), class_="small facts")
    text = element("p", words, class_="excerpt", dir="auto") if words else None
    return element("li", head, text, facts, id=f"k{container.id}")


def _facts(container: Container, status: str, now: datetime) -> Iterator[Content]:
    yield element("code", container.id)
    if status == "ERROR":
        yield element("span", container.error, class_="bad")
    if status == "IN_PROGRESS" and container.is_fetching:
        yield element("span", "its video is being fetched")
    elif status == "IN_PROGRESS":
        yield element("span", f"ready in {left(container.ready_at, now, '').removesuffix(' left')}")
    if status in {"IN_PROGRESS", "FINISHED"}:
        time_left = left(container.created_at + CONTAINER_LIFETIME, now, "")
        yield element("span", f"{time_left} to publish it")
    yield from (element("span", extra) for extra in _extras(container.draft))
    if container.media_id is not None:
        post = Asked(post=int(container.media_id)).url
        yield element("a", f"post {container.media_id}", href=post)


def _extras(draft: Draft) -> Iterator[str]:
    """What it carries besides its words."""
    if draft.children:
        yield f"{len(draft.children)} children"
    carried = {
        "poll": draft.poll_attachment,
        "long text": draft.text_attachment,
        "GIF": draft.gif_attachment,
        "quote": draft.quote_post_id,
        "ghost post": draft.is_ghost_post,
    }
    yield from (name for name, value in carried.items() if value)


def _kind(container: Container) -> str:
    draft = container.draft
    kind = "REPLY, " if draft.reply_to_id else ""
    return kind + draft.media_type + (", carousel item" if draft.is_carousel_item else "")


def _words(container: Container) -> str:
    draft = container.draft
    words = draft.text or _without_query(draft.media_url or draft.link_attachment or "")
    return words if len(words) <= MAX_TEXT else words[:MAX_TEXT] + " …"


def _without_query(url: str) -> str:
    # A signed address is a secret for as long as it holds.
    try:
        return urlsplit(url)._replace(query="", fragment="").geturl()
    except ValueError:
        return ""
