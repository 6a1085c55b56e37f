"""What the Threads API means on the wire: requests as values and their parameters. No I/O.

`create_params` is the only place that knows how a post becomes parameters of `POST /threads`; the
client, the plan and the preview all use it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One container to create: every parameter of `POST /{user}/threads`, by Meta's names.

    None, an empty tuple and False mean "not sent". Source: Meta's reference "Publishing" and
    "Create posts", read 2026-11-22.
    """

    media_type: str
    text: str | None = None
    image_url: str | None = None
    video_url: str | None = None
    is_carousel_item: bool = False
    children: tuple[str, ...] = ()
    reply_to_id: str | None = None
    reply_control: str | None = None
    quote_post_id: str | None = None
    link_attachment: str | None = None
    poll_attachment: tuple[str, ...] = ()
    """The options in order; sent as option_a, option_b, …"""
    text_attachment: dict[str, Any] | None = None
    gif_attachment: dict[str, str] | None = None
    text_entities: tuple[dict[str, Any], ...] = ()
    is_spoiler_media: bool = False
    is_ghost_post: bool = False
    topic_tag: str | None = None
    alt_text: str | None = None
    allowlisted_country_codes: tuple[str, ...] = ()
    location_id: str | None = None
    enable_reply_approvals: bool = False
    crossreshare_to_ig: bool = False
    crossreshare_to_ig_dark_mode: bool = False


def create_params(post: Post) -> dict[str, str]:
    """The parameters that create a container for `post`; keys in the order of `Post`'s fields."""
    params: dict[str, str] = {}
    for name in Post.__slots__:
        value = getattr(post, name)
        if value is None or value is False or value == ():
            continue
        params[name] = _encoded(name, value)
    return params


def _encoded(name: str, value: Any) -> str:
    if value is True:
        return "true"
    if name == "poll_attachment":
        return _json({f"option_{'abcd'[i]}": option for i, option in enumerate(value)})
    if name in {"children", "allowlisted_country_codes"}:
        # One comma-separated value: indexed parameters sort as text and mix up ten items and more.
        return ",".join(value)
    if isinstance(value, dict | tuple):
        return _json(value)
    return str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
