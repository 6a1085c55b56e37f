"""The way from the authorize window to credentials that live for weeks. Blocking."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from threadsync.config import BASE_URL_ENV
from threadsync.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from threadsync.api.credentials import Configuration, Credentials
    from threadsync.config import Settings


def sign_in(
    settings: Settings, configuration: Configuration, visit: Callable[[str], str]
) -> Credentials:
    """Credentials for 60 days. `visit` gets the address of the authorize window and returns the one
    the browser came back with.

    TokenError when access was denied or that address is not the answer to this login, and
    SettingsError when it is another account's than the settings say.
    """
    from threadsync.api.oauth import Threads

    with oauth_at(settings.base_url):
        url, state = Threads.authorization_url(configuration)
        credentials = Threads.complete_authorization(visit(url), state, config=configuration)
    _check_owner(credentials.user_id, settings.user_id)
    return credentials


@contextmanager
def oauth_at(base_url: str) -> Iterator[None]:
    """Let `Threads` talk to the server of the settings: it reads the environment alone."""
    before = os.environ.get(BASE_URL_ENV)
    os.environ[BASE_URL_ENV] = base_url
    try:
        yield
    finally:
        if before is None:
            del os.environ[BASE_URL_ENV]
        else:
            os.environ[BASE_URL_ENV] = before


def is_way_back(address: str, redirect_uri: str) -> bool:
    """Whether `address` is at the same place as `redirect_uri`, whatever its query."""
    try:
        back, expected = urlsplit(address.strip().lower()), urlsplit(redirect_uri.lower())
    except ValueError:
        return False
    return back[:2] == expected[:2]


def _check_owner(user_id: str, expected: str | None) -> None:
    if expected and user_id != expected:
        raise SettingsError(
            f"the browser was logged in to Threads as the account {user_id}, user_id says "
            f"{expected}; log in there as the right account, then again here. Nothing was stored"
        )
