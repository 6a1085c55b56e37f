"""What Meta says of a token and its owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from threadsync.errors import TokenError, TokenExpiredError

if TYPE_CHECKING:
    from threadsync.api.client import API
    from threadsync.api.types import Account, TokenInfo

SOON = timedelta(days=7)
"""From when on an end is worth a warning: a weekly renewal has failed then."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A token that Meta accepts. `now` is Meta's clock."""

    account: Account
    info: TokenInfo
    now: datetime

    @property
    def left(self) -> timedelta | None:
        """How long it lives; None when it never ends."""
        return self.info.expires_at - self.now if self.info.expires_at else None

    @property
    def end(self) -> str:
        """When it ends, for people."""
        if self.left is None:
            return "never"
        return f"in {days(self.left)}, on {self.info.expires_at:%Y-%m-%d %H:%M} UTC"

    @property
    def ends_soon(self) -> bool:
        return self.left is not None and self.left <= SOON

    def to_json(self) -> dict[str, Any]:
        """The owner, the end (both None when there is none) and the sorted scopes."""
        expires_at = self.info.expires_at
        return {
            "username": self.account.username,
            "user_id": self.account.id,
            "expires_at": expires_at.isoformat() if expires_at else None,
            "days_left": self.left.days if self.left is not None else None,
            "scopes": sorted(self.info.scopes),
        }


async def fetch_facts(api: API) -> TokenFacts:
    """TokenError or TokenExpiredError when Meta does not accept the token, or another ApiError."""
    info = await api.debug_token()
    now = api.server_time or datetime.now(UTC)
    if info.expires_at is not None and info.expires_at <= now:
        raise TokenExpiredError(f"the access token expired on {info.expires_at:%Y-%m-%d %H:%M} UTC")
    if not info.is_valid:
        raise TokenError("Threads does not accept the access token any more")
    return TokenFacts(await api.account(), info, now)


def days(span: timedelta) -> str:
    """`span` in whole days, rounded down, for people."""
    if span < timedelta(days=1):
        return "less than a day"
    return "1 day" if span.days == 1 else f"{span.days} days"
