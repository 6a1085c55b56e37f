"""Make the container of a part and wait until Meta has processed it.

A lost answer here is harmless: an unpublished container is invisible and dies after a day. The
container's id is on record before anything can be asked of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from threadsync.api.polling import LIMITS_S, NOT_READY_WAITS_S, waits_s
from threadsync.errors import NotReadyError
from threadsync.planning.matching import fingerprint
from threadsync.planning.steps import is_usable
from threadsync.publishing import lifecycle
from threadsync.publishing.run import InDoubtError, PartFailedError
from threadsync.request import resolve
from threadsync.state.model import PartStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from threadsync.api.parameters import Params
    from threadsync.planning.actions import PlannedPart
    from threadsync.post import Media
    from threadsync.publishing.run import EntryRecord, Run
    from threadsync.state.model import PartState


@dataclass(frozen=True, slots=True)
class Look:
    """What a container said: `status` is None when Meta does not find it (yet)."""

    status: str | None
    error: str | None = None

    @property
    def is_processing(self) -> bool:
        return self.status in {"IN_PROGRESS", None}

    def __str__(self) -> str:
        return " ".join(word for word in (self.status, self.error) if word)


async def look(run: Run, container_id: str) -> Look:
    """Ask a container for its status; ApiError when there is no answer to rely on."""
    try:
        async with run.calls:
            answer = await run.api.container_status(container_id)
    except NotReadyError:
        return Look(None)
    return Look(answer.status, answer.error)


@dataclass(slots=True)
class Containers:
    """Makes the containers of one entry."""

    run: Run
    record: EntryRecord
    media: Mapping[str, Media]
    """The entry's files by digest."""

    async def ready(self, part: PlannedPart) -> PartState:
        """The part with a FINISHED container: the one on record, or a new one.

        PartFailedError when Meta refuses the part or takes longer than is waited for; InDoubtError
        when the container on record turns out to be published.
        """
        known = self.record.state.part(part.n)
        if known is not None and self._still_fits(known, part):
            answer = await self._await(part, known.container_id or "")
            if answer.status == "FINISHED":
                return known
            await self._check_not_live(known, answer)
        made = await self._make(part)
        answer = await self._await(part, made.container_id or "")
        if answer.status != "FINISHED":
            raise await self._not_finished(part, made, answer)
        return made

    def _still_fits(self, known: PartState, part: PlannedPart) -> bool:
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

    async def _make(self, part: PlannedPart) -> PartState:
        children = await self._children(part)
        params = await self._filled(part.request.params)
        if children:
            params["children"] = ",".join(children)
        container_id = await self._create(params)
        now = self.run.now()
        made = lifecycle.made(
            part.n,
            part.digest,
            container_id,
            now,
            fingerprint=fingerprint(part.request),
            reply_to=params.get("reply_to_id"),
        )
        await self.record.put_part(made)
        self.run.tell("container", self.record.key, n=part.n, container_id=container_id)
        return made

    async def _children(self, part: PlannedPart) -> list[str]:
        """The ids of the carousel's items, in order, each FINISHED."""
        ids = [await self._create(await self._filled(params)) for params in part.request.children]
        for params, container_id in zip(part.request.children, ids, strict=True):
            answer = await self._await(part, container_id)
            if answer.status != "FINISHED":
                raise PartFailedError(f"Meta could not process {self._file(params)}: {answer}")
        return ids

    async def _create(self, params: Params) -> str:
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

    async def _await(self, part: PlannedPart, container_id: str) -> Look:
        """Poll until the container is no longer processing, or the time for it is over."""
        answer = await look(self.run, container_id)
        waits = waits_s(LIMITS_S[part.request.media_type])
        while answer.is_processing and (wait := next(waits, None)) is not None:
            await self.run.pause(wait)
            answer = await look(self.run, container_id)
        return answer

    async def _check_not_live(self, known: PartState, answer: Look) -> None:
        if answer.is_processing:
            raise PartFailedError("Meta is still processing it; run threadsync apply again later")
        if answer.status == "PUBLISHED":
            await self.record.put_part(replace(known, status=PartStatus.PENDING))
            raise InDoubtError("its container is published already")

    async def _not_finished(
        self, part: PlannedPart, made: PartState, answer: Look
    ) -> PartFailedError:
        await self._check_not_live(made, answer)
        why = f"Meta could not process {self._file(part.request.params)}: {answer}"
        await self.record.put_part(lifecycle.failed(made, why))
        return PartFailedError(why)

    async def _filled(self, params: Params) -> Params:
        """`params` with every placeholder replaced by what Meta understands."""
        values: dict[str, str] = {}
        for name in ("image_url", "video_url"):
            if params.get(name, "").startswith("media:"):
                values[params[name]] = await self._url(params[name].removeprefix("media:"))
        for name in ("reply_to_id", "quote_post_id"):
            if name in params:
                values[params[name]] = self._media_id(params[name]) or _raise_not_out(params[name])
        return resolve(params, values.__getitem__)

    async def _url(self, digest: str) -> str:
        path = self.media[digest].path or ""
        return await self.run.uploader.url(self.run.root / path, digest)

    def _media_id(self, reference: str) -> str | None:
        kind, _, name = reference.partition(":")
        if kind == "part":
            parent = self.record.state.part(int(name))
            return parent.id if parent else None
        return self.run.session.state.media_id(name) if kind == "post" else reference

    def _file(self, params: Params) -> str:
        address = params.get("image_url") or params.get("video_url") or ""
        medium = self.media.get(address.removeprefix("media:"))
        return medium.name if medium else address or "the post"


def _raise_not_out(reference: str) -> str:
    raise PartFailedError(f"{reference} is not out, nothing can refer to it yet")
