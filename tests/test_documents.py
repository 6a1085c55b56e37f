"""Bytes to text, and YAML to values."""

import pytest
import yaml

from threadsync.reading import nodes
from threadsync.reading.documents import Timestamp, decode, read_values
from threadsync.reading.nodes import MAX_UNFOLDED


def values(text):
    found = read_values(text, "x.yaml")
    assert not found.problems
    return found.documents


def problems(text):
    return [str(problem) for problem in read_values(text, "x.yaml").problems]


def the_problem(text):
    (problem,) = problems(text)
    return problem


# --- bytes ---------------------------------------------------------------------------------------


def test_a_byte_order_mark_goes_and_line_ends_become_line_feeds():
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n", "x.md") == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("data", "line", "column", "byte"),
    [
        (b"ab\xff", 1, 3, "0xff"),
        (b"\xef\xbb\xbfa\r\n\xc3\xa4\xe4", 2, 2, "0xe4"),
        (b"a\rb\rc\x80", 3, 2, "0x80"),
        (b"\xff\xfea\0", 1, 1, "0xff"),
        (b"cut \xc3", 1, 5, "0xc3"),
        (b"\xed\xa0\x80", 1, 1, "0xed"),
    ],
)
def test_a_byte_that_is_not_utf8_is_placed(data, line, column, byte):
    problem = decode(data, "x.md")
    assert (problem.line, problem.column, problem.code) == (line, column, "not-utf8")
    assert byte in problem.message


# --- values --------------------------------------------------------------------------------------


def test_plain_values():
    text = "a: text\nb: 12\nc: yes\nd:\ne: [1, x]\nf: {g: 1.5}\nh: =\n"
    read = {"a": "text", "b": 12, "c": True, "d": None, "e": [1, "x"], "f": {"g": 1.5}, "h": "="}
    assert values(text) == (read,)


def test_a_date_is_kept_as_it_was_written():
    assert values("a: 2026-11-20\nb: 2026-11-20T09:30:00Z") == (
        {"a": Timestamp("2026-11-20"), "b": Timestamp("2026-11-20T09:30:00Z")},
    )


def test_several_documents_without_the_empty_ones():
    assert values("---\n---\na: 1\n---\n# nothing\n---\na: 2\n---\n") == ({"a": 1}, {"a": 2})


def test_aliases_and_merged_keys_are_values():
    text = "a: &a {x: 1, y: 2}\nb: *a\nc:\n  <<: *a\n  y: 3\nd:\n  <<: [{x: 4}, *a]\n"
    (read,) = values(text)
    assert read["b"] == {"x": 1, "y": 2}
    assert read["c"] == {"x": 1, "y": 3}
    assert read["d"] == {"x": 4, "y": 2}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("text: a\ntext: b", "x.yaml:2:1: error: the key text is already on line 1"),
        ("a:\n  - b: 1\n    c: 2\n    b: 3", "x.yaml:4:5: error: the key b is already on line 2"),
        ("1: a", 'x.yaml:1:1: error: the key 1 is the number 1, text is needed; put it in quotes: "1"'),
        ("on: a", 'put it in quotes: "on"'),
        ("? [a]\n: b", "x.yaml:1:3: error: a key is a list"),
        ("- a", "x.yaml:1:1: error: is a list, keys and values are needed"),
        ("Hello", "is text, keys and values are needed"),
        ("a: 1\n---\n12", "x.yaml:3:1: error: is the number 12"),
        ("a: !!python/object:os.system x", "x.yaml:1:4: error: is not valid YAML: the tag !!python/object:os.system"),
        ("a: !mine x", "the tag !mine means nothing here"),
        ("a: !!set {b}", "the tag !!set means nothing here"),
        ("a: !!binary eA==", "the tag !!binary means nothing here"),
        ("a: !!int x", "x.yaml:1:4: error: is not valid YAML: x is no int"),
        ("a: !!bool maybe", "maybe is no bool"),
        ("a: !!float x", "x is no float"),
        ("a: 0x_", "0x_ is no int; put a text in quotes"),
        ("a: " + "9" * 5000, "is no int"),
        ("a: 0x" + "f" * 5000, "is no int"),
        ("a: b: c", "x.yaml:1:5: error: is not valid YAML: mapping values are not allowed in this context; put a text with ': '"),
        ("a:\n\tb: 1", "x.yaml:2:1: error: is not valid YAML: while scanning for the next token, found character that cannot start any token; indent with blanks"),
        ("a: @b", "put a text that begins with this character in quotes"),
        ("a: *b", "put a text that begins with * in quotes"),
        ("a: 'b\n", "the quote that is opened here is never closed"),
        ("a: [", "did not find expected node content"),
        ("a: b\x07", "x.yaml:1:5: error: is not valid YAML: the control character U+0007"),
        ("a: &a [b, *a]", "x.yaml:1:4: error: is not valid YAML: an alias stands inside of what it names"),
        ("a:\n  <<: 1", "x.yaml:2:7: error: is the number 1, keys and values are needed"),
    ],
)  # fmt: skip
def test_what_yaml_allows_and_we_do_not_is_told_with_its_place(text, problem):
    assert problem in the_problem(text)


def test_all_problems_of_a_file_are_told_at_once():
    assert len(problems("a: 1\na: 2\n2: x\nb: !c d")) == 3


def test_a_bomb_is_refused_before_it_unfolds():
    rows = [f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]" for below, name in ["ab", "bc"]]
    rows += [
        f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]" for below, name in ["cd", "de", "ef"]
    ]
    problem = the_problem("a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(rows))
    assert f"more than {MAX_UNFOLDED:,} values" in problem
    assert "[yaml-bomb]" in problem


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "- " * 100_000 + "a",
        "? " * 100_000 + "a",
        "{a: " * 60_000,
        "a: " + "[" * 60 + "]" * 60,
        "&a [" * 50_000,
        "\n".join(" " * i + f"k{i}:" for i in range(700)),
        "\n".join(" " * i + f"k{i}: &a{i}" for i in range(700)),
    ],
)
def test_what_is_nested_too_deep_is_refused_and_nothing_falls_over(text):
    assert "nested more than 50 deep" in the_problem(text)


def test_many_lists_side_by_side_are_fine():
    assert values("a:\n" + "- [x]\n" * 600) == ({"a": [["x"]] * 600},)


def test_without_libyaml_the_values_are_the_same(monkeypatch):
    text = "a: 1\nb: [x, 'y']\nc: 2026-11-20\n---\nd: no\n"
    fast = values(text)
    monkeypatch.setattr(nodes, "_Loader", yaml.SafeLoader)
    assert values(text) == fast
    assert "nested more than 50 deep" in the_problem("[" * 900)
    assert "U+0007" in the_problem("a: b\x07")
