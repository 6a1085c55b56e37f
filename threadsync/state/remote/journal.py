"""The journal of a remote state: one document, written anew for each record by compare-and-swap.

It keeps the newest record of each entry and field, so it grows with what a run touches and not with
the steps it takes. Each writing names its writer and counts, so that no two are ever alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadsync.state.journal import TAIL
from threadsync.state.model import FORMAT
from threadsync.state.strict_json import to_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from threadsync.state.journal import Record
    from threadsync.state.remote.vault import Vault

NAME = "journal.json"

Lines = dict[tuple[str, str], bytes]
"""The newest record of each subject as its line, the longest unchanged first."""


class RemoteJournal:
    """The journal as this session has read or written it last. All methods that write block.

    `writer` is the lock of the session, `tag` the version of the document there is, None without one.
    After an error it is not known what is there: nothing more may be written.
    """

    def __init__(
        self, vault: Vault, writer: str, tag: str | None, records: Iterable[Record]
    ) -> None:
        self._vault = vault
        self._writer = writer
        self._tag = tag
        self._lines = with_records({}, records)
        self._count = 0

    def __len__(self) -> int:
        """How many entries and fields have a record that is not in the state yet."""
        return len(self._lines)

    def put(self, lineage: str, serial: int, *records: Record) -> None:
        """Add `records`, on top of the state `serial`; durable when it returns.

        Without any, the journal is written under our name: whoever wrote before cannot any more.
        """
        self._write(lineage, serial, with_records(self._lines, records))

    def clear(self, lineage: str, serial: int) -> None:
        """Start anew on top of the state `serial`, which has all records."""
        self._write(lineage, serial, {})

    def _write(self, lineage: str, serial: int, lines: Lines) -> None:
        self._count += 1
        head = {
            "format": FORMAT,
            "lineage": lineage,
            "serial": serial,
            "writer": self._writer,
            "count": self._count,
        }
        self._tag = self._vault.write(NAME, _text(head, lines), self._tag)
        self._lines = lines


def with_records(lines: Lines, records: Iterable[Record]) -> Lines:
    """`lines` with each of `records` in the place of what it overrides."""
    result = dict(lines)
    for record in records:
        for subject, single in _singles(record):
            result.pop(subject, None)
            result[subject] = to_line(single)
    return result


def _singles(record: Record) -> Iterator[tuple[tuple[str, str], Record]]:
    """What `record` says, each about one subject: a move forgets one entry and puts another."""
    if "field" in record:
        yield ("field", record["field"]), record
        return
    if "was" in record:
        yield (
            ("entry", record["was"]),
            {"key": record["was"], "entry": None, "at": record.get("at")},
        )
    yield ("entry", record["key"]), {k: v for k, v in record.items() if k != "was"}


def _text(head: Record, lines: Lines) -> bytes:
    start = to_line(head).removesuffix(b"}")
    return start + b',"records":[\n' + b"\n,".join(lines.values()) + b"\n" + TAIL
