"""The addresses of the sandbox's web page: `/` with its query, its style and its script.

Each answer has an ETag; the script asks with it and gets 304 while nothing has changed.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.responses import Response

from threadsync.drawing.conversation import draw_conversation
from threadsync.drawing.markup import Content, joined
from threadsync.sandbox import faults
from threadsync.sandbox.page import found
from threadsync.sandbox.page.asked import Asked, View, read_asked
from threadsync.sandbox.page.containers import draw_containers
from threadsync.sandbox.page.layout import SCRIPT_URL, Shown, draw_page
from threadsync.sandbox.page.posts import Teller
from threadsync.sandbox.page.requests import draw_faults, draw_requests

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request

    from threadsync.sandbox.model import Account
    from threadsync.sandbox.storage.records import Records
    from threadsync.sandbox.storage.store import Store

POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": POLICY,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_SCRIPT_QUERY = SCRIPT_URL.partition("?")[2]


def page(store: Store) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of `/`."""

    async def feed(request: Request) -> Response:
        if request.url.query == _SCRIPT_QUERY:
            return _answer(request, _script(), "text/javascript")
        with store.read() as records:
            drawn = render(records, read_asked(request.query_params))
        return _answer(request, drawn.encode(), "text/html")

    return feed


async def style(request: Request) -> Response:
    return _answer(request, _style(), "text/css")


async def no_icon(_request: Request) -> Response:
    return Response(status_code=204)


def render(records: Records, asked: Asked) -> str:
    """The whole page as HTML."""
    accounts = list(records.accounts())
    account = records.account_named(asked.account) if asked.account else None
    if asked.account and account is None:
        content, older = None, None
    else:
        content, older = _content(records, asked, account, accounts)
    usernames = [one.username for one in accounts]
    return draw_page(Shown(asked=asked, usernames=usernames, content=content, older=older))


def _content(
    records: Records, asked: Asked, account: Account | None, accounts: Sequence[Account]
) -> tuple[Content, int | None]:
    usernames, now = {one.id: one.username for one in accounts}, records.now()
    if asked.view is View.CONTAINERS:
        page = found.containers(records, asked, account)
        drawn = draw_containers(page.containers, usernames, now) if page.containers else None
        return drawn, page.older
    if asked.view is View.REQUESTS:
        page = found.requests(records, asked, account)
        drawn = draw_requests(page.requests, usernames, now) if page.requests else None
        return _either(draw_faults(faults.pending(records)), drawn), page.older
    return _feed(records, asked, account)


def _feed(records: Records, asked: Asked, account: Account | None) -> tuple[Content, int | None]:
    is_alone = asked.post is not None
    page = (
        found.conversations(records, asked, account)
        if asked.post is None
        else found.conversation(records, asked.post)
    )
    teller = Teller(records, records.now())
    told = [teller.conversation(talk, is_alone=is_alone) for talk in page.talks]
    return (joined(map(draw_conversation, told)) if told else None), page.older


def _either(*parts: Content) -> Content:
    """The parts that are there together; None when none is."""
    return joined(parts) if any(parts) else None


def _answer(request: Request, body: bytes, media_type: str) -> Response:
    mark = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {**_HEADERS, "etag": mark}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


@cache
def _style() -> bytes:
    parts = (files("threadsync.drawing") / "style.css", files(__package__) / "page.css")
    return b"\n".join(part.read_bytes() for part in parts)


@cache
def _script() -> bytes:
    return (files(__package__) / "page.js").read_bytes()
