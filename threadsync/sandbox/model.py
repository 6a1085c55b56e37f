"""The things of the sandbox's world as frozen values: accounts, tokens, containers, posts.

Times are aware UTC. Whatever depends on time is stored as the time at which it changes, so that two
servers on one folder and a restarted one all see the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from threadsync.errors import UsageError

# Meta's page "Troubleshooting", read 2026-11-22.
CONTAINER_LIFETIME = timedelta(hours=24)
# Meta's page "Overview", rate limits, read 2026-11-22.
QUOTA_WINDOW = timedelta(hours=24)
MAX_DELAY_S = 365 * 86_400
QUOTAS = {"post": 250, "reply": 1_000, "delete": 100, "location_search": 500}
"""The quotas that the publishing limit tells."""
# Meta's pages "Keyword search" and "Threads profiles", read 2026-11-22.
SILENT_QUOTAS = {"keyword_search": 2_200, "profile_discovery": 1_000}
"""The quotas that no call tells."""

SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_delete",
    "threads_keyword_search",
    "threads_location_tagging",
    "threads_manage_insights",
    "threads_manage_mentions",
    "threads_manage_replies",
    "threads_profile_discovery",
    "threads_read_replies",
    "threads_share_to_instagram",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the sandbox behaves; an option counts for what is made while it is in force."""

    processing_delay_s: float = 0.0
    """How long containers with media stay IN_PROGRESS; text is always ready at once."""
    image_delay_s: float | None = None
    """The same for pictures alone; None is as all media. So with videos and carousels."""
    video_delay_s: float | None = None
    carousel_delay_s: float | None = None
    lax_publish: bool = False
    """Publish a published container again, as a second post, instead of refusing."""
    feed_lag_s: float = 0.0
    """How late a post enters lists, and leaves them after it was deleted."""
    permalink_lag_s: float = 0.0
    """How late a post tells `permalink` and `shortcode`."""
    parent_lag_s: float = 0.0
    """How late a post can be replied to."""
    child_lag_s: float = 0.0
    """How late after it is FINISHED a carousel can have an item."""

    def __post_init__(self) -> None:
        for name in (one.name for one in fields(self) if one.name.endswith("_s")):
            seconds = getattr(self, name)
            if seconds is not None and not 0 <= seconds <= MAX_DELAY_S:
                raise UsageError(f"{name} is {seconds}; use 0 to {MAX_DELAY_S:,} seconds")

    def delay_s(self, media_type: str) -> float:
        """How long a container of this type stays IN_PROGRESS."""
        if media_type == "TEXT":
            return 0.0
        own: float | None = getattr(self, f"{media_type.lower()}_delay_s")
        return self.processing_delay_s if own is None else own


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Words that an account has searched for, and when last."""

    query: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: str
    username: str
    is_eligible_for_geo_gating: bool = True
    name: str = ""
    """What people call it; the username when empty."""
    biography: str = "An account of the sandbox."
    is_verified: bool = False
    followers_count: int = 0
    demographics: dict[str, dict[str, int]] = field(default_factory=dict)
    """Followers by country, city, age and gender: for each kind how many have which value."""
    searches: tuple[Search, ...] = ()
    """The newest first, each query once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a token allows; `expires_at` None means never."""

    account_id: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime | None = None
    is_short_lived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A medium that was fetched and stored; `digest` is the SHA-256 in hex, without a prefix."""

    digest: str
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is asked for in a create call, checked: the content of a container and of its post."""

    media_type: str
    """TEXT, IMAGE, VIDEO or CAROUSEL; REPOST_FACADE only for a post that is a repost."""
    text: str = ""
    image_url: str | None = None
    video_url: str | None = None
    is_carousel_item: bool = False
    children: tuple[str, ...] = ()
    reply_to_id: str | None = None
    reply_control: str | None = None
    quote_post_id: str | None = None
    link_attachment: str | None = None
    poll_attachment: dict[str, str] | None = None
    text_attachment: dict[str, Any] | None = None
    gif_attachment: dict[str, str] | None = None
    text_entities: tuple[dict[str, Any], ...] = ()
    is_spoiler_media: bool = False
    is_ghost_post: bool = False
    auto_publish_text: bool = False
    topic_tag: str | None = None
    alt_text: str | None = None
    allowlisted_country_codes: tuple[str, ...] = ()
    location_id: str | None = None
    enable_reply_approvals: bool = False
    crossreshare_to_ig: bool = False
    crossreshare_to_ig_dark_mode: bool = False

    @property
    def media_url(self) -> str | None:
        return self.image_url or self.video_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """Meta's draft of a post. `error` is an `error_message` of Meta's, None while all is well."""

    id: str
    account_id: str
    created_at: datetime
    ready_at: datetime
    draft: Draft
    media: Fetched | None = None
    error: str | None = None
    media_id: str | None = None
    """The published post; None until then."""
    is_fetching: bool = False
    """Whether its video is still to be fetched; `ready_at` is then the earliest time."""
    child_lag: timedelta = timedelta()
    """How long after it is ready no carousel can have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What people did with a post, as far as nobody does it in a sandbox: set by steering."""

    views: int = 0
    likes: int = 0
    shares: int = 0
    clicks: dict[str, int] = field(default_factory=dict)
    """By link."""
    votes: dict[str, int] = field(default_factory=dict)
    """By Meta's name of a poll's option, such as `option_a`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A published post, or (with `carousel_id`) one picture of a published carousel."""

    id: str
    account_id: str
    shortcode: str
    published_at: datetime
    listed_at: datetime
    """From when it is in lists."""
    replyable_at: datetime
    draft: Draft
    linked_at: datetime | None = None
    """From when it tells its permalink; None is from the start."""
    media: Fetched | None = None
    root_id: str | None = None
    """The post at the top of its conversation; None when it is that itself."""
    children: tuple[str, ...] = ()
    """Ids of the posts of a carousel's items, in order."""
    carousel_id: str | None = None
    deleted_at: datetime | None = None
    unlisted_at: datetime | None = None
    """From when a deleted post is gone from lists too."""
    reposted_id: str | None = None
    """The post that this one is a repost of."""
    hide_status: str = "NOT_HUSHED"
    """What was last done to this reply itself; one below it follows it."""
    approval_status: str | None = None
    """`pending` or `ignored` for a reply that waits to be approved; None when it does not."""
    numbers: Numbers = field(default_factory=Numbers)

    @property
    def parent_id(self) -> str | None:
        return self.draft.reply_to_id


class NewId(NamedTuple):
    """An unused media id and the shortcode that goes with it."""

    id: str
    shortcode: str


class Lookup(Protocol):
    """What the rules may look up in the stored world."""

    def container(self, container_id: str) -> Container | None: ...

    def post(self, media_id: str) -> Post | None:
        """Deleted posts are found too; they say so."""
        ...

    def has_replies(self, media_id: str) -> bool: ...

    def usage(self, account_id: str, kind: str, since: datetime) -> int:
        """How many of a kind of `QUOTAS` or `SILENT_QUOTAS` were used after `since`."""
        ...
