"""What looks like Markdown where Threads shows plain text."""

import pytest

from threadsync.reading.literal import markdown_marks, may_hold_marks, wrapped_line

LONG = "This line was broken by an editor after more than sixty letters"


@pytest.mark.parametrize(
    ("text", "mark", "offset"),
    [
        ("see **this** there", "**this**", 4),
        ("a __two words__", "__two words__", 2),
        ("~~gone~~", "~~gone~~", 0),
        ("[words](https://a.example)", "[words](https://a.example)", 0),
        ("a ![cat](cat.jpg).", "![cat](cat.jpg)", 2),
        ("One\n## Two", "##", 4),
        ("```\ncode", "```", 0),
    ],
)
def test_marks_are_found_with_their_place(text, mark, offset):
    assert may_hold_marks(text)
    assert next(markdown_marks(text)) == (mark, offset)


@pytest.mark.parametrize(
    "text",
    [
        *("*sigh*", "2 ** 3 ** 4", "def __init__(self)", "snake__case", "a ~~ b", "- a list\n- b"),
        *("#tag #1", "C# is", "[1] and (2)", "`code`", "> quote", "1. one", "***", "____ blank"),
    ],
)
def test_what_is_common_in_plain_text_is_none(text):
    assert list(markdown_marks(text)) == []


def test_a_line_broken_inside_a_sentence_is_found():
    assert wrapped_line(f"One.\n{LONG}\nof it, and so on.") == (LONG, 5)
    assert wrapped_line(f"One.\n\n{LONG},\nand more") == (f"{LONG},", 6)


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        f"{LONG}\n",
        f"{LONG}.\nthen",
        f"{LONG}\nThen",
        f"{LONG}\n\nthen",
        f"{LONG}.\nshort\nlines",
    ],
)
def test_other_line_breaks_are_meant(text):
    assert wrapped_line(text) is None
