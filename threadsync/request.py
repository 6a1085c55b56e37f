"""What is sent to Meta for a part: one builder for plan, preview, digest and apply.

The request of a part is made of parameters in which whatever is only known later stands as a
placeholder: `media:sha256:…` for the URL of a stored file, `post:KEY#N` for the id of a published
post of another entry, `part:N` for an earlier part of the same chain. Apply fills them in with
`resolve` and changes nothing else, so what a plan shows is what happens.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from threadsync.api.parameters import Params, Post, create_params
from threadsync.post import MediaKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from threadsync.post import Entry, Media, Part, Reference, Spoiler


def utf16_units(text: str) -> int:
    """The length of `text` in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


# Meta is silent on the unit of offsets. Its sample app counts UTF-16 code units (read 2026-01-02),
# exileum/meta-mcp sends UTF-8 bytes for long texts (read 2026-11-22). For ASCII all are the same.
UNIT: Callable[[str], int] = utf16_units
"""The length of a text in the unit of every offset and length that is sent."""

_PLACEHOLDERS = ("image_url", "video_url", "reply_to_id", "quote_post_id")
_PREFIXES = ("media:", "post:", "part:")


@dataclass(frozen=True, slots=True)
class PartRequest:
    """The containers of one part: `params` of the one that is published, `children` of a carousel.

    `params` has no `children` parameter; it is added when the children's ids are known.
    """

    params: Params
    children: tuple[Params, ...] = ()

    @property
    def media_type(self) -> str:
        return self.params["media_type"]

    @property
    def digest(self) -> str:
        """`sha256:…` of all that is sent: media by content, references by name."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        if not self.children:
            return dict(self.params)
        return {**self.params, "children": [dict(child) for child in self.children]}


def part_request(part: Part, n: int) -> PartRequest:
    """What is sent for part `n` (from 1) of an entry."""
    if len(part.media) > 1:
        children = tuple(_media_params(medium, is_carousel_item=True) for medium in part.media)
        return PartRequest(create_params(_post(part, n, media_type="CAROUSEL")), children)
    if part.media:
        medium = part.media[0]
        return PartRequest(create_params(_post(part, n, **_media_fields(medium))))
    return PartRequest(create_params(_post(part, n, media_type="TEXT")))


def digest_of(entry: Entry) -> str:
    """The digest of all that is sent for an entry."""
    return entry_digest([part_request(part, n).digest for n, part in enumerate(entry.parts, 1)])


def entry_digest(part_digests: Sequence[str]) -> str:
    """The digest of an entry from the digests of its parts, in order."""
    return "sha256:" + hashlib.sha256("\n".join(part_digests).encode()).hexdigest()


def resolve(params: Params, lookup: Callable[[str], str]) -> Params:
    """`params` with each placeholder replaced by `lookup(placeholder)`."""
    return {
        name: lookup(value) if is_placeholder(name, value) else value
        for name, value in params.items()
    }


def media_digests(request: PartRequest) -> tuple[str, ...]:
    """The digests of the files that a part shows, in order."""
    values = [
        params.get(name, "")
        for params in (request.params, *request.children)
        for name in ("image_url", "video_url")
    ]
    return tuple(value.removeprefix("media:") for value in values if value.startswith("media:"))


def is_placeholder(name: str, value: str) -> bool:
    """Whether a parameter waits for a value that is only known when it is sent."""
    return name in _PLACEHOLDERS and value.startswith(_PREFIXES)


def _post(part: Part, n: int, **media: Any) -> Post:
    return Post(
        text=part.text or None,
        reply_to_id=_reply_to(part, n),
        reply_control=part.reply_control,
        quote_post_id=_placeholder(part.quote),
        link_attachment=part.link_attachment,
        poll_attachment=part.poll,
        text_attachment=_text_attachment(part),
        gif_attachment={"gif_id": part.gif.id, "provider": part.gif.provider} if part.gif else None,
        text_entities=tuple(_entity(part.text, spoiler) for spoiler in part.spoilers),
        is_spoiler_media=part.is_spoiler_media,
        is_ghost_post=part.is_ghost_post,
        topic_tag=part.topic_tag,
        allowlisted_country_codes=part.allowlisted_country_codes,
        location_id=part.location_id,
        enable_reply_approvals=part.enable_reply_approvals,
        crossreshare_to_ig=part.share_to_instagram == "light",
        crossreshare_to_ig_dark_mode=part.share_to_instagram == "dark",
        **media,
    )


def _media_params(medium: Media, *, is_carousel_item: bool) -> Params:
    return create_params(Post(is_carousel_item=is_carousel_item, **_media_fields(medium)))


def _media_fields(medium: Media) -> dict[str, Any]:
    url = medium.url or f"media:{medium.digest}"
    url_field = "image_url" if medium.kind is MediaKind.IMAGE else "video_url"
    return {"media_type": medium.kind.value, url_field: url, "alt_text": medium.alt_text}


def _reply_to(part: Part, n: int) -> str | None:
    return f"part:{n - 1}" if n > 1 else _placeholder(part.reply_to)


def _placeholder(reference: Reference | None) -> str | None:
    if reference is None:
        return None
    return reference.id or f"post:{reference}"


def _text_attachment(part: Part) -> dict[str, Any] | None:
    attachment = part.text_attachment
    if attachment is None:
        return None
    fields: dict[str, Any] = {"plaintext": attachment.text}
    if attachment.link_attachment_url is not None:
        fields["link_attachment_url"] = attachment.link_attachment_url
    if attachment.styled:
        fields["text_with_styling_info"] = [
            {
                **_range(attachment.text, styled.offset, styled.length),
                "styling_info": list(styled.styles),
            }
            for styled in attachment.styled
        ]
    return fields


def _entity(text: str, spoiler: Spoiler) -> dict[str, Any]:
    return {"entity_type": "SPOILER", **_range(text, spoiler.offset, spoiler.length)}


def _range(text: str, offset: int, length: int) -> dict[str, int]:
    """Code points of `text` as Meta wants them: counted in UNIT."""
    chosen = text[offset : offset + length]
    return {"offset": UNIT(text[:offset]), "length": UNIT(chosen)}
