"""What a stored post carries, as the values that are drawn. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.drawing import carried
from threadsync.drawing.model import Badge, Gif, LongText, Medium, Option, Poll, Range
from threadsync.sandbox.answers.views import POLL_LIFETIME, media_url
from threadsync.sandbox.page.ages import left
from threadsync.sandbox.world.lifecycle import GHOST_LIFETIME, is_listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from threadsync.sandbox.model import Draft, Post

_SHOWN_REPLIES = {"NOT_HUSHED", "UNHUSHED"}


def spoilers(draft: Draft) -> tuple[Range, ...]:
    return carried.ranges(draft.text_entities)


def medium(post: Post) -> Medium:
    """The medium of a post, or of one item of a carousel."""
    is_video = post.draft.media_type == "VIDEO"
    if post.media is None:
        return Medium(src=None, is_video=is_video, alt_text=post.draft.alt_text)
    return Medium(
        src=media_url("", post.media),
        is_video=post.media.content_type.startswith("video/"),
        alt_text=post.draft.alt_text,
    )


def poll(post: Post, now: datetime) -> Poll | None:
    options = post.draft.poll_attachment
    if options is None:
        return None
    votes = {name: post.numbers.votes.get(name, 0) for name in options}
    total = sum(votes.values())
    drawn = (
        Option(text=text, percent=round(100 * votes[name] / (total or 1)))
        for name, text in options.items()
    )
    time_left = left(post.published_at + POLL_LIFETIME, now, "final result")
    return Poll(options=tuple(drawn), note=f"{_told(total, 'vote')} · {time_left}")


def long_text(draft: Draft) -> LongText | None:
    return carried.long_text(draft.text_attachment)


def gif(draft: Draft) -> Gif | None:
    return carried.gif(draft.gif_attachment)


def numbers(post: Post) -> Iterator[str]:
    """What people did with the post, as far as it is set by steering."""
    given = ((post.numbers.likes, "like"), (post.numbers.shares, "share"))
    for number, name in (*given, (post.numbers.views, "view")):
        if number:
            yield _told(number, name)


def badges(post: Post, now: datetime) -> Iterator[Badge]:
    """Facts of a post that its content does not show."""
    draft = post.draft
    if draft.is_ghost_post:
        over = "ghost post, archived"
        time_left = left(post.published_at + GHOST_LIFETIME, now, over)
        yield Badge(time_left if time_left == over else f"ghost post, {time_left}", "ghost")
    yield from _state(post, now)
    yield from carried.badges(
        reply_control=draft.reply_control,
        needs_approval=draft.enable_reply_approvals,
        countries=draft.allowlisted_country_codes,
        location_id=draft.location_id,
        is_on_instagram=draft.crossreshare_to_ig or draft.crossreshare_to_ig_dark_mode,
    )


def _state(post: Post, now: datetime) -> Iterator[Badge]:
    """Why others may not see the post."""
    if post.approval_status is not None:
        yield Badge(f"approval {post.approval_status}")
    elif not is_listed(post, now):
        yield Badge("not in lists yet")
    if post.hide_status not in _SHOWN_REPLIES:
        yield Badge(post.hide_status.lower())


def _told(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
