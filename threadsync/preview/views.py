"""The requests of an entry as the conversation that is drawn. Pure.

Everything shown stands in the requests; of the entry itself only the pictures are taken, which a
request names by digest.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from threadsync.drawing import carried
from threadsync.drawing.model import (
    AnswersTo,
    Badge,
    Branch,
    Conversation,
    Medium,
    Meter,
    Moment,
    Option,
    Poll,
    PostView,
)
from threadsync.reporting.entry_text import told_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from threadsync.post import Part
    from threadsync.preview.model import Preview
    from threadsync.reporting.entry import Count, EntryFacts, PartFacts
    from threadsync.request import PartRequest

_POST = "post:"


class Teller:
    """Tells of the entries of one page, which may quote and answer each other."""

    def __init__(self, preview: Preview) -> None:
        self._preview = preview
        shown = [card.facts for card in preview.cards if card.facts]
        self._anchors = {facts.entry.key: f"e{i}" for i, facts in enumerate(shown)}
        known = (*shown, *preview.quoted)
        self._parts = {f"{f.entry.key}#{part.n}": (f, part) for f in known for part in f.parts}

    def conversation(self, facts: EntryFacts) -> Conversation:
        """The chain of an entry."""
        anchor = self._anchors[facts.entry.key]
        posts = tuple(self._post(facts, part) for part in facts.parts)
        branch = Branch(posts=posts, answers_to=self._answers_to(facts.parts[0]))
        return Conversation(key=f"{anchor}-posts", branches=(branch,))

    def _post(self, facts: EntryFacts, part: PartFacts) -> PostView:
        params = part.request.params
        view = self._alone(facts, part, self._anchor(facts.entry.key, part.n))
        quoted = params.get("quote_post_id")
        meters = tuple(_meters(part))
        return replace(view, meters=meters, quoted=self._quoted(view.key, quoted))

    def _alone(self, facts: EntryFacts, part: PartFacts, key: str) -> PostView:
        params = part.request.params
        return PostView(
            key=key,
            author=self._preview.author,
            time=self._time(facts) if part.n == 1 else None,
            text=params.get("text", ""),
            spoilers=carried.ranges(_read(params, "text_entities") or ()),
            topic_tag=params.get("topic_tag"),
            media=tuple(self._media(part.part, part.request)),
            is_spoiler_media="is_spoiler_media" in params,
            poll=_poll(_read(params, "poll_attachment")),
            long_text=carried.long_text(_read(params, "text_attachment")),
            link=params.get("link_attachment"),
            gif=carried.gif(_read(params, "gif_attachment")),
            badges=tuple(_badges(params)),
            is_ghost="is_ghost_post" in params,
        )

    def _media(self, part: Part, request: PartRequest) -> Iterator[Medium]:
        """The pictures of the entry with the words of the request."""
        sent = request.children or (request.params,) if part.media else ()
        for medium, params in zip(part.media, sent, strict=True):
            drawn = self._preview.pictures.get(medium.name) or Medium(src=None)
            yield replace(drawn, alt_text=params.get("alt_text"), has_open_alt=True)

    def _time(self, facts: EntryFacts) -> Moment | None:
        at = facts.publish_at
        if at is None:
            return None
        zone = self._preview.zone
        return Moment(f"{at.astimezone(zone):%a %H:%M}", told_time(at, zone), at.isoformat())

    def _quoted(self, around: str, target: str | None) -> PostView | None:
        if target is None:
            return None
        key = f"{around}-in"
        found = self._parts.get(target.removeprefix(_POST))
        if found is not None:
            return self._alone(*found, key)
        return PostView(key=key, author="", missing=f"Quotes {_named(target)}.")

    def _answers_to(self, part: PartFacts) -> AnswersTo | None:
        target = part.request.params.get("reply_to_id", "")
        if not target:
            return None
        key, _, n = target.removeprefix(_POST).partition("#")
        anchor = self._anchor(key, int(n or 1)) if key in self._anchors else ""
        return AnswersTo(_named(target), anchor)

    def _anchor(self, key: str, n: int) -> str:
        return f"{self._anchors[key]}-{n}"


def _named(target: str) -> str:
    """A post of another entry, or one on Threads that is known by its id."""
    if target.startswith(_POST):
        return target.removeprefix(_POST).removesuffix("#1")
    return f"the post {target} on Threads"


def _meters(part: PartFacts) -> Iterator[Meter]:
    if part.part.text:
        yield _meter(part.text, "")
    if part.long_text:
        yield _meter(part.long_text, "long text ")


def _meter(count: Count, what: str) -> Meter:
    words = f"{what}{count.meta:,} of {count.limit:,}"
    if count.strict != count.meta:
        words += f" · {count.strict:,} bytes"
    is_near = count.strict > count.limit
    verdict = "bad" if count.meta > count.limit else "wait" if is_near else "good"
    return Meter(words, count.meta, count.limit, verdict)


def _read(params: Mapping[str, str], name: str) -> Any:
    return json.loads(params[name]) if name in params else None


def _poll(options: Mapping[str, str] | None) -> Poll | None:
    if options is None:
        return None
    return Poll(options=tuple(Option(text=text) for text in options.values()))


def _badges(params: Mapping[str, str]) -> Iterator[Badge]:
    if "is_ghost_post" in params:
        yield Badge("ghost post, archived after 24 h", "ghost")
    countries = params.get("allowlisted_country_codes", "")
    yield from carried.badges(
        reply_control=params.get("reply_control"),
        needs_approval="enable_reply_approvals" in params,
        countries=countries.split(",") if countries else (),
        location_id=params.get("location_id"),
        is_on_instagram="crossreshare_to_ig" in params or "crossreshare_to_ig_dark_mode" in params,
    )
