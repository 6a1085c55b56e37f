"""Making posts: containers, publishing, reposting, deleting, and what is left of the quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from threadsync.api import fields as f
from threadsync.api.parameters import (
    Media,
    MediaType,
    Params,
    Post,
    PostOptions,
    ReplyControl,
    create_params,
)
from threadsync.api.sender import ME, Sender, path
from threadsync.api.types import (
    ContainerStatus,
    Created,
    Deleted,
    PublishingLimit,
    PublishingStatus,
)
from threadsync.api.wire import (
    PUBLISH_TIMEOUT_S,
    TIMEOUT_S,
    Call,
    answer_of,
    inside_data,
    params_of,
)
from threadsync.errors import InvalidParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PUBLISHES = ("threads_content_publish",)
# What a parameter needs beside _PUBLISHES; Meta's page "Get access tokens and permissions", read 2026-11-22.
_BY_PARAM = {
    "reply_to_id": "threads_manage_replies",
    "location_id": "threads_location_tagging",
    "crossreshare_to_ig": "threads_share_to_instagram",
    "crossreshare_to_ig_dark_mode": "threads_share_to_instagram",
}
_BY_QUOTA = {
    "reply_": "threads_manage_replies",
    "delete_": "threads_delete",
    "location_search_": "threads_location_tagging",
}
# Meta's page "Carousel posts", read 2026-11-22; 10 before 2024-09-19.
MIN_CHILDREN, MAX_CHILDREN = 2, 20


class Posting(Sender):
    """The calls that make something."""

    async def create(self, post: Post | Params) -> str:
        """Make the container of `post`, or of parameters that `create_params` made; its id.

        With `auto_publish_text` it is the id of the published post, and the call is not repeated.
        """
        params = create_params(post) if isinstance(post, Post) else post
        is_published = "auto_publish_text" in params
        call = Call(
            "create container",
            "POST",
            path(ME, "threads"),
            answer_of(Created),
            params,
            scopes=_scopes_to_create(params),
            is_repeatable=not is_published,
            timeout_s=PUBLISH_TIMEOUT_S if is_published else TIMEOUT_S,
        )
        return (await self.send(call)).id

    async def create_container(
        self,
        text: str | None = None,
        media: Media | None = None,
        reply_control: ReplyControl | str | None = None,
        reply_to_id: str | None = None,
        is_carousel_item: bool = False,
        **options: Unpack[PostOptions],
    ) -> str:
        """Make a container with a text, a picture or a video; its id.

        A container is invisible, is published once, and expires after 24 hours. `options` are the
        other parameters of `Post`. InvalidParameterError when there is nothing to show.
        """
        if not (text or media or _shows_more(options)):
            raise InvalidParameterError("a post needs a text, media or an attachment")
        post = _post(
            media,
            options,
            text=text,
            reply_control=reply_control,
            reply_to_id=reply_to_id,
            is_carousel_item=is_carousel_item,
        )
        return await self.create(post)

    async def create_carousel_container(
        self,
        containers: Sequence[ContainerStatus | str],
        text: str | None = None,
        reply_control: ReplyControl | str | None = None,
        reply_to_id: str | None = None,
        **options: Unpack[PostOptions],
    ) -> str:
        """Make the container of a carousel of 2 to 20 FINISHED item containers, in order; its id.

        Items are statuses, as from `container_status`, or ids. InvalidParameterError when a status
        says otherwise or the number is wrong.
        """
        _check_children(containers)
        ids = tuple(item if isinstance(item, str) else item.id for item in containers)
        post = Post(
            media_type=MediaType.CAROUSEL,
            children=ids,
            text=text,
            reply_control=reply_control,
            reply_to_id=reply_to_id,
            **options,
        )
        return await self.create(post)

    async def container_status(self, media_id: str) -> ContainerStatus:
        """How far Meta is with a container. Its `error` is data, not an exception."""
        params = {"fields": f.CONTAINER}
        reads = answer_of(ContainerStatus)
        return await self.send(Call("read container", "GET", path(media_id), reads, params))

    async def publish_container(self, container_id: str) -> str:
        """Send exactly one publish request; the media id of the post that is out.

        AmbiguousError leaves open whether it is out: ask `container_status` before anything else.
        """
        return (await self._publish(container_id)).id

    async def _publish(self, container_id: str) -> Created:
        return await self.send(
            Call(
                "publish",
                "POST",
                path(ME, "threads_publish"),
                answer_of(Created),
                {"creation_id": container_id},
                scopes=_PUBLISHES,
                is_repeatable=False,
                timeout_s=PUBLISH_TIMEOUT_S,
            )
        )

    async def repost(self, media_id: str) -> str:
        """Repost somebody's post, or one's own; the id of the repost. Never repeated."""
        call = Call(
            "repost",
            "POST",
            path(media_id, "repost"),
            answer_of(Created),
            scopes=_PUBLISHES,
            is_repeatable=False,
        )
        return (await self.send(call)).id

    async def delete(self, media_id: str) -> Deleted:
        """Delete a post of one's own; 100 in 24 hours. NotFoundError when it is gone already."""
        return await self.send(
            Call(
                "delete post",
                "DELETE",
                path(media_id),
                answer_of(Deleted),
                scopes=("threads_delete",),
                is_repeatable=False,
            )
        )

    async def publishing_limit(self, fields: f.Fields = f.LIMIT) -> PublishingLimit:
        """What is used of the quotas of posts and replies; by `fields` of deletes and places too."""
        call = Call(
            "read quota",
            "GET",
            path(ME, "threads_publishing_limit"),
            inside_data(PublishingLimit),
            params_of(fields=f.joined(fields)),
            scopes=_scopes_of_quotas(f.joined(fields)),
        )
        return await self.send(call)


def _scopes_to_create(params: Params) -> tuple[str, ...]:
    named = (scope for name, scope in _BY_PARAM.items() if name in params)
    return tuple(dict.fromkeys((*_PUBLISHES, *named)))


def _scopes_of_quotas(fields: str) -> tuple[str, ...]:
    """Each quota has a scope of its own; without a field it is the one of posts."""
    prefixes = (
        name.strip().removesuffix("quota_usage").removesuffix("config")
        for name in fields.split(",")
    )
    return tuple(dict.fromkeys(_BY_QUOTA.get(prefix, *_PUBLISHES) for prefix in prefixes))


def _post(media: Media | None, options: PostOptions, **values: object) -> Post:
    if media is None:
        return Post(media_type=MediaType.TEXT, **options, **values)  # type: ignore[arg-type]
    url = {"video_url" if media.type == MediaType.VIDEO else "image_url": media.url}
    given: Mapping[str, object] = {"alt_text": media.alt_text, **options, **url, **values}
    return Post(media_type=media.type, **given)  # type: ignore[arg-type]


def _shows_more(options: PostOptions) -> bool:
    names = ("link_attachment", "poll_attachment", "text_attachment", "gif_attachment")
    return any(options.get(name) for name in names) or bool(options.get("quote_post_id"))


def _check_children(containers: Iterable[ContainerStatus | str]) -> None:
    items = list(containers)
    if not MIN_CHILDREN <= len(items) <= MAX_CHILDREN:
        raise InvalidParameterError(
            f"a carousel has {len(items)} items, Threads takes {MIN_CHILDREN} to {MAX_CHILDREN}"
        )
    for item in items:
        if not isinstance(item, str) and item.status != PublishingStatus.FINISHED:
            raise InvalidParameterError(
                f"container {item.id} is {item.status}; wait until it is FINISHED"
            )
