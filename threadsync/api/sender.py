"""What the groups of calls stand on: something that sends a call, and the making of paths."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from threadsync.api.answers import Answer
from threadsync.api.pages import Listing, Page
from threadsync.errors import InvalidParameterError

if TYPE_CHECKING:
    from threadsync.api.wire import Call

T = TypeVar("T")
A = TypeVar("A", bound=Answer)

When = datetime | date | int | str
"""A time: a datetime, a date, unix seconds, or a text that Meta understands."""

ME = "me"
"""The owner of the token; a stored user id may be another app's and is then not found."""


class Sender(ABC):
    """Base of the groups of calls that make up `API`."""

    @abstractmethod
    async def send(self, call: Call[T]) -> T:
        """Send one call and read its answer; the ApiError tree is what it raises."""

    def _listing(self, call: Call[Page[A]]) -> Listing[A]:
        return Listing(call, self.send)


def path(*segments: str) -> str:
    """The path of an object or edge; each segment is quoted, and none leads elsewhere."""
    if not all(segments):
        raise InvalidParameterError("an id is empty")
    if led_away := {".", ".."}.intersection(segments):
        raise InvalidParameterError(f"{led_away.pop()!r} is no id")
    return "/".join(quote(segment, safe="", errors="replace") for segment in segments)
