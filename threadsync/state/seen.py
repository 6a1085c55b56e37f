"""The last state this machine has seen: how an older or a strange one is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from threadsync.errors import StateError
from threadsync.state.durable import read_file, replace_file, saving
from threadsync.state.strict_json import load_json, to_line

if TYPE_CHECKING:
    from pathlib import Path

    from threadsync.state.model import State


class Seen(NamedTuple):
    """Lineage and serial of a state."""

    lineage: str
    serial: int


def load_seen(path: Path) -> Seen | None:
    """What is remembered at `path`, None when nothing is."""
    data = read_file(path)
    if data is None:
        return None
    seen = _seen(data)
    if seen is None:
        msg = f"{path}: is damaged; look whether the state is the newest one, then delete this file"
        raise StateError(msg)
    return seen


def save_seen(path: Path, seen: Seen) -> None:
    """Remember `seen` at `path`, in a folder that need not exist."""
    with saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, to_line(seen._asdict()) + b"\n")


def remember(path: Path, state: State) -> None:
    """Note at `path` that `state` was seen; nothing happens when it has no lineage or is no news.

    What comes before the last one seen is no news.
    """
    if state.lineage is not None:
        seen, last = Seen(state.lineage, state.serial), load_seen(path)
        if last is None or (last.lineage == seen.lineage and last.serial < seen.serial):
            save_seen(path, seen)


def check_not_older(state: State, seen: Seen | None, place: str, seen_place: str) -> None:
    """StateError when `state` has another lineage than `seen` or comes before it."""
    if seen is None or state.lineage is None:
        return
    way_out = f"take the newest one, or delete {seen_place} if this one is right (docs/state.md)"
    if state.lineage != seen.lineage:
        what = f"is of lineage {state.lineage}, this machine has seen {seen.lineage} here"
        raise StateError(f"{place}: {what}; {way_out}")
    if state.serial < seen.serial:
        what = (
            f"has serial {state.serial}, this machine has seen {seen.serial}: it is an older copy"
        )
        raise StateError(f"{place}: {what}; {way_out}")


def _seen(data: bytes) -> Seen | None:
    try:
        raw = load_json(data)
    except ValueError:
        return None
    match raw:
        case {"lineage": str(lineage), "serial": int(serial)}:
            return Seen(lineage, serial)
        case _:
            return None
