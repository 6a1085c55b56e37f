"""Lists: one page, and walks over all of them."""

from __future__ import annotations

import pytest

from threadsync.api.answers import UnfitError
from threadsync.api.pages import Cursors, Listing, Page, Paging, page_of
from threadsync.api.types import PublishedPost
from threadsync.api.wire import Call

pytestmark = pytest.mark.anyio

read_page = page_of(PublishedPost)


def a_page(*ids, **cursors):
    paging = {"paging": {"cursors": cursors}} if cursors else {}
    return read_page({"data": [{"id": str(one)} for one in ids], **paging})


def ids(page):
    return [post.id for post in page]


class Server:
    """Answers with the page of each cursor, and remembers which were asked for."""

    def __init__(self, pages, direction="after"):
        self.pages = pages
        self.direction = direction
        self.asked = []

    async def send(self, call):
        cursor = call.params.get(self.direction)
        self.asked.append(cursor)
        assert len(self.asked) < 20, "a walk that does not end"
        return self.pages[cursor]

    def listing(self, **params):
        return Listing(Call("list", "GET", "x", read_page, {"fields": "id", **params}), self.send)


THREE = {None: a_page(1, 2, after="a"), "a": a_page(3, after="b"), "b": a_page(4, before="a")}


async def test_one_page_is_one_call():
    server = Server(THREE)
    listing = server.listing()
    assert server.asked == []
    assert ids(await listing) == ["1", "2"]
    assert server.asked == [None]


async def test_a_walk_is_over_all_pages():
    server = Server(THREE)
    assert [post.id async for post in server.listing()] == ["1", "2", "3", "4"]
    assert server.asked == [None, "a", "b"]


async def test_a_listing_can_be_walked_again():
    listing = Server(THREE).listing()
    assert [p.id async for p in listing] == [p.id async for p in listing]


async def test_a_walk_asks_for_no_page_too_many():
    server = Server(THREE)
    async for _ in server.listing():
        break
    assert server.asked == [None]


async def test_a_walk_begins_where_it_is_told():
    server = Server(THREE)
    assert [post.id async for post in server.listing(after="a")] == ["3", "4"]


async def test_a_walk_keeps_the_other_parameters():
    params = []

    async def send(call):
        params.append(call.params)
        return THREE[call.params.get("after")]

    call = Call("list", "GET", "x", read_page, {"fields": "id", "limit": "2"})
    assert [post.id async for post in Listing(call, send)] == ["1", "2", "3", "4"]
    assert params[1] == {"fields": "id", "limit": "2", "after": "a"}


@pytest.mark.parametrize(
    "last",
    [
        a_page(after="z"),  # empty
        a_page(5),  # without paging
        a_page(5, before="a"),  # without the next cursor
        a_page(5, after="a"),  # a cursor that came before
        a_page(5, after=""),
        a_page(5, after=None),
        read_page({"data": [{"id": "5"}], "paging": []}),
        read_page({"data": [{"id": "5"}], "paging": {"cursors": "x"}}),
    ],
)
async def test_a_walk_ends(last):
    server = Server({None: a_page(1, after="a"), "a": last})
    assert [post.id async for post in server.listing()] == ["1", *ids(last)]
    assert server.asked == [None, "a"]


async def test_a_circle_of_cursors_is_walked_once():
    server = Server({None: a_page(1, after="a"), "a": a_page(2, after="b"), "b": THREE["a"]})
    server.pages["b"] = a_page(3, after="a")
    assert [post.id async for post in server.listing()] == ["1", "2", "3"]


async def test_cursors_may_be_numbers():
    server = Server({None: a_page(1, after=7), "7": a_page(2)})
    assert [post.id async for post in server.listing()] == ["1", "2"]


async def test_backwards():
    pages = {"c": a_page(5, before="b", after="d"), "b": a_page(4, before="a", after="c")}
    server = Server({**pages, "a": a_page()}, direction="before")
    assert [post.id async for post in server.listing(before="c")] == ["5", "4"]
    assert server.asked == ["c", "b", "a"]


@pytest.mark.parametrize(("at_most", "count"), [(0, 0), (1, 1), (2, 2), (9, 3), (None, 3)])
async def test_at_most_so_many_pages(at_most, count):
    server = Server(THREE)
    assert len([page async for page in server.listing().pages(at_most)]) == count
    assert len(server.asked) == count


async def test_an_error_ends_the_walk_after_what_came():
    server = Server({None: a_page(1, after="a")})
    walk = aiter(server.listing())
    assert (await anext(walk)).id == "1"
    with pytest.raises(KeyError):
        await anext(walk)


# --- one page -------------------------------------------------------------------------------------


async def test_a_page_is_a_sequence_with_names():
    page = a_page(1, 2, 3, before="x", after="y")
    assert (len(page), page[0].id, page[-1].id, ids(page[1:])) == (3, "1", "3", ["2", "3"])
    assert page["data"] == page.data == tuple(page)
    assert page["paging"]["cursors"]["after"] == page.after == "y"
    assert page.before == "x"


async def test_what_is_in_a_page():
    page = a_page(1)
    assert page[0] in page
    assert PublishedPost(id="2") not in page
    assert ("data" in page, "paging" in page, None in page) == (True, False, False)


async def test_an_empty_page_is_falsy():
    assert not a_page()
    assert a_page(1)


async def test_addresses_with_tokens_are_not_kept():
    paging = {"next": "https://x?access_token=T", "previous": "https://x?access_token=T", "n": 1}
    page = read_page({"data": [], "paging": paging, "summary": {"n": 2}})
    assert page == Page((), Paging(extra={"n": 1}), extra={"summary": {"n": 2}})


@pytest.mark.parametrize(
    "raw", [{}, {"data": None}, {"data": {}}, {"data": [{}]}, {"data": [None]}, {"data": "x"}]
)
async def test_no_page(raw):
    with pytest.raises(UnfitError):
        read_page(raw)


async def test_cursors_in_another_shape_are_kept():
    page = a_page(1, after=["x"])
    assert (page.after, page.paging.cursors) == (None, Cursors(extra={"after": ["x"]}))
