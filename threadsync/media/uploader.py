"""Bring media where Meta can fetch them, under keys that are their content's digest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from threadsync.errors import MediaError

if TYPE_CHECKING:
    from pathlib import Path


class Uploader(Protocol):
    """A store of media.

    `path` is the file to send, `digest` is `sha256:…` of its bytes, `stem` names the object: the hex
    digest of the file, or `<hex digest of the source>-<recipe>` for a copy that was mended.
    """

    async def upload(self, path: Path, digest: str, stem: str) -> bool:
        """Make the bytes available; False when they were there already and nothing was sent.

        Never reads the whole file into memory. MediaError when the store refuses or cannot be
        reached, or when the file no longer has this digest.
        """
        ...

    async def url(self, path: Path, stem: str) -> str:
        """An address from which Meta can fetch the bytes now; a presigned one is a secret."""
        ...


class NoUploader:
    """The store of a project whose media all have public URLs; nothing is ever sent to it."""

    async def upload(self, path: Path, digest: str, stem: str) -> bool:  # noqa: ARG002
        raise MediaError(f"{path.name} cannot be stored: media.store is none; set media.store: s3")

    async def url(self, path: Path, stem: str) -> str:  # noqa: ARG002
        raise MediaError(f"{path.name} has no address: media.store is none; set media.store: s3")
