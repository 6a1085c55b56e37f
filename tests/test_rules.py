"""Meta's rules for parts and entries."""

import pytest
from builders import a_media, a_part, an_entry

from threadsync.post import Gif, Reference, Spoiler, TextAttachment
from threadsync.reading.rules import entry_findings, part_findings
from threadsync.reading.terms import Terms

QUIET = Terms(alt_text="off")
LONG = TextAttachment("long", "https://long.example")


def codes(part, n=1, terms=QUIET):
    return [finding.kind.code for finding in part_findings(part, n, terms)]


def pointers(part, n=1, terms=QUIET):
    return [finding.pointer for finding in part_findings(part, n, terms)]


@pytest.mark.parametrize(
    ("text", "terms", "code"),
    [
        ("x" * 500, Terms(), []),
        ("x" * 501, Terms(), ["text-too-long"]),
        ("ü" * 250, Terms(), []),
        ("ü" * 251, Terms(), ["text-long-in-bytes"]),
        ("ü" * 251, Terms("strict"), ["text-too-long"]),
        ("👍" * 125, Terms(), []),
        ("👍" * 125 + "x", Terms(), ["text-too-long"]),
        ("日" * 500, Terms(), ["text-long-in-bytes"]),
        ("日" * 501, Terms(), ["text-too-long"]),
    ],
)
def test_text_is_counted_as_the_terms_say(text, terms, code):
    assert codes(a_part(text), terms=terms) == code


def test_the_message_says_by_how_much():
    (finding,) = part_findings(a_part("x" * 1503), 1, QUIET)
    assert finding.message == "text counts 1,503, Threads takes 500; shorten it by 1,003"


@pytest.mark.parametrize(
    ("text", "terms", "offset"),
    [
        ("x" * 502, QUIET, 500),
        ("x" * 499 + "👍x", QUIET, 499),
        ("ü" * 260, QUIET, 250),
        ("ü" * 260, Terms("strict"), 250),
        ("see " + " ".join(f"https://{i}.example" for i in range(6)), QUIET, 4 + 5 * 18),
        ("see " + " ".join(f"https://{i}.example" for i in range(4)), QUIET, 4 + 3 * 18),
        ("#one and #One or #two", QUIET, 17),
        ("so **bold**", QUIET, 3),
        ("x" * 60 + "\ny", QUIET, 60),
    ],
)
def test_a_finding_leads_to_the_very_character(text, terms, offset):
    assert pointers(a_part(text), terms=terms) == [("text", offset)]


def test_a_spoiler_too_many_is_pointed_at():
    part = a_part("x" * 30, spoilers=tuple(Spoiler(2 * i, 1) for i in range(11)))
    assert pointers(part) == [("text", 20)]


@pytest.mark.parametrize(
    ("text", "topic_tag", "code"),
    [
        ("#one", None, []),
        ("#one #ONE #1", None, []),
        ("#one #two", None, ["second-tag"]),
        ("#one", "one", []),
        ("#one", "Two", ["second-tag"]),
    ],
)
def test_a_post_has_one_topic(text, topic_tag, code):
    assert codes(a_part(text, topic_tag=topic_tag)) == code


def test_markdown_and_wrapped_lines_are_told_once_each():
    part = a_part("# A **heading**\n" + ("word " * 13 + "word\n") * 3)
    assert codes(part) == ["markdown-shown", "line-wrapped"]


@pytest.mark.parametrize("text", ["", " \n\u00a0"])
def test_a_long_text_without_words_is_refused(text):
    assert codes(a_part(text_attachment=TextAttachment(text))) == ["long-text-empty"]


@pytest.mark.parametrize(
    ("count", "code"), [(3, []), (4, ["many-links"]), (5, ["many-links"]), (6, ["too-many-links"])]
)
def test_different_links_are_counted(count, code):
    text = " ".join(f"https://{i}.example https://{i}.example" for i in range(count))
    assert codes(a_part(text)) == code


def test_links_beside_the_text_count_when_they_differ():
    text = "https://0.example https://1.example https://2.example"
    assert codes(a_part(text, link_attachment="https://2.example")) == []
    assert codes(a_part(text, link_attachment="https://3.example")) == ["many-links"]
    assert codes(a_part(text, text_attachment=LONG)) == ["many-links"]


@pytest.mark.parametrize("text", ["", " \n\u3000"])
def test_a_part_that_shows_nothing(text):
    assert codes(a_part(text)) == ["nothing-to-show"]
    assert "part 2 has nothing" in part_findings(a_part(text), 2, QUIET)[0].message


@pytest.mark.parametrize(
    "shown",
    [
        {"media": (a_media(),)},
        {"link_attachment": "https://a.example"},
        {"gif": Gif("abc")},
        {"text_attachment": TextAttachment("long")},
    ],
)
def test_text_may_be_missing_where_something_else_is_shown(shown):
    assert codes(a_part("", **shown)) == []


@pytest.mark.parametrize(
    "shown", [{"poll": ("a", "b")}, {"quote": Reference(key="a")}, {"is_ghost_post": True}]
)
def test_these_need_a_text(shown):
    assert codes(a_part("", **shown)) == ["nothing-to-show"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("link_attachment", "https://a.example"),
        ("poll", ("a", "b")),
        ("gif", Gif("abc")),
        ("text_attachment", TextAttachment("long")),
        ("is_ghost_post", True),
    ],
)
def test_some_things_are_for_posts_without_media(name, value):
    part = a_part(media=(a_media(),), **{name: value})
    assert codes(part) == ["not-together"]
    assert pointers(part) == [(name,)]


@pytest.mark.parametrize(
    "part",
    [
        a_part(poll=("a", "b"), link_attachment="https://a.example"),
        a_part(poll=("a", "b"), text_attachment=TextAttachment("long")),
        a_part(text_attachment=LONG, link_attachment="https://a.example"),
        a_part(is_ghost_post=True, reply_to=Reference(key="a")),
        a_part(is_ghost_post=True, enable_reply_approvals=True),
    ],
)
def test_things_that_do_not_go_together(part):
    assert codes(part) == ["not-together"]


@pytest.mark.parametrize("values", [{"is_ghost_post": True}, {"reply_to": Reference(key="a")}])
def test_a_later_part_of_a_chain_is_a_reply_already(values):
    assert codes(a_part(**values)) == []
    assert codes(a_part(**values), n=2) == ["not-together"]


def test_spoiler_media_needs_media():
    assert codes(a_part(is_spoiler_media=True)) == ["needs-media"]
    assert codes(a_part(is_spoiler_media=True, media=(a_media(),))) == []


def test_limits_of_spoilers_media_and_long_texts():
    spoilers = tuple(Spoiler(i, 1) for i in range(11))
    assert codes(a_part(spoilers=spoilers[:10])) == []
    assert codes(a_part(spoilers=spoilers)) == ["too-many-spoilers"]
    assert codes(a_part(media=(a_media(),) * 20)) == []
    assert codes(a_part(media=(a_media(),) * 21)) == ["too-many-media"]
    assert codes(a_part(text_attachment=TextAttachment("x" * 10_000))) == []
    assert codes(a_part(text_attachment=TextAttachment("x" * 10_001))) == ["text-too-long"]


@pytest.mark.parametrize(
    ("policy", "code"),
    [("off", []), ("warn", ["alt-text-missing"]), ("require", ["alt-text-required"])],
)
def test_alt_text_is_asked_for_as_the_policy_says(policy, code):
    part = a_part(media=(a_media(), a_media(alt_text=None)))
    assert codes(part, terms=Terms(alt_text=policy)) == code


def test_alt_text_has_a_limit_and_a_place():
    part = a_part(media=(a_media(), a_media(alt_text="x" * 1001)))
    assert codes(part) == ["alt-text-too-long"]
    assert pointers(part) == [("media", 1, "alt_text")]


def test_an_http_address_is_refused_only_where_https_is_needed():
    part = a_part(media=(a_media(None, url="http://a.example/b.jpg"),))
    assert codes(part) == ["media-url-http"]
    assert codes(part, terms=Terms(alt_text="off", needs_https=False)) == []


def test_local_media_need_a_store():
    part = a_part(media=(a_media(),))
    assert codes(part, terms=Terms(takes_files=False)) == ["media-no-store"]


def test_a_chain_has_at_most_a_days_replies():
    parts = (a_part(),) * 1001
    reply = a_part(reply_to=Reference(key="a"))
    assert entry_findings(an_entry("a", *parts), QUIET) == []
    for chain in ((*parts, a_part()), (reply, *parts[1:])):
        (finding,) = entry_findings(an_entry("a", *chain), QUIET)
        assert finding.kind.code == "chain-too-long"


def test_findings_of_an_entry_name_the_part():
    (finding,) = entry_findings(an_entry("a", a_part(), a_part("")), QUIET)
    assert finding.pointer == ("parts", 1, "text")
