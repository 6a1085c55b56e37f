"""Replies to a post: reading, hiding, approving."""

from __future__ import annotations

from threadsync.api import fields as f
from threadsync.api.pages import Listing, page_of
from threadsync.api.sender import Sender, path
from threadsync.api.types import PublishedPost, Success
from threadsync.api.wire import Call, answer_of, params_of

_READS = ("threads_read_replies",)
_MANAGES = ("threads_manage_replies",)


class Replies(Sender):
    """The calls about the replies to a post."""

    def replies(
        self,
        thread_id: str,
        before: str | None = None,
        after: str | None = None,
        *,
        limit: int | None = None,
        reverse: bool | None = None,
        fields: f.Fields = f.REPLY,
    ) -> Listing[PublishedPost]:
        """The direct replies to a post, newest first unless `reverse` is False."""
        return self._edge(
            thread_id, "replies", fields, before=before, after=after, limit=limit, reverse=reverse
        )

    def conversation(
        self,
        thread_id: str,
        before: str | None = None,
        after: str | None = None,
        *,
        limit: int | None = None,
        reverse: bool | None = None,
        fields: f.Fields = f.REPLY,
    ) -> Listing[PublishedPost]:
        """All replies below a root post, flat, newest first unless `reverse` is False."""
        return self._edge(
            thread_id,
            "conversation",
            fields,
            before=before,
            after=after,
            limit=limit,
            reverse=reverse,
        )

    def pending_replies(
        self,
        thread_id: str,
        approval_status: str | None = None,
        *,
        before: str | None = None,
        after: str | None = None,
        reverse: bool | None = None,
        fields: f.Fields = f.PENDING_REPLY,
    ) -> Listing[PublishedPost]:
        """Replies that wait for approval; `approval_status` is `pending` or `ignored`."""
        return self._edge(
            thread_id,
            "pending_replies",
            fields,
            approval_status=approval_status,
            before=before,
            after=after,
            reverse=reverse,
        )

    async def manage_reply(self, reply_id: str, hide: bool) -> Success:
        """Hide a top-level reply and all below it, or show them again."""
        return await self._manage("manage_reply", reply_id, hide=hide)

    async def manage_pending_reply(self, reply_id: str, *, approve: bool) -> Success:
        """Let a waiting reply be seen, or ignore it; an ignored one can be approved later."""
        return await self._manage("manage_pending_reply", reply_id, approve=approve)

    async def _manage(self, edge: str, reply_id: str, **decision: bool) -> Success:
        # Deciding the same twice changes nothing, and so it may be repeated.
        name, params = edge.replace("_", " "), params_of(**decision)
        reads = answer_of(Success)
        return await self.send(
            Call(name, "POST", path(reply_id, edge), reads, params, scopes=_MANAGES)
        )

    def _edge(
        self, thread_id: str, edge: str, fields: f.Fields, **values: object
    ) -> Listing[PublishedPost]:
        params = params_of(fields=f.joined(fields), **values)
        name = f"list {edge.replace('_', ' ')}"
        reads = page_of(PublishedPost)
        return self._listing(Call(name, "GET", path(thread_id, edge), reads, params, scopes=_READS))
