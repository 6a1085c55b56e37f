"""Which part of the page is asked for: the query of its address, read and written. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_DIGITS = 18  # what fits SQLite's integers


class View(StrEnum):
    """The tabs of the page."""

    FEED = "feed"
    CONTAINERS = "containers"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to show; None stands for no restriction."""

    view: View = View.FEED
    account: str | None = None
    """Only what belongs to the account of this username."""
    before: int | None = None
    """Only what has a lower number: ids of posts and containers, numbers of requests."""
    post: int | None = None
    """Only the conversation of this post, whole."""

    @property
    def url(self) -> str:
        given = {
            "view": None if self.view is View.FEED else self.view,
            "account": self.account,
            "before": self.before,
            "post": self.post,
        }
        query = urlencode({name: value for name, value in given.items() if value is not None})
        return f"/?{query}" if query else "/"

    def older(self, before: int | None) -> Asked | None:
        """The next page; None when there is none."""
        return None if before is None else replace(self, before=before)


def read_asked(query: Mapping[str, str]) -> Asked:
    """What makes no sense is as good as absent: an address is typed by people."""
    view = query.get("view", "")
    return Asked(
        view=View(view) if view in set(View) else View.FEED,
        account=query.get("account") or None,
        before=_number(query.get("before", "")),
        post=_number(query.get("post", "")),
    )


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
    return int(text) if is_number else None
