"""Typed answers of the Threads API. Ids are strings, times aware UTC datetimes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class PublishingStatus(StrEnum):
    """What a container can say of itself. Meta may add names: read them with `known_status`."""

    IN_PROGRESS = "IN_PROGRESS"
    FINISHED = "FINISHED"
    PUBLISHED = "PUBLISHED"
    ERROR = "ERROR"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class ContainerStatus:
    """The state of a container. `status` is a `PublishingStatus` or a name we do not know."""

    id: str
    status: str
    error: str | None = None

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> ContainerStatus:
        return cls(str(raw.get("id", "")), str(raw.get("status", "")), raw.get("error_message"))


@dataclass(frozen=True, slots=True)
class PublishedPost:
    """A post that is out, as far as it is needed to recognise one of ours."""

    id: str
    media_type: str
    text: str
    timestamp: datetime | None
    children: int
    """How many media a carousel has; 0 for everything else."""
    replied_to: str | None
    permalink: str | None

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> PublishedPost:
        return cls(
            id=str(raw["id"]),
            media_type=str(raw.get("media_type", "")),
            text=str(raw.get("text", "")),
            timestamp=parse_time(raw.get("timestamp")),
            children=len((raw.get("children") or {}).get("data", ())),
            replied_to=(raw.get("replied_to") or {}).get("id"),
            permalink=raw.get("permalink"),
        )


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of one of Meta's quotas is used, in a window that moves."""

    used: int
    total: int

    @property
    def left(self) -> int:
        return max(0, self.total - self.used)


@dataclass(frozen=True, slots=True)
class PublishingLimit:
    """What is left of the quotas of an account."""

    posts: Quota
    replies: Quota
    deletes: Quota

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> PublishingLimit:
        """From the answer's only item; a part that the token may not see counts as unused."""
        return cls(
            posts=_quota(raw, "quota_usage", "config", 250),
            replies=_quota(raw, "reply_quota_usage", "reply_config", 1000),
            deletes=_quota(raw, "delete_quota_usage", "delete_config", 100),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """The owner of the token."""

    id: str
    username: str


def parse_time(text: str | None) -> datetime | None:
    """Meta's `2023-10-17T05:42:03+0000` as UTC; None for what is absent or no time."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except ValueError:
        return None


def _quota(raw: dict[str, Any], usage: str, config: str, default: int) -> Quota:
    total = (raw.get(config) or {}).get("quota_total", default)
    return Quota(int(raw.get(usage, 0)), int(total))
