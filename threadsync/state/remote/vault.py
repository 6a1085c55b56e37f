"""Where a remote state lies: a few named documents, each written by compare-and-swap.

`RemoteStore` builds a state with journal and lock on it; a bucket and a git branch implement it.
`names` and `remove` came later, for old backups; nothing else is ever removed.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from threadsync.errors import StateError


class LostRaceError(StateError):
    """Somebody else wrote the document since it was read; nothing of ours was written."""


class Document(NamedTuple):
    """A document as it was read. `tag` names this version of it: an ETag, or a commit."""

    data: bytes
    tag: str


class Vault(Protocol):
    """Named documents (`state.json`, `journal.json`, `lock.json`, `backups/…`) in one place.

    All methods block. StateError says what place could not be reached and why, never a key or token.
    """

    @property
    def place(self) -> str:
        """For messages: `s3://bucket/threads/state.json`, `branch threadsync-state of origin`."""
        ...

    def read(self, name: str) -> Document | None:
        """The document as it is now, None when there is none."""
        ...

    def write(self, name: str, data: bytes, tag: str | None) -> str:
        """Put `data` in the place of the version `tag` (None: there must be none); the new tag.

        Durable when it returns. LostRaceError when another version is there. An unclear answer is
        cleared up by reading back: when exactly `data` is there it was written, so every write must
        hold something that no other writer's does.
        """
        ...

    def names(self, prefix: str) -> list[str] | None:
        """The names that begin with `prefix`, in any order; None when the place cannot list them.

        For `backups/` only: the others are known by name.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove a document that nobody else writes, such as an old backup; it may be gone."""
        ...
