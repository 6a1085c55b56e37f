"""Hands a token to GitHub as a secret, by GitHub's own program `gh`. The token is never an argument."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from threadsync.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT_S = 60
# GitHub's page "Using secrets in GitHub Actions", naming your secrets, read 2026-11-22.
_NAME = re.compile(r"(?!GITHUB_)[A-Za-z_][A-Za-z0-9_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GitHubSecret:
    """A secret of the repository that `folder` is in, or of one of its environments."""

    name: str
    folder: Path
    environment: str | None = None

    def __str__(self) -> str:
        place = f" of the environment {self.environment}" if self.environment else ""
        return f"{self.name}{place}"

    @property
    def _command(self) -> list[str]:
        environment = [f"--env={self.environment}"] if self.environment else []
        return ["gh", "secret", "set", self.name, *environment]

    @property
    def command_line(self) -> str:
        """What sets the secret to the token that it reads from stdin."""
        return shlex.join(self._command)

    def check(self) -> None:
        """UsageError when the secret cannot be set, as far as that can be told beforehand."""
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                f"--github-secret {self.name}: GitHub takes letters, digits and '_', no digit "
                "first, and nothing that begins with GITHUB_"
            )
        if shutil.which("gh") is None:
            raise UsageError(
                "--github-secret needs GitHub's program gh, which is not installed; "
                "get it from https://cli.github.com and run: gh auth login"
            )

    def set(self, token: str) -> None:
        """SettingsError with the words of gh when it does not work."""
        try:
            subprocess.run(
                self._command,
                input=token.encode(),
                cwd=self.folder,
                capture_output=True,
                check=True,
                timeout=_TIMEOUT_S,
            )
        except subprocess.CalledProcessError as exc:
            said = exc.stderr.decode(errors="replace").replace(token, "***").strip()
            raise self._failed(said or f"gh ended with {exc.returncode}") from exc
        except subprocess.TimeoutExpired as exc:
            raise self._failed(f"gh did not end within {_TIMEOUT_S} s") from exc
        except OSError as exc:
            raise self._failed((exc.strerror or str(exc)).lower()) from exc

    def _failed(self, why: str) -> SettingsError:
        return SettingsError(f"the GitHub secret {self} was not set: {' '.join(why.split())}")
