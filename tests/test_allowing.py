"""Warnings that an entry turns off, each with a reason."""

from __future__ import annotations

import pytest
from builders import an_entry, settings, write
from test_plan import a_state, planned, recorded

from threadsync.reading.loader import load_project

BOLD = "This is **bold**."


@pytest.fixture
def load(tmp_path):
    """Loads files given as {name below posts: content}."""

    def load(files):
        for name, content in files.items():
            write(tmp_path, f"posts/{name}", content)
        return load_project(settings(tmp_path))

    return load


def shown(loaded):
    return [f"{p.line}:{p.column} {p.severity} {p.code}" for p in loaded.problems]


def allowing(*codes, text=BOLD):
    lines = "".join(f"  {code}: it is meant\n" for code in codes)
    return f"---\nallow:\n{lines}---\n{text}\n"


def test_a_warning_that_is_allowed_is_not_told(load):
    loaded = load({"a.md": allowing("markdown-shown"), "b.md": BOLD})
    assert [(p.source, p.code) for p in loaded.problems] == [("posts/b.md", "markdown-shown")]
    assert loaded.entries[0].allowed == {"markdown-shown"}


def test_others_are_told_as_ever(load):
    loaded = load({"a.md": allowing("markdown-shown", text=f"{BOLD} #a #b")})
    assert shown(loaded) == ["5:22 warning second-tag"]


def test_what_silences_nothing_is_told(load):
    loaded = load({"a.md": allowing("markdown-shown", "many-links")})
    assert shown(loaded) == ["4:3 warning allow-unused"]
    assert len(loaded.entries) == 1


def test_what_silences_nothing_can_be_allowed(load):
    assert shown(load({"a.md": allowing("many-links", "allow-unused", text="Hi")})) == []


def test_what_only_a_plan_finds_is_not_called_unused(load):
    assert shown(load({"a.md": allowing("published-draft", "target-replaced", text="Hi")})) == []


def test_a_code_that_is_none_names_the_nearest(load):
    loaded = load({"a.md": allowing("markdown-show")})
    assert [p.code for p in loaded.problems] == ["allow-unknown", "markdown-shown"]
    assert "; did you mean markdown-shown?" in loaded.problems[0].message


def test_an_error_cannot_be_allowed(load):
    loaded = load({"a.yaml": "text: ''\nallow: {nothing-to-show: I like it so}\n"})
    assert shown(loaded) == ["1:7 error nothing-to-show", "2:9 error allow-error"]
    assert loaded.entries == ()


def test_beside_an_error_nothing_is_called_unused(load):
    loaded = load({"a.yaml": "text: ''\nallow: {many-links: why not}\n"})
    assert shown(loaded) == ["1:7 error nothing-to-show"]


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "wrong-type"), ('"  "', "wrong-value"), ("no", "wrong-type"), ("[a]", "wrong-type")],
)
def test_a_reason_is_needed(load, reason, code):
    loaded = load({"a.yaml": f"text: Hi\nallow:\n  many-links: {reason}\n"})
    assert [problem.code for problem in loaded.problems] == [code]


@pytest.mark.parametrize("value", ["many-links", "5", "[many-links]", "", "yes"])
def test_what_is_no_list_of_reasons_is_told(load, value):
    loaded = load({"a.yaml": f"text: Hi #tag\nallow: {value}\n"})
    assert [problem.code for problem in loaded.problems] == ["tag-in-comment", "wrong-type"]


def test_a_tag_in_a_comment_is_allowed_by_the_document_that_has_it(load):
    content = "key: {}\ntext: Hi #tag\n"
    allowed = "allow: {tag-in-comment: a note of mine}\n"
    loaded = load({"a.yaml": f"{content.format('a')}{allowed}---\n{content.format('b')}"})
    assert shown(loaded) == ["6:10 warning tag-in-comment"]


def test_a_tag_in_a_comment_that_is_not_there_is_unused(load):
    loaded = load({"a.yaml": "text: Hi\nallow: {tag-in-comment: a note of mine} # x\n"})
    assert shown(loaded) == ["2:9 warning allow-unused"]


def test_what_the_plan_warns_of_can_be_allowed():
    state = a_state(hello=recorded(an_entry()))
    allowed = an_entry(draft=True, allowed=frozenset({"published-draft"}))
    assert planned(allowed, state=state).findings == ()
    assert len(planned(an_entry(draft=True), state=state).findings) == 1


def test_a_line_that_looks_like_the_next_part_is_a_warning_until_it_is_allowed(load):
    loaded = load({"a.md": "---\ndraft: true\n---\none\n---\ntwo"})
    assert shown(loaded) == ["5:1 warning chain-break"]
    loaded = load({"a.md": "---\nallow: {chain-break: it is a rule}\n---\none\n---\ntwo"})
    assert shown(loaded) == []


def test_a_topic_that_became_a_comment_is_told_in_front_matter_too(load):
    loaded = load({"a.md": "---\ntopic_tag: #Python\n---\nHi"})
    assert shown(loaded) == ["2:11 error wrong-type", "2:12 warning tag-in-comment"]


def test_only_a_warning_is_proposed(load):
    (problem,) = load({"a.md": "---\nallow: {media-colours: x, text: x}\n---\nHi"}).problems[:1]
    assert problem.message.endswith("did you mean media-colour?")
    (problem,) = load({"a.md": "---\nallow: {text-too-lon: x}\n---\nHi"}).problems
    assert problem.message == "text-too-lon is no code of a warning"
