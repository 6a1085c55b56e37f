"""What references between entries lead to."""

import pytest
from builders import a_part, an_entry

from threadsync.post import Reference
from threadsync.reading.references import Known, cycle_finding, cycles, reference_findings


def a_reply(key, *targets, **values):
    """An entry whose parts reply to or quote `targets`, one each."""
    parts = [a_part(reply_to=Reference.parse(target)) for target in targets]
    return an_entry(key, *parts, **values)


def found(entry, *others, broken=(), published=None):
    entries = {other.key: other for other in (entry, *others)}
    known = Known(entries, broken, published or {})
    return [finding.message for finding in reference_findings(entry, known)]


def test_a_reference_to_an_entry_is_fine():
    assert found(a_reply("a", "b"), an_entry("b")) == []
    assert found(a_reply("a", "id:123")) == []


def test_an_unknown_reference_names_the_nearest_key():
    message = "reply_to names lunch, which is no entry; did you mean launch?"
    assert found(a_reply("a", "lunch"), an_entry("launch")) == [message]


def test_what_is_broken_is_not_unknown():
    assert found(a_reply("a", "b"), broken={"b"}) == []


def test_what_is_published_and_has_no_file_is_not_unknown():
    assert found(a_reply("a", "b#2"), published={"b": 2}) == []
    assert found(a_reply("a", "b#3"), published={"b": 2}) == [
        "reply_to names part 3 of b, which has 2 parts"
    ]


def test_a_part_must_exist():
    assert found(a_reply("a", "b#2"), an_entry("b")) == [
        "reply_to names part 2 of b, which has 1 part"
    ]


def test_a_draft_is_never_published():
    draft = an_entry("b", draft=True)
    message = "reply_to names b, which is a draft and never published; publish it first"
    assert found(a_reply("a", "b"), draft) == [message]
    assert found(a_reply("a", "b", draft=True), draft) == []
    assert found(a_reply("a", "b"), draft, published={"b": 1}) == []


@pytest.mark.parametrize(
    ("graph", "paths"),
    [
        ({"a": "b", "b": "", "c": "a"}, []),
        ({"a": "a"}, [["a", "a"]]),
        ({"c": "a", "a": "b", "b": "c", "d": "a"}, [["a", "b", "c", "a"]]),
        ({"a": "b", "b": "a", "c": "d", "d": "c"}, [["a", "b", "a"], ["c", "d", "c"]]),
        ({"a": "x"}, []),
    ],
)
def test_each_circle_is_told_once_from_its_first_key(graph, paths):
    entries = {key: a_reply(key, *targets) for key, targets in graph.items()}
    assert sorted(cycles(entries)) == paths


def test_a_long_row_of_replies_is_no_trouble():
    entries = {f"k{i}": a_reply(f"k{i}", f"k{i + 1}") for i in range(5000)}
    assert list(cycles(entries)) == []
    entries["k5000"] = a_reply("k5000", "k0")
    (path,) = cycles(entries)
    message = cycle_finding(entries[path[0]], path).message
    assert message.startswith("these entries wait for each other: k0 -> k1 ->")
    assert len(message) < 150


def test_a_circle_is_reported_where_it_opens():
    entries = {"a": a_reply("a", "x", "b"), "b": a_reply("b", "a")}
    (path,) = cycles(entries)
    assert cycle_finding(entries["a"], path).pointer == ("parts", 1, "reply_to")
