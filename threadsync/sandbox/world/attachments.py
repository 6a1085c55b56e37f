"""The rules of what a text post carries as JSON: poll, long text, GIF and text spoilers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from threadsync.sandbox.errors.graph import Refusal, bad_param
from threadsync.sandbox.world import values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# Meta's pages on polls, text attachments and spoilers, read 2026-11-22.
MAX_POLL_OPTION = 25
MAX_TEXT_ATTACHMENT = 10_000
MAX_TEXT_ENTITIES = 10
_POLL_OPTIONS = ("option_a", "option_b", "option_c", "option_d")
_STYLES = frozenset({"bold", "italic", "highlight", "underline", "strikethrough"})


def poll(params: Mapping[str, str]) -> dict[str, str] | None:
    """The options by Meta's names; None when there is no poll."""
    options = values.json_object(params, "poll_attachment")
    if options is None:
        return None
    _known_keys("poll_attachment", options, _POLL_OPTIONS)
    names = _POLL_OPTIONS[: max(len(options), 2)]
    for name in names:
        option = options.get(name)
        if not isinstance(option, str) or not 1 <= len(option) <= MAX_POLL_OPTION:
            raise _refused("poll_attachment", f"{name} must be 1 to {MAX_POLL_OPTION} characters")
    return {name: options[name] for name in names}


def text_attachment(params: Mapping[str, str]) -> dict[str, Any] | None:
    """`plaintext`, and `link_attachment_url` and `text_with_styling_info` when they are there."""
    name = "text_attachment"
    attachment = values.json_object(params, name)
    if attachment is None:
        return None
    _known_keys(name, attachment, ("plaintext", "link_attachment_url", "text_with_styling_info"))
    text = attachment.get("plaintext")
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_TEXT_ATTACHMENT:
        raise _refused(name, f"plaintext must be 1 to {MAX_TEXT_ATTACHMENT} characters")
    link = attachment.get("link_attachment_url")
    if link is not None and not (isinstance(link, str) and values.is_uri(link)):
        raise _refused(name, "link_attachment_url is not a valid URI")
    _check_styling(name, text, attachment.get("text_with_styling_info"))
    return attachment


def gif(params: Mapping[str, str]) -> dict[str, str] | None:
    """`gif_id` and `provider`; None when there is no GIF."""
    name = "gif_attachment"
    attachment = values.json_object(params, name)
    if attachment is None:
        return None
    _known_keys(name, attachment, ("gif_id", "provider"))
    gif_id, provider = attachment.get("gif_id"), attachment.get("provider")
    if not isinstance(gif_id, str) or not gif_id:
        raise _refused(name, "gif_id must be a text")
    # Meta's changelog: Tenor ended on 2026-03-31.
    if provider != "GIPHY":
        raise _refused(name, "provider must be GIPHY")
    return {"gif_id": gif_id, "provider": provider}


def text_entities(params: Mapping[str, str], text: str) -> tuple[dict[str, Any], ...]:
    """The spoilers of `text`, in the order given, with numbers as numbers."""
    name = "text_entities"
    entities = values.json_list(params, name)
    if len(entities) > MAX_TEXT_ENTITIES:
        raise _refused(name, f"at most {MAX_TEXT_ENTITIES} entities")
    return tuple(_spoiler(name, entity, _longest_length(text)) for entity in entities)


def _spoiler(name: str, entity: Any, length: int) -> dict[str, Any]:
    if not isinstance(entity, dict):
        raise _refused(name, "an entity must be an object")
    _known_keys(name, entity, ("entity_type", "offset", "length"))
    if str(entity.get("entity_type")).upper() != "SPOILER":
        raise _refused(name, "entity_type must be SPOILER")
    start, size = _range(name, entity, length)
    return {"entity_type": "SPOILER", "offset": start, "length": size}


def _check_styling(name: str, text: str, styling: Any) -> None:
    if styling is None:
        return
    if not isinstance(styling, list) or not all(isinstance(one, dict) for one in styling):
        raise _refused(name, "text_with_styling_info must be a list of objects")
    for one in styling:
        _known_keys(name, one, ("offset", "length", "styling_info"))
        _check_styles(name, one.get("styling_info"))
    ranges = sorted(_range(name, one, _longest_length(text)) for one in styling)
    if any(a + size > b for (a, size), (b, _) in pairwise(ranges)):
        raise _refused(name, "ranges of text_with_styling_info must not overlap")


def _check_styles(name: str, styles: Any) -> None:
    is_known = isinstance(styles, list) and all(
        isinstance(style, str) and style in _STYLES for style in styles
    )
    if not is_known or not styles:
        raise _refused(name, f"styling_info must be some of {', '.join(sorted(_STYLES))}")


def _range(name: str, raw: Mapping[str, Any], limit: int) -> tuple[int, int]:
    """Offset and length, inside a text of `limit` units."""
    start, size = _number(raw.get("offset")), _number(raw.get("length"))
    if start is None or size is None or size < 1 or start + size > limit:
        raise _refused(name, "offset and length must lie inside the text")
    return start, size


def _number(value: Any) -> int | None:
    # Meta's sample application sends these numbers as text.
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value >= 0 else None
    if isinstance(value, str) and values.is_id(value):
        return int(value)
    return None


def _longest_length(text: str) -> int:
    # Meta does not say in which unit offsets count; UTF-8 bytes are the most any reading gives.
    return len(text.encode("utf-8", "surrogatepass"))


def _known_keys(name: str, value: Mapping[str, Any], known: Collection[str]) -> None:
    unknown = sorted(set(value) - set(known))
    if unknown:
        raise _refused(name, f"there is no key {unknown[0]}; Threads would ignore it silently")


def _refused(name: str, detail: str) -> Refusal:
    return Refusal(bad_param(f"Param {name} is not valid: {detail}"))
