"""What a post carries, in the form in which it is sent to Meta, as the values that are drawn. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threadsync.drawing.model import Badge, Gif, LongText, Range, Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def ranges(entities: Iterable[Mapping[str, Any]]) -> tuple[Range, ...]:
    """The hidden words of `text_entities`."""
    return tuple(map(_range, entities))


def long_text(attachment: Mapping[str, Any] | None) -> LongText | None:
    """A `text_attachment`."""
    if not attachment:
        return None
    return LongText(
        text=attachment["plaintext"],
        styles=tuple(map(_style, attachment.get("text_with_styling_info") or ())),
        link=attachment.get("link_attachment_url"),
    )


def gif(attachment: Mapping[str, Any] | None) -> Gif | None:
    """A `gif_attachment`."""
    return Gif(id=attachment["gif_id"], provider=attachment["provider"]) if attachment else None


def badges(
    *,
    reply_control: str | None,
    needs_approval: bool,
    countries: Iterable[str],
    location_id: str | None,
    is_on_instagram: bool,
) -> Iterator[Badge]:
    """Facts of a post that its content does not show."""
    if reply_control and reply_control != "everyone":
        yield Badge(f"replies: {reply_control.replace('_', ' ')}")
    if needs_approval:
        yield Badge("replies need approval")
    if countries:
        yield Badge(f"only in {', '.join(countries)}")
    if location_id:
        yield Badge(f"place {location_id}")
    if is_on_instagram:
        yield Badge("shared to Instagram")


def _style(raw: Mapping[str, Any]) -> Style:
    return Style(_range(raw), tuple(raw["styling_info"]))


def _range(raw: Mapping[str, Any]) -> Range:
    # Meta's sample application sends these numbers as text.
    return Range(int(raw["offset"]), int(raw["length"]))
