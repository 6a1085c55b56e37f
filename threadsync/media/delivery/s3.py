"""Media in a bucket: AWS S3, Cloudflare R2, MinIO and whatever else speaks S3's API."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import quote

from threadsync.errors import UnreachableError
from threadsync.media.delivery.bucket import DEFAULT_PRESIGN_S, MediaBucket, UploadGoneError
from threadsync.media.delivery.known_objects import KnownObjects
from threadsync.media.delivery.parts import PART_BYTES, Lanes, LargeFile, PartsUpload
from threadsync.media.delivery.reach import Expected, Reach, expected_of
from threadsync.media.delivery.stored import (
    changed,
    stem_of,
    stored_name,
    stored_type,
    type_by_name,
    unreadable,
)
from threadsync.s3.bodies import Body
from threadsync.s3.client import host_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from threadsync.config import MediaSettings
    from threadsync.media.delivery.bucket import Stored
    from threadsync.media.delivery.uploader import Sent

_PRESIGNED = ""
"""The base of an address that is made for each object."""
UNASKED_BYTES = 1_000_000
"""Up to this size a file that is not known to be there is sent at once, on the condition that there
is no such object: asking first costs more than sending in vain now and then."""


class S3Uploader:
    """The uploader of `media.store: s3`. Safe for many uploads at once on one event loop.

    What it knows of the bucket is kept in `cache_folder`, in memory only without one.
    """

    def __init__(self, settings: MediaSettings, cache_folder: Path | None = None) -> None:
        self._settings = settings
        self._bucket = MediaBucket(settings)
        store = f"{host_of(settings.endpoint_url)}/{self._bucket.name}"
        self._known = KnownObjects(cache_folder, store)
        self._lanes = Lanes()
        self._reach = Reach()
        self._bases = settings.public_base_urls or (_PRESIGNED,)
        self._is_distrusting = False
        self._there: set[str] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def addresses(self) -> int:
        return len(self._bases)

    async def upload(self, path: Path, digest: str, stem: str, sent: Sent | None = None) -> bool:
        key = self._key(path, stem)
        async with self._turns[key]:
            if key in self._there:
                return False
            told = _on_loop(sent)
            is_sent = await asyncio.to_thread(self._upload, path, stem_of(digest), key, told)
            self._there.add(key)
            return is_sent

    async def has(self, name: str) -> bool:
        there = await asyncio.to_thread(self._bucket.head, self._settings.prefix + name)
        return there is not None

    async def url(self, path: Path, stem: str, nth: int = 0) -> str:
        return await self._url(self._by_trust()[nth], self._key(path, stem))

    def distrust(self) -> None:
        """Once in a run only: whatever else fails may have been given the same address before."""
        if not self._is_distrusting:
            self._is_distrusting = True
            self._known.put_refused(self._by_trust()[0], time.time())

    async def check(self, path: Path, stem: str) -> None:
        refusals = await self.refusals(path, stem)
        if len(refusals) == self.addresses:
            raise UnreachableError(refusals[0])

    async def refusals(self, path: Path, stem: str) -> list[str]:
        """Why it cannot be fetched, for each address from which it cannot; host first."""
        if not self._settings.check_reachability:
            return []
        key = self._key(path, stem)
        async with self._turns[key]:
            expected = await asyncio.to_thread(self._expected, path, key)
            found = [await self._refusal(base, key, expected) for base in self._bases]
        return [refusal for refusal in found if refusal is not None]

    async def remove(self, path: Path, stem: str) -> None:
        """Delete the object."""
        await asyncio.to_thread(self._bucket.delete, self._key(path, stem))

    async def aclose(self) -> None:
        self._lanes.close()
        self._known.save()
        await self._reach.aclose()

    async def _refusal(self, base: str, key: str, expected: Expected) -> str | None:
        """Why the object cannot be fetched from `base`, None when it can."""
        if self._known.is_reached(key, base, time.time()):
            return None
        refusal = await self._reach.refusal(await self._url(base, key), expected)
        if refusal is None:
            self._known.put_reached(key, base, time.time())
        else:
            self._known.put_refused(base, time.time())
        return refusal

    def _by_trust(self) -> list[str]:
        """The bases, those first from which nothing was refused, or longest ago."""
        now_s = time.time()
        return sorted(self._bases, key=lambda base: self._known.refused_s(base, now_s))

    async def _url(self, base: str, key: str) -> str:
        if base != _PRESIGNED:
            return f"{base.rstrip('/')}/{quote(key)}"
        expires_s = self._settings.presign_expires or DEFAULT_PRESIGN_S
        return await asyncio.to_thread(self._bucket.presigned, key, expires_s)

    def _key(self, path: Path, stem: str) -> str:
        return self._settings.prefix + stored_name(path, stem)

    def _expected(self, path: Path, key: str) -> Expected:
        """What an address of the object has to give; what was made on another machine is not here."""
        there = None if path.exists() else self._bucket.head(key)
        if there is None:
            return expected_of(path)
        return Expected(type_by_name(key), there.size_bytes, b"")

    def _upload(self, path: Path, sha256: str, key: str, told: Callable[[int], None]) -> bool:
        """Send what is not there; `sha256` in hex."""
        size_bytes = _size_of(path)
        file = LargeFile(path, sha256, key, stored_type(path).content_type)
        if size_bytes <= UNASKED_BYTES and self._known.get(key) is None:
            etag = self._send(file, told, is_new=True)
            if etag is not None:
                self._known.put(key, size_bytes, etag)
                return True
        there = self._bucket.head(key)
        if there is not None and self._is_same(there, key, size_bytes, sha256):
            self._known.put(key, there.size_bytes, there.etag)
            return False
        self._known.forget(key)
        if size_bytes > PART_BYTES:
            etag = self._send_parts(file, told)
        else:
            etag = self._send(file, told, is_new=there is None)
        if etag is not None:
            self._known.put(key, size_bytes, etag)
        return etag is not None

    def _is_same(self, there: Stored, key: str, size_bytes: int, sha256: str) -> bool:
        """Whether the object is the file, as far as the store tells and we remember."""
        known = self._known.get(key)
        is_ours = known is None or known.etag in {"", there.etag}
        return there.size_bytes == size_bytes and is_ours and there.sha256 in {None, sha256}

    def _send(self, file: LargeFile, told: Callable[[int], None], *, is_new: bool) -> str | None:
        """Send a file of one part; None when another run was quicker."""
        try:
            with file.path.open("rb", buffering=0) as opened:
                data = self._lanes.read(opened)
        except OSError as exc:
            raise unreadable(file.path, exc) from exc
        try:
            body = Body(data)
            if body.sha256 != file.sha256:
                raise changed(file.path)
            etag = self._bucket.put(file.key, body, file.content_type, is_new=is_new)
        finally:
            self._lanes.done()
        told(len(data))
        return etag

    def _send_parts(self, file: LargeFile, told: Callable[[int], None]) -> str | None:
        try:
            return PartsUpload(self._bucket, self._lanes, file, told).send()
        except UploadGoneError:
            if self._bucket.head(file.key) is None:
                raise
            return None  # another run finished it


def _on_loop(sent: Sent | None) -> Callable[[int], None]:
    """`sent` for threads: it is called on the loop that runs now."""
    if sent is None:
        return lambda _: None
    loop, heard = asyncio.get_running_loop(), sent
    return lambda size_bytes: _told(loop, heard, size_bytes)


def _told(loop: asyncio.AbstractEventLoop, sent: Sent, size_bytes: int) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(sent, size_bytes)


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as exc:
        raise unreadable(path, exc) from exc
