"""What becomes of a new token: kept in its file, shown, handed to GitHub, in this order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from threadsync.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from threadsync.api.credentials import Credentials
    from threadsync.signin.github import GitHubSecret
    from threadsync.signin.token_file import TokenFile


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where new tokens of a project go. Without `stays` the file is only for the time between."""

    file: TokenFile
    stays: bool = True
    is_shown: bool = False
    secret: GitHubSecret | None = None

    def check(self, environ: Mapping[str, str]) -> None:
        """UsageError or SettingsError for what cannot work, before there is a token to lose."""
        if self.is_shown and environ.get("CI"):
            raise UsageError(
                "--print would show the token in the log of CI; use --github-secret NAME"
            )
        if self.secret:
            self.secret.check()
        if self._is_kept:
            self.file.check()

    def deliver(self, credentials: Credentials, show: Callable[[str], None]) -> None:
        """Do it all; `show` gets the token when it is to be shown.

        SettingsError when a part does not work; it says where the token is.
        """
        was_there = self.file.exists
        if self._is_kept:
            self.file.save(credentials)
        if self.is_shown:
            show(credentials.access_token)
        if self.secret:
            self._hand_over(self.secret, credentials.access_token)
            if not self.stays and not was_there:
                self.file.remove()

    @property
    def _is_kept(self) -> bool:
        return self.stays or self.secret is not None

    def _hand_over(self, secret: GitHubSecret, token: str) -> None:
        try:
            secret.set(token)
        except SettingsError as exc:
            raise SettingsError(
                f"{exc}. The new token is not lost, it is in {self.file.path}; try again with: "
                f"jq -r .access_token '{self.file.path}' | {secret.command_line}"
            ) from exc
