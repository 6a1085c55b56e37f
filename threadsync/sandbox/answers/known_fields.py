"""The fields that each kind of object has, whether or not one of them has a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.sandbox.model import QUOTAS

if TYPE_CHECKING:
    from threadsync.sandbox.answers.fields import Known

POLL_OPTIONS = ("option_a", "option_b", "option_c", "option_d")
_ID: Known = {"id": None}

CONTAINER_FIELDS: Known = {"id": None, "status": None, "error_message": None}
PROFILE_FIELDS: Known = {
    **dict.fromkeys(
        (
            "id",
            "username",
            "name",
            "threads_profile_picture_url",
            "threads_biography",
            "is_verified",
            "is_eligible_for_geo_gating",
        )
    ),
    "recently_searched_keywords": dict.fromkeys(("query", "timestamp")),
}
LOOKUP_FIELDS: Known = dict.fromkeys(
    (
        "username",
        "name",
        "profile_picture_url",
        "biography",
        "is_verified",
        "follower_count",
        "likes_count",
        "quotes_count",
        "replies_count",
        "reposts_count",
        "views_count",
    )
)
PLACE_FIELDS: Known = dict.fromkeys(
    ("id", "name", "address", "city", "country", "latitude", "longitude", "postal_code")
)
_CONFIG: Known = {"quota_total": None, "quota_duration": None}
LIMIT_FIELDS: Known = {
    name: inside
    for kind in QUOTAS
    for name, inside in (
        (f"{'' if kind == 'post' else kind + '_'}quota_usage", None),
        (f"{'' if kind == 'post' else kind + '_'}config", _CONFIG),
    )
}
POST_FIELDS: Known = {
    **dict.fromkeys(
        (
            "id",
            "media_product_type",
            "media_type",
            "media_url",
            "thumbnail_url",
            "gif_url",
            "permalink",
            "shortcode",
            "username",
            "text",
            "timestamp",
            "is_quote_post",
            "alt_text",
            "link_attachment_url",
            "has_replies",
            "is_reply",
            "is_reply_owned_by_me",
            "hide_status",
            "reply_audience",
            "reply_approval_status",
            "topic_tag",
            "is_spoiler_media",
            "location_id",
            "allowlisted_country_codes",
            "ghost_post_status",
            "ghost_post_expiration_timestamp",
            "is_verified",
            "profile_picture_url",
        )
    ),
    **dict.fromkeys(("owner", "quoted_post", "reposted_post", "root_post", "replied_to"), _ID),
    "children": _ID,
    "location": PLACE_FIELDS,
    "poll_attachment": dict.fromkeys(
        (
            *POLL_OPTIONS,
            *map("{}_votes_percentage".format, POLL_OPTIONS),
            "total_votes",
            "expiration_timestamp",
        )
    ),
    "text_entities": dict.fromkeys(("entity_type", "offset", "length")),
    "text_attachment": dict.fromkeys(
        ("plaintext", "link_attachment_url", "text_with_styling_info")
    ),
}
