"""Where Threads disagrees with the state: posts that are gone, and posts that look different."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from threadsync.errors import NotFoundError
from threadsync.planning.matching import FIELDS, fingerprint, post_fingerprint
from threadsync.publishing.observe import own_posts
from threadsync.request import part_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from threadsync.api.types import PublishedPost
    from threadsync.post import Entry
    from threadsync.publishing.run import Run
    from threadsync.state.model import PartState, State


class DriftKind(StrEnum):
    """What is other than on record."""

    GONE = "gone"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Drift:
    """One post that is not as recorded; `n` is its part, from 1."""

    kind: DriftKind
    key: str
    n: int
    id: str

    def __str__(self) -> str:
        what = "is not on Threads any more" if self.kind is DriftKind.GONE else "shows another text"
        return f"{self.key}#{self.n} (post {self.id}) {what}"

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind.value, "key": self.key, "n": self.n, "id": self.id}


async def find_drift(run: Run, state: State, entries: Iterable[Entry]) -> list[Drift]:
    """Every published part of `state` that is gone or differs, sorted by key and part.

    A post counts as gone when it is in no list and Meta does not find it by its id. Only posts whose
    file still asks for what was published can be told to differ.
    """
    seen = {post.id: post async for post in own_posts(run.api, "threads")}
    if any(part.reply_to for _, entry in state.typed_entries() for part in entry.published):
        seen |= {post.id: post async for post in own_posts(run.api, "replies")}
    looks = _looks(entries)
    found: list[Drift] = []
    for key, entry in state.typed_entries():
        for part in entry.published:
            post = seen.get(part.id or "") or await _fetched(run, part)
            if kind := _kind(post, looks.get((key, part.n, part.digest))):
                found.append(Drift(kind, key, part.n, part.id or ""))
    return found


def _looks(entries: Iterable[Entry]) -> Mapping[tuple[str, int, str], str]:
    """How each part looks that a file asks for, by key, number and digest."""
    return {
        (entry.key, n, request.digest): fingerprint(request)
        for entry in entries
        for n, part in enumerate(entry.parts, start=1)
        for request in (part_request(part, n),)
    }


def _kind(post: PublishedPost | None, looks: str | None) -> DriftKind | None:
    if post is None:
        return DriftKind.GONE
    if looks is not None and post_fingerprint(post) != looks:
        return DriftKind.DIFFERS
    return None


async def _fetched(run: Run, part: PartState) -> PublishedPost | None:
    try:
        return await run.api.thread(part.id or "", FIELDS)
    except NotFoundError:
        return None
