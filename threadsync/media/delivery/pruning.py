"""What the objects in a bucket are to the posts, and which of them may go. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

# What an uploader calls an object: the digest of a file, the recipe when it was mended, a suffix.
_NAME = re.compile(r"(?P<sha256>[0-9a-f]{64})(?:-[A-Za-z0-9._-]+)?(?:\.[a-z0-9]+)?")


class InBucket(NamedTuple):
    """An object as a listing has it."""

    key: str
    size_bytes: int
    modified: datetime


class Use(NamedTuple):
    """What a file is to the posts. `keys` are the entries that show it, sorted."""

    keys: tuple[str, ...] = ()
    is_needed: bool = False
    """Whether one of them is still to be published."""
    last_out: datetime | None = None
    """When the last post that shows it went out; None when that is not on record."""


class Kept(StrEnum):
    """Why an object stays."""

    UNKNOWN = "unknown"
    """It is not named as we name objects, or nobody knows its digest."""
    NEEDED = "needed"
    YOUNG = "young"


class Judged(NamedTuple):
    """An object, the entries that show it, and why it stays; `kept` is None for one that may go."""

    found: InBucket
    keys: tuple[str, ...]
    kept: Kept | None


def digest_of_object(key: str, prefix: str) -> str | None:
    """The `sha256:…` of the file that an object was made of; None when its name says none."""
    match = _NAME.fullmatch(key.removeprefix(prefix)) if key.startswith(prefix) else None
    return f"sha256:{match['sha256']}" if match else None


def judged(
    objects: Iterable[InBucket],
    prefix: str,
    uses: Mapping[str, Use],
    keep: timedelta | None,
    now: datetime,
) -> Iterator[Judged]:
    """What becomes of each of `objects`; `uses` by digest, `keep` None for ever."""
    for found in objects:
        use = uses.get(digest_of_object(found.key, prefix) or "")
        yield Judged(found, use.keys if use else (), _kept(found, use, keep, now))


def _kept(found: InBucket, use: Use | None, keep: timedelta | None, now: datetime) -> Kept | None:
    if use is None:
        return Kept.UNKNOWN
    if use.is_needed:
        return Kept.NEEDED
    since = max(filter(None, (found.modified, use.last_out)))
    return Kept.YOUNG if keep is None or now - since < keep else None
