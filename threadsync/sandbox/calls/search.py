"""The calls that find posts of others, profiles and places. Every account of a sandbox is public."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from threadsync.sandbox.answers import views
from threadsync.sandbox.answers.fields import pick
from threadsync.sandbox.answers.known_fields import LOOKUP_FIELDS, PLACE_FIELDS
from threadsync.sandbox.calls import lists, numbers
from threadsync.sandbox.calls.exchange import Exchange, Result, list_answer
from threadsync.sandbox.errors.graph import Refusal, bad_param, missing_param, no_such_object
from threadsync.sandbox.model import Search
from threadsync.sandbox.storage import reach
from threadsync.sandbox.world import lifecycle, places, values

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from threadsync.sandbox.answers.fields import Fields
    from threadsync.sandbox.model import Account, Post
    from threadsync.sandbox.world.places import Place

# Meta's page "Keyword search", read 2026-11-22.
MEDIA_TYPES = ("TEXT", "IMAGE", "VIDEO")
SEARCH_TYPES = ("TOP", "RECENT")
SEARCH_MODES = ("KEYWORD", "TAG")
# Meta's page "Threads profiles", read 2026-11-22: the counts of a profile are those of a week.
LOOKUP_PERIOD = timedelta(days=7)
MAX_REMEMBERED = 25
_EVERYTHING = "account_id IS NOT NULL"


def keyword_search(x: Exchange) -> Result:
    """The public posts of all accounts in which the words, or the tag, are found."""
    query = x.params.get("q", "").strip()
    if not query:
        raise Refusal(missing_param("q"))
    matches = _matcher(x, query)
    is_recent = values.one_of(x.params, "search_type", SEARCH_TYPES) == "RECENT"
    page = lists.read_page(x.params, x.now)
    lifecycle.check_quota(x.records, x.account.id, "keyword_search", x.now)
    found = _newest(x, page, matches) if is_recent else _most_liked(x, page, matches)
    answer = list_answer(x, found)
    _remember(x, query)
    if found:
        # A search that finds nothing is free.
        x.records.add_usage(x.account.id, "keyword_search", x.now)
        reach.add(x.records, x.account.id, found)
    return _without_owner(answer)


def profile_lookup(x: Exchange) -> Result:
    """An account as others see it, with its numbers of the last week."""
    account = _named_account(x)
    since = x.now - LOOKUP_PERIOD
    totals = numbers.account_totals(x.records, account.id, since, x.now)
    value = {
        "username": account.username,
        "name": account.name or account.username,
        "profile_picture_url": views.profile_picture_url(x.base_url, account.username),
        "biography": account.biography,
        "is_verified": account.is_verified,
        "follower_count": account.followers_count,
        **{f"{name}_count": totals[name] for name in ("likes", "quotes", "replies", "reposts")},
        "views_count": totals["views"],
    }
    answer = pick(value, x.fields or {name: {} for name in LOOKUP_FIELDS}, LOOKUP_FIELDS)
    x.records.add_usage(x.account.id, "profile_discovery", x.now)
    return answer


def profile_posts(x: Exchange) -> Result:
    """The root posts and reposts of an account."""
    account = _named_account(x)
    page = lists.read_page(x.params, x.now)
    condition = "account_id = ? AND root_id IS NULL"
    found = lists.listed(x.records, page, lifecycle.is_public, condition, account.id)
    answer = list_answer(x, found)
    x.records.add_usage(x.account.id, "profile_discovery", x.now)
    reach.add(x.records, x.account.id, found)
    return _without_owner(answer)


def location_search(x: Exchange) -> Result:
    # Meta's guide calls the words `q`, its reference `query`.
    words = x.params.get("q") or x.params.get("query") or ""
    near = _position(x)
    if not words and near is None:
        raise Refusal(missing_param("q"))
    lifecycle.check_quota(x.records, x.account.id, "location_search", x.now)
    found = [place_answer(place, x.fields) for place in places.search_places(words, near)]
    x.records.add_usage(x.account.id, "location_search", x.now)
    return {"data": found}


def place_answer(place: Place, fields: Fields) -> Result:
    """The asked-for fields of a place; `id` always."""
    return pick(place, {**views.DEFAULT_FIELDS, **fields}, PLACE_FIELDS)


def _newest(x: Exchange, page: lists.Page, matches: Callable[[Post], bool]) -> list[Post]:
    shows = partial(_is_found, matches)
    return lists.listed(x.records, page, shows, _EVERYTHING)


def _most_liked(x: Exchange, page: lists.Page, matches: Callable[[Post], bool]) -> list[Post]:
    """A page of those with the most likes and replies first, the newest of equals first."""
    whole = replace(lists.read_page({}, x.now), since=page.since, until=page.until, limit=2**31)
    found = lists.listed(x.records, whole, partial(_is_found, matches), _EVERYTHING)
    ranked = sorted(found, key=lambda post: -numbers.popularity(x.records, post))
    return lists.ranked(ranked, page)


def _is_found(matches: Callable[[Post], bool], post: Post, now: datetime) -> bool:
    return lifecycle.is_public(post, now) and matches(post)


def _matcher(x: Exchange, query: str) -> Callable[[Post], bool]:
    """Whether a post is among those that the search asks for."""
    words = query.casefold()
    tag = words.removeprefix("#")
    is_tag = values.one_of(x.params, "search_mode", SEARCH_MODES) == "TAG"
    media_type = values.one_of(x.params, "media_type", MEDIA_TYPES)
    username = x.params.get("author_username")
    author = x.records.account_named(username) if username else None

    def matches(post: Post) -> bool:
        if username and (author is None or post.account_id != author.id):
            return False
        if media_type and post.draft.media_type != media_type:
            return False
        topic = (post.draft.topic_tag or "").casefold()
        return bool(tag) and topic == tag if is_tag else words in post.draft.text.casefold()

    return matches


def _remember(x: Exchange, query: str) -> None:
    others = [search for search in x.account.searches if search.query != query]
    searches = (Search(query=query, at=x.now), *others)[:MAX_REMEMBERED]
    x.records.put_account(replace(x.account, searches=searches))


def _named_account(x: Exchange) -> Account:
    username = values.required(x.params, "username")
    account = x.records.account_named(username)
    if account is None:
        raise Refusal(no_such_object(username))
    lifecycle.check_quota(x.records, x.account.id, "profile_discovery", x.now)
    return account


def _without_owner(answer: Result) -> Result:
    # These lists have no owner, not even for own posts.
    posts = [{name: v for name, v in post.items() if name != "owner"} for post in answer["data"]]
    return {**answer, "data": posts}


def _position(x: Exchange) -> tuple[float, float] | None:
    """Latitude and longitude; None when neither is given."""
    if not x.params.get("latitude") and not x.params.get("longitude"):
        return None
    return _degrees(x, "latitude", 90), _degrees(x, "longitude", 180)


def _degrees(x: Exchange, name: str, limit: int) -> float:
    try:
        degrees = float(values.required(x.params, name))
    except ValueError:
        degrees = math.nan
    # A NaN is in no range.
    if not -limit <= degrees <= limit:
        raise Refusal(bad_param(f"Param {name} must be a number from -{limit} to {limit}"))
    return degrees
