"""What a project's settings say about what its posts may be. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from threadsync.reading.text import count_meta, count_strict

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Terms:
    """What the settings of a project say about what its posts may be."""

    text_count: str = "meta"
    """`meta` or `strict`."""
    alt_text: str = "warn"
    """`off`, `warn` or `require`."""
    needs_https: bool = True
    takes_files: bool = True
    """Whether there is a store for local media."""

    @property
    def count(self) -> Callable[[str], int]:
        """The measure that decides whether a text is too long."""
        return count_strict if self.text_count == "strict" else count_meta
