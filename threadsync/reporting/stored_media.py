"""What is in the bucket, as text for people and as JSON. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threadsync.reporting.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from threadsync.media.delivery.pruning import Judged

_NAME_WIDTH = 18
"""How much is shown of an object's name: enough to tell it from others."""


def objects_table(objects: Sequence[Judged], prefix: str, now: datetime) -> Iterator[str]:
    """A line for each: name, size, age, why it stays, and the entries that show it."""
    for one in objects:
        name = _short(one.found.key.removeprefix(prefix))
        age = age_words(now - one.found.modified)
        kept = one.kept or "old"
        keys = ", ".join(one.keys)
        size = _size(one.found.size_bytes)
        yield f"{name:<{_NAME_WIDTH}}  {size}  {age:>4}  {kept:<7}  {keys}".rstrip()


def total(objects: Sequence[Judged]) -> str:
    """`3 objects, 12,345 bytes`."""
    size_bytes = sum(one.found.size_bytes for one in objects)
    return f"{counted(len(objects), 'object', 'objects')}, {counted(size_bytes, 'byte', 'bytes')}"


def objects_json(objects: Sequence[Judged], now: datetime) -> dict[str, Any]:
    return {"format_version": 1, "objects": [_to_json(one, now) for one in objects]}


def age_words(age: timedelta) -> str:
    """`5m`, `3h`, `12d`; never negative, as two clocks may differ."""
    seconds = max(0, int(age.total_seconds()))
    for unit, size_s in (("d", 86_400), ("h", 3_600)):
        if seconds >= size_s:
            return f"{seconds // size_s}{unit}"
    return f"{seconds // 60}m"


def _to_json(one: Judged, now: datetime) -> dict[str, Any]:
    return {
        "key": one.found.key,
        "entries": list(one.keys),
        "size_bytes": one.found.size_bytes,
        "stored_at": one.found.modified.isoformat(),
        "age_s": max(0, int((now - one.found.modified).total_seconds())),
        "kept": one.kept.value if one.kept else None,
    }


def _short(name: str) -> str:
    stem, dot, suffix = name.partition(".")
    room = _NAME_WIDTH - len(dot + suffix) - 1
    return name if len(name) <= _NAME_WIDTH else f"{stem[:room]}…{dot}{suffix}"


def _size(size_bytes: int) -> str:
    return f"{size_bytes:>13,} B"
