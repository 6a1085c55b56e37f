"""The journal as text, and on disk: what is appended, what is read after a crash, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from threadsync.errors import StateError
from threadsync.state.journal import (
    TAIL,
    Journal,
    appended,
    entry_record,
    field_record,
    journal_from_json,
    journal_path,
    new_journal,
    replayed,
)
from threadsync.state.local.journal_file import JournalFile
from threadsync.state.model import EntryState, PartState, PartStatus, State

AT = "2026-11-22T10:15:02Z"


def an_entry(media_id="1", **fields):
    part = PartState(n=1, digest="sha256:aa", status=PartStatus.PUBLISHED, id=media_id)
    return EntryState(source="posts/ä.md", parts=(part,), total=1, **fields)


def a_record(key="a", media_id="1", **values):
    return entry_record(key, an_entry(media_id), AT, **values)


def a_journal(*records, serial=7):
    """The text of a journal, grown as the program lets it grow."""
    text = new_journal("L", serial, records[0])
    for record in records[1:]:
        text = text.removesuffix(TAIL) + appended(record)
    return text


def a_state(serial=7, **entries):
    raw = {key: an_entry(media_id).to_json() for key, media_id in entries.items()}
    return State(lineage="L", serial=serial, entries=raw)


def read(text):
    return journal_from_json(text, "j.json")


THREE = (a_record("a", "1"), a_record("b", "2"), a_record("c", "3"))


def test_its_name_comes_from_the_state():
    path = Path("x/threadsync.state.json")
    assert journal_path(path) == Path("x/threadsync.state.journal.json")


def test_it_is_json_after_each_record():
    for count in (1, 2, 3):
        assert len(json.loads(a_journal(*THREE[:count]))["records"]) == count


def test_it_has_a_record_a_line():
    assert a_journal(*THREE).count(b"\n") == 5


def test_it_follows_the_schema():
    schemas = [
        json.loads(
            (Path(__file__).parent.parent / f"schemas/{name}.schema.json").read_text(
                encoding="utf-8"
            )
        )
        for name in ("state", "journal")
    ]
    registry = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas]
    )
    text = a_journal(*THREE, a_record("d", "1", was="a"), field_record("account", {}, AT))
    text = text.removesuffix(TAIL) + appended(entry_record("b", None, AT), a_record("x", "9"))
    Draft202012Validator(schemas[1], registry=registry).validate(json.loads(text))


def test_it_is_read_back():
    assert read(a_journal(*THREE)) == Journal("L", 7, THREE)


def test_a_formatter_may_have_been_there():
    text = json.dumps(json.loads(a_journal(*THREE)), indent=2).encode()
    assert read(text) == Journal("L", 7, THREE)


def test_wherever_the_last_write_was_cut_off_the_records_before_it_are_read():
    old = a_journal(*THREE[:2])
    start = len(old) - len(TAIL)
    new = appended(THREE[2])
    for count in range(len(new)):
        torn = old[:start] + new[:count] + old[start + count :]
        assert read(torn).records[:2] == THREE[:2], count


def test_whatever_blocks_a_power_cut_keeps_the_records_before_are_read():
    """Of the last write one stretch is on disk and the rest is as before, or zero bytes."""
    old = a_journal(*THREE[:2])
    new = old.removesuffix(TAIL) + appended(THREE[2])
    before = old + bytes(len(new) - len(old))
    for cut in range(len(old) - len(TAIL), len(new)):
        assert read(new[:cut] + before[cut:]).records[:2] == THREE[:2], cut
        assert read(before[:cut] + new[cut:]).records[:2] == THREE[:2], cut


def test_a_hole_in_the_last_write_is_no_damage():
    whole = a_journal(*THREE)
    hole = len(whole) - 40
    assert read(whole[:hole] + bytes(20) + whole[hole + 20 :]).records == THREE[:2]


MORE = (*THREE[1:], a_record("d", "7"), a_record("e", "8"))
"""What is written together, after THREE[0] was alone."""


def test_records_that_came_together_are_read_back():
    text = a_journal(THREE[0]).removesuffix(TAIL) + appended(*MORE)
    assert [record["key"] for record in read(text).records] == ["a", "b", "c", "d", "e"]
    assert read(text).records[1]["batch"] == [1, 4]


def test_whatever_blocks_a_power_cut_keeps_of_several_records_those_before_are_read():
    old = a_journal(THREE[0])
    new = old.removesuffix(TAIL) + appended(*MORE)
    before = old + bytes(len(new) - len(old))
    for cut in range(len(old) - len(TAIL), len(new)):
        assert read(new[:cut]).records[:1] == THREE[:1], cut
        assert read(new[:cut] + before[cut:]).records[:1] == THREE[:1], cut
        assert read(before[:cut] + new[cut:]).records[:1] == THREE[:1], cut
        hole = before[cut : cut + 60]
        assert read(new[:cut] + hole + new[cut + len(hole) :]).records[:1] == THREE[:1], cut


def test_a_hole_before_records_that_came_together_is_damage():
    new = a_journal(THREE[0]).removesuffix(TAIL) + appended(*MORE)
    hole = new.index(b'"key":"a"')
    with pytest.raises(StateError, match="line 2 is damaged"):
        read(new[:hole] + bytes(9) + new[hole + 9 :])


def test_damage_in_the_middle_is_refused():
    text = a_journal(*THREE).replace(b'"key":"b"', b'"key:"b"')
    with pytest.raises(StateError, match=r"j\.json: line 3 is damaged; nothing was overwritten"):
        read(text)


def test_damage_of_the_last_record_is_refused_when_the_journal_was_closed():
    text = a_journal(*THREE).replace(b'"key":"c"', b'"key:"c"')
    with pytest.raises(StateError, match="line 4 is damaged"):
        read(text)


def test_a_torn_record_before_a_whole_one_is_damage():
    lines = a_journal(*THREE).split(b"\n")
    with pytest.raises(StateError, match="line 3 is damaged"):
        read(b"\n".join([*lines[:2], lines[2][:20], *lines[3:]]))


@pytest.mark.parametrize("text", [b"", b"x", b"{}", b"[]", b'{"format":1,\n]}\n', b"\0\0\0"])
def test_a_damaged_head_is_refused(text):
    with pytest.raises(StateError, match=r"^j\.json: .*nothing was overwritten"):
        read(text)


def test_a_newer_format_is_refused():
    with pytest.raises(StateError, match="format 2, this version reads format 1; upgrade"):
        read(a_journal(*THREE).replace(b'"format":1', b'"format":2'))


@pytest.mark.parametrize(
    "record",
    [
        {"key": "a", "at": AT},
        {"entry": None, "at": AT},
        {"key": "a", "entry": {}, "at": AT},
        {"field": "account", "value": "me", "at": AT},
        {"field": "account", "at": AT},
        {"key": "a", "entry": {"parts": [{"n": 1, "digest": "x", "status": "bound"}]}},
    ],
)
def test_a_record_that_says_nothing_sound_is_refused(record):
    with pytest.raises(StateError, match=r"^j\.json: "):
        read(new_journal("L", 7, record))


def test_a_key_that_is_there_twice_is_refused():
    text = a_journal(*THREE).replace(b'"key":"a"', b'"key":"a","key":"x"')
    with pytest.raises(StateError, match="line 2 is damaged"):
        read(text)


def replay(state, *records, serial=7):
    return replayed(state, Journal("L", serial, records), "j.json")


def test_records_override_the_state():
    assert replay(a_state(a="1"), a_record("a", "5")) == a_state(a="5")


def test_a_null_forgets():
    assert replay(a_state(a="1", b="2"), entry_record("a", None, AT)) == a_state(b="2")


def test_a_move_forgets_the_old_key():
    assert replay(a_state(a="1"), a_record("b", "1", was="a")) == a_state(b="1")


def test_a_field_is_set():
    state = replay(
        a_state(),
        field_record("account", {"user_id": "1"}, AT),
        field_record("ledger", {"d": 1}, AT),
        field_record("x", 1, AT),
    )
    assert (state.account, state.ledger, state.extra) == ({"user_id": "1"}, {"d": 1}, {"x": 1})


def test_replaying_twice_is_replaying_once():
    records = (*THREE, entry_record("b", None, AT), a_record("d", "1", was="a"))
    once = replay(a_state(x="9"), *records)
    assert replay(once, *records) == once


def test_a_state_without_lineage_takes_the_journals():
    assert replay(State(), THREE[0], serial=0).lineage == "L"


def test_another_lineage_is_refused():
    with pytest.raises(StateError, match="lineage L, the state is of M"):
        replay(replace(a_state(), lineage="M"), THREE[0])


def test_a_state_that_went_back_is_refused():
    with pytest.raises(StateError, match="from serial 8, the state is at 7"):
        replay(a_state(), THREE[0], serial=8)


def test_a_journal_that_is_folded_already_changes_nothing():
    state = a_state(serial=8, a="1", b="2")
    assert replay(state, *THREE[:2]) == state


def test_a_journal_of_an_older_state_that_says_otherwise_is_refused():
    with pytest.raises(StateError, match="at 8 and says otherwise"):
        replay(a_state(serial=8, a="2"), THREE[0])


def test_on_disk_it_grows_by_a_line(tmp_path):
    path = tmp_path / "j.json"
    journal = JournalFile(path, a_journal(THREE[0]))
    journal.append(THREE[1])
    journal.append(THREE[2])
    journal.close()
    assert path.read_bytes() == a_journal(*THREE)


@pytest.mark.parametrize("what", ["removed", "replaced", "longer"])
def test_on_disk_it_is_nobody_elses(tmp_path, what):
    path = tmp_path / "j.json"
    journal = JournalFile(path, a_journal(THREE[0]))
    text = path.read_bytes()
    if what == "longer":
        path.write_bytes(text + b" ")
    else:
        path.unlink()
    if what == "replaced":
        path.write_bytes(text)
    with pytest.raises(StateError, match="changed by something else"):
        journal.append(THREE[1])
    journal.close()
