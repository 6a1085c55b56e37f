"""Drawn pictures for what has none in a sandbox: a letter for each account, a sign for a video."""

from __future__ import annotations

import zlib
from html import escape
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

_HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
}
_LETTER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="320" height="320">'
    '<rect width="100" height="100" fill="hsl({hue} 45% 40%)"/>'
    '<text x="50" y="68" font-size="50" font-family="sans-serif" text-anchor="middle" fill="#fff">'
    "{letter}</text></svg>"
)
_VIDEO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="320" height="320">'
    '<rect width="100" height="100" fill="#333"/><path d="M38 28 L74 50 L38 72 Z" fill="#fff"/></svg>'
)


async def picture(request: Request) -> Response:
    """The endpoint of `/_sandbox/pictures/{name}.svg`: `video` is the sign, `@name` an account."""
    name = request.path_params["name"]
    drawing = _VIDEO if name == "video" else portrait(name.removeprefix("@"))
    return Response(drawing, media_type="image/svg+xml", headers=_HEADERS)


def portrait(username: str) -> str:
    """The first letter of the name on a colour that only the name decides."""
    hue = zlib.crc32(username.encode("utf-8", "replace")) % 360
    return _LETTER.format(hue=hue, letter=escape(username[:1].upper()))
