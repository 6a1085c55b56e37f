"""Long texts cut into parts."""

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from threadsync.reading.splitting import cut
from threadsync.reading.text import count_meta, count_strict, unbreakable

GRAPHEMES = Path(__file__).parent / "data/graphemes.tsv"
FAMILY = "👩‍👩‍👧‍👦"
LINK = "https://example.com/a/long/path?q=1"


def cut_at(limit, text, count=count_meta):
    return [text[span.start : span.end] for span in cut(text, lambda _: limit, count)]


def read_graphemes():
    for line in GRAPHEMES.read_text().splitlines():
        if not line.startswith("#"):
            codes, name = line.split("\t")
            clusters = ["".join(chr(int(c, 16)) for c in part.split()) for part in codes.split("/")]
            yield pytest.param(clusters, id=name)


@pytest.mark.parametrize("text", ["", "short", "x" * 20, " x ", "a b\n\nc"])
def test_what_fits_is_one_part_as_it_is(text):
    assert cut_at(20, text) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One two. Three.\n\nFour five six.", ["One two. Three.", "Four five six."]),
        ("One two. Three.\n \n\n  Four five six.", ["One two. Three.", "Four five six."]),
        ("Ten chars.\n\nFour. F six", ["Ten chars.", "Four. F six"]),
        ("One two three. Four five", ["One two three.", "Four five"]),
        ("- one two three\n- four five", ["- one two three", "- four five"]),
        ("one two three four five", ["one two three four", "five"]),
        ("one two\tthree   four  five", ["one two\tthree   four", "five"]),
        ("A.\n\none two three four five", ["A.\n\none two three", "four five"]),
    ],
)
def test_the_best_place_in_the_second_half_is_taken(text, parts):
    assert cut_at(20, text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("He said it. Then he went", ["He said it.", "Then he went"]),
        ("“He said so.” Then off", ["“He said so.”", "Then off"]),
        ("„Er sagte es.“ Dann ging", ["„Er sagte es.“", "Dann ging"]),
        ("« Il dit oui\u00a0!\u00a0» Puis rien", ["« Il dit oui\u00a0!\u00a0»", "Puis rien"]),
        ('("Really so?") Yes, so.', ['("Really so?")', "Yes, so."]),
        ("Wait, what?! Is it so…", ["Wait, what?!", "Is it so…"]),
        ("मैं घर जाता हूँ। वह भी जाती", ["मैं घर जाता हूँ।", "वह भी जाती"]),
        ("هل انت بخير؟ نعم انا بخير", ["هل انت بخير؟", "نعم انا بخير"]),
    ],
)
def test_sentences_end_with_their_quotes_in_every_script(text, parts):
    assert cut_at(20, text) == parts


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("We asked Dr. Smith again", "We asked Dr. Smith"),
        ("see it, e.g. that one", "see it, e.g. that"),
        ("es war am 3. Mai so", "es war am 3. Mai"),
        ("by J. R. R. T. then", "by J. R. R. T."),
        ("we waited… and so on", "we waited… and so"),
    ],
)
def test_a_full_stop_that_ends_no_sentence_is_no_better_than_a_blank(text, first):
    assert cut_at(18, text)[0] == first


def test_chinese_and_japanese_need_no_blanks():
    assert cut_at(12, "これは一つ目の文です。「二つ目」だよ。") == [
        "これは一つ目の文です。",
        "「二つ目」だよ。",
    ]
    assert cut_at(8, "我们都很喜欢这个「故事」的结尾") == ["我们都很喜欢这个", "「故事」的结尾"]
    assert cut_at(9, "我们都很喜欢这个「故事」的结尾") == ["我们都很喜欢这个", "「故事」的结尾"]


def test_no_line_begins_with_closing_punctuation_or_small_kana():
    assert cut_at(5, "あいうえお。かきく") == ["あいうえ", "お。かきく"]
    assert cut_at(5, "キャラクター") == ["キャラク", "ター"]


@pytest.mark.parametrize("whole", [LINK, "@some.one_else", FAMILY, "🇩🇪", "#OneTopicTag", "1️⃣"])
@pytest.mark.parametrize("before", range(12))
def test_what_makes_sense_in_one_piece_stays_whole(whole, before):
    parts = cut_at(40, f"{'x' * before} {whole} {'y' * 40}")
    assert any(whole in part for part in parts)
    assert max(map(count_meta, parts)) <= 40


@pytest.mark.parametrize("clusters", list(read_graphemes()))
def test_graphemes_stay_whole(clusters):
    text = "".join(clusters)
    for limit in range(1, count_strict(text) + 1):
        edges = {span.start for span in cut(text, lambda _, limit=limit: limit, count_strict)}
        allowed = {sum(map(len, clusters[:i])) for i in range(len(clusters) + 1)}
        assert edges <= allowed


def test_what_cannot_be_cut_and_does_not_fit_is_a_part_of_its_own():
    assert cut_at(20, f"see {LINK} there") == ["see", LINK, "there"]


def test_a_word_longer_than_a_part_is_cut_inside():
    assert cut_at(10, "a " + "x" * 25) == ["a", "x" * 10, "x" * 10, "x" * 5]


def test_no_break_spaces_hold_words_together():
    assert cut_at(8, "aaa bb\u00a0cc") == ["aaa", "bb\u00a0cc"]


def test_each_part_has_its_own_room():
    spans = cut("aa bb cc dd", {1: 2, 2: 5, 3: 5}.__getitem__, len)
    assert [(span.start, span.end) for span in spans] == [(0, 2), (3, 8), (9, 11)]


def test_both_measures_are_kept():
    text = "ä" * 30
    assert [len(part) for part in cut_at(20, text)] == [20, 10]
    assert [len(part) for part in cut_at(20, text, count_strict)] == [10, 10, 10]


# --- whatever the text ----------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("word", "Über", "a", "Yes.", "No!”", "日本語", "。", "」", "é", "e\u0301", "क्षि", "각"),
        *("\n", "\n\n", "  ", "\t", "\u00a0", "\u3000", "\u200b", "\u200f", "\ufe0f", "\u200d"),
        *(FAMILY, "🇩🇪", "👍🏽", "1️⃣", LINK, "@name.x", "#tag", ",", "-", "||"),
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map(lambda words: "".join(words).strip())


@run(max_examples=300)
@given(TEXTS, st.integers(40, 90), st.sampled_from([count_meta, count_strict]))
def test_nothing_is_lost_but_white_space_at_cuts(text, limit, count):
    spans = cut(text, lambda _: limit, count)
    assert (spans[0].start, spans[-1].end) == (0, len(text))
    for before, after in pairwise(spans):
        assert text[before.end : after.start].strip() == ""
        assert before.end <= after.start


@run(max_examples=300)
@given(TEXTS, st.integers(60, 120), st.sampled_from([count_meta, count_strict]))
def test_no_part_is_empty_or_too_long_and_nothing_is_torn(text, limit, count):
    spans = cut(text, lambda _: limit, count)
    torn = [(piece.offset, piece.end) for piece in unbreakable(text)]
    edges = {match.start() for match in regex.finditer(r"\X", text)} | {len(text)}
    longest = max([0, *(count(text[start:end]) for start, end in clumps(torn))])
    for span in spans:
        assert text[span.start : span.end].strip() or not text
        assert count(text[span.start : span.end]) <= max(limit, longest)
        assert {span.start, span.end} <= edges
        assert not any(start < edge < end for edge in span for start, end in torn)


def clumps(spans):
    """Spans that touch or overlap as one."""
    merged = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


WORDS = st.lists(
    st.sampled_from(["word", "Yes.", "No!", "\n\n", "\n", "日本。", "👍🏽", "longerword"])
)


@run(max_examples=300)
@given(WORDS, WORDS, WORDS, st.integers(30, 60))
def test_an_edit_late_in_the_text_moves_no_earlier_cut(start, end, other_end, limit):
    text = " ".join(start).strip()
    one, other = (
        cut(f"{text} {' '.join(words)}".strip(), lambda _: limit, count_meta)
        for words in (end, other_end)
    )
    reach = limit + 12  # a part, and the word behind it
    assert [s for s in one if s.start + reach < len(text)] == [
        s for s in other if s.start + reach < len(text)
    ]


@given(st.text(max_size=300))
def test_any_text_at_all(text):
    spans = cut(text, lambda _: 20, count_strict)
    assert spans[0].start == 0
    assert spans == sorted(spans)


def test_both_normal_forms_are_cut_alike():
    text = "Übermäßig schöne Grüße. " * 5
    nfc, nfd = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert [unicodedata.normalize("NFC", p) for p in cut_at(60, nfd, letters)] == cut_at(
        60, nfc, letters
    )


def letters(text):
    return len(unicodedata.normalize("NFC", text))
