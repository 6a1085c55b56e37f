"""Media in the sandbox itself: sent to it over HTTP, served by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from threadsync.errors import MediaError
from threadsync.media.delivery.stored import CheckedFile, stored_name, stored_type

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from threadsync.media.delivery.uploader import Sent

_CHUNK_BYTES = 256 * 1024


class SandboxUploader:
    """The uploader of `--sandbox`; `base_url` is the sandbox's address."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        # No connection outlives its request, so there is nothing to close.
        limits = httpx.Limits(max_connections=16, max_keepalive_connections=0)
        self._client = httpx.AsyncClient(
            trust_env=False,
            verify=False,  # noqa: S501 - it speaks plain http, on this machine
            limits=limits,
            timeout=60.0,
        )

    addresses = 1

    async def upload(self, path: Path, digest: str, stem: str, sent: Sent | None = None) -> bool:
        url = await self.url(path, stem)
        try:
            if (await self._client.head(url)).is_success:
                return False
            answer = await self._put(url, path, digest, sent)
        except httpx.TransportError as exc:
            msg = (
                f"{url}: the sandbox cannot be reached ({type(exc).__name__}); is it still running?"
            )
            raise MediaError(msg) from exc
        if not answer.is_success:
            raise MediaError(
                f"{url}: the sandbox answered {answer.status_code}; nothing was stored"
            )
        return True

    async def has(self, name: str) -> bool:
        try:
            answer = await self._client.head(f"{self._base_url}/_sandbox/media/{name}")
        except httpx.TransportError:
            return False  # the upload will tell
        return answer.is_success

    async def check(self, path: Path, stem: str) -> None:
        """The sandbox serves what it was sent."""

    def distrust(self) -> None:
        """The sandbox has one address."""

    async def aclose(self) -> None:
        await self._client.aclose()

    async def url(self, path: Path, stem: str, nth: int = 0) -> str:  # noqa: ARG002
        return f"{self._base_url}/_sandbox/media/{stored_name(path, stem)}"

    async def _put(self, url: str, path: Path, digest: str, sent: Sent | None) -> httpx.Response:
        with CheckedFile(path, digest) as file:
            headers = {
                "Content-Type": stored_type(path).content_type,
                "Content-Length": str(file.size_bytes),
            }
            return await self._client.put(url, content=_chunks(file, sent), headers=headers)


async def _chunks(file: CheckedFile, sent: Sent | None) -> AsyncIterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk
        if sent is not None:
            sent(len(chunk))
