"""The sandbox at its worst, with a witness in it: for tests of what an apply does to Threads.

It posts again whenever a published container is published again, so that nothing but the client keeps
a post from being out twice. At each publish request it looks at what is on record at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

from threadsync.sandbox.app import ABORT, Sandbox
from threadsync.state.local.store import LocalStore

STORE_FAULTS = ("drop-before", "drop-after", "500-applied", "503", "403", "lying-200")
"""What may happen to an upload; `lying-200` says that it is stored, and stores nothing."""


@dataclass
class Watch:
    """What the sandboxes of one project saw. `folder` is their data, with the state of `--sandbox`."""

    folder: object
    upload_fault: tuple[int | None, str] | None = None
    """Which upload goes wrong, None for each, and how."""
    uploads: int = 0
    unannounced: list = field(default_factory=list)
    """Containers of publish requests for which no new attempt was on record."""
    _announced: set = field(default_factory=set)

    def sandbox(self, store, options):
        """In the place of `Sandbox`."""
        return _Watched(store, replace(options, lax_publish=True), self)

    def published(self, container_id):
        """A publish request has come in: it must be the only one of an attempt on record."""
        new = self._attempts(container_id) - self._announced
        if len(new) != 1:
            self.unannounced.append(container_id)
        self._announced |= new

    def fault_of_upload(self):
        self.uploads += 1
        nth, fault = self.upload_fault or (0, None)
        return fault if nth in {None, self.uploads} else None

    def _attempts(self, container_id):
        """The attempts on record that may have come here; whoever sent them may wait no longer."""
        store = LocalStore(
            self.folder / "threadsync.state.json",
            seen_path=self.folder / "state/default/seen.json",
            clock=lambda: datetime.now(UTC),
            written_by="a witness",
        )
        parts = [part for _, entry in store.read().typed_entries() for part in entry.parts]
        attempts = [
            each for part in parts if part.container_id == container_id for each in part.attempts
        ]
        return {each["nonce"] for each in attempts if each["outcome"] != "not-sent"}


class _Watched(Sandbox):
    """The sandbox, seen by `watch`."""

    def __init__(self, store, options, watch):
        super().__init__(store, options)
        self._watch = watch

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["path"].endswith("/threads_publish"):
            receive = await self._seen(receive)
        if scope["type"] == "http" and scope["method"] == "PUT":
            await self._upload(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _seen(self, receive):
        message = await receive()
        form = parse_qs(message.get("body", b"").decode())
        self._watch.published(form.get("creation_id", [""])[0])
        ahead = [message]

        async def again():
            return ahead.pop() if ahead else await receive()

        return again

    async def _upload(self, scope, receive, send):
        fault = self._watch.fault_of_upload()
        if fault in {None, "drop-after", "500-applied"}:
            await super().__call__(scope, receive, send if fault is None else _unheard)
        if fault in {"drop-before", "drop-after"}:
            scope["extensions"][ABORT]()
        elif fault is not None:
            status = int(fault.removesuffix("-applied").removeprefix("lying-"))
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b"<html>no"})


async def _unheard(message):
    """An answer that nobody gets."""
