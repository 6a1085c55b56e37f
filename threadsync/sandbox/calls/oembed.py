"""The call that turns a post's address into HTML for another page; it needs no token.

Meta's page "oEmbed", read 2026-11-22.
"""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from threadsync.sandbox.answers import views
from threadsync.sandbox.errors.graph import RATE_613, Refusal, bad_param, no_such_object
from threadsync.sandbox.world import relations, values
from threadsync.sandbox.world.lifecycle import is_public

if TYPE_CHECKING:
    from threadsync.sandbox.calls.exchange import Question, Result
    from threadsync.sandbox.model import Post

MIN_WIDTH, MAX_WIDTH = 320, 658
CALLS_PER_HOUR = 1_000
_NOBODY = ""
_ADDRESS = re.compile(
    r"https://(?:www\.)?threads\.(?:com|net)/(?:@[A-Za-z0-9._]+/post|t)/([A-Za-z0-9_-]+)/?(?:\?.*)?"
)


def embed(q: Question) -> Result:
    url = values.required(q.params, "url")
    width = _width(q)
    _check_rate(q)
    post = _post_at(q, url)
    author = q.records.account(post.account_id)
    link = views.permalink(author.username if author else "", post.shortcode)
    q.records.add_usage(_NOBODY, "oembed", q.now)
    return {
        "type": "rich",
        "version": "1.0",
        "html": _html(link, post),
        "provider_name": "Threads",
        "provider_url": "https://www.threads.com/",
        "width": width,
    }


def _width(q: Question) -> int:
    raw = q.params.get("maxwidth") or str(MAX_WIDTH)
    if not values.is_id(raw) or not MIN_WIDTH <= int(raw) <= MAX_WIDTH:
        raise Refusal(bad_param(f"Param maxwidth must be a number from {MIN_WIDTH} to {MAX_WIDTH}"))
    return int(raw)


def _check_rate(q: Question) -> None:
    if q.records.usage(_NOBODY, "oembed", q.now - timedelta(hours=1)) >= CALLS_PER_HOUR:
        raise Refusal(RATE_613)


def _post_at(q: Question, url: str) -> Post:
    """The public post at an address; posts for some countries only have no embedding."""
    match = _ADDRESS.fullmatch(url)
    found = q.records.related(relations.SHORTCODE, match.group(1)) if match else iter(())
    post = next((post for post in found if post.deleted_at is None), None)
    if post is None or not is_public(post, q.now) or post.draft.allowlisted_country_codes:
        raise Refusal(no_such_object(url))
    return post


def _html(link: str, post: Post) -> str:
    return (
        f'<blockquote class="text-post-media" data-text-post-permalink="{escape(link)}" '
        f'data-text-post-version="0" id="ig-tp-{escape(post.shortcode)}">'
        f'<a href="{escape(link)}">{escape(post.draft.text)}</a></blockquote>\n'
        '<script async src="https://www.threads.com/embed.js"></script>'
    )
