"""What is in the bucket of a project and whether posts still need it; removing what they do not.

No lock of the state is taken: at worst a run at the same moment finds gone what it was about to hand to
Meta, which fails a draft and no post; the next run stores it again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from threadsync.errors import FilesError, SettingsError
from threadsync.media.delivery.pruning import Judged, Use, judged
from threadsync.planning.build import Scope
from threadsync.problems import errors_in
from threadsync.request import media_digests
from threadsync.state.model import PartState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from threadsync.config import Settings
    from threadsync.media.delivery.bucket import MediaBucket
    from threadsync.planning.actions import Plan
    from threadsync.post import Entry
    from threadsync.project import Project
    from threadsync.state.model import OldPart, State

_DELETERS = 8


def bucket_of(settings: Settings) -> MediaBucket:
    """The bucket of the project; SettingsError when there is none."""
    if settings.is_sandbox:
        raise SettingsError("the sandbox keeps media itself; leave --sandbox away")
    if settings.media.store == "none":
        raise SettingsError("threadsync.yaml: media.store is none: there is no bucket to look into")
    from threadsync.media.delivery.bucket import MediaBucket

    return MediaBucket(settings.media)


def stored_media(project: Project, bucket: MediaBucket, now: datetime) -> list[Judged]:
    """The objects below `media.prefix`, sorted by key, and what is to become of each.

    FilesError when a post has errors: what it shows cannot be told then.
    """
    media = project.settings.media
    uses = _uses(project, now)
    return list(judged(bucket.listed(media.prefix), media.prefix, uses, media.keep_media, now))


def remove(
    bucket: MediaBucket, objects: Iterable[Judged], gone: Callable[[Judged], object]
) -> None:
    """Delete each; `gone` hears of it, in any order and from any thread.

    MediaError when one cannot be deleted. When it ends early, all that is gone was told.
    """
    from concurrent.futures import ThreadPoolExecutor

    def delete(one: Judged) -> None:
        bucket.delete(one.found.key)
        gone(one)

    with ThreadPoolExecutor(_DELETERS) as deleters:
        for _ in deleters.map(delete, objects):
            pass


def _uses(project: Project, now: datetime) -> dict[str, Use]:
    """What is known of files, by digest: by the posts, the state, and the posts of other accounts."""
    state = project.store().read()
    loaded = project.load_all(state)
    if errors := errors_in(loaded.problems):
        raise FilesError(errors)
    plan = project.plan(loaded, state, Scope(), now=now)
    uses: defaultdict[str, Use] = defaultdict(Use)
    for digest, use in (
        *_named(loaded.entries),
        *_recorded(state),
        *_planned(plan),
        *_of_others(project.settings),
    ):
        uses[digest] = _together(uses[digest], use)
    return dict(uses)


def _named(entries: Iterable[Entry]) -> Iterator[tuple[str, Use]]:
    for entry in entries:
        for part in entry.parts:
            for medium in part.media:
                if medium.digest is not None:
                    yield medium.digest, Use((entry.key,))


def _recorded(state: State) -> Iterator[tuple[str, Use]]:
    for key, entry in state.typed_entries():
        parts: tuple[PartState | OldPart, ...] = (*entry.parts, *entry.history)
        for part in parts:
            is_open = isinstance(part, PartState) and not part.is_published
            out = datetime.fromisoformat(part.published_at) if part.published_at else None
            for digest in part.media:
                yield digest, Use((key,), is_open, out)


def _planned(plan: Plan) -> Iterator[tuple[str, Use]]:
    for action in plan.actions:
        for part in action.parts:
            for digest in media_digests(part.request):
                yield digest, Use((action.key,), is_needed=True)


def _of_others(settings: Settings) -> Iterator[tuple[str, Use]]:
    """Accounts share a bucket: whatever the posts of another one name is needed."""
    from threadsync.media.digests import read_media
    from threadsync.media.probing.facts import Medium
    from threadsync.reading.named_media import named_media
    from threadsync.reading.settings import posts_of

    for name, own in settings.accounts.items():
        if name != settings.account:
            theirs = replace(settings, posts=posts_of(own, settings))
            wanted = {path: named.file for path, named in named_media(theirs).items()}
            media = read_media(wanted, settings.cache_folder)
            for medium in media.values():
                if isinstance(medium, Medium):
                    yield medium.digest, Use((f"{name}:",), is_needed=True)


def _together(one: Use, other: Use) -> Use:
    out = max(filter(None, (one.last_out, other.last_out)), default=None)
    keys = tuple(sorted({*one.keys, *other.keys}))
    return Use(keys, one.is_needed or other.is_needed, out)
