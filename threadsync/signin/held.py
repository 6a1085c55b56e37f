"""The access token a project uses: the environment's, else the one that was stored by a login."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from threadsync.config import Secret
from threadsync.errors import SettingsError, TokenExpiredError
from threadsync.signin.places import short, token_path
from threadsync.signin.token_file import TokenFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from threadsync.config import Settings


class Source(StrEnum):
    """Where a token comes from."""

    ENVIRONMENT = "environment"
    FILE = "file"
    SANDBOX = "sandbox"


class HeldToken(NamedTuple):
    """A token and where it comes from; `place` is the name of a variable, a path, or words."""

    secret: Secret
    source: Source
    place: str

    @property
    def origin(self) -> str:
        """Where it comes from, in a few words."""
        return "stored by auth login" if self.source is Source.FILE else f"from {self.place}"


def held_token(settings: Settings, environ: Mapping[str, str], now: datetime) -> HeldToken | None:
    """The token to use, None when there is none. Reads the file when the environment has none.

    TokenExpiredError for a stored one that is too old, SettingsError for a file that cannot be used.
    """
    if settings.token is not None:
        return HeldToken(settings.token, Source.ENVIRONMENT, settings.token_env)
    token_file = token_file_of(settings, environ)
    credentials = token_file.load()
    if credentials is None:
        return None
    if credentials.expired(now):
        raise TokenExpiredError(
            f"the stored access token expired on {credentials.expiration:%Y-%m-%d %H:%M} UTC; "
            f"run: {command_line(settings, 'auth login')}"
        )
    secret = Secret(credentials.access_token)
    return HeldToken(secret, Source.FILE, short(token_file.path, environ))


def token_file_of(settings: Settings, environ: Mapping[str, str]) -> TokenFile:
    """Where the token of this project and account is stored, if there is one."""
    return TokenFile(token_path(settings, environ))


def command_line(settings: Settings, command: str) -> str:
    """`command` as it must be typed for this account."""
    needs_name = len(settings.accounts) > 1
    account = f"--account {settings.account} " if needs_name else ""
    return f"threadsync {account}{command}"


def refresh_command(settings: Settings, held: HeldToken) -> str:
    """The command that renews `held`; what stands in the environment must be shown to be changed."""
    shown = " --print" if held.source is Source.ENVIRONMENT else ""
    return command_line(settings, f"auth refresh{shown}")


def no_token(settings: Settings) -> SettingsError:
    """What to say where a token is needed and there is none."""
    return SettingsError(
        f"there is no access token; run {command_line(settings, 'auth login')}, "
        f"or set {settings.token_env}, or try it out with --sandbox"
    )
