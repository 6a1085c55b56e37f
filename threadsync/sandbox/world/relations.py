"""How a post refers to other things, so that it can be found from there: a pure list of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.sandbox.world import text

if TYPE_CHECKING:
    from threadsync.sandbox.model import Post

QUOTE = "quote"
REPOST = "repost"
MENTION = "mention"
SHORTCODE = "shortcode"


def relations_of(post: Post) -> list[tuple[str, str]]:
    """Kind and target: the id of a post, a username in lower case, or the post's own shortcode.

    Empty for one picture of a carousel.
    """
    if post.carousel_id is not None:
        return []
    found = [(SHORTCODE, post.shortcode)]
    if post.draft.quote_post_id:
        found.append((QUOTE, post.draft.quote_post_id))
    if post.reposted_id:
        found.append((REPOST, post.reposted_id))
    return found + [(MENTION, name) for name in text.mentions(post.draft.text)]
