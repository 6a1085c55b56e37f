"""One document, checked by the schema, made into an `Entry`; what is wrong with it as findings.

No I/O: whatever stands in other files, media and long texts, is looked up in what was read before.
Pointers are those of `places`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from threadsync import problems
from threadsync.media.mending import judged
from threadsync.media.probing.facts import UnreadableError
from threadsync.media.rules import carousel_findings
from threadsync.post import (
    Entry,
    Gif,
    Media,
    MediaKind,
    OnChange,
    Part,
    Reference,
    TextAttachment,
)
from threadsync.problems import Finding
from threadsync.reading.allowing import after_allowing
from threadsync.reading.chains import Chain, Chaining, arrange, as_written
from threadsync.reading.declared import as_medium, part_values
from threadsync.reading.documents import shorten
from threadsync.reading.rules import entry_findings
from threadsync.reading.styling import styled_text
from threadsync.reading.terms import Terms
from threadsync.reading.text import read_spoilers, trim_blank_lines
from threadsync.reading.times import read_time
from threadsync.treatment import Treatment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from threadsync.media.probing.facts import Medium
    from threadsync.reading.declared import Document

_SUFFIXES = {
    ".jpg": MediaKind.IMAGE,
    ".jpeg": MediaKind.IMAGE,
    ".png": MediaKind.IMAGE,
    ".mp4": MediaKind.VIDEO,
    ".mov": MediaKind.VIDEO,
}
# As in the schema, which does not see what stands in a body.
_ADDRESS = re.compile(r"https?://[^\s/]\S*")
_AS_WRITTEN = frozenset(
    {
        "enable_reply_approvals",
        "is_ghost_post",
        "is_spoiler_media",
        "link_attachment",
        "location_id",
        "reply_control",
        "share_to_instagram",
        "topic_tag",
    }
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What was read of other files: for `(folder of the post, path as written)` each."""

    media: Mapping[tuple[str, str], tuple[str, Medium | UnreadableError] | Finding] = field(
        default_factory=dict
    )
    """The path as shown and what the file is."""
    texts: Mapping[tuple[str, str], str | Finding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the project says about all of its entries."""

    terms: Terms = field(default_factory=Terms)
    timezone: str = "UTC"
    on_change: OnChange = OnChange.REPLACE
    defaults: Mapping[str, Any] = field(default_factory=dict)
    treatment: Treatment = field(default_factory=Treatment)
    """What is done to files of media, where an entry does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside one document: its folder, what was read there, and what is done to it."""

    folder: str
    shelf: Shelf
    treatment: Treatment


class Built(NamedTuple):
    """An entry and what is wrong with it."""

    entry: Entry
    findings: tuple[Finding, ...]


def build_entry(document: Document, frame: Frame, shelf: Shelf) -> Built:
    """The entry that `document` declares. What cannot be used is there as a stand-in."""
    found: list[Finding] = []
    value = document.value
    parts, origins = _chain(value, frame, _parts(document, frame, shelf, found))
    entry = Entry(
        key=document.key,
        source=document.source,
        parts=parts,
        publish_at=_publish_at(value, frame, found),
        draft=value.get("draft", False),
        on_change=_on_change(value, frame),
        has_explicit_key="key" in value,
        allowed=frozenset(value.get("allow", ())),
        origins=origins,
    )
    found.extend(as_written(finding, origins) for finding in entry_findings(entry, frame.terms))
    if "allow" in value:
        found = after_allowing(found, value["allow"], document.silenced)
    return Built(entry, tuple(found))


def _publish_at(value: Mapping[str, Any], frame: Frame, found: list[Finding]) -> datetime | None:
    if "publish_at" not in value:
        return None
    moment = read_time(value["publish_at"], frame.timezone)
    if isinstance(moment, Finding):
        found.append(moment)
        return None
    return moment


def _on_change(value: Mapping[str, Any], frame: Frame) -> OnChange:
    named = value.get("on_change") or frame.defaults.get("on_change")
    return OnChange(named) if named else frame.on_change


def _parts(
    document: Document, frame: Frame, shelf: Shelf, found: list[Finding]
) -> tuple[Part, ...]:
    parts = []
    beside = Beside(document.folder, shelf, _treatment(document.value, frame))
    for i, raw in enumerate(part_values(document)):
        complete = {**_defaults_for(raw, frame.defaults), **raw} if i == 0 else raw
        part_found: list[Finding] = []
        parts.append(_part(complete, beside, part_found))
        found.extend(finding.under("parts", i) for finding in part_found)
    return tuple(parts)


def _treatment(value: Mapping[str, Any], frame: Frame) -> Treatment:
    return frame.treatment.asked(value.get("fix"))


def _chain(value: Mapping[str, Any], frame: Frame, parts: tuple[Part, ...]) -> Chain:
    """The parts of the file, cut and numbered as it asks for."""
    split = value.get("split") or frame.defaults.get("split")
    numbering = value.get("numbering", frame.defaults.get("numbering", ""))
    if split != "auto" and not numbering:
        return Chain(parts, ())
    return arrange(parts, Chaining(frame.terms.count, split == "auto", numbering))


def _defaults_for(raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    if raw.get("is_ghost_post") and "enable_reply_approvals" in defaults:
        return {k: v for k, v in defaults.items() if k != "enable_reply_approvals"}
    return defaults


def _part(raw: Mapping[str, Any], beside: Beside, found: list[Finding]) -> Part:
    marked = read_spoilers(trim_blank_lines(raw.get("text", "")))
    if marked.open_at is not None:
        found.append(problems.SPOILER_OPEN.found("text", marked.open_at))
    return Part(
        text=marked.text,
        spoilers=marked.spoilers,
        media=_media(raw["media"], beside, found) if "media" in raw else (),
        poll=tuple(raw["poll"]["options"]) if "poll" in raw else (),
        text_attachment=_text_attachment(raw.get("text_attachment"), beside, found),
        gif=Gif(**raw["gif"]) if "gif" in raw else None,
        allowlisted_country_codes=tuple(raw.get("allowlisted_country_codes", ())),
        reply_to=_reference(raw.get("reply_to")),
        quote=_reference(raw.get("quote")),
        **{name: raw[name] for name in _AS_WRITTEN & raw.keys()},
    )


def _reference(text: str | None) -> Reference | None:
    return None if text is None else Reference.parse(text)


def _text_attachment(
    raw: Mapping[str, Any] | None, beside: Beside, found: list[Finding]
) -> TextAttachment | None:
    if raw is None:
        return None
    text = raw["text"] if "text" in raw else beside.shelf.texts[beside.folder, raw["path"]]
    if isinstance(text, Finding):
        found.append(text.under("text_attachment"))
        text = "?"
    return styled_text(text, raw.get("link_attachment_url"))


def _media(items: Sequence[Any], beside: Beside, found: list[Finding]) -> tuple[Media, ...]:
    media = []
    for i, item in enumerate(items):
        raw = as_medium(item)
        medium, faults = _linked(raw) if "url" in raw else _stored(raw, beside)
        media.append(medium)
        found.extend(fault.under("media", i) for fault in faults)
    found.extend(carousel_findings(media))
    return tuple(media)


def _linked(raw: Mapping[str, Any]) -> tuple[Media, list[Finding]]:
    """A medium with a public address; a picture when nothing tells what it is."""
    kind = _asked_kind(raw) or _SUFFIXES.get(_suffix(raw["url"]))
    faults = [_no_address(raw["url"])] if not _ADDRESS.fullmatch(raw["url"]) else []
    if not kind and not faults:
        faults = [problems.MEDIA_TYPE_NEEDED.found("url")]
    alt_text = raw.get("alt_text") or None
    return Media(kind or MediaKind.IMAGE, url=raw["url"], alt_text=alt_text), faults


def _no_address(url: str) -> Finding:
    message = "an address is needed that begins with https:// and holds no blanks"
    return problems.WRONG_VALUE.found("url", message=f"{shorten(url)} is no address; {message}")


def _stored(raw: Mapping[str, Any], beside: Beside) -> tuple[Media, list[Finding]]:
    path, alt_text = raw["path"], raw.get("alt_text") or None
    known = beside.shelf.media[beside.folder, path]
    if isinstance(known, Finding):
        return Media(MediaKind.IMAGE, path, alt_text=alt_text), [known]
    shown, medium = known
    if isinstance(medium, UnreadableError):
        fault = problems.MEDIA_UNREADABLE.found("path", path=path, why=str(medium))
        return Media(MediaKind.IMAGE, shown, alt_text=alt_text), [fault]
    facts = medium.facts
    found, recipe = judged(path, facts, beside.treatment, shown)
    faults = [fault.under("path") for fault in found]
    kind = facts.kind or MediaKind.IMAGE
    if _asked_kind(raw) not in {None, kind}:
        why = f"{path} is in the format {facts.format}; remove type"
        faults.append(problems.NOT_TOGETHER.found("type", one="type", other="path", why=why))
    return Media(kind, shown, None, medium.digest, facts.size_bytes, alt_text, recipe), faults


def _asked_kind(raw: Mapping[str, Any]) -> MediaKind | None:
    return MediaKind(raw["type"].upper()) if "type" in raw else None


def _suffix(url: str) -> str:
    try:
        return posixpath.splitext(urlsplit(url).path)[1].lower()
    except ValueError:  # such as a bracket that no address has
        return ""
