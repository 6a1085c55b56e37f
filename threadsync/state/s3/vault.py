"""A state in a bucket: AWS S3, Cloudflare R2 and whatever else speaks S3's API and means it.

Every write carries a condition: `If-None-Match: *`, or `If-Match` with the ETag as the store gave it.
A store that takes such a write without looking at the condition is found out before the first one.
"""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING

from threadsync.errors import SettingsError
from threadsync.s3.client import host_of
from threadsync.state.durable import read_file, replace_file, saving
from threadsync.state.s3.objects import S3Objects
from threadsync.state.s3.probe import probe
from threadsync.state.strict_json import to_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from threadsync.config import StateSettings
    from threadsync.state.remote.vault import Document

_STATE = "state.json"


class S3Vault:
    """The vault of `state.backend: s3`.

    The state lies at `state.key`, the other documents beside it: `threads/state.journal.json`,
    `threads/state.lock.json`, `threads/state.backups/…` for `threads/state.json`. `probed_path`
    remembers on this machine which store keeps its conditions. `sleep` takes seconds.
    """

    def __init__(
        self,
        settings: StateSettings,
        *,
        probed_path: Path | None = None,
        sleep: Callable[[float], object] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if settings.bucket is None:
            raise SettingsError(
                "threadsync.yaml: state.bucket is missing; name the bucket for the state"
            )
        self.place = f"s3://{settings.bucket}/{settings.key}"
        self._objects = S3Objects(settings, settings.bucket, sleep=sleep, jitter=jitter)
        self._key = settings.key
        self._store = f"{host_of(settings.endpoint_url)}/{settings.bucket}"
        self._probed_path = probed_path
        self._is_probed = False

    def read(self, name: str) -> Document | None:
        return self._objects.read(self._key_of(name))

    def write(self, name: str, data: bytes, tag: str | None) -> str:
        self._probe_once()
        return self._objects.write(self._key_of(name), data, tag)

    def names(self, prefix: str) -> list[str] | None:
        keys = self._objects.keys(self._key_of(prefix))
        start = len(self._key_of(""))
        return None if keys is None else [key[start:] for key in keys]

    def remove(self, name: str) -> None:
        self._objects.delete(self._key_of(name))

    def probe(self) -> None:
        """StateError when the store does not keep the conditions of writes."""
        probe(self._objects, self._key_of(f"probe-{os.urandom(4).hex()}.json"), self.place)

    def _key_of(self, name: str) -> str:
        return self._key if name == _STATE else f"{self._key.removesuffix('.json')}.{name}"

    def _probe_once(self) -> None:
        if self._is_probed:
            return
        if not self._is_known():
            self.probe()
            self._remember()
        self._is_probed = True

    def _is_known(self) -> bool:
        return self._probed_path is not None and read_file(self._probed_path) == self._memory()

    def _remember(self) -> None:
        if self._probed_path is not None:
            with saving(self._probed_path):
                self._probed_path.parent.mkdir(parents=True, exist_ok=True)
                replace_file(self._probed_path, self._memory())

    def _memory(self) -> bytes:
        return to_line({"keeps_conditions": self._store}) + b"\n"
