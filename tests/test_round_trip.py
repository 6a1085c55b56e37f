"""Whatever an entry says can be written into a file, and loading gives the same entry back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from entry_files import as_markdown, as_yaml, entries, parts, texts
from hypothesis import given
from hypothesis import settings as run

from threadsync.post import Part
from threadsync.reading.documents import decode
from threadsync.reading.entries import Frame, Shelf, build_entry
from threadsync.reading.files import read_file
from threadsync.reading.sources import Source

FEWER = run(max_examples=40)
WORDS_ONLY = texts().map(lambda said: Part(text=said[0], spoilers=said[1]))


def loaded(name, content):
    """The entry of a file; nothing touches the disk."""
    source = Source(f"posts/{name}", name)
    read = read_file(source, decode(content.encode(), source.name))
    assert read.problems == ()
    (document,) = read.documents
    return build_entry(document, Frame(), Shelf()).entry


@FEWER
@given(entries())
def test_every_entry_comes_back_from_yaml(entry):
    assert loaded("a.yaml", as_yaml(entry)) == entry


@FEWER
@given(entries(WORDS_ONLY, source="posts/a.md"))
def test_every_chain_of_texts_comes_back_from_markdown(entry):
    assert loaded("a.md", as_markdown(entry)) == entry


@FEWER
@given(entries(source="posts/a.md"), parts())
def test_what_the_front_matter_says_comes_back_from_markdown(entry, part):
    entry = replace(entry, parts=(part,))
    assert loaded("a.md", as_markdown(entry)) == entry


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(ending):
    content = "---\ntopic_tag: x\n---\nOne\n\n---\n\nTwo\n"
    entry = loaded("a.md", content.replace("\n", ending))
    assert [part.text for part in entry.parts] == ["One", "Two"]
