"""The calls for numbers: of one post, and of the account, in Meta's three shapes.

Meta's pages "Media insights" and "User insights", read 2026-11-22.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from threadsync.sandbox.answers.views import timestamp
from threadsync.sandbox.calls import lists, numbers
from threadsync.sandbox.calls.exchange import Exchange, Result, check_own, own_post
from threadsync.sandbox.errors.graph import OAUTH, UNKNOWN, GraphError, Refusal, missing_param
from threadsync.sandbox.world import values

if TYPE_CHECKING:
    from collections.abc import Collection

    from threadsync.sandbox.model import Account

MEDIA_METRICS = ("views", "likes", "replies", "reposts", "quotes", "shares")
TOTALS = ("likes", "replies", "reposts", "quotes")
USER_METRICS = ("views", *TOTALS, "clicks", "followers_count", "follower_demographics")
BREAKDOWNS = ("country", "city", "age", "gender")
EARLIEST_SINCE = 1_712_991_600
MIN_FOLLOWERS = 100
_DAY = timedelta(days=1)
_DAY_ENDS_AT = timedelta(hours=7)
"""Meta's days end at seven in the morning of UTC."""
_DESCRIPTION = "Counted by the sandbox, or set by steering."


def of_media(x: Exchange) -> Result:
    """All metrics of a post since it was published; nothing for a repost."""
    post = own_post(x)
    if "clicks" in _asked(x):
        # Seen on Threads: a metric of accounts, asked of a post, is an unknown error.
        raise Refusal(UNKNOWN)
    metrics = _metrics(x, MEDIA_METRICS)
    values.one_of(x.params, "period", ("lifetime",))
    if post.reposted_id:
        return {"data": []}
    totals = numbers.media_totals(x.records, post)
    return {"data": [_media_metric(post.id, name, totals[name]) for name in metrics]}


def of_account(x: Exchange) -> Result:
    check_own(x)
    metrics = _metrics(x, USER_METRICS)
    values.one_of(x.params, "period", ("day", "lifetime"))
    since, until = _range(x)
    found = [made for name in metrics if (made := _user_metric(x, name, since, until))]
    paging = {"paging": _neighbours(x, since, until)} if "views" in metrics else {}
    return {"data": found, **paging}


def _asked(x: Exchange) -> list[str]:
    """The names of metrics. PyThreads 0.2.1 sends those of a post as `fields` and nothing else."""
    names = values.comma_list(x.params, "metric") or values.comma_list(x.params, "fields")
    return list(dict.fromkeys(names))


def _metrics(x: Exchange, known: Collection[str]) -> list[str]:
    asked = _asked(x)
    if not asked:
        raise Refusal(missing_param("metric"))
    for n, name in enumerate(asked):
        if name not in known:
            message = f"(#100) metric[{n}] must be one of the following values: {', '.join(known)}"
            raise Refusal(GraphError(message, 100, OAUTH))
    return asked


def _media_metric(media_id: str, name: str, value: int) -> dict[str, Any]:
    id_name = "thread_replies" if name == "replies" else name
    return {
        "name": name,
        "period": "lifetime",
        "values": [{"value": value}],
        "title": name.capitalize(),
        "description": _DESCRIPTION,
        "id": f"{media_id}/insights/{id_name}/lifetime",
    }


def _range(x: Exchange) -> tuple[datetime, datetime]:
    """The time asked for; yesterday to now when none is."""
    now = int(x.now.timestamp())
    asked_since = lists.read_time(x.params, "since")
    until = min(lists.read_time(x.params, "until") or now, now)
    since = until - int(_DAY.total_seconds()) if asked_since is None else asked_since
    if since < EARLIEST_SINCE:
        raise Refusal(GraphError(f"Param since must be at least {EARLIEST_SINCE}", 100))
    if since >= until:
        raise Refusal(GraphError("Param since must be before until", 100))
    # Until the end of its second, so that what has just happened is in.
    return datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until + 1, UTC)


def _user_metric(x: Exchange, name: str, since: datetime, until: datetime) -> dict[str, Any] | None:
    """One metric in its shape; None for one that this account does not have."""
    if name == "views":
        return _named(x, name, "day", {"values": _views_by_day(x, since, until)})
    if name == "clicks":
        counted = numbers.clicks(x.records, x.account.id, since, until)
        links = [{"value": count, "link_url": link} for link, count in counted.items()]
        return _named(x, name, "day", {"link_total_values": links})
    if name == "followers_count":
        return _named(x, name, "day", {"total_value": {"value": x.account.followers_count}})
    if name == "follower_demographics":
        return _demographics(x)
    total = numbers.account_totals(x.records, x.account.id, since, until)[name]
    return _named(x, name, "day", {"total_value": {"value": total}})


def _named(x: Exchange, name: str, period: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "period": period,
        "title": name,
        "description": _DESCRIPTION,
        **shape,
        "id": f"{x.account.id}/insights/{name}/{period}",
    }


def _demographics(x: Exchange) -> dict[str, Any] | None:
    values.required(x.params, "breakdown")
    breakdown = values.one_of(x.params, "breakdown", BREAKDOWNS) or ""
    if x.account.followers_count < MIN_FOLLOWERS:
        return None
    results = _results(x.account, breakdown)
    total = {"breakdowns": [{"dimension_keys": [breakdown], "results": results}]}
    return _named(x, "follower_demographics", "lifetime", {"total_value": total})


def _results(account: Account, breakdown: str) -> list[dict[str, Any]]:
    counts = account.demographics.get(breakdown, {})
    return [{"dimension_values": [value], "value": count} for value, count in counts.items()]


def _views_by_day(x: Exchange, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """One value for each day that the time touches, the oldest first."""
    counts: dict[datetime, int] = {}
    end = _end_of_day(since)
    while end < until + _DAY:
        counts[end] = 0
        end += _DAY
    for post in numbers.posts_of(x.records, x.account.id):
        if since < post.published_at <= until:
            counts[_end_of_day(post.published_at)] += post.numbers.views
    return [{"value": count, "end_time": timestamp(end)} for end, count in counts.items()]


def _end_of_day(moment: datetime) -> datetime:
    """The first end of a day at or after a moment."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + _DAY_ENDS_AT
    return end if moment <= end else end + _DAY


def _neighbours(x: Exchange, since: datetime, until: datetime) -> dict[str, str]:
    """The addresses of the time before and the time after, as long as this one; without a token."""
    first, last = int(since.timestamp()), int(until.timestamp()) - 1
    length = last - first
    return {
        "previous": _address(x, first - length, first),
        "next": _address(x, last, last + length),
    }


def _address(x: Exchange, since: int, until: int) -> str:
    query = {**x.params, "since": str(since), "until": str(until)}
    return f"{x.base_url}/v1.0/{x.account.id}/threads_insights?{urlencode(query)}"
