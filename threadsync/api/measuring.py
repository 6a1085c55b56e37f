"""Insights: the numbers of a post and of the account."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from threadsync.api import fields as f
from threadsync.api.pages import Page, page_of
from threadsync.api.sender import ME, Sender, When, path
from threadsync.api.types import Insight
from threadsync.api.wire import Call, params_of
from threadsync.errors import InvalidParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCOPES = ("threads_manage_insights",)


class Measuring(Sender):
    """The calls that count."""

    async def insights(
        self, thread_id: str, metrics: str | Sequence[str] = f.MEDIA_METRICS
    ) -> Page[Insight]:
        """The numbers of a post, one Insight for each metric; empty for a repost.

        InvalidParameterError for a metric that posts do not have.
        """
        params = params_of(metric=_known(metrics, f.MEDIA_METRICS))
        call = Call(
            "read insights",
            "GET",
            path(thread_id, "insights"),
            page_of(Insight),
            params,
            scopes=_SCOPES,
        )
        return await self.send(call)

    async def user_insights(
        self,
        metrics: str | Sequence[str],
        since: When | None = None,
        until: When | None = None,
        breakdown: str | None = None,
    ) -> Page[Insight]:
        """The numbers of the account; without a range of the last two days.

        `follower_demographics` needs a `breakdown`: country, city, age or gender.
        InvalidParameterError for another metric, or without the breakdown.
        """
        names = _known(metrics, f.USER_METRICS)
        if "follower_demographics" in names and breakdown not in f.BREAKDOWNS:
            raise InvalidParameterError(
                f"follower_demographics with breakdown {breakdown}; use one of "
                f"{', '.join(f.BREAKDOWNS)}"
            )
        params = params_of(
            metric=names, since=_seconds(since), until=_seconds(until), breakdown=breakdown
        )
        call = Call(
            "read account insights",
            "GET",
            path(ME, "threads_insights"),
            page_of(Insight),
            params,
            scopes=_SCOPES,
        )
        return await self.send(call)


def _known(metrics: str | Sequence[str], known: Sequence[str]) -> list[str]:
    names = [metrics] if isinstance(metrics, str) else list(metrics)
    if unknown := [name for name in names if name not in known]:
        raise InvalidParameterError(f"no metric {', '.join(unknown)}; there are {', '.join(known)}")
    return names


def _seconds(when: When | None) -> When | None:
    """Unix seconds also for a date: insights take nothing else."""
    if when is None or isinstance(when, datetime | int | str):
        return when
    return datetime(when.year, when.month, when.day).astimezone()
