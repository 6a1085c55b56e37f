"""Plans and results as people and scripts read them."""

from __future__ import annotations

import html
import json
from datetime import timedelta

import jsonschema
import pytest
from builders import NOON, a_media, a_part, an_entry
from test_plan import a_state, chain, planned, recorded

from threadsync.publishing.events import Event, Outcome
from threadsync.reporting.markdown import MOST_CHARACTERS, inert, plan_markdown
from threadsync.reporting.text import WIDTH, event_line, excerpt, outcome_line, plan_line, plan_text


def lines(plan, **options):
    return list(plan_text(plan, **options))


def test_line_of_a_plan_with_changes():
    state = a_state(old=recorded(an_entry("old")))
    plan = planned(
        an_entry("a"), an_entry("b", draft=True), an_entry("old", a_part("x")), state=state
    )
    assert plan_line(plan.plan) == (
        "Plan: 1 to publish, 1 to replace, 0 to append, 0 to adopt, 0 to delete, 0 to resume, "
        "0 unknown; 1 waiting."
    )


def test_line_of_a_plan_without_changes():
    assert plan_line(planned().plan) == "No changes. Threads matches the files."
    waiting = planned(an_entry(draft=True)).plan
    assert plan_line(waiting) == "No changes. Threads matches the files; 1 waiting."


def test_line_of_an_outcome():
    outcome = Outcome()
    outcome.counts.update(published=2, failed=1, waiting=3)
    assert outcome_line(outcome) == (
        "Apply complete: 2 published, 0 replaced, 0 appended, 0 adopted, 0 deleted, 0 resumed, "
        "0 unknown, 1 failed; 3 waiting."
    )


def test_text_names_symbol_key_reason_and_parts():
    assert lines(planned(chain).plan) == [
        "  +    chain  (new)",
        "         1. text: “one”",
        "         2. text: “two”",
        "         3. text: “three”",
        "",
    ]


def test_waiting_entries_come_last_and_only_some_are_named():
    drafts = [an_entry(f"d{n:02}", draft=True) for n in range(12)]
    shown = lines(planned(*drafts, an_entry("z")).plan)
    assert shown[0] == "  +    z  (new)"
    assert shown[-2] == "  …    and 2 more wait; -v names them"


def test_schedule_is_shown_in_utc():
    entry = an_entry(publish_at=NOON + timedelta(days=1))
    assert "(scheduled for 2026-11-21 12:00 UTC)" in lines(planned(entry).plan)[0]


def test_long_texts_fit_the_screen():
    plan = planned(an_entry("a", a_part("word " * 100, media=(a_media(), a_media("b.jpg"))))).plan
    assert max(map(len, lines(plan))) <= WIDTH


def test_verbose_names_each_step():
    shown = lines(planned(an_entry("a", a_part(media=(a_media(),)))).plan, verbose=True)
    assert "           - upload posts/cat.jpg (1,234 bytes)" in shown
    assert "           - publish part 1" in shown


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Event("published", "a", {"n": 1, "id": "7", "permalink": None}), "a: published 7"),
        (Event("published", "a", {"n": 2, "id": "7", "permalink": "u"}), "a: published part 2 u"),
        (Event("failed", "a", {"reason": "too spicy"}), "a: failed: too spicy"),
        (Event("container", "a", {"n": 1, "container_id": "9"}), None),
    ],
)
def test_event_lines(event, line):
    assert event_line(event) == line


def test_excerpt_is_one_line():
    assert excerpt("a\n\n b", 10) == "a b"
    assert excerpt("abcdef", 4) == "abc…"


def everything():
    state = a_state(old=recorded(an_entry("old")), chain=recorded(chain, first_id=500, upto=1))
    entries = [
        an_entry("later", publish_at=NOON + timedelta(days=1)),
        an_entry("old", a_part("changed")),
        an_entry("pictures", a_part("x", media=(a_media(), a_media("b.jpg")))),
        chain,
    ]
    return planned(*entries, state=state).plan


def test_json_follows_its_schema(schema):
    validator = jsonschema.Draft202012Validator(schema("plan"))
    validator.validate(json.loads(json.dumps(everything().to_json())))


def test_json_counts_every_entry_once():
    summary = everything().to_json()["summary"]
    assert sum(summary.values()) == 4
    assert (summary["wait"], summary["replace"], summary["create"], summary["resume"]) == (
        1,
        1,
        1,
        1,
    )


def test_markdown_cannot_be_broken_out_of():
    text = "````\n</details> @everyone [x](y) | # no"
    shown = plan_markdown(planned(an_entry("a", a_part(text))).plan)
    assert f"`````text\n{text}\n`````" in shown


def test_markdown_escapes_reasons():
    entry = an_entry("a", a_part("x"))
    state = a_state(a=recorded(entry, source="posts/<b>|@you.md"))
    row = plan_markdown(planned(entry, state=state).plan).splitlines()[4]
    assert "<b>" not in row
    assert "@you" not in row
    assert row.count("|") == 5


def test_markdown_fits_a_comment():
    entries = [an_entry(f"e{n}", a_part("word " * 90)) for n in range(300)]
    shown = plan_markdown(planned(*entries).plan)
    assert len(shown) <= MOST_CHARACTERS + 100
    assert "more lines" in shown


def test_words_in_a_table_are_inert_and_read_as_they_are():
    assert html.unescape(inert("@me: *a_b* | <x> #1\n[a](b)")) == "@me: *a_b* | <x> #1 [a](b)"
    assert not set(inert("@*_|<>[]()!`")) - set("&#0123456789;")
