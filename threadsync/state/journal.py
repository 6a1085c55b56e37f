"""The journal: what is known and not yet in the state, one durable line for each record.

A valid JSON document whenever nobody writes, and cheap to append to: a record takes the place of
the closing line in one write and brings its own. A record overrides what the state says of its
entry, so applying a journal twice is the same as once.

    {"format":1,"lineage":"…","serial":7,"records":[
    {"at":"…","entry":{…},"key":"launch"}
    ,{"at":"…","entry":null,"key":"old"}
    ]}

The comma leads the line, so that a write that is cut off cannot touch the record before it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from threadsync.errors import StateError
from threadsync.state.checks import check_entry
from threadsync.state.model import FORMAT, State
from threadsync.state.strict_json import load_json, to_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from threadsync.state.model import EntryState

Record = dict[str, Any]
"""`{key, entry, at}` with `was` when the entry had another key, or `{field, value, at}`.

With `batch: [n, of]` it was written together with others.
"""

TAIL = b"]}\n"
_STATE_FIELDS = ("account", "ledger")
_ADVICE = "nothing was overwritten; see docs/state.md, Journal"


class Journal(NamedTuple):
    """What a journal says: records, oldest first, on top of the state `serial` of `lineage`."""

    lineage: str
    serial: int
    records: tuple[Record, ...]


def journal_path(state_path: Path) -> Path:
    """`threadsync.state.journal.json` for `threadsync.state.json`."""
    return state_path.with_name(f"{state_path.name.removesuffix('.json')}.journal.json")


def entry_record(key: str, entry: EntryState | None, at: str, was: str | None = None) -> Record:
    """What is now known of an entry; with `was`, the key it had before is forgotten with it."""
    raw = None if entry is None else entry.to_json()
    record: Record = {"key": key, "entry": raw, "at": at}
    return record if was is None else {**record, "was": was}


def field_record(name: str, value: Any, at: str) -> Record:
    """The new value of a field of the document, such as `account`."""
    return {"field": name, "value": value, "at": at}


def new_journal(lineage: str, serial: int, first: Record, *more: Record) -> bytes:
    """The whole text of a journal with these records."""
    head = to_line({"format": FORMAT, "lineage": lineage, "serial": serial}).removesuffix(b"}")
    start = head + b',"records":[\n' + to_line(first) + b"\n"
    return start + (appended(*more) if more else TAIL)


def appended(*records: Record) -> bytes:
    """What takes the place of TAIL at the end of a journal that has records."""
    return b"".join(b"," + to_line(record) + b"\n" for record in _numbered(records)) + TAIL


def _numbered(records: tuple[Record, ...]) -> Iterable[Record]:
    """`records`, which are written together: when one is torn, those behind it count no more."""
    if len(records) < 2:
        return records
    return ({**record, "batch": [n, len(records)]} for n, record in enumerate(records, 1))


def apply_record(state: State, entries: dict[str, Any], record: Record) -> State:
    """`state` with `record` applied; changes `entries`, which belong to `state`, in place."""
    if "field" in record:
        return _with_field(state, record["field"], record["value"])
    if "was" in record:
        entries.pop(record["was"], None)
    if record["entry"] is None:
        entries.pop(record["key"], None)
    else:
        entries[record["key"]] = record["entry"]
    return state


def replayed(state: State, journal: Journal, place: str) -> State:
    """`state` with the journal at `place` applied, serial unchanged.

    A state without lineage takes the journal's. StateError when the journal does not belong to it:
    another lineage, a newer state, or an older one that differs from what it says.
    """
    if state.lineage not in (None, journal.lineage):
        what = f"belongs to lineage {journal.lineage}, the state is of {state.lineage}"
        raise StateError(f"{place}: {what}; {_ADVICE}")
    if journal.serial > state.serial:
        what = f"goes on from serial {journal.serial}, the state is at {state.serial}: it is older or gone"
        raise StateError(f"{place}: {what}; {_ADVICE}")
    result = _apply_all(state, journal)
    if journal.serial < state.serial and result != state:
        what = f"goes on from serial {journal.serial}, the state is at {state.serial} and says otherwise"
        raise StateError(f"{place}: {what}; {_ADVICE}")
    return result


def journal_from_json(data: bytes, place: str) -> Journal:
    """The journal in `data`; a last record that was torn while it was written is left out.

    Such a record was never acknowledged. StateError when anything else is damaged or too new.
    """
    try:
        return _journal(_document(data), place)
    except ValueError as exc:
        raise StateError(f"{place}: {exc}; {_ADVICE}") from exc


def whole_journal_from_json(data: bytes, place: str) -> Journal:
    """The journal in `data`, which was written in one piece: StateError when anything is damaged."""
    try:
        return _journal(load_json(data), place)
    except ValueError as exc:
        raise StateError(f"{place}: {exc}; {_ADVICE}") from exc


def check_record(record: Any) -> list[str]:
    """The published ids that the record gives to its entry; ValueError when it is damaged."""
    match record:
        case {"field": str(name), "value": value}:
            if name in _STATE_FIELDS and type(value) is not dict:
                raise ValueError(f"the record of {name} holds no object")
            return []
        case {"key": str(), "entry": None}:
            return []
        case {"key": str(key), "entry": entry}:
            return check_entry(key, entry)
        case _:
            raise ValueError(f"holds {record!r:.40}, which is no record")


def _apply_all(state: State, journal: Journal) -> State:
    entries = dict(state.entries)
    result = replace(state, lineage=journal.lineage, entries=entries)
    for record in journal.records:
        result = apply_record(result, entries, record)
    return result


def _with_field(state: State, name: str, value: Any) -> State:
    if name == "account":
        return replace(state, account=value)
    if name == "ledger":
        return replace(state, ledger=value)
    return replace(state, extra={**state.extra, name: value})


def _journal(raw: Any, place: str) -> Journal:
    _check_head(raw, place)
    for record in raw["records"]:
        check_record(record)
    return Journal(raw["lineage"], raw["serial"], tuple(raw["records"]))


def _document(data: bytes) -> Any:
    """The document in `data`, as it was before its last line was torn."""
    try:
        return load_json(data)
    except ValueError:
        head, _, body = data.partition(b"\n")
        raw = load_json(head + b"]}")
        return {**raw, "records": _records(body)}


def _records(body: bytes) -> list[Any]:
    """The records of the lines below the head. ValueError when more than the last one is damaged."""
    lines = body.split(b"\n")
    records = list(takewhile(lambda record: record is not None, map(_record_in, lines)))
    if not _is_torn(lines[len(records) :]):
        raise ValueError(f"line {len(records) + 2} is damaged")
    return records


def _record_in(line: bytes) -> Any:
    """The JSON object that is all of `line` but a leading comma, None when it is none."""
    try:
        raw = load_json(line.removeprefix(b","))
    except ValueError:
        return None
    return raw if isinstance(raw, dict) else None


def _is_torn(rest: list[bytes]) -> bool:
    """Whether `rest` begins with a record that was cut off while it was written, in the last write.

    A killed process leaves no closing line. A power cut may keep any block of the write and lose
    another: what is missing then are zero bytes, or the bracket that closed the list before.
    """
    if not all(_is_of_one_write(n, line) for n, line in enumerate(rest)):
        return False
    is_closed = rest[-2:] == [b"]}", b""]
    return not is_closed or b"\0" in b"".join(rest) or rest[0].startswith(b"]")


def _is_of_one_write(n: int, line: bytes) -> bool:
    """Whether the line, `n` lines behind a damaged one, was written together with that.

    The bracket that closed the list before may make one line two.
    """
    match _record_in(line):
        case {"batch": [int(number), *_]}:
            return number >= max(n, 2)
        case whole:
            return whole is None


def _check_head(raw: Any, place: str) -> None:
    if not isinstance(raw, dict) or type(raw.get("format")) is not int:
        raise ValueError("is no journal of threadsync: the number under format is missing")
    if raw["format"] > FORMAT:
        what = f"has the format {raw['format']}, this version reads format {FORMAT}"
        raise StateError(f"{place}: {what}; upgrade threadsync")
    for name, wanted in (("lineage", str), ("serial", int), ("records", list)):
        if type(raw.get(name)) is not wanted:
            raise ValueError(f"names no {name}")
