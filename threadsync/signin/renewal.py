"""A new token for 60 more days in exchange for one that still lives, and when that is possible.

Meta's page "Long-lived tokens", read 2026-11-22: from 24 hours of age until the end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from threadsync.errors import TokenError
from threadsync.signin.login import oauth_at

if TYPE_CHECKING:
    from threadsync.api.credentials import Credentials
    from threadsync.config import Settings
    from threadsync.signin.facts import TokenFacts

_LONGEST_SHORT_LIFE = timedelta(hours=3)
"""Short-lived tokens live for one hour, two in Instagram's API; long ones for weeks."""


def check_may_renew(facts: TokenFacts) -> None:
    """TokenError for a token that Meta would refuse to renew now; says when it will not."""
    from threadsync.api.oauth import MIN_AGE_TO_REFRESH

    issued_at, expires_at = facts.info.issued_at, facts.info.expires_at
    if issued_at is None:
        return
    if expires_at is not None and expires_at - issued_at <= _LONGEST_SHORT_LIFE:
        raise TokenError(
            "the access token is a short-lived one, which cannot be refreshed; "
            "get a long-lived one with threadsync auth login"
        )
    possible_from = issued_at + MIN_AGE_TO_REFRESH
    if facts.now < possible_from:
        raise TokenError(
            f"the access token was made {_hours(facts.now - issued_at)} ago, Threads refreshes one "
            f"that is 24 hours old; run this after {possible_from:%Y-%m-%d %H:%M} UTC"
        )


def renewed(settings: Settings, token: str, facts: TokenFacts) -> Credentials:
    """New credentials, with what is known of their owner. Blocking."""
    from threadsync.api.credentials import Credentials
    from threadsync.api.oauth import Threads

    old = replace(
        Credentials.of_token(token), user_id=facts.account.id, scopes=list(facts.info.scopes)
    )
    with oauth_at(settings.base_url):
        return Threads.refresh_long_lived_token(old)


def _hours(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} hours" if hours > 1 else "1 hour" if hours else "less than an hour"
