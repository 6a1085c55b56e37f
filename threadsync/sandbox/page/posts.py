"""Stored posts and conversations as the values that are drawn, with all that they refer to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from threadsync.drawing.conversation import MAX_INDENT
from threadsync.drawing.model import AnswersTo, Branch, Conversation, PostView
from threadsync.sandbox.page import contents
from threadsync.sandbox.page.ages import moment
from threadsync.sandbox.page.asked import Asked
from threadsync.sandbox.page.conversations import chains
from threadsync.sandbox.world.relations import QUOTE, REPOST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from threadsync.sandbox.model import Post
    from threadsync.sandbox.page.conversations import Chain
    from threadsync.sandbox.page.found import Talk
    from threadsync.sandbox.storage.records import Records

MOST_COUNTED = 99
"""Beyond that a count is told as "99+"."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of stored posts as they are at one moment."""

    records: Records
    now: datetime

    def conversation(self, talk: Talk, *, is_alone: bool) -> Conversation:
        """`is_alone` says that nothing else is on the page."""
        more = "Only the oldest replies are shown." if is_alone else "Show the whole conversation"
        return Conversation(
            key=f"c{talk.root.id}",
            branches=tuple(self._branch(chain) for chain in chains(talk.root, talk.replies)),
            more=more if talk.has_more else None,
            url=None if is_alone else Asked(post=int(talk.root.id)).url,
        )

    def post(self, post: Post) -> PostView:
        """A post with the one that it quotes or reposts."""
        view = self._alone(post, f"p{post.id}")
        if post.deleted_at is not None:
            return view
        quoted, reposted = post.draft.quote_post_id, post.reposted_id
        return replace(
            view,
            counts=self._counts(post),
            quoted=self._embedded(post, quoted) if quoted else None,
            reposted=self._embedded(post, reposted) if reposted else None,
        )

    def _branch(self, chain: Chain) -> Branch:
        posts = tuple(map(self.post, chain.posts))
        return Branch(posts=posts, depth=chain.depth, answers_to=self._answers_to(chain))

    def _answers_to(self, chain: Chain) -> AnswersTo | None:
        """Said where there are several that it could answer, or where it is indented no further."""
        answered = chain.answers_to
        if answered is None:
            return None
        if not answered.is_alone:
            return AnswersTo(f"part {answered.n}", f"p{answered.post.id}")
        if chain.depth <= MAX_INDENT:
            return None
        return AnswersTo(self._username(answered.post), f"p{answered.post.id}")

    def _embedded(self, around: Post, media_id: str) -> PostView:
        # A key of its own: the post may also stand elsewhere on the page.
        key = f"p{around.id}-in"
        post = self.records.post(media_id)
        if post is None:
            return PostView(key=key, author="", missing=f"The post {media_id} is not there.")
        return self._alone(post, key)

    def _alone(self, post: Post, key: str) -> PostView:
        author = self._username(post)
        if post.deleted_at is not None:
            return PostView(key=key, author=author, missing="This post was deleted.")
        draft = post.draft
        return PostView(
            key=key,
            author=author,
            author_url=Asked(account=author).url,
            time=moment(post.published_at, self.now),
            url=Asked(post=int(post.id)).url,
            text=draft.text,
            spoilers=contents.spoilers(draft),
            topic_tag=draft.topic_tag,
            media=tuple(map(contents.medium, self._media_posts(post))),
            is_spoiler_media=draft.is_spoiler_media,
            poll=contents.poll(post, self.now),
            long_text=contents.long_text(draft),
            link=draft.link_attachment,
            gif=contents.gif(draft),
            badges=tuple(contents.badges(post, self.now)),
            is_ghost=draft.is_ghost_post,
        )

    def _username(self, post: Post) -> str:
        account = self.records.account(post.account_id)
        return account.username if account else post.account_id

    def _media_posts(self, post: Post) -> list[Post]:
        """The posts that have the media of a post: its carousel's items, or itself."""
        if post.children:
            items = map(self.records.post, post.children)
            return [item for item in items if item is not None]
        return [post] if post.draft.media_url else []

    def _counts(self, post: Post) -> tuple[str, ...]:
        replies = self.records.posts("parent_id = ?", int(post.id))
        counted = (
            (_living(replies), "reply", "replies"),
            (_living(self.records.related(REPOST, post.id)), "repost", "reposts"),
            (_living(self.records.related(QUOTE, post.id)), "quote", "quotes"),
        )
        found = (_count(number, one, many) for number, one, many in counted if number)
        return (*found, *contents.numbers(post))


def _living(posts: Iterable[Post]) -> int:
    """How many are not deleted, counted no further than one beyond `MOST_COUNTED`."""
    living = (post for post in posts if post.deleted_at is None)
    return sum(1 for _ in islice(living, MOST_COUNTED + 1))


def _count(number: int, one: str, many: str) -> str:
    if number > MOST_COUNTED:
        return f"{MOST_COUNTED}+ {many}"
    return f"{number} {one if number == 1 else many}"
