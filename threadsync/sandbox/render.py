"""Posts as HTML: pure functions from plain values, without a thought of where those come from.

Everything that a person wrote is escaped. The page needs no script, and the policy in `POLICY`
allows none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGES = Path(__file__).with_name("pages")
MAX_INDENT = 4
"""Deeper replies are indented no further; the style sheet has a rule for each step."""

_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_AFTER_LINK = ".,;:!?)]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaView:
    """A picture or video; `url` must be one that the page's policy allows."""

    url: str
    is_video: bool = False
    alt_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """A post as a page shows it. `depth` is 0 for a root post, 1 for a reply to it, and so on."""

    username: str
    time: str
    text: str = ""
    depth: int = 0
    media: tuple[MediaView, ...] = ()
    is_spoiler: bool = False
    poll: tuple[str, ...] = ()
    long_text: str = ""
    link: str | None = None
    topic_tag: str | None = None
    notes: tuple[str, ...] = ()
    """Short facts shown as badges, such as "ghost post"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerView:
    id: str
    status: str
    kind: str
    text: str
    time: str
    error: str | None = None


def render_page(
    title: str, conversations: Sequence[Sequence[PostView]], containers: Sequence[ContainerView]
) -> str:
    """The whole page. A conversation is a root post and then its replies in reading order."""
    template = Template((PAGES / "feed.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(title),
        posts=_joined(map(render_conversation, conversations)) or _nothing("No posts yet."),
        containers=_joined(map(render_container, containers)) or _nothing("No containers yet."),
    )


def render_conversation(posts: Sequence[PostView]) -> str:
    return f'<section class="conversation">\n{_joined(map(render_post, posts))}\n</section>'


def render_post(post: PostView) -> str:
    parts = (
        _head(post),
        f'<p class="text">{_linked(post.text)}</p>' if post.text else "",
        _long_text(post.long_text),
        _media(post),
        _poll(post.poll),
        f'<p class="link-card">{_link(post.link)}</p>' if post.link else "",
    )
    indent = min(post.depth, MAX_INDENT)
    return f'<article class="post depth-{indent}">\n{_joined(filter(None, parts))}\n</article>'


def render_container(container: ContainerView) -> str:
    error = f' <span class="error">{escape(container.error)}</span>' if container.error else ""
    status = escape(container.status)
    return (
        f'<li class="container"><span class="status {status.lower()}">{status}</span>{error} '
        f"<code>{escape(container.id)}</code> {escape(container.kind)} "
        f'<time>{escape(container.time)}</time><p class="text">{escape(container.text)}</p></li>'
    )


def _head(post: PostView) -> str:
    tag = f' <span class="tag">› {escape(post.topic_tag)}</span>' if post.topic_tag else ""
    notes = "".join(f' <span class="note">{escape(note)}</span>' for note in post.notes)
    return (
        f"<header><strong>{escape(post.username)}</strong>{tag} "
        f"<time>{escape(post.time)}</time>{notes}</header>"
    )


def _media(post: PostView) -> str:
    if not post.media:
        return ""
    kind = "carousel" if len(post.media) > 1 else "single"
    shown = f'<div class="media {kind}">\n{_joined(map(_medium, post.media))}\n</div>'
    if not post.is_spoiler:
        return shown
    return f'<details class="spoiler"><summary>Spoiler: show media</summary>\n{shown}\n</details>'


def _medium(medium: MediaView) -> str:
    alt = escape(medium.alt_text or "")
    url = escape(medium.url)
    shown = (
        f'<video src="{url}" controls preload="metadata" aria-label="{alt}"></video>'
        if medium.is_video
        else f'<img src="{url}" alt="{alt}" loading="lazy">'
    )
    words = f"<b>ALT</b> {alt}" if alt else '<b class="missing">no alt text</b>'
    return f"<figure>{shown}<figcaption>{words}</figcaption></figure>"


def _poll(options: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(option)}</li>" for option in options)
    return f'<ol class="poll">{items}</ol>' if items else ""


def _long_text(text: str) -> str:
    if not text:
        return ""
    return f'<details class="long-text"><summary>Read more</summary><p class="text">{_linked(text)}</p></details>'


def _linked(text: str) -> str:
    """Escaped text whose links can be followed."""
    pieces, end = [], 0
    for match in _LINK.finditer(text):
        url = match.group().rstrip(_AFTER_LINK)
        pieces += [escape(text[end : match.start()]), _link(url)]
        end = match.start() + len(url)
    return "".join(pieces) + escape(text[end:])


def _link(url: str) -> str:
    if not _LINK.match(url):
        return escape(url)
    return f'<a href="{escape(url)}" rel="noreferrer noopener nofollow">{escape(url)}</a>'


def _nothing(words: str) -> str:
    return f'<p class="nothing">{escape(words)}</p>'


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)
