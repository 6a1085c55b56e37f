"""Long texts written in Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from threadsync.post import STYLES, Styled, TextAttachment
from threadsync.reading.styling import MAX_MARKDOWN, styled_text
from threadsync.reading.text import MAX_TEXT_ATTACHMENT


def shown(markdown):
    """The text, and each styled piece with the first letters of its styles."""
    found = styled_text(markdown)
    pieces = [
        (found.text[one.offset : one.offset + one.length], "".join(name[0] for name in one.styles))
        for one in found.styled
    ]
    return found.text, pieces


@pytest.mark.parametrize(
    ("markdown", "style"),
    [
        ("**words**", "bold"),
        ("__words__", "bold"),
        ("*words*", "italic"),
        ("_words_", "italic"),
        ("~~words~~", "strikethrough"),
        ("==words==", "highlight"),
        ("++words++", "underline"),
        ("<u>words</u>", "underline"),
        ("<MARK>words</mark>", "highlight"),
        ("# words", "bold"),
        ("words\n=====", "bold"),
    ],
)
def test_each_mark_is_a_style(markdown, style):
    assert styled_text(markdown) == TextAttachment("words", None, (Styled(0, 5, (style,)),))


@pytest.mark.parametrize(
    ("markdown", "text", "pieces"),
    [
        ("***a***", "a", [("a", "bi")]),
        ("**a *b* c**", "a b c", [("a ", "b"), ("b", "bi"), (" c", "b")]),
        ("==a ~~b~~== c", "a b c", [("a ", "h"), ("b", "hs")]),
        ("# a\n\nb", "a\n\nb", [("a", "b")]),
        ("# a *b*", "a b", [("a ", "b"), ("b", "bi")]),
        ("**a** **b**", "a b", [("a", "b"), ("b", "b")]),
        ("*a\nb*", "a\nb", [("a\nb", "i")]),
        ("++==a==++", "a", [("a", "hu")]),
        ("<u>a <b>b</b></u>", "a b", [("a ", "u"), ("b", "bu")]),
        ("**[a](https://b.example) c**", "a (https://b.example) c", [("a (https://b.example) c", "b")]),
        ("👍 **日本**", "👍 日本", [("日本", "b")]),
    ],
)  # fmt: skip
def test_styles_in_styles_become_ranges_beside_each_other(markdown, text, pieces):
    assert shown(markdown) == (text, pieces)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("[words](https://a.example)", "words (https://a.example)"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("<https://a.example/ü%C3%BC>", "https://a.example/ü%C3%BC"),
        ("[ü](https://a.example/ü%C3%BC)", "ü (https://a.example/ü%C3%BC)"),
        ("[](https://a.example)", "https://a.example"),
        ("[me](mailto:me@a.example)", "me (mailto:me@a.example)"),
        ("<me@a.example>", "me@a.example"),
        ("[words](../other.md)", "words"),
        ("[words](javascript:x)", "[words](javascript:x)"),
        ("[a][1] and [b]\n\n[1]: https://a.example\n[b]: https://b.example\n", "a (https://a.example) and b (https://b.example)\n\n"),
        ("![a cat](https://a.example/cat.jpg)", "a cat (https://a.example/cat.jpg)"),
        ("[a\nb](https://a.example)", "a\nb (https://a.example)"),
    ],
)  # fmt: skip
def test_links_become_words_and_address(markdown, text):
    assert shown(markdown) == (text, [])


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Use `a*b*c` and ``x`y``.", "Use a*b*c and x`y."),
        ("One:\n\n```python\ndef f():\n    return *a\n```\n\nTwo", "One:\n\ndef f():\n    return *a\n\nTwo"),
        ("One:\n\n    x = *a*\n\nTwo", "One:\n\n    x = *a*\n\nTwo"),
        ("# One\n\nTwo\n---\n## Three ##\n", "One\n\nTwo\nThree\n"),
        (r"\*no\* \# \_ &amp; &copy;", "*no* # _ & ©"),
        ("a\\\nb *c*", "a\nb c"),
    ],
)  # fmt: skip
def test_code_headings_and_escapes_read_as_plain_text(markdown, text):
    assert shown(markdown)[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "- one\n- two\n  still two\n\n1. three\n2) four\n\n* five\n",
        "> quoted\n> twice\n>\n> > inner\n",
        "one\n\n\n\nfour blank lines\n \n\t\n  indented  \n\ttab\t\n",
        "snake_case, 2 * 3 * 4, a ~ b, C++ and D++, a == b, x==y==z ==y==z x==y== z, AT&T, #5, [x], [ ] todo",
        "***\n\nrule\n\n* * *\n",
        "a <br> b </u> <u> c <custom>",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "zero\u200bwidth \u202ebidi\u202c\u00a0no-break _",
        "",
    ],
)  # fmt: skip
def test_what_has_no_marks_stays_as_it_is(text):
    assert shown(text) == (text, [])


def test_carriage_returns_are_line_breaks():
    assert shown("*a*\r\nb\rc")[0] == "a\nb\nc"


def test_the_link_beside_the_text_stays():
    assert styled_text("*a*", "https://a.example").link_attachment_url == "https://a.example"


def test_a_text_far_too_long_is_not_read():
    text = "*a* " * (MAX_MARKDOWN // 4 + 1)
    assert styled_text(text).text == text
    assert len(styled_text("*a* " * (MAX_TEXT_ATTACHMENT // 4)).text) < MAX_TEXT_ATTACHMENT


# --- whatever the text ----------------------------------------------------------------------------

MARKS = st.sampled_from(
    [
        *("**", "*", "_", "~~", "==", "++", "`", "```\n", "# ", "- ", "> ", "1. ", "    ", "---\n"),
        *("\n", "\n\n", "a", "b c", "日本", "👍", "\\", "[x](http://a)", "![i](http://j)", "[r]"),
        *("[r]: http://z\n", "<u>", "</u>", "<b>", "</b>", "&amp;", "  \n", "\t", "\x00", "\u2028"),
    ]
)


@run(max_examples=400)
@given(st.lists(MARKS, max_size=25).map("".join))
def test_ranges_lie_in_the_text_in_order_and_apart(markdown):
    found = styled_text(markdown)
    end = 0
    for one in found.styled:
        assert one.offset >= end
        assert one.length > 0
        assert one.styles
        assert [name for name in STYLES if name in one.styles] == list(one.styles)
        end = one.offset + one.length
    assert end <= len(found.text)


@run(max_examples=300)
@given(st.text(st.sampled_from("ab 1.)(!?,'\"-+>:/日👍\n\t"), max_size=80))
def test_plain_text_is_sent_as_it_stands(text):
    before, after = styled_text(text).text, styled_text(f"{text}\n\n*x*").text
    if not re.search("\n *-", text) and "++" not in text:  # which make a heading and underline
        assert before == text
        assert after == f"{text}\n\nx"
