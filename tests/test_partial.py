"""What is checked of a document although some of it does not fit the schema."""

import json

import pytest
from builders import settings, write
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as st

from threadsync.config import MediaSettings
from threadsync.reading.loader import load_project
from threadsync.reading.schema import POST, load_schema


@pytest.fixture
def load(tmp_path):
    def load(files):
        for name, content in files.items():
            write(tmp_path, f"posts/{name}", content)
        return load_project(settings(tmp_path, media=MediaSettings(store="s3", bucket="b")))

    return load


@pytest.mark.parametrize(
    ("name", "content", "codes"),
    [
        (
            "a.md",
            f"---\nunknwn: 1\npublish_at: nope\n---\n{'x' * 501}\n\n![a](nope.jpg)",
            ["unknown-key", "bad-time", "text-too-long", "media-missing"],
        ),
        ("My Post.md", "x" * 501, ["invalid-key", "text-too-long"]),
        ("a.md", "---\nmedia: a.jpg\nreply_to: b\n---\n", ["wrong-type", "unknown-reference"]),
        ("a.yaml", "text: 1\nchain: [{text: b, foo: c}]", ["wrong-type", "unknown-key"]),
        (
            "a.yaml",
            f"text: no\nchain:\n- b\n- text: {'x' * 501}",
            ["wrong-type", "wrong-type", "text-too-long"],
        ),
        ("a.yaml", "text: a\nmedia: [{}]\nis_spoiler_media: true", ["wrong-value"]),
        ("a.yaml", "text: a **b**\nallow: [markdown-shown]", ["wrong-type"]),
        (
            "a.yaml",
            "text: a\nallow: {line-wraped: it is a poem, spoiler-open: ''}",
            ["allow-unknown", "wrong-value"],
        ),
        (
            "a.md",
            "---\ndraft: true\nfoo: 1\ndraft: true\n---\na ||",
            ["unknown-key", "duplicate-key", "spoiler-open"],
        ),
        ("a.yaml", "text: a\ntext: b\nreply_to: b\n", ["duplicate-key", "unknown-reference"]),
        ("a.yaml", "key: a\nfoo: 1\n---\nkey: a\ntext: a", ["unknown-key", "key-taken"]),
    ],
)
def test_what_does_not_fit_the_schema_hides_nothing_else(load, name, content, codes):
    assert [problem.code for problem in load({name: content}).problems] == codes


def test_a_key_that_stands_twice_breaks_every_entry_of_its_file(load):
    loaded = load({"a.yaml": "key: a\ntext: a\n---\nkey: b\ntext: b\ntext: c\n", "c.md": "c"})
    assert [entry.key for entry in loaded.entries] == ["c"]
    assert loaded.broken_keys.keys() == {"a", "b"}


def test_nothing_leads_to_an_entry_that_is_only_partly_read(load):
    loaded = load({"a.yaml": "chain: [1, {text: b}]", "b.md": "---\nreply_to: a#9\n---\nb"})
    assert [(problem.source, problem.code) for problem in loaded.problems] == [
        ("posts/a.yaml", "wrong-type")
    ]
    assert loaded.broken == ()
    assert loaded.broken_keys == {"a": "posts/a.yaml"}


_KNOWN = st.sampled_from(
    [
        *load_schema(POST)["properties"],
        *load_schema(POST)["$defs"]["medium"]["properties"],
        "options",
        "id",
    ]
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["a", "a#2", "---", "", "auto", "2026-11-20"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KNOWN | st.just("x"), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("name", ["a.md", "a.yaml"])
@run(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.dictionaries(_KNOWN, _ANY, min_size=1, max_size=6))
def test_keys_with_any_values_are_an_entry_or_a_problem(load, name, value):
    written = json.dumps(value)
    loaded = load({name: f"---\n{written}\n---\nHi" if name == "a.md" else written})
    assert loaded.entries or any(problem.severity == "error" for problem in loaded.problems)
