"""Videos that are still to be fetched: after the create call has answered, and after a restart.

Each is a row beside its container, written with it, so that nothing is forgotten when the process
dies. Two servers on one folder leave each other's fetches alone, until one takes too long.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from threadsync.sandbox.media import files, verdicts
from threadsync.sandbox.media.fetching import FETCH_TIMEOUT_S, FetchedVideo
from threadsync.sandbox.world import lifecycle

if TYPE_CHECKING:
    from threadsync.sandbox.media.fetching import Fetcher
    from threadsync.sandbox.storage.records import Records
    from threadsync.sandbox.storage.store import Store

_SETTLE_TIMEOUT_S = 5.0
_FORSAKEN_S = FETCH_TIMEOUT_S + 30
"""After this time whoever took a fetch is dead; in seconds of the computer, not of the sandbox."""


def add(records: Records, container_id: str) -> None:
    records.connection.execute("INSERT INTO fetches VALUES (?, 0)", (int(container_id),))


def is_any(records: Records) -> bool:
    """Whether a video is still to be fetched, by whichever server."""
    return records.connection.execute("SELECT 1 FROM fetches").fetchone() is not None


class PendingVideos:
    """The fetches under way in this process. Close it when done; what was not fetched stays pending."""

    def __init__(self, store: Store, fetcher: Fetcher) -> None:
        self._store, self._fetcher = store, fetcher
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def aclose(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settle(self) -> None:
        """Wait for the fetches under way, but not for long."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=_SETTLE_TIMEOUT_S)

    def resume(self) -> None:
        """Start every fetch that waits, also those that a server took which may have died since."""
        self._start(before=time.time())

    def wake(self) -> None:
        """Start the fetches that nobody has taken, or not finished in all the time it may take."""
        self._start(before=time.time() - _FORSAKEN_S)

    def _start(self, before: float) -> None:
        query = "SELECT container_id FROM fetches WHERE taken_at < ?"
        with self._store.read() as records:
            if not records.connection.execute(query, (before,)).fetchone():
                return
        with self._store.write() as records:
            found = [row[0] for row in records.connection.execute(query, (before,))]
            taken = "UPDATE fetches SET taken_at = ? WHERE taken_at < ?"
            records.connection.execute(taken, (time.time(), before))
        for container_id in found:
            if container_id not in self._tasks:
                self._begin(container_id)

    def _begin(self, container_id: int) -> None:
        task = asyncio.create_task(self._fetch(str(container_id)))
        self._tasks[container_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(container_id, None))

    async def _fetch(self, container_id: str) -> None:
        with self._store.read() as records:
            container = records.container(container_id)
        url = container.draft.video_url if container is not None else None
        try:
            video = await self._fetcher.video(url) if url else FetchedVideo(None, None)
        except OSError:  # of the media folder, not of the network
            video = FetchedVideo(None, verdicts.UNKNOWN)
        with self._store.write() as records:
            _finish(records, container_id, video)


def _finish(records: Records, container_id: str, video: FetchedVideo) -> None:
    """Write down what became of a fetch, unless its container is gone or ended in another way."""
    records.connection.execute("DELETE FROM fetches WHERE container_id = ?", (int(container_id),))
    container = records.container(container_id)
    if container is None or not container.is_fetching:
        return
    media = video.stored.media if video.stored else None
    if video.stored is not None:
        files.add_name(records, video.stored.media.digest, video.stored)
    records.put_container(lifecycle.fetched(container, records.now(), media, video.error))
