"""One action as steps: uploads, calls and waits, in the order in which they are done. Pure.

Apply performs them, `plan -v` prints them. A chain's media are uploaded before its first part is
published, so that nothing that can be known early stops it half-way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from threadsync.state.model import PartStatus
from threadsync.treatment import FFMPEG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.planning.actions import Action, PlannedPart
    from threadsync.post import Media
    from threadsync.state.model import PartState

# Containers live 24 hours (Meta's troubleshooting page, read 2026-11-22); we stop using ours early.
CONTAINER_MAX_AGE = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Upload:
    """Bring a file where Meta can fetch it."""

    media: Media

    def __str__(self) -> str:
        mended = f" {self.media.recipe}" if self.media.recipe else ""
        return f"upload {self.media.path} ({self.media.size_bytes:,} bytes){mended}"


@dataclass(frozen=True, slots=True)
class Prepare:
    """Create the containers of a part and wait until Meta has processed them."""

    part: PlannedPart

    def __str__(self) -> str:
        children = len(self.part.request.children)
        inside = f" with {children} items" if children else ""
        return f"create {self.part.request.media_type} container{inside} for part {self.part.n}"


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish the container of a part."""

    part: PlannedPart

    def __str__(self) -> str:
        return f"publish part {self.part.n}"


@dataclass(frozen=True, slots=True)
class Adopt:
    """Record a post that is out as part `n` of the entry."""

    n: int
    digest: str
    media_id: str

    def __str__(self) -> str:
        return f"record post {self.media_id} as part {self.n}"


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a post from Threads."""

    media_id: str

    def __str__(self) -> str:
        return f"delete post {self.media_id}"


@dataclass(frozen=True, slots=True)
class Move:
    """Record that the entry has another file, and maybe another key."""

    source: str

    def __str__(self) -> str:
        return f"record that the file is {self.source} now"


Step = Upload | Prepare | Publish | Adopt | Delete | Move


def steps_of(action: Action) -> tuple[Step, ...]:
    """What performing `action` consists of, in order; nothing for an action that changes nothing."""
    if not action.is_change:
        return ()
    moves = (Move(action.source),) if _is_move(action) and action.source else ()
    adopts = tuple(Adopt(*found) for found in action.adopts)
    uploads = tuple(Upload(medium) for medium in files_of(action))
    publishing = tuple(step for part in action.parts for step in (Prepare(part), Publish(part)))
    deletes = tuple(Delete(media_id) for media_id in action.deletes)
    return (*moves, *adopts, *uploads, *publishing, *deletes)


def files_of(action: Action) -> tuple[Media, ...]:
    """The files that the parts to be published show, each once, in order."""
    if action.entry is None:
        return ()
    media = [m for part in action.parts for m in action.entry.parts[part.n - 1].media]
    return tuple({m.digest: m for m in media if m.digest is not None}.values())


def file_to_begin_with(actions: Sequence[Action]) -> tuple[Action, Media] | None:
    """The file that is brought to its address before anything else: the one that takes least time.

    None when that happens anyhow, because there is one action only, or when there are no files.
    """
    files = [(action, medium) for action in actions for medium in files_of(action)]
    if len(actions) < 2 or not files:
        return None
    return min(files, key=lambda file: (_is_coded(file[1]), file[1].size_bytes))


def _is_coded(medium: Media) -> bool:
    """Whether it is made anew by ffmpeg before it is sent."""
    return medium.recipe is not None and medium.recipe.needs == FFMPEG


def is_usable(part: PartState | None, digest: str, now: datetime) -> bool:
    """Whether the container on record for a part may still be published as `digest`."""
    if part is None or part.status is not PartStatus.MADE or part.digest != digest:
        return False
    created = part.container_created_at
    return created is not None and now - datetime.fromisoformat(created) < CONTAINER_MAX_AGE


def _is_move(action: Action) -> bool:
    recorded = action.recorded
    return action.entry is not None and recorded is not None and recorded.source != action.source
