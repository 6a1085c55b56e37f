"""Texts as markup: links, mentions, tags, styles and spoilers, in UTF-16 code units."""

import time

import pytest

from threadsync.drawing.model import Range, Style
from threadsync.drawing.words import draw_words

COVER = '<label class="spoiler"><input type="checkbox" class="unseen" aria-label="Show spoiler">'


def words(text, **given):
    return draw_words(text, **given).html


def styled(text, *styles):
    return words(text, styles=[Style(Range(start, size), names) for start, size, names in styles])


def hidden(text, *ranges):
    """The text with what is hidden in brackets."""
    html = words(text, spoilers=[Range(*one) for one in ranges])
    opened = html.replace(f'{COVER}<span class="veil"><span class="words">', "[")
    return opened.replace("</span></span></label>", "]")


def test_plain_text_is_escaped_and_nothing_else():
    assert words("a < b & \"c\"\n 'd'") == "a &lt; b &amp; &quot;c&quot;\n &#x27;d&#x27;"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://a.example/?x=1&y=2.", "https://a.example/?x=1&amp;y=2"),
        ("(https://a.example/)", "https://a.example/"),
        ("HTTP://A.EXAMPLE!", "HTTP://A.EXAMPLE"),
    ],
)
def test_links_can_be_followed_without_what_ends_the_sentence(text, url):
    assert f'<a href="{url}" rel="noreferrer noopener nofollow">{url}</a>' in words(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "http:// x", "www.a"])
def test_what_is_no_web_address_is_no_link(text):
    assert "<a" not in words(text)


@pytest.mark.parametrize(
    ("text", "name"), [("hi @ada_l.", "@ada_l"), ("@a.b!", "@a.b"), ("(@x)", "@x")]
)
def test_mentions_are_visible(text, name):
    assert f'<span class="mention">{name}</span>' in words(text)


@pytest.mark.parametrize("text", ["me@home.example", "https://a.example/@ada", "@", "@@a"])
def test_an_at_sign_alone_mentions_nobody(text):
    assert "mention" not in words(text)


def test_the_topic_tag_is_visible_where_it_stands_first():
    html = words("#git is not #github but #git", topic_tag="git")
    assert html == '<span class="tag">#git</span> is not #github but #git'


def test_styles_count_in_utf16_code_units():
    assert styled("🦜 ab", (3, 1, ["bold"])) == "🦜 <b>a</b>b"


def test_every_style_has_its_element():
    names = ("bold", "italic", "underline", "strikethrough", "highlight")
    assert styled("x", (0, 1, names)) == "<mark><s><u><i><b>x</b></i></u></s></mark>"


def test_an_unknown_style_is_only_text():
    assert styled("x", (0, 1, ["<blink>"])) == "x"


@pytest.mark.parametrize(
    ("ranges", "shown"),
    [
        ([(0, 1)], "[a]🦜c"),
        ([(1, 2)], "a[🦜]c"),
        ([(1, 1)], "a[🦜]c"),
        ([(2, 1)], "a[🦜]c"),
        ([(0, 99)], "[a🦜c]"),
        ([(3, 1), (0, 2)], "[a🦜c]"),
        ([(0, 3), (1, 2)], "[a🦜]c"),
        ([(9, 9)], "a🦜c"),
        ([(0, 0)], "a🦜c"),
    ],
)
def test_spoilers_hide_whole_characters(ranges, shown):
    assert hidden("a🦜c", *ranges) == shown


def test_a_spoiler_that_cuts_a_link_leaves_both_halves_leading_there():
    html = words("https://a.example/bc", spoilers=[Range(0, 19)])
    assert html.count('href="https://a.example/bc"') == 2


def test_inside_of_what_is_pressed_there_are_no_links():
    given = {"styles": [Style(Range(0, 5), ("bold",))], "is_linked": False}
    assert words("https://a.example @ada", **given) == "<b>https</b>://a.example @ada"


@pytest.mark.parametrize("broken", ["a\ud83db", "a\x00b"])
def test_what_cannot_be_written_is_replaced(broken):
    assert words(broken, spoilers=[Range(2, 1)]).encode().startswith("a\ufffd".encode())


def test_ten_thousand_ranges_do_not_hold_up_the_page():
    start = time.process_time()
    styled("x" * 10_000, *((n, 1, ["bold"]) for n in range(10_000)))
    assert time.process_time() - start < 5
