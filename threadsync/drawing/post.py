"""One post as markup. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from threadsync.drawing.attachments import (
    draw_gif,
    draw_link,
    draw_long_text,
    draw_media,
    draw_poll,
)
from threadsync.drawing.markup import NOTHING, Markup, element, joined
from threadsync.drawing.words import draw_words

if TYPE_CHECKING:
    from threadsync.drawing.model import Badge, Meter, PostView

TINTS = 6
"""How many colours the style sheet has for the round with an author's first letter."""


def draw_post(post: PostView, *, has_next: bool = False) -> Markup:
    """An article; `has_next` draws the line that leads to the next post of a chain."""
    side = element("div", _portrait(post.author), class_="side", aria_hidden="true")
    inside = element("div", _inside(post), class_="inside")
    kinds = ("post", "ghost" * post.is_ghost, "has-next" * has_next, "gone" * bool(post.missing))
    return element(
        "article",
        side,
        inside,
        id=post.key,
        class_=" ".join(filter(None, kinds)),
        aria_label=f"{post.author}, {post.time.text}" if post.time else post.author,
    )


def _inside(post: PostView) -> Markup:
    if post.missing:
        return element("p", post.missing, class_="missing")
    if post.reposted:
        return joined((_head(post), _embedded(post.reposted)))
    return joined((_head(post), _content(post), _foot(post)))


def _content(post: PostView) -> Markup:
    words = draw_words(post.text, spoilers=post.spoilers, topic_tag=post.topic_tag)
    return joined(
        (
            element("div", words, class_="text", dir="auto") if post.text else None,
            draw_long_text(post.long_text),
            draw_media(post.key, post.media, is_spoiler=post.is_spoiler_media),
            draw_gif(post.gif),
            draw_poll(post.poll),
            draw_link(post.link),
            _embedded(post.quoted) if post.quoted else None,
        )
    )


def _embedded(post: PostView) -> Markup:
    """A quoted or reposted post, inside of another; what that one quotes itself is left out."""
    if post.missing:
        return element("div", element("p", post.missing, class_="missing"), class_="embedded")
    content = _content(_alone(post))
    return element("article", _head(post), content, class_="embedded", aria_label="Quoted post")


def _alone(post: PostView) -> PostView:
    return replace(post, quoted=None, reposted=None)


def _head(post: PostView) -> Markup:
    name = element("bdi", post.author)
    author = element("a", name, href=post.author_url) if post.author_url else name
    tag = (
        element("span", element("bdi", post.topic_tag), class_="topic") if post.topic_tag else None
    )
    reposted = element("span", "reposted", class_="small") if post.reposted else None
    return element(
        "header",
        element("span", author, class_="author"),
        tag,
        reposted,
        _time(post),
        joined(map(_badge, post.badges)),
    )


def _time(post: PostView) -> Markup:
    if post.time is None:
        return NOTHING
    told = element("time", post.time.text, datetime=post.time.iso, title=post.time.exact)
    return element("a", told, href=post.url, class_="when") if post.url else told


def _badge(badge: Badge) -> Markup:
    return element("span", badge.text, class_=f"badge {badge.kind}")


def _foot(post: PostView) -> Markup:
    if not (post.counts or post.meters):
        return NOTHING
    counts = " · ".join(post.counts)
    return element("footer", joined(map(_meter, post.meters)), counts, class_="small")


def _meter(meter: Meter) -> Markup:
    used = min(meter.value, meter.limit)
    bar = element("progress", max=meter.limit, value=used, aria_hidden="true")
    return element("p", bar, element("span", meter.text), class_=f"meter {meter.verdict}")


def _portrait(author: str) -> Markup:
    tint = sum(map(ord, author)) % TINTS
    return element("span", author[:1].upper() or "?", class_=f"portrait tint-{tint}")
