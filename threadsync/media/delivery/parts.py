"""A large file sent in parts, several at once; an upload that was cut off goes on where it stopped.

What is there already is asked of the store, so it goes on from any machine. A part counts as there
only when its size and MD5 are those of the file's bytes.
"""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.errors import MediaError
from threadsync.media.delivery.stored import changed, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from io import FileIO
    from pathlib import Path

    from threadsync.media.delivery.bucket import MediaBucket, StoredPart

PART_BYTES = 8 * 1024 * 1024
"""R2 wants all parts but the last equal; S3 at least 5 MiB and at most 10,000 (read 2026-11-20)."""
SENDERS = 4
BUFFERS = 5
"""How many parts may be in memory, of all files together."""

_INTERRUPTED = "interrupted; the next run goes on from here"


class Lanes:
    """What all uploads of a run share: threads that send, and room in memory for what they send."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="upload")
        self._room = threading.BoundedSemaphore(BUFFERS)
        self._is_closing = threading.Event()

    def close(self) -> None:
        """Take nothing more; what is being sent is sent to its end, without waiting for it."""
        self._is_closing.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def read(self, file: FileIO) -> bytes:
        """The next part of a file, empty at its end; `done` when it is no longer in memory."""
        self._room.acquire()
        try:
            self._check_open()
            return _filled(file)
        except BaseException:
            self.done()
            raise

    def done(self) -> None:
        self._room.release()

    def _check_open(self) -> None:
        if self._is_closing.is_set():
            raise MediaError(_INTERRUPTED)

    def send(self, sending: Callable[[], Any]) -> Future[Any]:
        """Do it in a thread; the part that it sends is out of memory afterwards."""
        try:
            future = self._pool.submit(sending)
        except RuntimeError:  # closed meanwhile
            self.done()
            raise MediaError(_INTERRUPTED) from None
        future.add_done_callback(lambda _: self.done())
        return future


class LargeFile(NamedTuple):
    """What is to be sent: a file, the digest of its bytes in hex, and how the object is called."""

    path: Path
    sha256: str
    key: str
    content_type: str


class PartsUpload:
    """One file on its way to one bucket. `told` hears of bytes that are there, from any thread."""

    def __init__(
        self, bucket: MediaBucket, lanes: Lanes, file: LargeFile, told: Callable[[int], None]
    ) -> None:
        self._bucket = bucket
        self._lanes = lanes
        self._file = file
        self._told = told
        self._has_failed = threading.Event()
        self._hash = hashlib.sha256()

    def send(self) -> str:
        """Send what is not there yet; the object's ETag.

        MediaError when the file is not what it was, UploadGoneError when another run was quicker.
        """
        key = self._file.key
        upload_id, *older = self._bucket.unfinished(key) or [""]
        there = self._bucket.parts(key, upload_id) if upload_id else {}
        upload_id = upload_id or self._bucket.begin(key, self._file.content_type)
        sending = list(self._sending(upload_id, there))
        parts = [_sent(future) for future in sending]
        if self._hash.hexdigest() != self._file.sha256:
            self._bucket.give_up(key, upload_id)
            raise changed(self._file.path)
        etag = self._bucket.finish(key, upload_id, parts)
        for old in older:
            self._bucket.give_up(key, old)
        return etag

    def _sending(
        self, upload_id: str, there: dict[int, StoredPart]
    ) -> Iterator[Future[dict[str, Any]]]:
        """Read part after part, and let each be sent while the next ones are read."""
        try:
            with self._file.path.open("rb", buffering=0) as file:
                for n in count(1):
                    data = self._lanes.read(file)
                    if not data or self._has_failed.is_set():
                        self._lanes.done()
                        return
                    self._hash.update(data)
                    yield self._lanes.send(self._sender(upload_id, n, data, there.get(n)))
        except OSError as exc:
            raise unreadable(self._file.path, exc) from exc

    def _sender(
        self, upload_id: str, n: int, data: bytes, there: StoredPart | None
    ) -> Callable[[], dict[str, Any]]:
        def send() -> dict[str, Any]:
            try:
                part = self._part(upload_id, n, data, there)
            except BaseException:
                self._has_failed.set()
                raise
            self._told(len(data))
            return part

        return send

    def _part(
        self, upload_id: str, n: int, data: bytes, there: StoredPart | None
    ) -> dict[str, Any]:
        if there is not None and _is_same(there, data):
            return self._bucket.known_part(n, there, data)
        return self._bucket.put_part(self._file.key, upload_id, n, data)


def _sent(future: Future[dict[str, Any]]) -> dict[str, Any]:
    try:
        return future.result()
    except CancelledError:
        raise MediaError(_INTERRUPTED) from None


def _is_same(part: StoredPart, data: bytes) -> bool:
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest
    return part.size_bytes == len(data) and part.etag == md5()


def _filled(file: FileIO) -> bytes:
    """Up to PART_BYTES; less only at the end of the file."""
    pieces, left = [], PART_BYTES
    while left and (piece := file.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
