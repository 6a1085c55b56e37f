"""State and journal of one moment, put together and checked. Where they were read is told by places."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from threadsync.state.document import owners_of, state_from_json
from threadsync.state.journal import journal_from_json, replayed, whole_journal_from_json
from threadsync.state.model import State
from threadsync.state.seen import check_not_older

if TYPE_CHECKING:
    from threadsync.state.journal import Journal
    from threadsync.state.seen import Seen


class Places(NamedTuple):
    """What messages call the state, its journal, and the memory of what was seen."""

    state: str
    journal: str
    seen: str


class Found(NamedTuple):
    """`state` has the journal applied, `owners` has the key of each published id in it."""

    state: State
    owners: dict[str, str]
    journal: Journal | None
    is_unfolded: bool
    """The journal holds records that the document does not."""


def found_in(
    document: bytes | None,
    journal_text: bytes | None,
    seen: Seen | None,
    places: Places,
    *,
    is_whole: bool = False,
    to_replace: bool = False,
) -> Found:
    """What document and journal say together; None where there is none.

    With `is_whole`, a journal is never written in pieces: a torn record is damage. StateError when
    something is damaged, too new, does not belong together, or is older than `seen`; what is there
    `to_replace` it may be older.
    """
    state = State() if document is None else state_from_json(document, places.state)
    journal, is_unfolded = None, False
    if journal_text is not None:
        read = whole_journal_from_json if is_whole else journal_from_json
        journal = read(journal_text, places.journal)
        is_unfolded = bool(journal.records) and journal.serial == state.serial
        state = replayed(state, journal, places.journal)
    if not to_replace:
        check_not_older(state, seen, places.state, places.seen)
    return Found(state, owners_of(state.entries, places.state), journal, is_unfolded)
