"""When a post may go out: the least time between two posts, and the hours in which none goes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from threadsync.config import QuietHours

GAP = "policy.min_gap"
QUIET = "policy.quiet_hours"

_FAR = datetime(9998, 1, 1, tzinfo=UTC)
"""What is later than this is as good as never: calendars end soon after it."""
_MINUTE = timedelta(minutes=1)
# No zone has put its clocks further than this in one night since they are put at all, but for
# changes of the date line (tz database, read 2026-11-22).
_MOST_CLOCKS_MOVE = timedelta(hours=2)


class Turn(NamedTuple):
    """A moment at which a post may go out, and the setting that put it off; "" for none."""

    at: datetime
    put_off_by: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How posts follow each other. All moments are aware."""

    gap: timedelta = timedelta(0)
    quiet: QuietHours | None = None
    last: datetime | None = None
    """When the newest post went out, or will; None when there is none."""

    def turn(self, moment: datetime) -> Turn:
        """The first moment, not before `moment`, at which a post may go out."""
        spaced = max(moment, _later(self.last, self.gap)) if self.gap and self.last else moment
        at = spaced if self.quiet is None else end_of_quiet(self.quiet, spaced)
        if at > spaced:
            return Turn(at, QUIET)
        return Turn(at, GAP if spaced > moment else "")

    def after(self, moment: datetime) -> Pace:
        """The pace for the next post when one goes out at `moment`."""
        return replace(self, last=moment if self.last is None else max(self.last, moment))


def _later(moment: datetime, span: timedelta) -> datetime:
    try:
        return min(moment + span, _FAR)
    except OverflowError:
        return _FAR


def end_of_quiet(quiet: QuietHours, moment: datetime) -> datetime:
    """The first whole minute after `moment` that is not quiet; `moment` itself when it is not.

    Quiet is what the clocks of the zone say, also where they are put forward or back.
    """
    if not is_quiet(quiet, moment):
        return moment
    surely_quiet = moment + max(_left(quiet, moment) - _MOST_CLOCKS_MOVE, timedelta(0))
    minute = surely_quiet.replace(second=0, microsecond=0)
    while is_quiet(quiet, minute):
        minute += _MINUTE
    return minute


def is_quiet(quiet: QuietHours, moment: datetime) -> bool:
    """Whether `moment` lies in the hours of `quiet`; their end does not."""
    clock = moment.astimezone(quiet.zone).time()
    if quiet.begin < quiet.end:
        return quiet.begin <= clock < quiet.end
    return clock >= quiet.begin or clock < quiet.end


def _left(quiet: QuietHours, moment: datetime) -> timedelta:
    """How long it is from `moment` to the end of the hours, if no clock is put meanwhile."""
    local = moment.astimezone(quiet.zone).replace(tzinfo=None)
    end = datetime.combine(local.date(), quiet.end)
    return end - local if end > local else end - local + timedelta(days=1)
