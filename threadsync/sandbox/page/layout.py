"""The whole page around what it shows: head, tabs, accounts, the way to what is older. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from threadsync.drawing.markup import Content, Markup, document, element, joined
from threadsync.sandbox.page.asked import Asked, View

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLE = "Threads sandbox"
STYLE_URL = "/_sandbox/feed.css"
SCRIPT_URL = "/?file=page.js"
MAX_ACCOUNTS = 50
_TABS = {View.FEED: "Feed", View.CONTAINERS: "Containers", View.REQUESTS: "Requests"}
_EMPTY = {
    View.FEED: "No posts yet. What is published to this sandbox appears here.",
    View.CONTAINERS: "No containers yet.",
    View.REQUESTS: "No requests yet.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page is made of."""

    asked: Asked
    usernames: Sequence[str]
    content: Content
    """None when there is nothing to show."""
    older: int | None = None
    """Where the next page begins."""


def draw_page(shown: Shown) -> str:
    return document(_head(shown.asked), element("body", *_body(shown)), lang="en")


def _head(asked: Asked) -> Markup:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{_TABS[asked.view]} · {TITLE}"),
        element("link", rel="stylesheet", href=STYLE_URL),
        element("script", src=SCRIPT_URL, type="module"),
    )


def _body(shown: Shown) -> tuple[Content, ...]:
    return (
        element("a", "Skip to the content", href="#content", class_="skip"),
        element("header", _top(shown.asked), class_="top"),
        element("div", _accounts(shown.asked, shown.usernames), id="accounts"),
        element("main", _heading(shown.asked), *_content(shown), id="content", tabindex=-1),
        element("p", role="status", class_="unseen", id="news"),
    )


def _top(asked: Asked) -> Markup:
    tabs = joined(
        element("a", name, href=_tab_url(asked, view), aria_current=_current(asked.view is view))
        for view, name in _TABS.items()
    )
    # Only the script shows this button; without it nothing is live.
    live = element("button", "Live", type="button", id="live", hidden=True, aria_pressed="true")
    title = element("p", element("a", TITLE, href="/"), class_="brand")
    return element("div", title, element("nav", tabs, aria_label="Views"), live, class_="bar")


def _accounts(asked: Asked, usernames: Sequence[str]) -> Markup | None:
    """A filter, when there is something to choose from."""
    if len(usernames) < 2:
        return None
    chosen = [asked.account] if asked.account not in (None, *usernames[:MAX_ACCOUNTS]) else []
    choices = (None, *usernames[:MAX_ACCOUNTS], *chosen)
    links = joined(_account(asked, name) for name in choices)
    return element("nav", links, aria_label="Accounts", class_="accounts")


def _account(asked: Asked, username: str | None) -> Markup:
    name = element("bdi", username) if username else "All accounts"
    url = Asked(view=asked.view, account=username).url
    return element("a", name, href=url, aria_current=_current(asked.account == username))


def _heading(asked: Asked) -> Markup:
    words = "Conversation" if asked.post is not None else _TABS[asked.view]
    return element("h1", words, class_="unseen")


def _content(shown: Shown) -> tuple[Content, ...]:
    asked = shown.asked
    newest = asked.before is not None or asked.post is not None
    older = asked.older(shown.older)
    return (
        element("p", element("a", "↑ To the newest", href=_start(asked)), class_="turnover")
        if newest
        else None,
        shown.content or element("p", _nothing(asked), class_="nothing"),
        element("p", element("a", "Older ↓", href=older.url, rel="next"), class_="turnover")
        if older
        else None,
    )


def _nothing(asked: Asked) -> str:
    if asked.post is not None:
        return f"There is no post {asked.post}."
    return "Nothing here." if asked.before or asked.account else _EMPTY[asked.view]


def _start(asked: Asked) -> str:
    return Asked(view=asked.view, account=asked.account).url


def _tab_url(asked: Asked, view: View) -> str:
    return Asked(view=view, account=asked.account).url


def _current(is_current: bool) -> str | None:
    return "page" if is_current else None
