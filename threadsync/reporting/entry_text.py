"""What there is to say about one entry, as lines for people. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from threadsync.reading.text import MAX_ALT_TEXT
from threadsync.reporting.text import counted, plain, why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from threadsync.post import Media
    from threadsync.reporting.entry import Count, EntryFacts, PartFacts
    from threadsync.reporting.text import Paint

_LABEL = 12
"""The width of the column with the names of facts."""


def entry_lines(facts: EntryFacts, zone: tzinfo, paint: Paint = plain) -> Iterator[str]:
    """The entry, then each of its parts; times in `zone`."""
    yield paint(facts.entry.key, "cyan")
    yield from _labelled("source", [facts.entry.source])
    yield from _labelled("status", _status(facts))
    yield from _labelled("publish at", _schedule(facts, zone))
    yield from _labelled("defaults", map(_default, facts.inherited))
    yield from _labelled("sha256", [_hexadecimal(facts.digest)])
    for part in facts.parts:
        yield ""
        yield from _part_lines(part, len(facts.entry.parts), paint)


def told_time(at: datetime, zone: tzinfo) -> str:
    """`2026-11-20 09:30 Europe/Berlin (08:30 UTC)`: a time where the writer lives."""
    local, utc = at.astimezone(zone), f"{at:%H:%M} UTC"
    if not local.utcoffset():
        return f"{local:%Y-%m-%d %H:%M} UTC"
    day = "" if local.date() == at.date() else f"{at:%Y-%m-%d} "
    return f"{local:%Y-%m-%d %H:%M} {zone} ({day}{utc})"


def _labelled(label: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines behind their label; nothing when there are none."""
    for i, line in enumerate(lines):
        yield f"  {'' if i else label:<{_LABEL}}{line}"


def _status(facts: EntryFacts) -> Iterator[str]:
    yield facts.recorded.status.value if facts.recorded else "not on record"
    if facts.entry.draft:
        yield "a draft: never published while it says draft: true"
    if facts.action is not None:
        yield f"next: {facts.action.kind.value} ({why(facts.action)})"


def _schedule(facts: EntryFacts, zone: tzinfo) -> Iterator[str]:
    if facts.publish_at is not None:
        yield told_time(facts.publish_at, zone)


def _default(one: tuple[str, object, str]) -> str:
    key, value, source = one
    return f"{key}: {json.dumps(value, ensure_ascii=False)}  ({source})"


def _part_lines(part: PartFacts, total: int, paint: Paint) -> Iterator[str]:
    yield paint(f"part {part.n} of {total}: {part.request.media_type.lower()}", "cyan")
    yield from _labelled("status", _part_status(part))
    yield from _labelled("text", [_count(part.text)])
    if part.long_text:
        yield from _labelled("long text", [_count(part.long_text)])
    yield from _labelled("links", part.links)
    yield from _labelled("media", map(_medium, part.part.media))
    yield from _labelled("sha256", [_hexadecimal(part.digest)])
    request = json.dumps(part.request.to_json(), ensure_ascii=False, indent=2)
    yield from _labelled("request", request.splitlines())


def _hexadecimal(digest: str) -> str:
    """A digest without its method, so that it fits on a line."""
    return digest.removeprefix("sha256:")


def _part_status(part: PartFacts) -> Iterator[str]:
    address = part.recorded and (part.recorded.permalink or part.recorded.id)
    yield f"{part.status} {address}" if address else part.status


def _count(count: Count) -> str:
    over = max(count.meta, count.strict) - count.limit
    note = f", {over:,} bytes over" if over > 0 else ""
    return f"{count.meta:,} of {count.limit:,} (meta), {count.strict:,} bytes (strict){note}"


def _medium(medium: Media) -> str:
    size = f", {counted(medium.size_bytes, 'byte', 'bytes')}" if medium.size_bytes else ""
    alt_text = f"alt text {len(medium.alt_text):,} of {MAX_ALT_TEXT:,}" if medium.alt_text else ""
    return f"{medium.name}{size}, {alt_text or 'no alt text'}"
