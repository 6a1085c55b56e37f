"""Which fields are asked for unless the caller says otherwise, by Meta's names. Pure.

Only fields that need no scope beyond the call's own: one that the token may not see makes Meta
refuse the whole call. Meta's Postman collection and references, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterable

Fields = str | Iterable[str]

CONTAINER = "id,status,error_message"
ACCOUNT = "id,username,name,threads_profile_picture_url,threads_biography,is_verified"
LIMIT = "quota_usage,config,reply_quota_usage,reply_config"
LOCATION = "id,name,address,city,country,latitude,longitude,postal_code"
PUBLIC_PROFILE = (
    "username,name,profile_picture_url,biography,is_verified,follower_count,likes_count,"
    "quotes_count,replies_count,reposts_count,views_count"
)
# The insides of a poll must be named, or it comes back empty.
_POLL = (
    "poll_attachment{option_a,option_b,option_c,option_d,option_a_votes_percentage,"
    "option_b_votes_percentage,option_c_votes_percentage,option_d_votes_percentage,total_votes,"
    "expiration_timestamp}"
)
FOUND_POST = (
    "id,media_product_type,media_type,media_url,gif_url,permalink,username,text,timestamp,shortcode,"
    "thumbnail_url,children,is_quote_post,quoted_post,reposted_post,has_replies,alt_text,"
    f"link_attachment_url,topic_tag,{_POLL}"
)
"""Of a post that may be somebody else's."""
POST = f"{FOUND_POST},owner,is_spoiler_media,text_entities,text_attachment"
GHOST_POST = f"{POST},ghost_post_status,ghost_post_expiration_timestamp"
REPLY = (
    f"{FOUND_POST},is_reply,is_reply_owned_by_me,root_post,replied_to,hide_status,reply_audience"
)
PENDING_REPLY = f"{REPLY},reply_approval_status"

MEDIA_METRICS = ("views", "likes", "replies", "reposts", "quotes", "shares")
USER_METRICS = (
    "views",
    "likes",
    "replies",
    "reposts",
    "quotes",
    "clicks",
    "followers_count",
    "follower_demographics",
)
BREAKDOWNS = ("country", "city", "age", "gender")


def joined(fields: Fields) -> str:
    """A list of fields as one parameter; a text is taken as it is."""
    return fields if isinstance(fields, str) else ",".join(fields)
