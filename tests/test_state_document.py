"""The text of a state: what is read, what is refused, what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from threadsync.errors import StateError
from threadsync.state.checks import known_fields
from threadsync.state.document import owners_of, state_from_json, state_to_json
from threadsync.state.model import EntryState, OldPart, PartState, State

SCHEMA = json.loads(
    (Path(__file__).parent.parent / "schemas/state.schema.json").read_text(encoding="utf-8")
)


def a_part(**fields):
    return {"n": 1, "digest": "sha256:aa", "status": "published", "id": "1", **fields}


def a_document(*parts, **fields):
    entry = {"source": "posts/a.md", "parts": list(parts or [a_part()])}
    return {"format": 1, "lineage": "L", "serial": 7, "entries": {"a": entry}, **fields}


def an_old_post(**fields):
    return {"revision": 1, "id": "9", "digest": "sha256:99", **fields}


def read(raw):
    data = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    state = state_from_json(data, "s.json")
    owners_of(state.entries, "s.json")
    return state


def write(state):
    return state_to_json(state, written_by="threadsync 9", written_at="2026-11-22T10:15:02Z")


def with_entry(**fields):
    document = a_document()
    document["entries"]["a"].update(fields)
    return document


def without(document, name):
    return {key: value for key, value in document.items() if key != name}


DAMAGED = {
    "no JSON": (b"x", "is not JSON"),
    "nothing": (b"", "is not JSON"),
    "truncated": (json.dumps(a_document()).encode()[:-9], "is not JSON: .* in line 1"),
    "not UTF-8": (b'{"format": 1, "x": "\xff"}', "byte 20 is not UTF-8"),
    "nested too deeply": (b"[" * 200_000, "nested too deeply"),
    "NaN": (b'{"format": 1, "x": NaN}', "NaN"),
    "a list": ([], "no state of threadsync"),
    "no format": (without(a_document(), "format"), "no state of threadsync"),
    "format 0": (a_document(format=0), "format 0, 1 is the first"),
    "format true": (a_document(format=True), "no state of threadsync"),
    "no lineage": (without(a_document(), "lineage"), "lineage is missing"),
    "empty lineage": (a_document(lineage=""), "empty lineage"),
    "no serial": (without(a_document(), "serial"), "serial is missing"),
    "negative serial": (a_document(serial=-1), "serial -1"),
    "serial as text": (a_document(serial="7"), "serial is a string, a whole number is needed"),
    "no entries": (without(a_document(), "entries"), "entries is missing"),
    "entries as list": (a_document(entries=[]), "entries is a list"),
    "account as text": (a_document(account="me"), "account is a string"),
    "account null": (a_document(account=None), "account is null"),
    "entry as text": (a_document(entries={"a": "x"}), "a: 'x' stands where an object"),
    "no parts": (a_document(entries={"a": {}}), "a: parts is missing"),
    "part as text": (a_document("x"), "a: 'x' stands where an object"),
    "part without n": (a_document(without(a_part(), "n")), "a: n is missing"),
    "part 0": (a_document(a_part(n=0)), "a has part 0"),
    "part twice": (a_document(a_part(), a_part(id="2")), "a has part 1 after part 1"),
    "part without digest": (a_document(without(a_part(), "digest")), "a: digest is missing"),
    "unknown status": (a_document(a_part(status="bound")), "a#1 has the status 'bound'"),
    "id as number": (a_document(a_part(id=1)), "a: id is a whole number, a string is needed"),
    "published without id": (a_document(without(a_part(), "id")), "a#1 is published without id"),
    "reply without parent": (a_document(a_part(n=2)), "a#2 is published without reply_to"),
    "intent without container": (
        a_document({"n": 1, "digest": "x", "status": "publishing"}),
        "a#1 is publishing without container_id",
    ),
    "attempts null": (a_document(a_part(attempts=None)), "attempts is null"),
    "attempt as text": (a_document(a_part(attempts=["x"])), "'x' stands where an object"),
    "revision 0": (with_entry(revision=0), "revision 0"),
    "total as text": (with_entry(total="2"), "total is a string"),
    "history without id": (with_entry(history=[{"revision": 1, "digest": "x"}]), "id is missing"),
    "id twice": (
        a_document(entries={"a": {"parts": [a_part()]}, "b": {"parts": [a_part()]}}),
        "published id 1 is used twice, by a and b",
    ),
    "id twice by history": (with_entry(history=[an_old_post(id="1")]), "id 1 is used twice"),
}
BEYOND_THE_SCHEMA = {"id twice", "id twice by history", "part twice"}


@pytest.mark.parametrize(("raw", "message"), DAMAGED.values(), ids=DAMAGED.keys())
def test_damage_is_refused(raw, message):
    with pytest.raises(StateError, match=rf"^s\.json: .*{message}.*; nothing was overwritten"):
        read(raw)


@pytest.mark.parametrize("case", DAMAGED)
def test_the_schema_refuses_the_same(case):
    raw, _ = DAMAGED[case]
    if isinstance(raw, bytes) or case in BEYOND_THE_SCHEMA:
        return
    assert not Draft202012Validator(SCHEMA).is_valid(raw)


def test_the_schema_takes_what_is_written():
    state = read(with_entry(history=[an_old_post()], digest=None, protect=True))
    Draft202012Validator(SCHEMA).validate(json.loads(write(state)))


@pytest.mark.parametrize(
    ("sort", "typed"),
    [("part", PartState), ("history", OldPart), ("entry", EntryState)],
)
def test_the_checks_know_every_field(sort, typed):
    assert known_fields(sort) - {"status"} == set(typed.__slots__) - {"extra", "status"}


def test_the_schema_knows_every_field():
    names = {"document": SCHEMA, "entry": "entry", "part": "part", "history": "old_part"}
    for sort, name in names.items():
        schema = name if isinstance(name, dict) else SCHEMA["$defs"][name]
        assert known_fields(sort) == set(schema["properties"])


@pytest.mark.parametrize(
    "text",
    [
        '{"format":1,"lineage":"L","serial":1,"serial":2,"entries":{}}',
        '{"format":1,"lineage":"L","serial":1,"entries":{"a":{"parts":[]},"a":{"parts":[]}}}',
        '{"format":1,"lineage":"L","serial":1,"entries":{"a":{"parts":[],"parts":[]}}}',
        '{"format":1,"lineage":"L","serial":1,"entries":{},"x":{"y":[{"z":1,"z":1}]}}',
    ],
)
def test_a_key_that_is_there_twice_is_refused(text):
    with pytest.raises(StateError, match=r"the key (serial|a|parts|z) is there twice"):
        read(text.encode())


def test_both_sides_of_a_merge_are_recognised():
    text = '{\n<<<<<<< HEAD\n  "serial": 1\n=======\n  "serial": 2\n>>>>>>> other\n}\n'
    with pytest.raises(StateError, match="both sides of a git merge"):
        read(text.encode())


def test_a_newer_format_names_its_maker():
    raw = a_document(format=2, min_reader=2, written_by="threadsync 9.1")
    with pytest.raises(
        StateError, match=r"made by threadsync 9.1 in format 2, .* format 1; upgrade"
    ):
        read(raw)


def test_a_newer_format_without_min_reader_is_refused():
    with pytest.raises(StateError, match="upgrade threadsync"):
        read(a_document(format=2))


def test_a_newer_format_that_lets_us_read_stays_what_it_is():
    state = read(a_document(format=2, min_reader=1))
    assert json.loads(write(state))["format"] == 2


def test_unknown_fields_survive_at_every_level():
    raw = a_document(a_part(x=1, attempts=[{"n": 1, "x": 2}]), x={"y": None}, account={"z": 1})
    raw["entries"]["a"] |= {"protect": True, "history": [an_old_post(x=[1])]}
    written = json.loads(write(read(raw)))
    assert without(written, "entries")["x"] == {"y": None}
    assert (written["entries"], written["account"]) == (raw["entries"], raw["account"])


def test_typed_entries_survive_too():
    raw = a_document(a_part(x=1, attempts=[{"n": 1, "x": 2}]))
    raw["entries"]["a"] |= {"protect": True, "history": [an_old_post(x=[1])], "status": "published"}
    typed = read(raw).entry("a").to_json()
    assert {**typed["history"][0], "n": 1} == {**an_old_post(x=[1]), "n": 1}
    assert (typed["parts"], typed["protect"]) == (raw["entries"]["a"]["parts"], True)


def test_nulls_are_read_as_missing():
    part = a_part(permalink=None, reply_to=None, error=None)
    assert read(a_document(part)).entry("a").parts[0].permalink is None


def test_it_is_written_sorted_with_a_scalar_a_line():
    state = State(lineage="L", serial=1, entries={"b": {"parts": []}, "a": {"parts": []}})
    assert write(state).decode() == (
        '{\n  "account": {},\n  "entries": {\n    "a": {\n      "parts": []\n    },\n'
        '    "b": {\n      "parts": []\n    }\n  },\n  "format": 1,\n  "ledger": {},\n'
        '  "lineage": "L",\n  "min_reader": 1,\n  "serial": 1,\n'
        '  "written_at": "2026-11-22T10:15:02Z",\n  "written_by": "threadsync 9"\n}\n'
    )


@pytest.mark.parametrize(
    "source", ["posts/Grüße-😀.md", "posts/\udcff.md", 'a"\\\n\x7f', "a\u2028"]
)
def test_any_text_survives(source):
    raw = with_entry(source=source)
    assert read(write(read(raw))).entries == raw["entries"]


def test_it_is_readable_text():
    assert "posts/Grüße.md" in write(read(with_entry(source="posts/Grüße.md"))).decode()


def test_large_numbers_survive():
    raw = a_document(x=2**70, y=1.5e300)
    assert read(write(read(raw))).extra == {"x": 2**70, "y": 1.5e300}


def test_a_broken_state_is_not_written():
    with pytest.raises(StateError, match="was not written: a#1 is published without id"):
        write(State(lineage="L", entries={"a": {"parts": [without(a_part(), "id")]}}))


def test_a_state_without_lineage_is_not_written():
    with pytest.raises(StateError, match="lineage is missing"):
        write(State())


def test_writing_twice_gives_the_same_bytes():
    text = write(read(a_document(ledger={"2026-11-22": {"posts": 3}})))
    assert write(read(text)) == text
