"""Media fetched as Meta's crawler fetches them, and looked into: pictures at once, videos in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import httpx

from threadsync.sandbox.media import files, films, pictures, verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from threadsync.sandbox.media.files import Stored

USER_AGENT = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
FETCH_TIMEOUT_S = 120.0
_STALL_TIMEOUT_S = 20.0


class FetchedVideo(NamedTuple):
    """What became of a video: the file when there is one, Meta's word when it cannot be used."""

    stored: Stored | None
    error: str | None


class Fetcher:
    """Fetches into a media folder, without redirects. Close it when done."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def picture(self, url: str) -> Stored | None:
        """A JPEG or PNG with its size in pixels; None when the address gives none, for whatever reason."""
        stored = await self._fetch(url, files.MAX_IMAGE_BYTES)
        if stored is None or not stored.is_image:
            return None
        return await asyncio.to_thread(pictures.measured, stored, self._folder)

    async def video(self, url: str) -> FetchedVideo:
        stored = await self._fetch(url, files.MAX_MEDIA_BYTES)
        if stored is None:
            return FetchedVideo(None, verdicts.FAILED_DOWNLOADING)
        if not stored.is_video:
            return FetchedVideo(stored, verdicts.UNKNOWN)
        path = self._folder / stored.media.digest
        return FetchedVideo(stored, await asyncio.to_thread(_video_error, path))

    async def _fetch(self, url: str, max_bytes: int) -> Stored | None:
        if self._client is None:
            self._client = _client()
        try:
            async with (
                asyncio.timeout(FETCH_TIMEOUT_S),
                self._client.stream("GET", url) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    return None
                return await files.keep(response.aiter_bytes(), self._folder, max_bytes)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError):
            return None
        except files.MediaTooLargeError:
            return None


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        headers={"user-agent": USER_AGENT},
        timeout=_STALL_TIMEOUT_S,
        follow_redirects=False,
        # This computer itself is never reached through a proxy.
        mounts={"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None},
    )


def _video_error(path: Path) -> str | None:
    try:
        return verdicts.video_error(films.read_film(path))
    except films.DamagedError:
        return verdicts.FAILED_PROCESSING_VIDEO
