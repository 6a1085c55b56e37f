"""Plans and results as text for people, and as the lines that scripts rely on. Pure.

JSON forms are the values' own `to_json`; Markdown for pull requests is in `markdown_report`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import TYPE_CHECKING

from threadsync.planning.actions import SYMBOLS, ActionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from threadsync.planning.actions import Action, Plan, PlannedPart
    from threadsync.publishing.events import Event, Outcome

WIDTH = 80
MOST_WAITING = 10
"""How many waiting entries a plan names before it only counts the rest."""

Paint = Callable[[str, str], str]
"""Puts a colour, by its name, round a text."""

COLOURS: Mapping[ActionKind, str] = {
    ActionKind.CREATE: "green",
    ActionKind.APPEND: "green",
    ActionKind.RESUME: "green",
    ActionKind.ADOPT: "cyan",
    ActionKind.MOVE: "cyan",
    ActionKind.REPLACE: "yellow",
    ActionKind.UNKNOWN: "magenta",
    ActionKind.NONE: "yellow",
    ActionKind.DELETE: "red",
    ActionKind.WAIT: "bright_black",
}

_COUNTED = ("replace", "append", "adopt", "delete", "resume")


def plain(text: str, _colour: str) -> str:
    """A Paint that leaves text as it is."""
    return text


def plan_text(plan: Plan, paint: Paint = plain, *, verbose: bool = False) -> Iterator[str]:
    """The lines of a plan, without the last one (`plan_line`); nothing when it has no actions."""
    waiting = [action for action in plan.actions if action.kind is ActionKind.WAIT]
    for action in plan.actions:
        if action.kind is not ActionKind.WAIT:
            yield from _action_lines(action, paint, verbose=verbose)
    shown = waiting if verbose else waiting[:MOST_WAITING]
    for action in shown:
        yield from _action_lines(action, paint, verbose=False)
    if len(waiting) > len(shown):
        yield paint(
            f"  …    and {len(waiting) - len(shown):,} more wait; -v names them", "bright_black"
        )
    if plan.actions:
        yield ""


def plan_line(plan: Plan) -> str:
    """The last line of a plan, stable for scripts."""
    counts = plan.summary()
    if not plan.has_changes:
        waiting = f"; {counts['wait']} waiting" if counts["wait"] else ""
        return f"No changes. Threads matches the files{waiting}."
    words = ", ".join(f"{counts[kind]} to {kind}" for kind in _COUNTED)
    return (
        f"Plan: {counts['create']} to publish, {words}, {counts['unknown']} unknown; "
        f"{counts['wait']} waiting."
    )


def outcome_line(outcome: Outcome) -> str:
    """The last line of an apply, stable for scripts."""
    words = ("published", "replaced", "appended", "adopted", "deleted", "resumed")
    counts = ", ".join(f"{outcome.counts[word]} {word}" for word in words)
    return (
        f"Apply complete: {counts}, {outcome.counts['unknown']} unknown, "
        f"{outcome.counts['failed']} failed; {outcome.counts['waiting']} waiting."
    )


def event_line(event: Event) -> str | None:
    """One line of progress; None for an event that says nothing new to a person."""
    about, values = event.key or "", event.values
    part = f" part {values['n']}" if values.get("n", 1) > 1 else ""
    match event.name:
        case "uploaded":
            mended = f" {values['mended']}" if "mended" in values else ""
            return f"{about}: uploaded {values['path']}{mended} ({values['size_bytes']:,} bytes)"
        case "published" | "adopted":
            return f"{about}: {event.name}{part} {values.get('permalink') or values['id']}"
        case "deleted":
            return f"{about}: deleted post {values['id']}"
        case "moved":
            return f"{about}: the file is {values['source']} now"
        case "failed" | "unknown":
            return f"{about}: {event.name}: {values['reason']}"
    return None


def share_line(event: Event) -> str:
    """How far a large file is: one that is sent, or one that is mended. The rest may be cut off."""
    values = event.values
    if event.name == "mending":
        return f"mending {values['done']:.0%}: {values['path']}"
    sent, size = (values[name] / 1e6 for name in ("sent_bytes", "size_bytes"))
    return f"uploading {sent:,.0f} of {size:,.0f} MB: {event.key}"


def still_line(event: Event) -> str:
    """How far a large file is, where every line stays: `launch: uploaded 40% of posts/film.mp4`."""
    values = event.values
    if event.name == "mending":
        return f"{event.key}: mended {values['done']:.0%} of {values['path']}"
    share = values["sent_bytes"] / values["size_bytes"]
    return f"{event.key}: uploaded {share:.0%} of {values['path']}"


def counted(number: int, one: str, many: str) -> str:
    """`1 entry`, `1,200 entries`."""
    return f"{number:,} {one if number == 1 else many}"


def excerpt(text: str, width: int) -> str:
    """`text` on one line of at most `width` characters, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: max(0, width - 1)].rstrip() + "…"


def _action_lines(action: Action, paint: Paint, *, verbose: bool) -> Iterator[str]:
    symbol = paint(f"{SYMBOLS[action.kind]:<4}", COLOURS[action.kind])
    yield f"  {symbol} {action.key}  {paint(f'({why(action)})', 'bright_black')}"
    for part in action.parts if action.kind is not ActionKind.WAIT else ():
        yield f"         {_part_line(part, len(action.parts) > 1)}"
    if verbose:
        from threadsync.planning.steps import steps_of

        yield from (f"           - {step}" for step in steps_of(action))


def why(action: Action) -> str:
    """The reason of an action, with the time from which one that waits may go out."""
    if action.not_before is None:
        return action.reason
    moment = f"{action.not_before.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if action.not_before == action.publish_at:
        return f"{action.reason} for {moment}"
    return f"{action.reason}, not before {moment}"


def _part_line(part: PlannedPart, numbered: bool) -> str:
    number = f"{part.n}. " if numbered else ""
    kind = part.request.media_type.lower()
    items = f" of {len(part.request.children)}" if part.request.children else ""
    extra = "".join(f", {name}" for name in _extras(part))
    label = f"{number}{kind}{items}{extra}"
    text = part.request.params.get("text", "")
    return f"{label}: “{excerpt(text, WIDTH - 14 - len(label))}”" if text else label


def _extras(part: PlannedPart) -> Iterable[str]:
    params = part.request.params
    names = {
        "poll_attachment": "poll",
        "link_attachment": "link",
        "text_attachment": "long text",
        "gif_attachment": "GIF",
        "quote_post_id": "quote",
    }
    return [word for name, word in names.items() if name in params]
