"""Counting, links, tags and spoilers of a text."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threadsync.post import Spoiler
from threadsync.reading.text import (
    count_meta,
    count_strict,
    escape_spoilers,
    first_links,
    first_too_many,
    links,
    offset_as_written,
    read_spoilers,
    tags,
    trim_blank_lines,
    unbreakable,
)

EMOJI = Path(__file__).parent / "data/emoji.tsv"


def read_emoji():
    rows = [row.split("\t") for row in EMOJI.read_text().splitlines() if not row.startswith("#")]
    return [
        pytest.param(
            "".join(chr(int(code, 16)) for code in codes.split()), int(count), id=f"{status} {name}"
        )
        for codes, count, status, name in rows
    ]


@pytest.mark.parametrize(("emoji", "count"), read_emoji())
def test_every_shape_of_emoji_counts_its_bytes(emoji, count):
    assert count_meta(emoji) == count
    assert count_meta(f"a{emoji}b{emoji}") == 2 * count + 2


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
        ("🇩🇪🇫🇷🇩", 20),
        ("⌚\ufe0e", 4),
        ("\n\ufe0f", 2),
        ("\u200b\ufe0f", 2),
        ("👩\u200d", 5),
    ],
)
def test_an_emoji_counts_its_bytes_and_all_else_counts_one(text, count):
    assert count_meta(text) == count


@given(st.text())
def test_meta_counts_no_less_than_characters_and_no_more_than_bytes(text):
    assert len(text) <= count_meta(text) <= count_strict(text)


def test_strict_counts_bytes():
    assert count_strict("ü’") == 5


@pytest.mark.parametrize(("form", "counts"), [("NFC", (5, 7)), ("NFD", (6, 8))])
def test_an_accent_of_its_own_counts(form, counts):
    text = unicodedata.normalize(form, "Grüße")
    assert (count_meta(text), count_strict(text)) == counts


@pytest.mark.parametrize(
    ("text", "count", "place"),
    [
        ("abcdef", count_meta, 5),
        ("abcde", count_meta, 5),
        ("ab👍c", count_meta, 2),
        ("a👩\u200d⚕\ufe0f", count_meta, 2),
        ("äöü", count_strict, 2),
    ],
)
def test_the_first_character_too_many(text, count, place):
    assert first_too_many(text, 5, count) == place


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
        (
            "詳しくはhttps://a.example/x。次の文（https://b.example）",
            ["https://a.example/x", "https://b.example"],
        ),
        ("https://zh.example/wiki/中国 x", ["https://zh.example/wiki/中国"]),
    ],
)
def test_links_are_http_without_what_only_follows_them(text, found):
    assert links(text) == found


def test_a_link_is_found_where_it_stands_first():
    assert first_links("a https://a.b c https://d.e https://a.b") == [
        ("https://a.b", 2),
        ("https://d.e", 16),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#one and #two", [("one", 0), ("two", 9)]),
        ("x\n#über-uns, #日本語!", [("über-uns", 2), ("日本語", 13)]),
        ("#1 C# a#b ##c # d #2026", []),
        ("https://a.example/#top #real", [("real", 23)]),
        ("#" + "x" * 50, [("x" * 50, 0)]),
        ("#" + "x" * 51, []),
        ("#3d #a.b", [("3d", 0), ("a", 4)]),
    ],
)
def test_tags_begin_a_word_and_are_no_numbers(text, found):
    assert tags(text) == found


def test_what_must_not_be_torn():
    text = "see https://a.example, @some.one! #tag 👍🏽 a@b.example"
    assert {piece.words for piece in unbreakable(text)} == {
        "https://a.example",
        "@some.one",
        "#tag",
        "👍🏽",
    }


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
    assert marked.open_at is None


@pytest.mark.parametrize("text", ["a || b", "||a|| b || c", "||"])
def test_bars_that_never_close_are_text(text):
    marked = read_spoilers(text)
    assert marked.open_at is not None
    assert marked.text[marked.open_at :].startswith("||")
    assert marked.text.endswith(text[text.rindex("||") :])


@given(st.text(st.sampled_from("|\\ab")))
def test_each_character_knows_where_it_is_written(written):
    marked = read_spoilers(written)
    places = [offset_as_written(written, i) for i in range(len(marked.text))]
    assert "".join(written[i] for i in places) == marked.text
    assert places == sorted(set(places))


@given(st.text(st.sampled_from("|\\ab")))
def test_every_text_can_be_written_without_spoilers(text):
    assert read_spoilers(escape_spoilers(text)) == (text, (), None)


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
