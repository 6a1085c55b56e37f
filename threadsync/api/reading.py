"""Reading one's own account and posts."""

from __future__ import annotations

from threadsync.api import fields as f
from threadsync.api.pages import Listing, page_of
from threadsync.api.sender import ME, Sender, When, path
from threadsync.api.types import Account, PublishedPost
from threadsync.api.wire import Call, answer_of, params_of


class Reading(Sender):
    """The calls that show what is there."""

    async def account(self, user_id: str = ME, fields: f.Fields = f.ACCOUNT) -> Account:
        """The owner of the token."""
        params = params_of(fields=f.joined(fields))
        return await self.send(
            Call("read account", "GET", path(user_id), answer_of(Account), params)
        )

    async def thread(self, thread_id: str, fields: f.Fields = f.POST) -> PublishedPost:
        """One published post. NotFoundError when it is deleted, or not for this token."""
        params = params_of(fields=f.joined(fields))
        return await self.send(
            Call("read post", "GET", path(thread_id), answer_of(PublishedPost), params)
        )

    async def container(self, container_id: str, fields: f.Fields = f.POST) -> PublishedPost:
        """The same as `thread`, by the name that PyThreads has for it."""
        return await self.thread(container_id, fields)

    def threads(
        self,
        since: When | None = None,
        until: When | None = None,
        limit: int | None = None,
        before: str | None = None,
        after: str | None = None,
        *,
        fields: f.Fields = f.POST,
        user_id: str = ME,
    ) -> Listing[PublishedPost]:
        """Own root posts and reposts, newest first; `limit` is the size of a page, 25 up to 100."""
        params = params_of(
            fields=f.joined(fields),
            since=since,
            until=until,
            limit=limit,
            before=before,
            after=after,
        )
        call = Call("list threads", "GET", path(user_id, "threads"), page_of(PublishedPost), params)
        return self._listing(call)

    def user_replies(
        self,
        since: When | None = None,
        until: When | None = None,
        limit: int | None = None,
        before: str | None = None,
        after: str | None = None,
        *,
        fields: f.Fields = f.REPLY,
    ) -> Listing[PublishedPost]:
        """Own replies, newest first."""
        params = params_of(
            fields=f.joined(fields),
            since=since,
            until=until,
            limit=limit,
            before=before,
            after=after,
        )
        reads = page_of(PublishedPost)
        scopes = ("threads_read_replies",)
        return self._listing(
            Call("list own replies", "GET", path(ME, "replies"), reads, params, scopes=scopes)
        )

    def ghost_posts(
        self,
        limit: int | None = None,
        before: str | None = None,
        after: str | None = None,
        *,
        fields: f.Fields = f.GHOST_POST,
    ) -> Listing[PublishedPost]:
        """Own posts that go away after 24 hours, newest first; archived ones too."""
        params = params_of(fields=f.joined(fields), limit=limit, before=before, after=after)
        reads = page_of(PublishedPost)
        return self._listing(
            Call("list ghost posts", "GET", path(ME, "ghost_posts"), reads, params)
        )

    def mentions(
        self,
        since: When | None = None,
        until: When | None = None,
        limit: int | None = None,
        before: str | None = None,
        after: str | None = None,
        *,
        fields: f.Fields = f.FOUND_POST,
    ) -> Listing[PublishedPost]:
        """Posts of others that name the account, newest first."""
        params = params_of(
            fields=f.joined(fields),
            since=since,
            until=until,
            limit=limit,
            before=before,
            after=after,
        )
        reads = page_of(PublishedPost)
        scopes = ("threads_manage_mentions",)
        return self._listing(
            Call("list mentions", "GET", path(ME, "mentions"), reads, params, scopes=scopes)
        )
