"""A state as the text of its file: JSON that is checked when read and again before it is written.

Fields this version does not know are kept, at every level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from threadsync.errors import StateError
from threadsync.state.checks import check_document, check_entries, known_fields
from threadsync.state.model import FORMAT, State
from threadsync.state.strict_json import load_json, to_pages

if TYPE_CHECKING:
    from collections.abc import Mapping

RESTORE = "nothing was overwritten; restore it from git or from a backup (docs/state.md)"


def state_from_json(data: bytes, place: str) -> State:
    """The state in `data`; its entries are not checked yet, see `owners_of`.

    `place` is the file or address for messages. StateError when it is damaged or too new.
    """
    try:
        return _state(load_json(data), place)
    except ValueError as exc:
        raise StateError(f"{place}: {exc}; {RESTORE}") from exc


def state_to_json(state: State, *, written_by: str, written_at: str) -> bytes:
    """The text of the file: sorted, indented by 2, one line per scalar, newline at the end.

    StateError when the state would be refused by the next reader.
    """
    raw = {
        "format": FORMAT,
        "min_reader": FORMAT,
        **state.extra,
        "lineage": state.lineage,
        "serial": state.serial,
        "written_by": written_by,
        "written_at": written_at,
        "account": dict(state.account),
        "entries": dict(state.entries),
        "ledger": dict(state.ledger),
    }
    try:
        check_document(raw)
        check_entries(state.entries)
    except ValueError as exc:
        raise StateError(f"the new state was not written: {exc}; report this as a bug") from exc
    return to_pages(raw)


def owners_of(entries: Mapping[str, Any], place: str) -> dict[str, str]:
    """The key of each published id; StateError when an entry is damaged or an id is there twice."""
    try:
        return check_entries(entries)
    except ValueError as exc:
        raise StateError(f"{place}: {exc}; {RESTORE}") from exc


def _state(raw: Any, place: str) -> State:
    _check_readable(raw, place)
    check_document(raw)
    return State(
        lineage=raw["lineage"],
        serial=raw["serial"],
        account=raw.get("account", {}),
        entries=raw["entries"],
        ledger=raw.get("ledger", {}),
        extra=_extra(raw),
    )


def _extra(raw: dict[str, Any]) -> dict[str, Any]:
    """What is kept as it is; a newer format stays what it was, it is never written down a version."""
    known = known_fields("document")
    if raw["format"] > FORMAT:
        known -= {"format", "min_reader"}
    return {name: value for name, value in raw.items() if name not in known}


def _check_readable(raw: Any, place: str) -> None:
    if not isinstance(raw, dict) or type(raw.get("format")) is not int:
        raise ValueError("is no state of threadsync: the number under format is missing")
    needed = raw.get("min_reader", raw["format"])
    if raw["format"] > FORMAT and (type(needed) is not int or needed > FORMAT):
        raise StateError(
            f"{place}: was made by {raw.get('written_by', 'a newer threadsync')} in format {raw['format']}, "
            f"this version reads format {FORMAT}; upgrade threadsync"
        )
