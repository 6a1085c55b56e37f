"""Recognise a post on Threads as one of ours by what it shows. Pure.

Used in two places: to find the id of a post whose answer was lost, and to adopt posts that are out
when the state does not know them. A post is matched by its fingerprint and its parent, never by
being the newest; one that the state knows already is never matched.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from threadsync.api.types import PublishedPost
    from threadsync.request import PartRequest

FIELDS = "id,media_type,text,timestamp,permalink,children,replied_to"
"""What has to be asked of a published post so that it can be recognised."""

# Meta uses other words for the type of a published post than for that of a container
# (reference "Threads media", read 2026-11-22).
_READ_TYPES = {"TEXT": "TEXT_POST", "CAROUSEL": "CAROUSEL_ALBUM"}


def fingerprint(request: PartRequest) -> str:
    """What the post of `request` will look like on Threads, as `sha256:…`."""
    media_type = _READ_TYPES.get(request.media_type, request.media_type)
    return _fingerprint(media_type, request.params.get("text", ""), len(request.children))


def post_fingerprint(post: PublishedPost) -> str:
    """The same for a post that is out."""
    return _fingerprint(post.media_type or "", post.text or "", len(post.children or ()))


def has_text(request: PartRequest) -> bool:
    """Whether there are words to tell the post from others by."""
    return bool(normalised(request.params.get("text", "")))


def normalised(text: str) -> str:
    """`text` without what a server may change: Unicode form, line ends, blanks at line ends."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _fingerprint(media_type: str, text: str, children: int) -> str:
    content = f"{media_type}\n{children}\n{normalised(text)}"
    return "sha256:" + hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Observed:
    """The posts seen on the account that no entry has recorded, by fingerprint and parent."""

    posts: dict[tuple[str, str | None], tuple[PublishedPost, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, posts: Iterable[PublishedPost], known_ids: frozenset[str]) -> Observed:
        """Sort `posts` by what they show, without those whose id is in `known_ids`."""
        found: dict[tuple[str, str | None], list[PublishedPost]] = {}
        for post in posts:
            if post.id not in known_ids:
                parent = post.replied_to.id if post.replied_to else None
                found.setdefault((post_fingerprint(post), parent), []).append(post)
        return cls({key: tuple(same) for key, same in found.items()})

    def like(
        self, looks: str, parent: str | None, since: datetime | None = None
    ) -> Sequence[PublishedPost]:
        """The posts that look like `looks` under `parent`, published at `since` or later."""
        same = self.posts.get((looks, parent), ())
        if since is None:
            return same
        return [post for post in same if post.timestamp is not None and post.timestamp >= since]

    def without(self, ids: frozenset[str]) -> Observed:
        """What is left when the posts `ids` have found their entry."""
        kept = {
            key: tuple(post for post in same if post.id not in ids)
            for key, same in self.posts.items()
        }
        return Observed({key: same for key, same in kept.items() if same})
