"""Bring the files of a post where Meta can fetch them, before Meta is told of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from threadsync.config import CACHE_FOLDER
from threadsync.errors import MediaError, MediaFileError, UnreachableError
from threadsync.media.delivery.stored import stem_of
from threadsync.media.digests import file_digest
from threadsync.media.fixing.workshop import made, place_of
from threadsync.publishing.run import RestrictedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from threadsync.media.delivery.uploader import Sent
    from threadsync.post import Media
    from threadsync.publishing.run import Run
    from threadsync.treatment import Recipe

_TOLD_FROM_BYTES = 1_000_000
"""Of a smaller file no progress is told."""


class SentFile(NamedTuple):
    """What is uploaded for a medium: a file, the digest of its bytes, and the object's name."""

    path: Path
    digest: str
    stem: str


class HostRefusedError(RestrictedError):
    """What was uploaded cannot be fetched: no other file of this run could be, either."""

    why = "what is uploaded cannot be fetched"


def sent_file(run: Run, medium: Media) -> SentFile:
    """The file for a medium; of a mended one the digest is known when it was made."""
    digest = medium.digest or ""
    if medium.recipe is None:
        return SentFile(run.root / (medium.path or ""), digest, stem_of(digest))
    path = place_of(digest, medium.recipe, run.root / CACHE_FOLDER)
    return SentFile(path, "", path.name)


async def deliver(run: Run, key: str, medium: Media) -> None:
    """Upload the file of `medium` for the entry `key`, and fetch it as Meta will.

    A mended copy that is stored already is neither made nor sent.

    MediaError when it cannot be uploaded, HostRefusedError when it cannot be fetched.
    """
    try:
        await _deliver(run, key, medium)
    except MediaFileError as error:
        raise MediaError(f"{_shown(run, error.path)}: {error.why}") from error
    except UnreachableError as error:
        why = f"{medium.path}: {error} (docs/media.md); nothing was posted"
        raise HostRefusedError(why) from error


async def _deliver(run: Run, key: str, medium: Media) -> None:
    file = sent_file(run, medium)
    if medium.recipe is None:
        await _upload(run, key, medium, file)
    elif not await _is_stored(run, file):
        path = await _mended(run, key, medium, medium.recipe)
        file = SentFile(path, await asyncio.to_thread(file_digest, str(path)), file.stem)
        await _upload(run, key, medium, file)
    async with run.calls:
        await run.uploader.check(file.path, file.stem)


def _shown(run: Run, path: Path) -> Path:
    """The path as people know it: from the project's folder on."""
    return path.relative_to(run.root) if path.is_relative_to(run.root) else path


async def _upload(run: Run, key: str, medium: Media, file: SentFile) -> None:
    medium = _as_sent(medium, file)
    async with run.calls:
        run.check_stop()
        was_sent = await run.uploader.upload(*file, _teller(run, key, medium))
    if was_sent:
        run.tell("uploaded", key, **_facts(medium))


async def _is_stored(run: Run, file: SentFile) -> bool:
    async with run.calls:
        run.check_stop()
        return await run.uploader.has(file.stem)


async def _mended(run: Run, key: str, medium: Media, recipe: Recipe) -> Path:
    """What the recipe makes of the medium."""
    source = run.root / (medium.path or "")
    tell = _mending_teller(run, key, medium)
    making = made(source, medium.digest or "", recipe, run.root / CACHE_FOLDER, tell)
    return await run.unless_stopped(making)


def _as_sent(medium: Media, file: SentFile) -> Media:
    """The medium with the size of what is sent for it."""
    return replace(medium, size_bytes=file.path.stat().st_size) if medium.recipe else medium


def _mending_teller(run: Run, key: str, medium: Media) -> Callable[[float], None]:
    """Tells how much of a film is made, from 0 to 1, each percent once."""
    last = -1.0

    def tell(done: float) -> None:
        nonlocal last
        if done >= last + 0.01:
            last = done
            run.tell("mending", key, path=medium.path, done=round(done, 2))

    return tell


def _teller(run: Run, key: str, medium: Media) -> Sent | None:
    """Tells how far a large file is; None for one that is sent in a moment."""
    if medium.size_bytes < _TOLD_FROM_BYTES:
        return None
    sent_bytes = 0

    def tell(size_bytes: int) -> None:
        nonlocal sent_bytes
        sent_bytes += size_bytes
        run.tell("uploading", key, sent_bytes=sent_bytes, **_facts(medium))

    return tell


def _facts(medium: Media) -> dict[str, str | int | None]:
    mended = {"mended": str(medium.recipe)} if medium.recipe else {}
    facts = {"path": medium.path, "digest": medium.digest, "size_bytes": medium.size_bytes}
    return {**facts, **mended}
