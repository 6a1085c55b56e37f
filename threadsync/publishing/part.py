"""Bring one part out: its container made and processed ahead, published when it is its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.errors import AccountRestrictedError
from threadsync.publishing.driver import Driver
from threadsync.publishing.protocol import Do
from threadsync.publishing.run import InDoubtError, PartFailedError, RestrictedError
from threadsync.state.model import PartStatus

if TYPE_CHECKING:
    from threadsync.planning.actions import PlannedPart
    from threadsync.publishing.containers import Containers
    from threadsync.state.model import PartState


class Part:
    """One part of an entry while it is performed."""

    def __init__(self, containers: Containers, part: PlannedPart) -> None:
        self._containers = containers
        self._part = part
        self._driver = Driver(
            containers.run,
            containers.record,
            part.n,
            make=lambda: containers.make(part),
            shows=containers.shows(part.request.params),
            processing_s=containers.run.polling.limits_s[part.request.media_type],
        )
        self._is_ready = False

    async def prepare(self) -> None:
        """Have its container FINISHED: the one on record, or a new one.

        PartFailedError when Meta refuses the part or takes longer than is waited for; InDoubtError
        when the container on record turns out to be published.
        """
        if self._is_ready or self._is_out:
            return
        known = self._driver.part
        fits = known is not None and self._containers.still_fits(known, self._part)
        await self._go(Do.LOOK if fits else Do.MAKE)
        self._is_ready = True

    async def publish(self) -> PartState:
        """The part with its media id.

        PartFailedError when nothing is out for sure, InDoubtError when that cannot be told; both
        after putting it on record.
        """
        await self.prepare()
        if not self._is_out:
            await self._driver.go(Do.TURN)
            self._check_end()
        if self._driver.part is None:
            raise AssertionError(f"part {self._part.n} is out, and nothing on record")
        return self._driver.part

    @property
    def _is_out(self) -> bool:
        known = self._driver.part
        return known is not None and known.is_published

    async def _go(self, do: Do) -> None:
        if await self._driver.go(do, until=(Do.TURN,)) is Do.REST:
            self._check_end()

    def _check_end(self) -> None:
        """Raise what it means that there is nothing more to do, unless the part is out."""
        part, error = self._driver.part, self._driver.error
        if part is not None and part.is_unsettled:
            raise InDoubtError(str(error or "its container is published already"))
        if part is None or part.status is PartStatus.FAILED:
            why = part.error if part else None
            kind = RestrictedError if isinstance(error, AccountRestrictedError) else PartFailedError
            raise kind(why or "nothing was posted")
        if part.status is PartStatus.MADE:
            still = "Meta is still processing it; run threadsync apply again later"
            raise PartFailedError(f"{error}; nothing was posted" if error else still)
