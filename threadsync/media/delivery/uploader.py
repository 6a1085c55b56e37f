"""Bring media where Meta can fetch them, under keys that are their content's digest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from threadsync.errors import MediaError

if TYPE_CHECKING:
    from pathlib import Path


class Sent(Protocol):
    """Hears how many more bytes of a file are stored, on the event loop."""

    def __call__(self, size_bytes: int, /) -> object: ...


class Uploader(Protocol):
    """A store of media.

    `path` is the file to send, `digest` is `sha256:…` of its bytes, `stem` names the object: the hex
    digest of the file, or `<hex digest of the source>-<recipe>` with its suffix for a copy that was
    mended.
    """

    @property
    def addresses(self) -> int:
        """How many addresses each object has; Meta is handed one after the other."""
        ...

    async def upload(self, path: Path, digest: str, stem: str, sent: Sent | None = None) -> bool:
        """Make the bytes available; False when they were there already and nothing was sent.

        Never reads a large file into memory as a whole. MediaError when the store refuses or cannot
        be reached, or when the file no longer has this digest.
        """
        ...

    async def has(self, name: str) -> bool:
        """Whether there is an object of this name, its suffix included."""
        ...

    async def check(self, path: Path, stem: str) -> None:
        """Fetch what was uploaded as Meta does; UnreachableError when no address of it works.

        There need not be a file at `path` when `stem` has its suffix.
        """
        ...

    async def url(self, path: Path, stem: str, nth: int = 0) -> str:
        """The `nth` (from 0) address from which Meta can fetch it now; a presigned one is a secret."""
        ...

    def distrust(self) -> None:
        """Meta could not fetch what it was handed: from now on another address comes first."""
        ...

    async def aclose(self) -> None:
        """End what is under way and keep what was learnt."""
        ...


class NoUploader:
    """The store of a project whose media all have public URLs; nothing is ever sent to it."""

    addresses = 1

    async def upload(
        self,
        path: Path,
        digest: str,  # noqa: ARG002
        stem: str,  # noqa: ARG002
        sent: Sent | None = None,  # noqa: ARG002
    ) -> bool:
        raise MediaError(f"{path.name} cannot be stored: media.store is none; set media.store: s3")

    async def has(self, name: str) -> bool:  # noqa: ARG002
        return False

    async def check(self, path: Path, stem: str) -> None:
        pass

    async def url(self, path: Path, stem: str, nth: int = 0) -> str:  # noqa: ARG002
        raise MediaError(f"{path.name} has no address: media.store is none; set media.store: s3")

    def distrust(self) -> None:
        pass

    async def aclose(self) -> None:
        pass
