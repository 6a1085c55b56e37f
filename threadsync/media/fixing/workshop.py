"""Do what a recipe says, look at what came out, and keep it.

What is kept lies under `.threadsync/fixed/`, named by the digest of the file it was made of and by
the recipe. It is made aside and moved into place when it has been looked at, by one process at a time.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from threadsync.errors import MediaError, MediaFileError
from threadsync.media.digests import file_digest
from threadsync.media.fixing.ffmpeg import FilmError, film_facts, has_filter, run_ffmpeg
from threadsync.media.fixing.films import HDR_FILTER, options_for
from threadsync.media.limits import VIDEO_DURATION
from threadsync.media.probing.facts import UnreadableError
from threadsync.media.probing.probe import probe
from threadsync.media.rules import media_findings
from threadsync.problems import ERROR
from threadsync.treatment import ENCODE, JPEG, STRIP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from filelock import FileLock

    from threadsync.media.probing.facts import Facts
    from threadsync.treatment import Recipe

    Tell = Callable[[float], None]
    """Hears how much of a film is done, from 0 to 1."""

FOLDER = "fixed"
_ASK_AGAIN_S = 0.1


def _ignored(_done: float) -> None:
    pass


def place_of(digest: str, recipe: Recipe, cache_folder: Path) -> Path:
    """Where `made` keeps what `recipe` makes of the file with this digest."""
    return cache_folder / FOLDER / recipe.named(digest)


async def made(
    path: Path, digest: str, recipe: Recipe, cache_folder: Path, tell: Tell = _ignored
) -> Path:
    """What `recipe` makes of the file at `path`, made now or before.

    `digest` is that of the file, `sha256:…`. MediaError when it cannot be made, when what is made is
    not right either, or when the file no longer has this digest.
    """
    target = place_of(digest, recipe, cache_folder)
    if target.is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise MediaFileError(target.parent, f"cannot be made: {exc.strerror}") from exc
    async with _alone(target):
        if not target.is_file():
            await make(path, recipe, target, digest, tell)
    return target


async def make(
    path: Path, recipe: Recipe, target: Path, digest: str | None = None, tell: Tell = _ignored
) -> Facts:
    """Make `target` of the file at `path`: whole and right, or not at all; what it is.

    Two that make the same must exclude each other. Errors: as `made`, if `digest` is given.
    """
    aside = target.with_name(f".{target.stem}.part{target.suffix}")
    try:
        aside.unlink(missing_ok=True)  # one that was killed may still write to its own
        aside.touch()  # whether it can be written is known before the work is done
        await _made_aside(path, recipe, aside, tell)
        facts = await asyncio.to_thread(_checked, path, recipe, aside, digest)
        aside.replace(target)
    except (UnreadableError, FilmError) as exc:
        raise MediaError(f"{path.name} cannot be mended: {exc}") from exc
    except OSError as exc:
        why = f"{exc.strerror or exc}; {path.name} was not mended"
        if str(exc.filename) == str(path):
            raise MediaFileError(path, why) from exc
        raise MediaFileError(target.parent, f"cannot be written to: {why}") from exc
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    return facts


async def _made_aside(path: Path, recipe: Recipe, aside: Path, tell: Tell) -> None:
    facts = await asyncio.to_thread(probe, str(path))
    if recipe.name == STRIP:
        from threadsync.media.fixing.metadata import strip

        await asyncio.to_thread(strip, path, aside, facts.format)
    elif recipe.name == JPEG:
        from threadsync.media.fixing.pictures import make_jpeg

        await asyncio.to_thread(make_jpeg, path, aside, facts.format)
    else:
        await _film(path, facts, recipe, aside, tell)


async def _film(path: Path, facts: Facts, recipe: Recipe, aside: Path, tell: Tell) -> None:
    if facts.video:
        duration_s, frames_per_s = facts.video.duration_s, facts.video.frames_per_s
    else:
        duration_s, frames_per_s = await film_facts(path)
    if duration_s and not VIDEO_DURATION.allows(duration_s):
        # It would take minutes to find out the same of what is made.
        raise FilmError(
            f"it lasts {duration_s:,g} s, Threads takes {VIDEO_DURATION.most:g}; cut it"
        )

    if facts.video and facts.video.hdr and recipe.name == ENCODE:
        await _check_hdr()

    def passed(seconds: float) -> None:
        tell(min(1.0, seconds / duration_s) if duration_s else 0.0)

    tell(0.0)
    await run_ffmpeg(path, options_for(recipe.name, facts.video, frames_per_s), aside, passed)


async def _check_hdr() -> None:
    """FilmError when ffmpeg cannot convert HDR colours: they would only look pale."""
    if not await has_filter(HDR_FILTER):
        raise FilmError(
            f"its HDR colours need an ffmpeg with the filter {HDR_FILTER}; install one, "
            "or convert them yourself"
        )


def _checked(path: Path, recipe: Recipe, aside: Path, digest: str | None) -> Facts:
    """What was made; an error when it is not right, or was made of something else."""
    facts = probe(str(aside))
    wrong = [f.message for f in media_findings(path.name, facts) if f.kind.severity == ERROR]
    if wrong:
        raise MediaError(f"{path.name} is not acceptable {recipe} either: {'; '.join(wrong)}")
    if digest is not None and file_digest(str(path)) != digest:
        raise MediaFileError(path, "changed while it was mended; run the command again")
    return facts


@asynccontextmanager
async def _alone(target: Path) -> AsyncIterator[None]:
    """Wait until no other process makes things beside `target`."""
    from filelock import FileLock

    lock = FileLock(target.parent / ".lock", timeout=0, thread_local=False)
    while not _acquired(lock):  # noqa: ASYNC110 - it is another process that lets go
        await asyncio.sleep(_ASK_AGAIN_S)
    try:
        yield
    finally:
        lock.release()


def _acquired(lock: FileLock) -> bool:
    from filelock import Timeout

    try:
        lock.acquire()
    except Timeout:
        return False
    except (OSError, NotImplementedError) as exc:
        raise MediaFileError(Path(lock.lock_file), f"cannot be locked: {exc}") from exc
    return True
