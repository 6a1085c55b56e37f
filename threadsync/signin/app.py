"""The app that asks for access: its id, its secret, and the address the browser comes back to.

Meta takes https addresses only and knows each of them beforehand (page "Get access tokens", read
2026-11-22). A server that stands in for Meta on this machine takes any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from threadsync.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from threadsync.api.credentials import Configuration
    from threadsync.config import Settings

APP_ID = "THREADS_APP_ID"
APP_SECRET = "THREADS_API_SECRET"  # noqa: S105 - the name of a variable
REDIRECT = "THREADS_REDIRECT_URI"

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OF_A_SANDBOX = {
    APP_ID: "1",
    APP_SECRET: "sandbox",
    REDIRECT: "http://127.0.0.1:0/",
}
"""What a login at a server on this machine goes by when nothing else is said."""


def configuration(
    settings: Settings, environ: Mapping[str, str], scopes: Sequence[str]
) -> Configuration:
    """What the environment says of the app; SettingsError when it is not enough or cannot be."""
    from threadsync.api.credentials import Configuration

    said = {name: said_of(name, settings, environ) for name in (APP_ID, APP_SECRET, REDIRECT)}
    missing = [name for name, value in said.items() if not value]
    if missing:
        raise SettingsError(
            f"not set in the environment: {', '.join(missing)}. They are the Threads app's id, its "
            "secret and one of its redirect addresses, from Meta's app dashboard; see docs/auth.md"
        )
    redirect = _checked(said[REDIRECT], settings)
    return Configuration(list(scopes), said[APP_ID], said[APP_SECRET], redirect)


def said_of(name: str, settings: Settings, environ: Mapping[str, str]) -> str:
    """What the environment says of the app under `name`, empty when it says nothing."""
    defaults = _OF_A_SANDBOX if is_loopback(settings.base_url) else {}
    return environ.get(name, "").strip() or defaults.get(name, "")


def is_listened_to(redirect_uri: str) -> bool:
    """Whether the browser comes back to this very program: plain http, on this machine."""
    return redirect_uri.lower().startswith("http://") and is_loopback(redirect_uri)


def is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False


def _checked(redirect_uri: str, settings: Settings) -> str:
    scheme = _scheme(redirect_uri)
    if scheme is None:
        raise SettingsError(
            f"{REDIRECT} is {redirect_uri!r}, which is no web address; use one like https://localhost/"
        )
    if scheme == "http" and settings.is_meta:
        raise SettingsError(
            f"{REDIRECT} is {redirect_uri}, Meta takes https only; register https://localhost/ in "
            "the app dashboard and use that: you will paste the address the browser ends on"
        )
    return redirect_uri


def _scheme(url: str) -> str | None:
    """`http` or `https` of a whole web address, None for all else."""
    try:
        parts = urlsplit(url)
        is_whole = parts.hostname and (parts.port is None or parts.port >= 0)
    except ValueError:
        return None
    is_plain = url.isprintable() and " " not in url
    return parts.scheme if is_whole and is_plain and parts.scheme in {"http", "https"} else None
