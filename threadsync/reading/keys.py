"""Keys of entries made from file names: the default of a file, and a proposal for a bad one."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

from threadsync.post import KEY_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_KEY = 128
NAMELESS = "post"
"""What is proposed for a name without a letter or digit that a key can have."""

_NOT_TAKEN = re.compile(r"[^a-z0-9._/-]+")


def is_key(text: str) -> bool:
    return KEY_PATTERN.fullmatch(text) is not None


def default_key(path: str) -> str:
    """The key of a file at `path` below its posts folder; it may be no valid one."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name.rpartition('.')[0]}"


def proposed_key(text: str) -> str:
    """The valid key nearest to `text`: small letters, no accents, - for what is not taken."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _NOT_TAKEN.sub("-", plain).strip("-._/")[:MAX_KEY] or NAMELESS


def suggestion(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?` when some known name is near to `name` or begins with it, else nothing."""
    names = list(known)
    near = get_close_matches(name, names, n=1) or [
        other for other in names if name and other.startswith(name)
    ]
    return f"; did you mean {near[0]}?" if near else ""
