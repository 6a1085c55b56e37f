"""Lists: one page as a value, and all pages of a call as something to wait for or walk over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from threadsync.api.answers import Answer, Id, UnfitError, read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping

    from threadsync.api.wire import Call

A = TypeVar("A", bound=Answer)


class Cursors(Answer, frozen=True):
    """Opaque places in a list."""

    before: Id | None = None
    after: Id | None = None


class Paging(Answer, frozen=True):
    """Where a page stands. Meta's `next` and `previous` hold a token and are not kept."""

    cursors: Cursors | None = None


class Page(Answer, Generic[A], frozen=True):
    """Some items of a list, in Meta's order, maybe none.

    `page[0]`, `page[1:]`, `len(page)` and `post in page` are about the items, and so is
    `page["data"]`.
    """

    data: tuple[A, ...] = ()
    paging: Paging | None = None

    @property
    def after(self) -> str | None:
        """The cursor of the next page; None when this is the last."""
        return self._cursors.after

    @property
    def before(self) -> str | None:
        """The cursor of the page before; None when this is the first."""
        return self._cursors.before

    @property
    def _cursors(self) -> Cursors:
        return (self.paging and self.paging.cursors) or Cursors()

    def __iter__(self) -> Iterator[A]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __contains__(self, wanted: object) -> bool:
        return super().__contains__(wanted) if isinstance(wanted, str) else wanted in self.data

    @overload
    def __getitem__(self, name: str) -> Any: ...
    @overload
    def __getitem__(self, name: int) -> A: ...
    @overload
    def __getitem__(self, name: slice) -> tuple[A, ...]: ...
    def __getitem__(self, name: str | int | slice) -> Any:
        return super().__getitem__(name) if isinstance(name, str) else self.data[name]


def page_of(kind: type[A]) -> Callable[[Mapping[str, Any]], Page[A]]:
    """For `Call.reads`: the answer is a page of `kind`."""

    def read_page(raw: Mapping[str, Any]) -> Page[A]:
        items = raw.get("data")
        if not isinstance(items, list):
            raise UnfitError("data is no list")
        extra = {name: value for name, value in raw.items() if name not in {"data", "paging"}}
        return Page(tuple(read(kind, item) for item in items), _paging(raw), extra=extra)

    return read_page


def _paging(raw: Mapping[str, Any]) -> Paging | None:
    paging = raw.get("paging")
    if not isinstance(paging, dict):
        return None
    kept = {name: value for name, value in paging.items() if name not in {"next", "previous"}}
    return read(Paging, kept)


class Listing(Generic[A]):
    """A list call that has not been sent yet.

    `await listing` gives one Page; `async for item in listing` walks over the items of all pages, and
    `listing.pages()` over the pages. The walk ends at an empty page, at a missing cursor, or at one
    that came before; it goes backwards when the call has a `before`.
    """

    def __init__(
        self, call: Call[Page[A]], send: Callable[[Call[Page[A]]], Awaitable[Page[A]]]
    ) -> None:
        self._call = call
        self._send = send

    def __await__(self) -> Generator[Any, None, Page[A]]:
        return self._send(self._call).__await__()

    def __aiter__(self) -> AsyncIterator[A]:
        return self._items()

    async def _items(self) -> AsyncIterator[A]:
        async for page in self.pages():
            for item in page:
                yield item

    async def pages(self, at_most: int | None = None) -> AsyncIterator[Page[A]]:
        """The pages one by one, `at_most` so many."""
        direction = "before" if "before" in self._call.params else "after"
        cursor = self._call.params.get(direction)
        seen: set[str | None] = set()
        while cursor not in seen and (at_most is None or len(seen) < at_most):
            seen.add(cursor)
            page = await self._send(_from(self._call, direction, cursor))
            if not page.data:
                return
            yield page
            cursor = page.before if direction == "before" else page.after
            if cursor is None:
                return


def _from(call: Call[Page[A]], direction: str, cursor: str | None) -> Call[Page[A]]:
    return call if cursor is None else replace(call, params={**call.params, direction: cursor})
