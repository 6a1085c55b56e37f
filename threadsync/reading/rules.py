"""Meta's rules for a part and for an entry: what Threads would refuse, found before it is asked.

Pure functions over values. Each rule stands here once, but for those that are a shape of the
document (`schemas/post.schema.json`) or of a media file (`media.rules`). Pointers of a part's
findings begin at the part, those of an entry's at the entry; see `places`. What the words
themselves may be is in `text_rules`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from threadsync import problems
from threadsync.reading.text import MAX_ALT_TEXT, MAX_TEXT_ATTACHMENT
from threadsync.reading.text_rules import text_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadsync.post import Entry, Media, Part
    from threadsync.problems import Finding
    from threadsync.reading.terms import Terms

# https://developers.facebook.com/docs/threads/posts, "Carousel Posts", read 2026-11-22.
MAX_MEDIA = 20
# https://developers.facebook.com/docs/threads/overview, "Rate Limiting", read 2026-11-22.
MAX_REPLIES = 1000

# https://developers.facebook.com/docs/threads/reference/publishing, read 2026-11-22.
_TEXT_ONLY = ("link_attachment", "poll", "gif", "text_attachment", "is_ghost_post")
_PICKY = attrgetter(*_TEXT_ONLY, "is_spoiler_media", "reply_to")
"""The fields that do not go with every other field."""
_WITHOUT_MEDIA = "Threads takes it for posts without media only"


def entry_findings(entry: Entry, terms: Terms) -> list[Finding]:
    """What is wrong with an entry, its parts included."""
    found = [
        finding.under("parts", i)
        for i, part in enumerate(entry.parts)
        for finding in part_findings(part, i + 1, terms)
    ]
    replies = len(entry.parts) - (entry.parts[0].reply_to is None)
    if replies > MAX_REPLIES:
        found.append(
            problems.CHAIN_TOO_LONG.found("chain", count=len(entry.parts), limit=MAX_REPLIES)
        )
    return found


def part_findings(part: Part, n: int, terms: Terms) -> list[Finding]:
    """What is wrong with part `n` (from 1) of an entry."""
    found = [*_shows_nothing(part, n), *text_findings(part, terms)]
    if part.media:
        found.extend(_media(part, terms))
    if any(_PICKY(part)):
        found.extend(_combinations(part, n))
    return found


def _shows_nothing(part: Part, n: int) -> Iterator[Finding]:
    shows = part.media or part.link_attachment or part.gif or part.text_attachment
    if not shows and not part.text.strip():
        named = f"part {n}" if n > 1 else "the post"
        yield problems.NOTHING_TO_SHOW.found("text", part=named)


def _long_text(part: Part) -> Iterator[Finding]:
    if part.text_attachment is None:
        return
    count = len(part.text_attachment.text)
    over = count - MAX_TEXT_ATTACHMENT
    if over > 0:
        yield problems.TEXT_TOO_LONG.found(
            "text_attachment", count=count, limit=MAX_TEXT_ATTACHMENT, over=over
        )
    if not part.text_attachment.text.strip():
        yield problems.LONG_TEXT_EMPTY.found("text_attachment")


def _combinations(part: Part, n: int) -> list[Finding]:
    return [
        *_long_text(part),
        *_text_only(part),
        *_poll(part),
        *_two_links(part),
        *_ghost(part, n),
        *_later_reply(part, n),
    ]


def _text_only(part: Part) -> Iterator[Finding]:
    for name in _TEXT_ONLY if part.media else ():
        if getattr(part, name):
            yield problems.NOT_TOGETHER.found(name, one=name, other="media", why=_WITHOUT_MEDIA)
    if part.is_spoiler_media and not part.media:
        yield problems.NEEDS_MEDIA.found("is_spoiler_media", field="is_spoiler_media")


def _poll(part: Part) -> Iterator[Finding]:
    for name in ("link_attachment", "text_attachment") if part.poll else ():
        if getattr(part, name):
            why = "a post with a poll takes neither a link nor a long text"
            yield problems.NOT_TOGETHER.found("poll", one="poll", other=name, why=why)


def _two_links(part: Part) -> Iterator[Finding]:
    attachment = part.text_attachment
    if part.link_attachment and attachment and attachment.link_attachment_url:
        name = "text_attachment.link_attachment_url"
        why = "a post shows one of them; remove the other"
        yield problems.NOT_TOGETHER.found(
            "text_attachment", one="link_attachment", other=name, why=why
        )


def _ghost(part: Part, n: int) -> Iterator[Finding]:
    if not part.is_ghost_post:
        return
    if n > 1 or part.reply_to is not None:
        other, why = ("chain" if n > 1 else "reply_to"), "a ghost post cannot be a reply"
        yield problems.NOT_TOGETHER.found(
            "is_ghost_post", one="is_ghost_post", other=other, why=why
        )
    if part.enable_reply_approvals:
        yield problems.NOT_TOGETHER.found(
            "is_ghost_post",
            one="is_ghost_post",
            other="enable_reply_approvals",
            why="replies to a ghost post cannot be held back",
        )


def _later_reply(part: Part, n: int) -> Iterator[Finding]:
    if n > 1 and part.reply_to is not None:
        why = "a later part of a chain replies to the part before it"
        yield problems.NOT_TOGETHER.found("reply_to", one="reply_to", other="chain", why=why)


def _media(part: Part, terms: Terms) -> Iterator[Finding]:
    count = len(part.media)
    if count > MAX_MEDIA:
        over = count - MAX_MEDIA
        yield problems.TOO_MANY_MEDIA.found("media", count=count, limit=MAX_MEDIA, over=over)
    for i, medium in enumerate(part.media):
        for finding in _medium(medium, terms):
            yield finding.under("media", i)


def _medium(medium: Media, terms: Terms) -> Iterator[Finding]:
    if medium.path is not None and not terms.takes_files:
        yield problems.MEDIA_NO_STORE.found("path", path=medium.path)
    if medium.url is not None and terms.needs_https and medium.url.startswith("http:"):
        yield problems.MEDIA_URL_HTTP.found("url", url=medium.url)
    count = len(medium.alt_text or "")
    if count > MAX_ALT_TEXT:
        over = count - MAX_ALT_TEXT
        yield problems.ALT_TEXT_TOO_LONG.found(
            "alt_text", count=count, limit=MAX_ALT_TEXT, over=over
        )
    elif count == 0 and terms.alt_text == "warn":
        yield problems.ALT_TEXT_MISSING.found("alt_text", path=medium.name)
    elif count == 0 and terms.alt_text == "require":
        yield problems.ALT_TEXT_REQUIRED.found("alt_text", path=medium.name)
