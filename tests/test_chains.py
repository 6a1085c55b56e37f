"""Parts cut and numbered."""

import pytest
from builders import a_media, a_part
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from threadsync import problems
from threadsync.post import Gif, Origin, Reference, Spoiler
from threadsync.reading.chains import Chaining, arrange, as_written
from threadsync.reading.text import MAX_TEXT, count_meta, count_strict

SENTENCE = "Twenty letters here. "
"""21 characters."""
LONG = (SENTENCE * 60).strip()
CUT = Chaining(count_meta, is_cut=True)


def numbered(numbering, *, is_cut=True):
    return Chaining(count_meta, is_cut, numbering)


def texts(parts, chaining=CUT):
    return [part.text for part in arrange(parts, chaining).parts]


@pytest.mark.parametrize("chaining", [CUT, numbered("{n}/{total}"), numbered("{n}/", is_cut=False)])
def test_a_post_that_fits_stays_as_it_is(chaining):
    part = a_part("x" * MAX_TEXT, media=(a_media(),))
    assert arrange([part], chaining) == ((part,), ())


def test_without_split_nothing_is_cut():
    parts = (a_part(LONG), a_part("b"))
    assert arrange(parts, Chaining(count_meta)).parts == parts


def test_a_long_text_is_a_chain_of_full_parts():
    assert [len(text) for text in texts([a_part(LONG)])] == [482, 482, 293]


def test_the_first_piece_has_all_that_belongs_to_the_post():
    beside = {"media": (a_media(),), "topic_tag": "t", "reply_to": Reference("a"), "gif": Gif("g")}
    first, *others = arrange([a_part(LONG, reply_control="everyone", **beside)], CUT).parts
    assert first == a_part(first.text, reply_control="everyone", **beside)
    assert others == [a_part(other.text) for other in others]


def test_all_pieces_are_for_the_same_countries():
    parts = arrange([a_part(LONG, allowlisted_country_codes=("DE",))], CUT).parts
    assert {part.allowlisted_country_codes for part in parts} == {("DE",)}


def test_spoilers_go_on_behind_a_cut():
    start, length = 470, 40
    first, second, _ = arrange([a_part(LONG, spoilers=(Spoiler(start, length),))], CUT).parts
    assert first.spoilers == (Spoiler(470, 12),)
    assert second.spoilers == (Spoiler(0, length - 13),)


def test_a_ghost_post_is_not_cut():
    assert texts([a_part(LONG, is_ghost_post=True)]) == [LONG]


def test_parts_of_the_file_stay_apart():
    chain = arrange([a_part(LONG), a_part("b"), a_part(LONG)], CUT)
    assert [origin.part for origin in chain.origins] == [0, 0, 0, 1, 2, 2, 2]
    assert chain.parts[3].text == "b"


def test_numbers_stand_below_the_text():
    assert texts([a_part("One"), a_part("Two")], numbered("{n}/{total}")) == [
        "One\n\n1/2",
        "Two\n\n2/2",
    ]
    assert texts([a_part("One"), a_part("", media=(a_media(),))], numbered("({n})"))[1] == "(2)"


def test_numbers_count_as_text():
    part = a_part("x" * 497)
    assert [len(text) for text in texts([part, part], numbered("{n}/"))] == [500, 4 + 1, 500, 5]


@pytest.mark.parametrize("sentences", [200, 230, 231, 232, 2300, 2400])
@pytest.mark.parametrize("count", [count_meta, count_strict])
def test_numbers_fit_however_many_digits_they_have(sentences, count):
    text = (SENTENCE * sentences).strip()
    parts = texts([a_part(text)], Chaining(count, is_cut=True, numbering="👉 {n}/{total} 👈"))
    assert max(map(count, parts)) <= MAX_TEXT
    assert parts[-1].endswith(f"\n\n👉 {len(parts)}/{len(parts)} 👈")


def test_numbers_of_a_later_part_count_the_parts_before_it():
    parts = texts([*[a_part("One")] * 11, a_part("x" * 1500)], numbered("{n}/"))
    assert [len(text) for text in parts[11:]] == [500, 500, 500, 20]


def test_a_text_added_at_the_end_leaves_the_parts_before_it():
    one = texts([a_part(LONG)], numbered("{n}/"))
    other = texts([a_part(LONG + "\n\n" + SENTENCE * 40)], numbered("{n}/"))
    assert one[:2] == other[:2]
    assert len(other) > len(one)


def test_the_total_is_in_every_part():
    one = texts([a_part(LONG)], numbered("{n}/{total}"))
    other = texts([a_part(LONG + "\n\n" + SENTENCE * 40)], numbered("{n}/{total}"))
    assert set(one).isdisjoint(other)


@run(max_examples=150)
@given(
    st.lists(
        st.sampled_from(["word ", "Yes. ", "日本語。", "👍🏽 ", "\n\n", "||"]),
        min_size=60,
        max_size=400,
    ),
    st.sampled_from(["", "{n}/", "{n} of {total}"]),
    st.sampled_from([count_meta, count_strict]),
)
def test_nothing_is_lost_and_nothing_too_long(words, numbering, count):
    text = "".join(words).strip() or "x"
    chain = arrange([a_part(text)], Chaining(count, is_cut=True, numbering=numbering))
    origins = chain.origins or (Origin(0, 0, len(text)),)
    kept = "".join(text[one.start : one.start + one.length] for one in origins)
    assert "".join(kept.split()) == "".join(text.split())
    for part, origin in zip(chain.parts, origins, strict=True):
        assert 0 < count(part.text) <= MAX_TEXT
        assert part.text.startswith(text[origin.start : origin.start + origin.length])


# --- findings -------------------------------------------------------------------------------------

ORIGINS = (Origin(0, 0, 10), Origin(0, 12, 8), Origin(1, 0, 5))


@pytest.mark.parametrize(
    ("pointer", "written"),
    [
        (("parts", 1, "text", 3), ("parts", 0, "text", 15)),
        (("parts", 1, "text", 11), ("parts", 0, "text", 19)),
        (("parts", 1, "text"), ("parts", 0, "text")),
        (("parts", 2, "media", 0, "path"), ("parts", 1, "media", 0, "path")),
        (("chain",), ("chain",)),
    ],
)
def test_a_finding_leads_to_what_the_person_wrote(pointer, written):
    finding = problems.NEEDS_MEDIA.found(*pointer, field="x")
    assert as_written(finding, ORIGINS).pointer == written
    assert as_written(finding, ()).pointer == pointer
