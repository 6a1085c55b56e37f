"""What a create call may ask for, as far as its parameters alone tell: parameters to a Draft.

Whether the ids named in them exist is the world's business. A parameter that means nothing in its
place is ignored; one that Threads does not know is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threadsync.sandbox.errors.graph import (
    BAD_COUNTRIES,
    LINK_LIMIT,
    TEXT_TOO_LONG,
    Refusal,
    bad_param,
    invalid_combination,
    missing_param,
)
from threadsync.sandbox.model import Draft
from threadsync.sandbox.world import attachments, text, values
from threadsync.sandbox.world.countries import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping

# Meta's pages "Publishing", "Posts" and "Create posts", read 2026-11-22.
MAX_TEXT = 500
MAX_ALT_TEXT = 1_000
MAX_TOPIC_TAG = 50
MAX_LINKS = 5
MIN_CHILDREN, MAX_CHILDREN = 2, 20
MEDIA_TYPES = ("TEXT", "IMAGE", "VIDEO", "CAROUSEL")
REPLY_CONTROLS = (
    "everyone",
    "accounts_you_follow",
    "mentioned_only",
    "parent_post_author_only",
    "followers_only",
)
TEXT_ONLY = (
    "link_attachment",
    "poll_attachment",
    "text_attachment",
    "gif_attachment",
    "is_ghost_post",
    "auto_publish_text",
)
CREATE_PARAMS = frozenset(Draft.__slots__)
"""The parameters of a create call are named as a Draft's fields."""
_MEDIA_URLS = {"IMAGE": "image_url", "VIDEO": "video_url"}


def draft(params: Mapping[str, str]) -> Draft:
    """What the parameters of a create call ask for; raises Refusal when Threads would not take it."""
    values.refuse_unknown(params, CREATE_PARAMS)
    media_type = _media_type(params)
    if media_type in _MEDIA_URLS and values.boolean(params, "is_carousel_item"):
        return Draft(is_carousel_item=True, **_media(params, media_type))
    if media_type == "TEXT":
        return _text_post(params)
    _refuse_text_only(params, media_type)
    media = _carousel(params) if media_type == "CAROUSEL" else _media(params, media_type)
    made = Draft(
        **media,
        **_on_every_post(params),
        is_spoiler_media=values.boolean(params, "is_spoiler_media"),
    )
    _check_links(made)
    return made


def _media_type(params: Mapping[str, str]) -> str:
    media_type = params.get("media_type", "").upper()
    if not media_type and values.boolean(params, "is_carousel_item"):
        # An example of Meta's leaves the type of a carousel's item out.
        media_type = next((kind for kind, url in _MEDIA_URLS.items() if params.get(url)), "")
    if not media_type:
        raise Refusal(missing_param("media_type"))
    if media_type not in MEDIA_TYPES:
        raise Refusal(bad_param(f"Param media_type must be one of {{{', '.join(MEDIA_TYPES)}}}"))
    return media_type


def _media(params: Mapping[str, str], media_type: str) -> dict[str, Any]:
    name = _MEDIA_URLS[media_type]
    return {
        "media_type": media_type,
        name: values.uri(name, values.required(params, name)),
        "alt_text": values.at_most(params, "alt_text", MAX_ALT_TEXT),
    }


def _carousel(params: Mapping[str, str]) -> dict[str, Any]:
    values.required(params, "children")
    children = values.comma_list(params, "children")
    if not MIN_CHILDREN <= len(children) <= MAX_CHILDREN:
        message = f"Param children must have {MIN_CHILDREN} to {MAX_CHILDREN} items"
        raise Refusal(bad_param(message, 500))
    return {"media_type": "CAROUSEL", "children": children}


def _on_every_post(params: Mapping[str, str]) -> dict[str, Any]:
    words = params.get("text", "")
    if text.count_characters(words) > MAX_TEXT:
        raise Refusal(TEXT_TOO_LONG)
    return {
        "text": words,
        "text_entities": attachments.text_entities(params, words),
        "reply_to_id": params.get("reply_to_id") or None,
        "reply_control": values.one_of(params, "reply_control", REPLY_CONTROLS),
        "quote_post_id": params.get("quote_post_id") or None,
        "topic_tag": _topic_tag(params) or text.first_tag(words),
        "allowlisted_country_codes": _countries(params),
        "location_id": _location_id(params),
        "enable_reply_approvals": values.boolean(params, "enable_reply_approvals"),
        "crossreshare_to_ig": values.boolean(params, "crossreshare_to_ig"),
        "crossreshare_to_ig_dark_mode": values.boolean(params, "crossreshare_to_ig_dark_mode"),
    }


def _topic_tag(params: Mapping[str, str]) -> str | None:
    tag = values.at_most(params, "topic_tag", MAX_TOPIC_TAG)
    if tag is not None and any(mark in tag for mark in ".&\n\t"):
        raise Refusal(
            bad_param("Param topic_tag must not contain periods, ampersands or line breaks")
        )
    return tag


def _countries(params: Mapping[str, str]) -> tuple[str, ...]:
    codes = values.comma_list(params, "allowlisted_country_codes")
    if not COUNTRIES.issuperset(codes):
        raise Refusal(BAD_COUNTRIES)
    return codes


def _location_id(params: Mapping[str, str]) -> str | None:
    location_id = params.get("location_id") or None
    if location_id is not None and not values.is_id(location_id):
        raise Refusal(bad_param("Param location_id must be a number"))
    return location_id


def _text_post(params: Mapping[str, str]) -> Draft:
    made = Draft(
        media_type="TEXT",
        **_on_every_post(params),
        link_attachment=values.uri("link_attachment", params.get("link_attachment")),
        poll_attachment=attachments.poll(params),
        text_attachment=attachments.text_attachment(params),
        gif_attachment=attachments.gif(params),
        is_ghost_post=values.boolean(params, "is_ghost_post"),
        auto_publish_text=values.boolean(params, "auto_publish_text"),
    )
    if not (made.text or made.link_attachment or made.gif_attachment or made.text_attachment):
        raise Refusal(missing_param("text"))
    _check_together(made)
    _check_links(made)
    return made


def _refuse_text_only(params: Mapping[str, str], media_type: str) -> None:
    flags = ("is_ghost_post", "auto_publish_text")
    for name in TEXT_ONLY:
        if values.boolean(params, name) if name in flags else params.get(name):
            raise Refusal(invalid_combination(f"{name} is for TEXT only, not for {media_type}."))


def _check_together(made: Draft) -> None:
    long_text = made.text_attachment or {}
    forbidden = {
        "A poll and a link attachment do not go together.": made.poll_attachment
        and made.link_attachment,
        "A poll and a text attachment do not go together.": made.poll_attachment and long_text,
        "Only one of link_attachment and link_attachment_url of the text attachment is possible.": (
            made.link_attachment and long_text.get("link_attachment_url")
        ),
        "A ghost post is no reply.": made.is_ghost_post and made.reply_to_id,
        "A ghost post has no reply approvals.": made.is_ghost_post and made.enable_reply_approvals,
    }
    for detail, is_broken in forbidden.items():
        if is_broken:
            raise Refusal(invalid_combination(detail))


def _check_links(made: Draft) -> None:
    attached = (made.link_attachment, (made.text_attachment or {}).get("link_attachment_url"))
    links = {*text.links(made.text), *(link for link in attached if link)}
    if len(links) > MAX_LINKS:
        raise Refusal(LINK_LIMIT)
