"""Counting, links and spoilers of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadsync.post import Spoiler
from threadsync.reading.text import (
    count_meta,
    count_strict,
    escape_spoilers,
    links,
    read_spoilers,
    trim_blank_lines,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("plain", 5),
        ("Grüße", 5),
        ("日本語", 3),
        ("“quoted” – and so on …", 22),
        ("© ™ ❤ 1 # *", 11),
        ("👍", 4),
        ("a👍b", 6),
        ("❤️", 6),
        ("©️", 5),
        ("1️⃣", 7),
        ("#⃣", 4),
        ("🇩🇪", 8),
        ("👍🏽", 8),
        ("☝🏽", 7),
        ("👩‍👩‍👧‍👦", 25),
        ("👩‍⚕️", 13),
        ("🏳️‍🌈", 14),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 28),
        ("👍👍", 8),
    ],
)
def test_an_emoji_counts_its_bytes_and_all_else_counts_one(text, count):
    assert count_meta(text) == count


@given(st.text())
def test_meta_counts_no_less_than_characters_and_no_more_than_bytes(text):
    assert len(text) <= count_meta(text) <= count_strict(text)


def test_strict_counts_bytes():
    assert count_strict("ü’") == 5


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no link, ftp://a.b or a://b", []),
        ("see https://a.example/x.", ["https://a.example/x"]),
        ("(http://a.example/x)", ["http://a.example/x"]),
        ("https://a.example/?q=1, and more", ["https://a.example/?q=1"]),
        ("“<https://a.example>”", ["https://a.example"]),
        ("https://a.b https://c.d https://a.b", ["https://a.b", "https://c.d"]),
        ("https:// and https://)", []),
        ("HTTPS://A.example!?'\"]}", ["HTTPS://A.example"]),
    ],
)
def test_links_are_http_without_what_only_follows_them(text, found):
    assert links(text) == found


@pytest.mark.parametrize(
    ("written", "text", "spoilers"),
    [
        ("a ||b|| c", "a b c", [(2, 1)]),
        ("||👍b|| ||c||", "👍b c", [(0, 2), (3, 1)]),
        (r"||a \|| b||", "a || b", [(0, 6)]),
        (r"a \|| b", "a || b", []),
        (r"a \| b \\", r"a \| b \\", []),
        ("||||", "||||", []),
        ("||two\nlines||", "two\nlines", [(0, 9)]),
    ],
)
def test_bars_hide_words_and_go(written, text, spoilers):
    marked = read_spoilers(written)
    assert (marked.text, marked.spoilers) == (text, tuple(Spoiler(*s) for s in spoilers))
    assert not marked.is_open


@pytest.mark.parametrize("text", ["a || b", "||a|| b || c", "||"])
def test_bars_that_never_close_are_text(text):
    marked = read_spoilers(text)
    assert marked.is_open
    assert marked.text.endswith(text[text.rindex("||") :])


@given(st.text(st.sampled_from("|\\ab")))
def test_every_text_can_be_written_without_spoilers(text):
    assert read_spoilers(escape_spoilers(text)) == (text, (), False)


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("", ""),
        (" \n\t\n", ""),
        ("\n \n  a \n\n b  \n \n", "  a \n\n b  "),
        ("a", "a"),
        ("\u3000\n", "\u3000"),
    ],
)
def test_only_blank_lines_at_the_ends_go(text, trimmed):
    assert trim_blank_lines(text) == trimmed
