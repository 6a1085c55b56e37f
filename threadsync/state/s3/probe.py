"""Whether a store keeps the conditions of writes: tried once, with an object of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from threadsync.errors import StateError
from threadsync.state.remote.vault import LostRaceError

if TYPE_CHECKING:
    from threadsync.state.s3.objects import S3Objects


def probe(objects: S3Objects, key: str, place: str) -> None:
    """StateError unless a second creation of `key` and a write over a newer version are refused.

    There must be no object `key`, and there is none afterwards. `place` begins the message.
    """
    try:
        first = objects.write(key, b"1", None)
        if not _is_refused(objects, key, b"2", None):
            raise StateError(_unsafe(place, "If-None-Match"))
        objects.write(key, b"3", first)
        if not _is_refused(objects, key, b"4", first):
            raise StateError(_unsafe(place, "If-Match"))
    finally:
        with suppress(StateError):
            objects.delete(key)


def _is_refused(objects: S3Objects, key: str, data: bytes, tag: str | None) -> bool:
    try:
        objects.write(key, data, tag)
    except LostRaceError:
        return True
    return False


def _unsafe(place: str, condition: str) -> str:
    return (
        f"{place}: this store takes writes whatever their condition ({condition}), two runs could "
        "publish the same post; use one that keeps it, such as AWS S3 or Cloudflare R2, "
        "or state.backend: git (docs/state.md)"
    )
