"""A whole post in one call: containers, waiting until Meta has processed them, publishing."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Unpack

from threadsync.api.polling import LIMITS_S, NOT_READY_WAITS_S, waits_s
from threadsync.api.posting import Posting
from threadsync.api.types import ContainerStatus, Created, PublishingStatus
from threadsync.errors import (
    AmbiguousError,
    InvalidParameterError,
    MediaRejectedError,
    NotReadyError,
    TemporaryError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.api.parameters import Media, PostOptions, ReplyControl


class Publishing(Posting):
    """Publishing without knowing of containers."""

    @abstractmethod
    async def pause(self, seconds: float) -> None:
        """Wait, by the sleep that the client was given."""

    async def publish(
        self,
        text: str | None = None,
        attachments: Sequence[Media] = (),
        reply_control: ReplyControl | str | None = None,
        reply_to_id: str | None = None,
        **options: Unpack[PostOptions],
    ) -> Created:
        """Publish a text, a picture, a video or a carousel; `published.id` is its media id.

        Waits until Meta has processed the media: seconds for pictures, up to an hour for videos.
        The publish request is sent again only when Meta says that it does not see the container yet
        and the container says that it is not published. Raises InvalidParameterError with nothing to
        show, MediaRejectedError when Meta cannot use a medium, and AmbiguousError when it is not
        known whether the post is out: then look before publishing again. With `auto_publish_text`
        it is out with the first request, which takes no attachments.
        """
        if options.get("auto_publish_text") and attachments:
            raise InvalidParameterError("auto_publish_text takes a text without attachments")
        if len(attachments) > 1:
            children = await self._children(attachments)
            container_id = await self.create_carousel_container(
                children, text, reply_control, reply_to_id, **options
            )
        else:
            media = attachments[0] if attachments else None
            container_id = await self.create_container(
                text, media, reply_control, reply_to_id, **options
            )
        if options.get("auto_publish_text"):
            return Created(container_id)
        has_video = any(medium.type == "VIDEO" for medium in attachments)
        await self.wait_until_finished(container_id, LIMITS_S["VIDEO" if has_video else "IMAGE"])
        return await self._publish_when_visible(container_id)

    async def wait_until_finished(
        self, container_id: str, limit_s: float = LIMITS_S["VIDEO"]
    ) -> ContainerStatus:
        """Ask a container until it is FINISHED, at once and then less and less often.

        MediaRejectedError when it failed or expired, TemporaryError after `limit_s` seconds, and
        AmbiguousError when it says that it is published, or a word that is not known here.
        """
        status = await self._looked(container_id)
        for wait in waits_s(limit_s):
            if status.status != PublishingStatus.IN_PROGRESS:
                break
            await self.pause(wait)
            status = await self._looked(container_id)
        if status.status == PublishingStatus.FINISHED:
            return status
        if status.status == PublishingStatus.IN_PROGRESS:
            raise TemporaryError(f"container {container_id} is still processed after {limit_s:g} s")
        if status.status not in {PublishingStatus.ERROR, PublishingStatus.EXPIRED}:
            raise AmbiguousError(
                f"container {container_id} is {status.status}; look on the account before publishing"
            )
        why = f": {status.error}" if status.error else ""
        raise MediaRejectedError(
            f"container {container_id} is {status.status}{why}; nothing is out"
        )

    async def _looked(self, container_id: str) -> ContainerStatus:
        """The status; a container that Meta does not see yet counts as in progress."""
        try:
            return await self.container_status(container_id)
        except NotReadyError:
            return ContainerStatus(container_id, PublishingStatus.IN_PROGRESS)

    async def _children(self, attachments: Sequence[Media]) -> list[ContainerStatus]:
        ids = [await self.create_container(media=one, is_carousel_item=True) for one in attachments]
        return [
            await self.wait_until_finished(container_id, LIMITS_S[medium.type])
            for medium, container_id in zip(attachments, ids, strict=True)
        ]

    async def _publish_when_visible(self, container_id: str) -> Created:
        for wait in NOT_READY_WAITS_S:
            try:
                return await self._publish(container_id)
            except NotReadyError:
                await self.pause(wait)
                await self.wait_until_finished(container_id, LIMITS_S["TEXT"])
        return await self._publish(container_id)
