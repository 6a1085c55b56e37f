"""Pointers to lines and columns."""

import pytest

from threadsync.reading.places import outlines

YAML = """\
key: a
text: one
media:
  - a.jpg
  - path: b.jpg
    alt_text: >-
      folded
chain:
  - text: two
  - {text: three, media: [c.jpg]}
"""

BARE_CHAIN = """\
topic_tag: x
chain:
  - text: one
  - text: two
"""

MARKDOWN = """\
---
topic_tag: x
media:
  - a.jpg
---

One

![b](b.jpg)

---

   ![c](c.jpg)
Two
"""


def place(text, *pointer, source="x.yaml", **how):
    (outline,) = outlines(text, source)
    return outline.place(pointer, **how)


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ((), (1, 1)),
        (("key",), (1, 6)),
        (("media",), (4, 3)),
        (("media", 1, "alt_text"), (6, 15)),
        (("gone",), (1, 1)),
        (("media", 0, "alt_text"), (4, 5)),
        (("media", 7), (4, 3)),
        (("parts", 0, "text"), (2, 7)),
        (("parts", 0, "media", 1, "path"), (5, 11)),
        (("parts", 1, "text"), (9, 11)),
        (("parts", 2, "media", 0), (10, 27)),
        (("parts", 2, "gif"), (10, 5)),
        (("parts", 9, "text"), (9, 3)),
    ],
)
def test_places_in_yaml(pointer, found):
    assert place(YAML, *pointer) == found


def test_the_place_of_a_key():
    assert place(YAML, "media", 1, "alt_text", is_key=True) == (6, 5)
    assert place(YAML, "gone", is_key=True) == (1, 1)


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        (("parts", 0, "text"), (3, 11)),
        (("parts", 0, "topic_tag"), (1, 12)),
        (("parts", 1, "text"), (4, 11)),
    ],
)
def test_without_content_beside_it_a_chain_begins_with_its_first_item(pointer, found):
    assert place(BARE_CHAIN, *pointer) == found


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        (("topic_tag",), (2, 12)),
        (("parts", 0, "topic_tag"), (2, 12)),
        (("parts", 0, "media", 0), (4, 5)),
        (("parts", 0, "media", 1, "alt_text"), (9, 1)),
        (("parts", 0, "text"), (7, 1)),
        (("parts", 1, "text"), (14, 1)),
        (("parts", 1, "media", 0), (13, 4)),
        (("parts", 1, "media"), (13, 4)),
        (("parts", 5, "text"), (1, 1)),
        (("publish_at",), (2, 1)),
    ],
)
def test_places_in_markdown(pointer, found):
    assert place(MARKDOWN, *pointer, source="x.md") == found


def test_places_in_markdown_without_front_matter():
    assert place("\nOne", "parts", 0, "text", source="x.md") == (2, 1)
    assert place("One", "publish_at", source="x.md") == (1, 1)


def test_a_file_that_broke_meanwhile_has_no_places():
    assert list(outlines("a: [", "x.yaml")) == []
    assert place("---\na: [\n---\nText", "a", source="x.md") == (1, 1)


def test_each_document_has_an_outline_with_its_key():
    found = outlines("key: a\n---\n---\nkey: b\n---\ntext: c", "x.yaml")
    assert [outline.key for outline in found] == ["a", "b", None]
    assert [outline.place(("key",)) for outline in found] == [(1, 6), (4, 6), (6, 1)]


def test_a_plain_value_is_shown_as_written():
    (outline,) = outlines("a: 12:30\nb: '12:30'\nc: [x]", "x.yaml")
    assert [outline.written((key,)) for key in "abcd"] == ["12:30", None, None, None]
