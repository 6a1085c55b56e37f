"""From an offset in a text to line and column."""

import pytest
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from threadsync.reading.documents import read_values
from threadsync.reading.markdown import escape
from threadsync.reading.places import outlines
from threadsync.reading.text import escape_spoilers, read_spoilers, trim_blank_lines


def place(text, offset, n=0, source="x.yaml"):
    (outline,) = outlines(text, source)
    return outline.place(("parts", n, "text", offset))


@pytest.mark.parametrize(
    "written",
    [
        "text: Hello XY\n",
        "key: a\ntext: 'it''s Hello XY'\n",
        'text: "t\\tab \\"Hello\\u00e9 \\x41 XY"\n',
        'text: "Hello \\\n  there XY"\n',
        "text: Hello\n  there\n\n  XY here\n",
        "text: |\n  Hello\n\n    there 👍 XY\n",
        "text: >- # folded\n  Hello\n  there\n\n  XY\n",
        "text: |2-\n\n\n    XY Hello\n",
        "text: 'Hello\n\n  XY there'\n",
        "text: Hello ||spoiler|| \\|| and ||XY||\n",
        "text: !!str &a Hello XY\n",
        "{text: Hello XY}\n",
    ],
)
def test_the_character_in_yaml(written):
    """Each has its X at the place that is told."""
    assert place(written, x_in_yaml(written)) == x_in_file(written)


def x_in_file(written):
    before = written[: written.index("X")]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def x_in_yaml(written):
    (document,) = read_values(written, "x.yaml").documents
    return read_spoilers(trim_blank_lines(document["text"])).text.index("X")


def test_the_character_in_a_chain():
    text = "text: One\nchain:\n- text: Two\n- {media: [a.jpg], text: Three}\n"
    assert place(text, 2, n=2) == (4, 28)


def test_white_space_in_yaml_is_told_by_what_follows():
    assert place("text: a b", 1) == (1, 9)
    assert place("text: a b", 3) == (1, 9)


def test_the_37th_character_of_the_third_part():
    body = f"One\n\n---\n\nTwo\n\n---\n\n![a](b.jpg)\n\n\n{'x' * 36}!\n"
    assert place(body, 36, n=2, source="x.md") == (12, 37)


@pytest.mark.parametrize(
    ("offset", "found"),
    [(0, (2, 1)), (4, (2, 7)), (6, (2, 9)), (8, (2, 14)), (11, (2, 17))],
)
def test_spoilers_and_backslashes_count_as_they_are_written(offset, found):
    assert place("\nOne ||two|| \\|| X\n", offset, source="x.md") == found


def test_lines_behind_a_picture_and_escaped_lines():
    text = "One\n\n![a](b.jpg)\n\n\\---\n\n  \\![c](d.jpg)\nX"
    shown = "One\n\n---\n\n  ![c](d.jpg)\nX"
    assert place(text, shown.index("---"), source="x.md") == (5, 2)
    assert place(text, shown.index("!"), source="x.md") == (7, 4)
    assert place(text, shown.index("X"), source="x.md") == (8, 1)


def test_beyond_the_end_is_the_last_one():
    assert place("text: abc", 99) == (1, 9)
    assert place("abc", 99, source="x.md")[0] == 1
    assert place("abc", 0, n=7, source="x.md") == (1, 1)


LINES = st.lists(st.sampled_from(["---", "", "![a](b)", "text", " indented", "a || b", "\\"]))


@run(max_examples=200)
@given(LINES, LINES)
def test_every_character_of_any_body_is_found(before, after):
    shown = trim_blank_lines("\n".join([*before, "X marks it", *after]))
    written = escape(escape_spoilers(shown))
    assert place(written, shown.index("X"), source="x.md") == x_in_file(written)
