"""Who calls: an access token with what is known of it, and the app it was given to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from threadsync.api.answers import Answer, Id, read
from threadsync.api.hiding import Hidden, Token

_NEVER = datetime.max.replace(tzinfo=UTC)


class _Saved(Answer, frozen=True):
    """What `Credentials.to_json` writes."""

    user_id: Id
    scopes: tuple[str, ...]
    short_lived: bool
    access_token: Token
    expiration: datetime


@dataclass(slots=True)
class Credentials:
    """An access token of one Threads account. `expiration` is aware UTC; no text shows the token."""

    user_id: str
    scopes: list[str]
    short_lived: bool
    access_token: str = field(repr=False)
    expiration: datetime

    @classmethod
    def of_token(cls, access_token: str) -> Credentials:
        """Credentials of which only the token is known; Meta will tell when it has expired."""
        return cls("me", [], short_lived=False, access_token=access_token, expiration=_NEVER)

    @classmethod
    def from_json(cls, text: str) -> Credentials:
        """Read what `to_json` wrote, or PyThreads; ValueError when it is something else."""
        text = Hidden(text)
        try:
            saved = read(_Saved, json.loads(text))
        except (ValueError, RecursionError):
            # Neither the text nor the error that quotes it: they hold the token.
            raise ValueError("this is no JSON of credentials") from None
        return cls(
            user_id=saved.user_id,
            scopes=list(saved.scopes),
            short_lived=saved.short_lived,
            access_token=str(saved.access_token),
            expiration=saved.expiration,
        )

    def to_json(self) -> str:
        """`{"user_id", "scopes", "short_lived", "access_token", "expiration"}`; keep it secret."""
        return json.dumps(
            {
                "user_id": self.user_id,
                "scopes": list(self.scopes),
                "short_lived": self.short_lived,
                "access_token": self.access_token,
                "expiration": self.expiration.isoformat(),
            }
        )

    def expires_in(self, now: datetime | None = None) -> int:
        """Whole seconds until the token expires, 0 when it has."""
        left = self.expiration - (now or datetime.now(UTC))
        return max(0, int(left.total_seconds()))

    def expired(self, now: datetime | None = None) -> bool:
        return self.expires_in(now) == 0


@dataclass(slots=True)
class Configuration:
    """The app that asks for access: the *Threads* app's id and secret, not the Meta app's."""

    scopes: list[str]
    app_id: str
    api_secret: str = field(repr=False)
    redirect_uri: str

    def scopes_str(self) -> str:
        return ",".join(self.scopes)
