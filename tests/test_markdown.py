"""Markdown files taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadsync.reading.markdown import Picture, body_parts, escape, odd_breaks, sections
from threadsync.reading.text import trim_blank_lines


def texts(body):
    return [part.text for part in body_parts(body)]


def test_front_matter_numbers_its_lines_like_the_file():
    found = sections("---\na: 1\nb: 2\n---\nBody\n")
    assert found == ("\na: 1\nb: 2\n", "Body\n", 5, False)


@pytest.mark.parametrize("text", ["Body", "\n---\na: 1\n---\n", "--- \x0c\na", "----\n"])
def test_without_a_fence_on_the_first_line_all_is_body(text):
    assert sections(text) == (None, text, 1, False)


def test_front_matter_may_be_empty():
    assert sections("---\n---\nBody") == ("\n", "Body", 3, False)


@pytest.mark.parametrize("text", ["---", "---\n", "---\na: 1\n", "---\na: 1\n----\nBody"])
def test_front_matter_that_never_ends_is_told(text):
    assert sections(text).is_open


def test_a_body_is_sent_as_it_stands():
    body = "# Not a heading\n\n  **stars**, `code`\\\n\n- and [links](x)  "
    assert texts(f"\n\n{body}\n \n") == [body]


def test_a_line_of_dashes_between_blank_lines_starts_a_part():
    assert texts("One\n\n---\n\nTwo\n\n---\n\nThree") == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    "body",
    [
        "One\n---\n\nTwo",
        "One\n\n---\nTwo",
        "One\n\n--- \n\nTwo",
        "One\n\n ---\n\nTwo",
        "One\n\n----\n\nTwo",
    ],
)
def test_other_dashes_are_text(body):
    assert texts(body) == [body]


@pytest.mark.parametrize(
    ("body", "parts"),
    [("---\n\nTwo", ["", "Two"]), ("One\n\n---\n", ["One", ""]), ("---", ["", ""])],
)
def test_dashes_at_an_end_leave_an_empty_part(body, parts):
    assert texts(body) == parts


def test_a_picture_alone_on_its_line_is_media():
    part = body_parts("Text\n\n  ![A cat [grey]](my cat (1).jpg) \n", 5)[0]
    assert part == ("Text", (Picture("A cat [grey]", "my cat (1).jpg", 7, 3),), 5)


def test_a_target_may_stand_in_angle_brackets():
    assert body_parts("![](<a b.jpg>)")[0].pictures == (Picture("", "a b.jpg", 1, 1),)


@pytest.mark.parametrize("line", ["see ![a](b)", "![a](b).", "![a](b) ![c](d)", "![a]", "[a](b)"])
def test_other_pictures_are_text(line):
    assert body_parts(line)[0] == (line, (), 1)


def test_a_picture_leaves_one_blank_line_where_it_stood():
    assert texts("One\n\n![a](b)\n\n![c](d)\n\nTwo") == ["One\n\nTwo"]
    assert texts("One\n![a](b)\nTwo") == ["One\nTwo"]
    assert texts("One\n\n![a](b)\n\n\nTwo") == ["One\n\n\nTwo"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (r"\---", "---"),
        (r"\\---", r"\---"),
        (r"\![a](b)", "![a](b)"),
        (r"  \![a](b)", "  ![a](b)"),
        (r"\![a] (b)", r"\![a] (b)"),
        (r"a \--- b", r"a \--- b"),
        (r"\n \* \\", r"\n \* \\"),
    ],
)
def test_a_backslash_keeps_a_mark_and_is_else_text(line, text):
    assert texts(f"x\n\n{line}\n\ny") == [f"x\n\n{text}\n\ny"]


def test_parts_know_their_line():
    parts = body_parts("\nOne\n\n---\n\n![a](b)\n\nTwo\n\n---\n", 10)
    assert [part.line for part in parts] == [11, 17, 20]


@given(st.lists(st.sampled_from(["---", "", "![a](b)", "\\---", " \\![a](b)", "text", " "])))
def test_every_text_can_be_written_in_a_body(lines):
    text = trim_blank_lines("\n".join(lines))
    assert [(part.text, part.pictures) for part in body_parts(escape(text))] == [(text, ())]


@pytest.mark.parametrize("body", ["a\n---\nb", "a\n\n ---\n\nb", "a\n\n--- \n\nb", "a\n\n---\nb"])
def test_a_line_that_only_looks_like_a_break_is_found(body):
    assert len(body_parts(body)) == 1
    (line,) = odd_breaks(body, 5)
    assert body.split("\n")[line - 5].strip() == "---"


@pytest.mark.parametrize(
    "body", ["a\n\n---\n\nb", "---\n\nb", "a\n\\---\nb", "a\n----\nb", "a --- b"]
)
def test_a_break_and_other_hyphens_are_no_odd_breaks(body):
    assert list(odd_breaks(body, 1)) == []
