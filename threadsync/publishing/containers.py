"""Make the container of a part, its items before itself.

A lost answer here is harmless: an unpublished container is invisible and dies after a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from threadsync.api.polling import NOT_READY_WAITS_S
from threadsync.errors import MediaRejectedError, NotReadyError
from threadsync.planning.matching import fingerprint
from threadsync.planning.steps import is_usable
from threadsync.publishing.delivery import sent_file
from threadsync.publishing.driver import look
from threadsync.publishing.run import PartFailedError
from threadsync.request import media_digests, resolve
from threadsync.state.model import PartState, PartStatus
from threadsync.state.store import rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

    from threadsync.api.parameters import Params
    from threadsync.planning.actions import PlannedPart
    from threadsync.post import Media
    from threadsync.publishing.run import EntryRecord, Run

# Meta's subcode for a picture or video that it could not fetch; publishers' reports and help pages of
# Ayrshare, read 2026-11-22.
NOT_FETCHED = 2207052
_FETCH_HINT = (
    "let facebookexternalhit pass any bot protection and robots.txt there, "
    "or name a second address in media.public_base_url"
)


@dataclass(slots=True)
class Containers:
    """Makes the containers of one entry."""

    run: Run
    record: EntryRecord
    media: Mapping[str, Media]
    """The entry's files by digest."""

    def still_fits(self, known: PartState, part: PlannedPart) -> bool:
        """Whether the container on record may be published, and refers to what is out now.

        What it replies to may have been replaced since; what it quotes is not on record.
        """
        params = part.request.params
        parent = params.get("reply_to_id")
        replies_to = parent and self._media_id(parent)
        is_same = known.reply_to == replies_to and not params.get("quote_post_id", "").startswith(
            "post:"
        )
        return is_same and is_usable(known, part.digest, self.run.now())

    def can_make(self, part: PlannedPart) -> bool:
        """Whether everything the part refers to is out already."""
        references = (part.request.params.get(name) for name in ("reply_to_id", "quote_post_id"))
        return all(ref is None or self._media_id(ref) is not None for ref in references)

    async def make(self, part: PlannedPart) -> PartState:
        """The part with a new container, which Meta has still to process.

        PartFailedError when an item of it cannot be processed.
        """
        params = dict(part.request.params)
        if children := await self._children(part):
            params["children"] = ",".join(children)
        container_id = await self._create(params)
        parent = params.get("reply_to_id")
        return PartState(
            n=part.n,
            digest=part.digest,
            status=PartStatus.MADE,
            container_id=container_id,
            container_created_at=rfc3339(self.run.now()),
            fingerprint=fingerprint(part.request),
            reply_to=self._media_id(parent) if parent else None,
            media=media_digests(part.request),
        )

    def shows(self, params: Params) -> str:
        """What is in the container of `params`, for people: a file, an address, or the post."""
        address = params.get("image_url") or params.get("video_url") or ""
        medium = self.media.get(address.removeprefix("media:"))
        return medium.name if medium else address or "the post"

    async def _children(self, part: PlannedPart) -> list[str]:
        """The ids of the carousel's items, in order, each FINISHED."""
        ids = [await self._create(params) for params in part.request.children]
        for params, container_id in zip(part.request.children, ids, strict=True):
            await self._await_item(params, container_id)
        return ids

    async def _await_item(self, params: Params, container_id: str) -> None:
        shows = self.shows(params)
        answer = await look(self.run, container_id, shows)
        polling = self.run.polling
        waits = polling.waits(polling.limits_s[params["media_type"]])
        while answer.is_processing and (wait := next(waits, None)) is not None:
            await self.run.pause(self.run.jittered(wait))
            answer = await look(self.run, container_id, shows)
        if answer.status != "FINISHED":
            raise PartFailedError(f"Meta could not process {shows}: {answer}")

    async def _create(self, params: Params) -> str:
        """Create one container, from the first address of its file that Meta can fetch."""
        if not _shows_file(params):
            return await self._create_filled(await self._filled(params))
        refused: dict[str, MediaRejectedError] = {}
        for nth in range(self.run.uploader.addresses):
            filled = await self._filled(params, nth)
            try:
                return await self._create_filled(filled)
            except MediaRejectedError as error:
                if error.subcode != NOT_FETCHED:
                    raise
                refused[_host(filled)] = error
        why = f"{' or '.join(refused)}: {next(iter(refused.values()))}"
        raise PartFailedError(
            f"Meta could not fetch {self.shows(params)} from {why}; {_FETCH_HINT}"
        )

    async def _create_filled(self, params: Params) -> str:
        """Create one container; a post it replies to that is not visible yet is waited for."""
        for wait in NOT_READY_WAITS_S:
            self.run.check_stop()
            try:
                async with self.run.calls:
                    return await self.run.api.create(params)
            except NotReadyError:
                await self.run.pause(wait)
        async with self.run.calls:
            return await self.run.api.create(params)

    async def _filled(self, params: Params, nth: int = 0) -> Params:
        """`params` with every placeholder replaced by what Meta understands.

        Of a file that is its `nth` address, from 0.
        """
        values: dict[str, str] = {}
        for name in ("image_url", "video_url"):
            if params.get(name, "").startswith("media:"):
                values[params[name]] = await self._url(params[name].removeprefix("media:"), nth)
        for name in ("reply_to_id", "quote_post_id"):
            if name in params:
                values[params[name]] = self._media_id(params[name]) or _raise_not_out(params[name])
        return resolve(params, values.__getitem__)

    async def _url(self, digest: str, nth: int) -> str:
        file = sent_file(self.run, self.media[digest])
        return await self.run.uploader.url(file.path, file.stem, nth)

    def _media_id(self, reference: str) -> str | None:
        kind, _, name = reference.partition(":")
        if kind == "part":
            parent = self.record.state.part(int(name))
            return parent.id if parent else None
        return self.run.session.state.media_id(name) if kind == "post" else reference


def _shows_file(params: Params) -> bool:
    """Whether the container shows a file of ours, for which there may be several addresses."""
    return any(params.get(name, "").startswith("media:") for name in ("image_url", "video_url"))


def _host(params: Params) -> str:
    """The host of a file's address; the rest of it may be a secret."""
    address = params.get("image_url") or params.get("video_url") or ""
    return urlsplit(address).netloc


def _raise_not_out(reference: str) -> str:
    raise PartFailedError(f"{reference} is not out, nothing can refer to it yet")
