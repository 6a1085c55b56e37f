"""What is to go out in the weeks ahead, day by day: of a plan, for people and for programs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import TYPE_CHECKING, Any

from threadsync.reporting.text import WIDTH, counted, excerpt, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from threadsync.planning.actions import Action, Plan
    from threadsync.reporting.text import Paint

WEEK = timedelta(days=7)

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = "January February March April May June July August September October November December"
_BESIDE = 19
"""What stands on a line before its key."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An entry and the earliest moment at which it goes out, in the zone of the calendar."""

    at: datetime
    action: Action
    is_now: bool
    """Whether the next apply publishes it."""

    def to_json(self) -> dict[str, Any]:
        action = self.action
        return {
            "at": self.at.isoformat(),
            "key": action.key,
            "action": action.kind.value,
            "reason": action.reason,
            "parts": len(action.parts),
        }


@dataclass(frozen=True, slots=True)
class Calendar:
    """The weeks from the one that `start` (a Monday) begins."""

    zone: tzinfo
    start: date
    weeks: int
    slots: tuple[Slot, ...]
    """Those within the weeks, by time."""
    later: int = 0
    """How many come after the weeks."""
    undated: tuple[Action, ...] = ()
    """What waits without a time: drafts, and what waits for something unknown."""

    def to_json(self) -> dict[str, Any]:
        days = groupby(self.slots, key=lambda slot: slot.at.date())
        return {
            "format_version": 1,
            "timezone": str(self.zone),
            "start": self.start.isoformat(),
            "weeks": self.weeks,
            "days": [
                {"date": day.isoformat(), "entries": [slot.to_json() for slot in slots]}
                for day, slots in days
            ],
            "later": self.later,
            "undated": [{"key": one.key, "reason": one.reason} for one in self.undated],
        }


def calendar_of(plan: Plan, zone: tzinfo, weeks: int) -> Calendar:
    """The calendar of `weeks` weeks from that of the plan on; all else is only counted."""
    today = plan.made_at.astimezone(zone).date()
    start = today - timedelta(days=today.weekday())
    slots = sorted(_slots(plan, zone), key=lambda slot: slot.at)
    end = start + weeks * WEEK
    within = tuple(slot for slot in slots if slot.at.date() < end)
    undated = tuple(a for a in plan.actions if a.kind == "wait" and a.not_before is None)
    return Calendar(zone, start, weeks, within, len(slots) - len(within), undated)


def _slots(plan: Plan, zone: tzinfo) -> Iterator[Slot]:
    for action in plan.actions:
        if action.publishes:
            yield Slot(plan.made_at.astimezone(zone), action, is_now=True)
        elif action.not_before is not None:
            yield Slot(action.not_before.astimezone(zone), action, is_now=False)


def calendar_text(calendar: Calendar, paint: Paint = plain) -> Iterator[str]:
    """The lines of a calendar: each week, its days that have entries, and what is left over."""
    for number in range(calendar.weeks):
        monday = calendar.start + number * WEEK
        yield paint(_heading(monday), "cyan")
        slots = [slot for slot in calendar.slots if monday <= slot.at.date() < monday + WEEK]
        yield from _days(slots, paint)
        if not slots:
            yield paint("  nothing", "bright_black")
    yield ""
    yield f"{_sum(calendar)} Times are those of {calendar.zone}."


def _heading(monday: date) -> str:
    _, week, _ = monday.isocalendar()
    return f"Week {week}, {_date(monday)} to {_date(monday + WEEK - timedelta(days=1))}"


def _date(day: date) -> str:
    return f"{day.day} {_MONTHS.split()[day.month - 1]} {day.year}"


def _days(slots: Sequence[Slot], paint: Paint) -> Iterator[str]:
    for day, on_day in groupby(slots, key=lambda slot: slot.at.date()):
        name = f"{_DAYS[day.weekday()]} {day.day:>2}"
        for slot in on_day:
            yield _line(name, slot, paint)
            name = ""


def _line(day: str, slot: Slot, paint: Paint) -> str:
    clock = "now" if slot.is_now else f"{slot.at:%H:%M}"
    text = slot.action.parts[0].request.params.get("text", "") if slot.action.parts else ""
    room = WIDTH - _BESIDE - len(slot.action.key)
    words = f"  {excerpt(text, room)}" if text and room > 10 else ""
    return f"  {day:<6}  {clock:<5}  {slot.action.key}{paint(words, 'bright_black')}"


def _sum(calendar: Calendar) -> str:
    """How many go out when, in a sentence."""
    found = [f"{counted(len(calendar.slots), 'post', 'posts')} in these weeks"]
    if calendar.later:
        found.append(f"{calendar.later:,} later")
    if calendar.undated:
        found.append(f"{len(calendar.undated):,} without a time")
    return f"{', '.join(found)}."
