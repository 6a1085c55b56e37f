"""What makes a state document whole: looked for when one is read and before one is written.

Checks look at the raw objects and make no typed ones, so that ten thousand entries stay cheap. They
raise ValueError with words that follow a place; the callers know the place.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from threadsync.state.model import PartStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SHAPES: dict[str, tuple[dict[str, type], tuple[str, ...]]] = {
    "document": (
        {
            "format": int, "min_reader": int, "lineage": str, "serial": int, "written_by": str,
            "written_at": str, "account": dict, "entries": dict, "ledger": dict,
        },
        ("format", "lineage", "serial", "entries"),
    ),
    "entry": (
        {
            "source": str, "digest": str, "status": str, "parts": list,
            "revision": int, "history": list, "total": int,
        },
        ("parts",),
    ),
    "part": (
        {
            "n": int, "digest": str, "status": str, "container_id": str,
            "container_created_at": str, "id": str, "permalink": str, "published_at": str,
            "reply_to": str, "fingerprint": str, "media": list, "error": str, "attempts": list,
        },
        ("n", "digest", "status"),
    ),
    "attempt": ({}, ()),
    "history": (
        {
            "revision": int, "id": str, "digest": str, "n": int, "reply_to": str,
            "permalink": str, "published_at": str, "media": list, "deleting_since": str,
            "deleted_at": str,
        },
        ("revision", "id", "digest"),
    ),
}  # fmt: skip
"""For each sort of object: the type of each known field, and the fields that must be there."""

_NULL = type(None)
_NAMES = {
    dict: "an object", list: "a list", str: "a string", int: "a whole number",
    float: "a fraction", bool: "true or false", _NULL: "null",
}  # fmt: skip
_STATUSES = frozenset(status.value for status in PartStatus)
_NEEDS_CONTAINER = frozenset({PartStatus.MADE.value, PartStatus.PUBLISHING.value})


def known_fields(sort: str) -> frozenset[str]:
    """The fields this version knows of a `document`, `entry`, `part`, `attempt` or `history`."""
    return frozenset(_SHAPES[sort][0])


def check_entries(entries: Mapping[str, Any]) -> dict[str, str]:
    """The key of each published id; ValueError when an entry is damaged or an id is there twice."""
    owners: dict[str, str] = {}
    for key, entry in entries.items():
        claim_ids(owners, key, check_entry(key, entry))
    return owners


def claim_ids(owners: dict[str, str], key: str, ids: Iterable[str]) -> None:
    """Note in `owners` that `ids` belong to `key`; ValueError when one already belongs to an entry."""
    for media_id in ids:
        if media_id in owners:
            first = owners[media_id]
            raise ValueError(f"the published id {media_id} is used twice, by {first} and {key}")
        owners[media_id] = key


def check_entry(key: str, entry: Any) -> list[str]:
    """Ids of everything published for one raw entry; ValueError when it is damaged."""
    _check_shape("entry", entry, key)
    if entry.get("revision", 1) < 1:
        raise ValueError(f"{key} has the revision {entry['revision']}, 1 is the first")
    ids = []
    last_n = 0
    for part in entry["parts"]:
        last_n = _check_part(part, last_n, key)
        if part.get("id") is not None:
            ids.append(part["id"])
    for old in entry.get("history", ()):
        _check_shape("history", old, key)
        ids.append(old["id"])
    return ids


def check_document(raw: dict[str, Any]) -> None:
    """ValueError when a field beside the entries is damaged; the entries are not looked at."""
    _check_shape("document", raw, "the document")
    if raw["format"] < 1:
        raise ValueError(f"has the format {raw['format']}, 1 is the first")
    if raw["serial"] < 0:
        raise ValueError(f"has the serial {raw['serial']}, 0 is the least")
    if not raw["lineage"]:
        raise ValueError("has an empty lineage")


def _check_part(part: Any, last_n: int, key: str) -> int:
    """The part's number, which must be above `last_n`."""
    _check_shape("part", part, key)
    n: int = part["n"]
    status = part["status"]
    if n <= last_n:
        raise ValueError(f"{key} has part {n} after part {last_n}; parts count up from 1")
    if status not in _STATUSES:
        raise ValueError(
            f"{key}#{n} has the status {status!r}, which this version does not know; a newer one may"
        )
    if status == "published":
        _check_needed(part, ("id", "reply_to") if n > 1 else ("id",), f"{key}#{n}")
    elif status in _NEEDS_CONTAINER:
        _check_needed(part, ("container_id",), f"{key}#{n}")
    for attempt in part.get("attempts", ()):
        _check_shape("attempt", attempt, key)
    return n


def _check_needed(part: dict[str, Any], names: Iterable[str], where: str) -> None:
    for name in names:
        if not part.get(name):
            raise ValueError(f"{where} is {part['status']} without {name}")


def _check_shape(sort: str, raw: Any, where: str) -> None:
    if type(raw) is not dict:
        raise ValueError(f"{where}: {raw!r:.40} stands where an object is needed")
    # Thousands of objects share a few shapes; each shape is looked at once.
    misfit = _misfit(sort, tuple(raw), tuple(map(type, raw.values())))
    if misfit is not None:
        raise ValueError(f"{where}: {misfit}")


@lru_cache(maxsize=4096)
def _misfit(sort: str, names: tuple[str, ...], types: tuple[type, ...]) -> str | None:
    """What is wrong with an object of fields `names` and `types`, None when nothing is."""
    wanted, required = _SHAPES[sort]
    found = dict(zip(names, types, strict=True))
    for name in required:
        if found.get(name, _NULL) is _NULL:
            return f"{name} is missing"
    for name in found.keys() & wanted.keys():
        may_be_null = wanted[name] is str and found[name] is _NULL
        if found[name] is not wanted[name] and not may_be_null:
            return f"{name} is {_NAMES[found[name]]}, {_NAMES[wanted[name]]} is needed"
    return None
