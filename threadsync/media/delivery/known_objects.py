"""What this machine knows of the objects it stored: a hint that spares work, never a proof.

Whether an object is there is asked of the store each time; what is known only tells whether it is
still the one that was stored, and whether its address was fetched a short while ago.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from threadsync.stamps import load_rows, save_rows

if TYPE_CHECKING:
    from pathlib import Path

    from threadsync.stamps import Rows

_FORMAT = 1
_MOST_ROWS = 100_000
# A crawler that was let through may be shut out later; the same run need not look twice.
_REACHED_FOR_S = 86_400
_REFUSED = "refused"
"""In place of a key, which always has a digest: the addresses that did not work, and when."""


class Known(NamedTuple):
    """An object that was stored from here, or found as it should be."""

    size_bytes: int
    etag: str
    reached: dict[str, float]
    """When an address that begins so was last fetched, in seconds since 1970."""


class KnownObjects:
    """The index in one file, for one bucket (`store` names it); saved when `save` is called."""

    def __init__(self, cache_folder: Path | None, store: str) -> None:
        self._path = str(cache_folder / "cache" / "uploads.json") if cache_folder else None
        self._store = store
        # Loaded at once: what follows is asked by several threads.
        self._rows: Rows = load_rows(self._path, _FORMAT) if self._path else {}
        self._is_new = False

    def get(self, key: str) -> Known | None:
        match self._rows.get(self._name(key)):
            case [int(size_bytes), str(etag), dict(reached)]:
                return Known(size_bytes, etag, reached)
        return None

    def put(self, key: str, size_bytes: int, etag: str) -> None:
        """It is there now; where it was reached counts for the same object only."""
        known = self.get(key)
        is_same = known is not None and known[:2] == (size_bytes, etag)
        reached = known.reached if known is not None and is_same else {}
        self._put(key, Known(size_bytes, etag, reached))

    def forget(self, key: str) -> None:
        self._is_new |= self._rows.pop(self._name(key), None) is not None

    def put_reached(self, key: str, base: str, at_s: float) -> None:
        known = self.get(key) or Known(-1, "", {})
        self._put(key, known._replace(reached={**known.reached, base: at_s}))

    def is_reached(self, key: str, base: str, now_s: float) -> bool:
        """Whether the object's address below `base` was fetched within a day."""
        known = self.get(key)
        at_s = known.reached.get(base) if known else None
        return isinstance(at_s, int | float) and 0 <= now_s - at_s < _REACHED_FOR_S

    def put_refused(self, base: str, at_s: float) -> None:
        """From addresses that begin so something could not be fetched."""
        self.put_reached(_REFUSED, base, at_s)

    def refused_s(self, base: str, now_s: float) -> float:
        """When `base` was last refused, in seconds since 1970; 0 when not within a day."""
        known = self.get(_REFUSED) if self.is_reached(_REFUSED, base, now_s) else None
        return known.reached[base] if known else 0.0

    def save(self) -> None:
        """Keep what is new; nothing happens when it cannot be written."""
        if self._path is not None and self._is_new:
            rows = dict(self._rows)
            save_rows(self._path, _FORMAT, rows if len(rows) <= _MOST_ROWS else {})
            self._is_new = False

    def _put(self, key: str, known: Known) -> None:
        self._rows[self._name(key)] = list(known)
        self._is_new = True

    def _name(self, key: str) -> str:
        return f"{self._store}/{key}"
