"""The typed answers of the Threads API, by Meta's names; times are aware UTC datetimes. Pure.

A field is None when Meta left it out: it has no value, was not asked for, or the token may not see
it. Sources: Meta's references, read 2026-11-22.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from threadsync.api.answers import Answer, Id, Milliseconds, Seconds


class PublishingStatus(StrEnum):
    """What a container can say of itself. Meta may add names."""

    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    PUBLISHED = "PUBLISHED"
    ERROR = "ERROR"
    EXPIRED = "EXPIRED"


class PublishingError(StrEnum):
    """Why a container failed. Meta may add names, and has."""

    FAILED_DOWNLOADING_VIDEO = "FAILED_DOWNLOADING_VIDEO"
    FAILED_PROCESSING_AUDIO = "FAILED_PROCESSING_AUDIO"
    FAILED_PROCESSING_VIDEO = "FAILED_PROCESSING_VIDEO"
    INVALID_ASPEC_RATIO = "INVALID_ASPEC_RATIO"
    INVALID_BIT_RATE = "INVALID_BIT_RATE"
    INVALID_DURATION = "INVALID_DURATION"
    INVALID_FRAME_RATE = "INVALID_FRAME_RATE"
    INVALID_AUDIO_CHANNELS = "INVALID_AUDIO_CHANNELS"
    INVALID_AUDIO_CHANNEL_LAYOUT = "INVALID_AUDIO_CHANNEL_LAYOUT"
    UNKNOWN = "UNKNOWN"


class ContainerStatus(Answer, frozen=True, rename={"error": "error_message"}):
    """The state of a container. An `error` is data: the call itself succeeded."""

    id: Id
    status: PublishingStatus | str
    """A `PublishingStatus`, or the text of one that is not known here."""
    error: PublishingError | str | None = None


class Created(Answer, frozen=True):
    """The id of what a call made: a container, a post or a repost."""

    id: Id
    crossreshare_to_ig_status: str | None = None
    """`SUCCESS` or `FAILED`; the post is out in both cases."""


class Success(Answer, frozen=True):
    """What a decision about a reply is answered with."""

    success: bool = False


class Deleted(Answer, frozen=True):
    """What a deletion is answered with."""

    success: bool = False
    deleted_id: Id | None = None


class Ref(Answer, frozen=True):
    """Another object by its id; webhooks tell a little more of a root post."""

    id: Id
    owner_id: Id | None = None
    username: str | None = None


class TextEntity(Answer, frozen=True):
    """A range of a post's text; the unit of `offset` and `length` is not documented."""

    entity_type: str
    offset: int
    length: int


class Styling(Answer, frozen=True):
    """A styled range; `styling_info` holds bold, italic, highlight, underline, strikethrough."""

    offset: int
    length: int
    styling_info: tuple[str, ...] = ()


class TextAttachment(Answer, frozen=True):
    """A long text below a post: 1 to 10,000 characters."""

    plaintext: str
    link_attachment_url: str | None = None
    text_with_styling_info: tuple[Styling, ...] | None = None


class PollAttachment(Answer, frozen=True):
    """A poll; percentages are numbers from 0 to 1."""

    option_a: str | None = None
    option_b: str | None = None
    option_c: str | None = None
    option_d: str | None = None
    option_a_votes_percentage: float | None = None
    option_b_votes_percentage: float | None = None
    option_c_votes_percentage: float | None = None
    option_d_votes_percentage: float | None = None
    total_votes: int | None = None
    expiration_timestamp: datetime | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """The options that there are, in order."""
        options = (self.option_a, self.option_b, self.option_c, self.option_d)
        return tuple(option for option in options if option is not None)


class Location(Answer, frozen=True, kw_only=True):
    """A place; coordinates in degrees."""

    id: Id
    name: str | None = None
    address: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    postal_code: str | None = None


class PublishedPost(Answer, frozen=True, kw_only=True):
    """A post that is out. `media_type` is TEXT_POST, IMAGE, VIDEO, CAROUSEL_ALBUM, AUDIO or
    REPOST_FACADE: other words than when it was made.
    """

    id: Id
    media_product_type: str | None = None
    media_type: str | None = None
    media_url: str | None = None
    thumbnail_url: str | None = None
    gif_url: str | None = None
    permalink: str | None = None
    """Left out for a few seconds after publishing, and for media flagged for copyright."""
    shortcode: str | None = None
    owner: Ref | None = None
    username: str | None = None
    text: str | None = None
    timestamp: datetime | None = None
    children: tuple[Ref, ...] | None = None
    is_quote_post: bool | None = None
    quoted_post: Ref | None = None
    reposted_post: Ref | None = None
    alt_text: str | None = None
    link_attachment_url: str | None = None
    has_replies: bool | None = None
    is_reply: bool | None = None
    is_reply_owned_by_me: bool | None = None
    root_post: Ref | None = None
    replied_to: Ref | None = None
    hide_status: str | None = None
    reply_audience: str | None = None
    reply_approval_status: str | None = None
    poll_attachment: PollAttachment | None = None
    topic_tag: str | None = None
    is_spoiler_media: bool | None = None
    text_entities: tuple[TextEntity, ...] | None = None
    text_attachment: TextAttachment | None = None
    location_id: Id | None = None
    location: Location | None = None
    allowlisted_country_codes: tuple[str, ...] | None = None
    ghost_post_status: str | None = None
    ghost_post_expiration_timestamp: datetime | None = None
    is_verified: bool | None = None
    profile_picture_url: str | None = None


class SearchedKeyword(Answer, frozen=True):
    query: str
    timestamp: Milliseconds | None = None


class Account(Answer, frozen=True, kw_only=True):
    """The owner of the token."""

    id: Id
    username: str | None = None
    name: str | None = None
    threads_profile_picture_url: str | None = None
    threads_biography: str | None = None
    is_verified: bool | None = None
    is_eligible_for_geo_gating: bool | None = None
    recently_searched_keywords: tuple[SearchedKeyword, ...] | None = None


class PublicProfile(Answer, frozen=True, kw_only=True):
    """Somebody's public profile; the counts are of the last seven days, but for followers."""

    username: str | None = None
    name: str | None = None
    profile_picture_url: str | None = None
    biography: str | None = None
    is_verified: bool | None = None
    follower_count: int | None = None
    likes_count: int | None = None
    quotes_count: int | None = None
    replies_count: int | None = None
    reposts_count: int | None = None
    views_count: int | None = None


class QuotaConfig(Answer, frozen=True):
    quota_total: int
    quota_duration: int | None = None
    """Seconds."""


class Quota(NamedTuple):
    """How much of one of Meta's quotas is used, in a window that moves."""

    used: int
    total: int

    @property
    def left(self) -> int:
        return max(0, self.total - self.used)


# Meta's overview of limits, read 2026-11-22: what counts when an answer does not say.
_TOTALS = {"": 250, "reply_": 1000, "delete_": 100, "location_search_": 500}


class PublishingLimit(Answer, frozen=True, kw_only=True):
    """What is used of the account's quotas; a part the token may not see counts as unused."""

    quota_usage: int | None = None
    config: QuotaConfig | None = None
    reply_quota_usage: int | None = None
    reply_config: QuotaConfig | None = None
    delete_quota_usage: int | None = None
    delete_config: QuotaConfig | None = None
    location_search_quota_usage: int | None = None
    location_search_config: QuotaConfig | None = None

    @property
    def posts(self) -> Quota:
        return self._quota("")

    @property
    def replies(self) -> Quota:
        return self._quota("reply_")

    @property
    def deletes(self) -> Quota:
        return self._quota("delete_")

    @property
    def location_searches(self) -> Quota:
        return self._quota("location_search_")

    def __getitem__(self, name: str) -> Any:
        # PyThreads found it in the list that Meta wraps it in.
        return (self,) if name == "data" else super().__getitem__(name)

    def _quota(self, prefix: str) -> Quota:
        config = getattr(self, f"{prefix}config")
        used = getattr(self, f"{prefix}quota_usage") or 0
        return Quota(used, config.quota_total if config else _TOTALS[prefix])


class InsightValue(Answer, frozen=True):
    value: int
    end_time: datetime | None = None


class LinkValue(Answer, frozen=True):
    value: int
    link_url: str | None = None


class BreakdownResult(Answer, frozen=True):
    dimension_values: tuple[str, ...]
    value: int


class Breakdown(Answer, frozen=True):
    dimension_keys: tuple[str, ...]
    results: tuple[BreakdownResult, ...] = ()


class TotalValue(Answer, frozen=True):
    value: int | None = None
    breakdowns: tuple[Breakdown, ...] | None = None


class Insight(Answer, frozen=True, kw_only=True):
    """One metric, in one of Meta's three shapes; `title` and `description` are localised."""

    name: str
    id: Id | None = None
    period: str | None = None
    title: str | None = None
    description: str | None = None
    values: tuple[InsightValue, ...] | None = None
    """Of a post, or one for each day, oldest first."""
    total_value: TotalValue | None = None
    link_total_values: tuple[LinkValue, ...] | None = None

    @property
    def total(self) -> int | None:
        """The sum of whichever shape it came in; None for a breakdown."""
        if self.total_value is not None:
            return self.total_value.value
        parts = self.values or self.link_total_values or ()
        return sum(part.value for part in parts)


class OEmbed(Answer, frozen=True, kw_only=True):
    """The HTML that shows a public post; `width` in pixels."""

    html: str
    type: str | None = None
    version: str | None = None
    provider_name: str | None = None
    provider_url: str | None = None
    width: int | None = None


class TokenInfo(Answer, frozen=True, kw_only=True):
    """What a token allows. `expires_at` is None when it never ends."""

    is_valid: bool
    type: str | None = None
    application: str | None = None
    scopes: tuple[str, ...] = ()
    user_id: Id | None = None
    issued_at: Seconds | None = None
    expires_at: Seconds | None = None
    data_access_expires_at: Seconds | None = None
    error: dict[str, Any] | None = None
