"""How a post becomes the parameters of `POST /{user}/threads`. Pure.

`create_params` is the only place that knows; the client, the plan and the preview all use it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypedDict

from threadsync.errors import InvalidParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from threadsync.api.types import TextAttachment, TextEntity

Params = dict[str, str]

POLL_LETTERS = "abcd"


class MediaType(StrEnum):
    """What a container is made of. A published post has other names for the same."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    CAROUSEL = "CAROUSEL"


class ReplyControl(StrEnum):
    """Who may reply. Meta's reference "Publishing", read 2026-11-22."""

    EVERYONE = "everyone"
    ACCOUNTS_YOU_FOLLOW = "accounts_you_follow"
    MENTIONED_ONLY = "mentioned_only"
    PARENT_POST_AUTHOR_ONLY = "parent_post_author_only"
    FOLLOWERS_ONLY = "followers_only"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a video at a public URL, from which Meta fetches it."""

    type: MediaType
    url: str
    alt_text: str | None = None


@dataclass(frozen=True, slots=True)
class Gif:
    """A GIF by its provider's id; GIPHY is the only provider since 2026-03-31."""

    gif_id: str
    provider: str = "GIPHY"


class PostOptions(TypedDict, total=False):
    """The parameters of a post beside its text, media, reply and carousel; see `Post`."""

    quote_post_id: str | None
    link_attachment: str | None
    poll_attachment: Sequence[str]
    text_attachment: TextAttachment | Mapping[str, Any] | None
    gif_attachment: Gif | Mapping[str, Any] | None
    text_entities: Sequence[TextEntity | Mapping[str, Any]]
    is_spoiler_media: bool
    is_ghost_post: bool
    auto_publish_text: bool
    topic_tag: str | None
    alt_text: str | None
    allowlisted_country_codes: Sequence[str]
    location_id: str | None
    enable_reply_approvals: bool
    crossreshare_to_ig: bool
    crossreshare_to_ig_dark_mode: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One container to create: every parameter of `POST /{user}/threads`, by Meta's names.

    None, an empty sequence and False mean "not sent". Source: Meta's reference "Publishing" and
    "Create posts", read 2026-11-22.
    """

    media_type: str
    text: str | None = None
    image_url: str | None = None
    video_url: str | None = None
    is_carousel_item: bool = False
    children: Sequence[str] = ()
    """Ids of FINISHED item containers, in order."""
    reply_to_id: str | None = None
    """A published post; a container's id is refused."""
    reply_control: str | None = None
    quote_post_id: str | None = None
    link_attachment: str | None = None
    poll_attachment: Sequence[str] = ()
    """The 2 to 4 options in order; sent as option_a, option_b, …"""
    text_attachment: TextAttachment | Mapping[str, Any] | None = None
    gif_attachment: Gif | Mapping[str, Any] | None = None
    text_entities: Sequence[TextEntity | Mapping[str, Any]] = ()
    is_spoiler_media: bool = False
    is_ghost_post: bool = False
    auto_publish_text: bool = False
    """The answer is then the id of the published post; a lost answer cannot be asked for."""
    topic_tag: str | None = None
    alt_text: str | None = None
    allowlisted_country_codes: Sequence[str] = ()
    location_id: str | None = None
    enable_reply_approvals: bool = False
    crossreshare_to_ig: bool = False
    crossreshare_to_ig_dark_mode: bool = False


def create_params(post: Post) -> Params:
    """The parameters that create a container for `post`; keys in the order of `Post`'s fields."""
    params: Params = {}
    for name in Post.__slots__:
        value = getattr(post, name)
        if value is None or value is False or (not value and not isinstance(value, str)):
            continue
        params[name] = _encoded(name, value)
    return params


def _encoded(name: str, value: Any) -> str:
    if value is True:
        return "true"
    if name == "poll_attachment":
        return _json(_options(value))
    if isinstance(value, str):
        return str(value)
    if name in {"children", "allowlisted_country_codes"}:
        # One comma-separated value: indexed parameters sort as text and mix up ten items and more.
        return ",".join(value)
    return _json(value)


def _options(options: Sequence[str]) -> dict[str, str]:
    # {"options": […]} is dropped without a word, and the post goes out without its poll.
    if isinstance(options, str) or not 2 <= len(options) <= len(POLL_LETTERS):
        count = 1 if isinstance(options, str) else len(options)
        raise InvalidParameterError(
            f"a poll has {count} options, Threads takes 2 to {len(POLL_LETTERS)}"
        )
    return {
        f"option_{letter}": option for letter, option in zip(POLL_LETTERS, options, strict=False)
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """What the values of this package are in JSON: their fields by Meta's names, without None."""
    if isinstance(value, Gif):
        return {"gif_id": value.gif_id, "provider": value.provider}
    return {name: value[name] for name in value.keys()}  # noqa: SIM118 - no dict
