"""The page at `/` through the real server: its posts, its pages, its headers; nothing from elsewhere."""

import json
import re

import pytest
from caller import Caller
from reading_html import read_html

from threadsync.sandbox.page import found

EVIL = "<script>alert('x')</script><b>x</b>\" onload=\"x"
ODD = "\u202eabc\u202c zero\u200bwidth \u2066x\u2069 שלום"


@pytest.fixture
def other(server, caller):
    """A second account, `ada`."""
    caller.post("/_sandbox/accounts", json={"username": "ada", "token": "ADA"}).raise_for_status()
    with Caller(server.base_url, "ADA") as other:
        yield other


def read(caller, path="/"):
    answer = caller.get(path)
    assert answer.status_code == 200
    return read_html(answer.text)


def branches(caller, path="/"):
    """The indentation of each branch and the texts of its posts."""
    html = caller.get(path).text
    cut = re.split(r'class="branch depth-(\d)"', html)[1:]
    texts = (re.findall(r'class="text" dir="auto">([^<]*)<', one) for one in cut[1::2])
    return list(zip(map(int, cut[::2]), texts, strict=True))


def test_an_empty_world_has_a_page(caller):
    assert "No posts yet." in read(caller).text


def test_the_newest_conversation_comes_first(caller):
    caller.published("first post")
    caller.published("second post")
    text = read(caller).text
    assert text.index("second post") < text.index("first post")


def test_a_chain_is_one_and_replies_stand_below(caller, other):
    root = caller.published("part 1")
    second = caller.published("part 2", reply_to_id=root)
    answer = other.published("answer", reply_to_id=root)
    caller.published("part 3", reply_to_id=second)
    caller.published("thanks", reply_to_id=answer)
    assert branches(caller) == [
        (0, ["part 1", "part 2", "part 3"]),
        (1, ["answer"]),
        (2, ["thanks"]),
    ]


def test_replies_stand_in_the_order_in_which_they_came(caller, other):
    root = caller.published("root")
    first = other.published("first", reply_to_id=root)
    other.published("second", reply_to_id=root)
    caller.published("to the first", reply_to_id=first)
    told = [text for _, texts in branches(caller) for text in texts]
    assert told == ["root", "first", "to the first", "second"]


def test_a_reply_to_a_chain_says_which_part_it_answers(caller, other):
    root = caller.published("part 1")
    caller.published("part 2", reply_to_id=root)
    other.published("answer", reply_to_id=root)
    assert f'↳ answers <a href="#p{root}">part 1</a>' in caller.get("/").text


def test_a_long_talk_of_two_says_who_is_answered(caller, other):
    last = caller.published("0")
    for n in range(1, 6):
        before, last = last, (caller, other)[n % 2].published(str(n), reply_to_id=last)
    assert [depth for depth, _ in branches(caller)] == [0, 1, 2, 3, 4, 4]
    assert f'↳ answers <a href="#p{before}">sandbox</a>' in caller.get("/").text


def test_a_deleted_post_leaves_a_gap_and_its_replies_stay(caller):
    root = caller.published("root post")
    middle = caller.published("middle post", reply_to_id=root)
    caller.published("last post", reply_to_id=middle)
    caller.delete(f"/{middle}")
    text = read(caller).text
    assert "middle post" not in text
    assert text.index("root post") < text.index("This post was deleted.") < text.index("last post")


def test_what_is_deleted_with_all_its_replies_is_gone(caller):
    root = caller.published("root post")
    reply = caller.published("reply", reply_to_id=root)
    for post in (root, reply):
        caller.delete(f"/{post}")
    assert "No posts yet." in read(caller).text


def test_a_post_shows_what_it_carries(caller, picture):
    long_text = {"plaintext": "A long text", "link_attachment_url": "https://long.example/"}
    caller.published("?", poll_attachment='{"option_a": "Tabs", "option_b": "Spaces"}')
    caller.published("Long", text_attachment=json.dumps(long_text))
    caller.published("", gif_attachment='{"gif_id": "abc", "provider": "GIPHY"}')
    caller.published("Card", link_attachment="https://card.example/x")
    caller.published("Cat", media_type="IMAGE", image_url=picture, alt_text="A cat asleep")
    text = read(caller).text
    for carried in ("Tabs", "Spaces", "24 h left", "A long text", "long.example", "GIPHY abc"):
        assert carried in text
    assert "card.example" in text
    assert "A cat asleep" in text


def test_a_carousel_shows_all_its_media_and_they_are_there(caller, picture):
    items = [caller.item(picture) for _ in range(3)]
    caller.published("Look", media_type="CAROUSEL", children=",".join(items))
    page = read(caller)
    assert "3/3" in page.text
    sources = [url for url in page.attributes["src"] if "media" in url]
    assert len(sources) == 3
    assert all(caller.get(url).is_success for url in sources)


def test_spoilers_are_covered_where_they_are(caller):
    entity = {"entity_type": "SPOILER", "offset": "3", "length": "6"}
    caller.published("🦜 butler did it", text_entities=json.dumps([entity]))
    assert '<span class="words">butler</span>' in caller.get("/").text


def test_styles_of_a_long_text_are_drawn(caller):
    style = {"offset": 3, "length": 2, "styling_info": ["bold", "underline"]}
    attachment = {"plaintext": "🦜 ab", "text_with_styling_info": [style]}
    caller.published("x", text_attachment=json.dumps(attachment))
    assert "🦜 <u><b>ab</b></u>" in caller.get("/").text


def test_a_quoted_post_is_shown_inside_until_it_is_deleted(caller):
    quoted = caller.published("original words")
    caller.published("comment", quote_post_id=quoted)
    assert 'class="embedded"' in caller.get("/").text
    assert "1 quote" in read(caller).text
    caller.delete(f"/{quoted}")
    assert "This post was deleted." in read(caller).text


def test_a_repost_shows_the_post(caller, other):
    original = other.published("original words")
    assert caller.post(f"/v1.0/{original}/repost").is_success
    page = read(caller)
    assert "reposted" in page.text
    assert page.text.count("original words") == 2


def test_a_ghost_post_tells_its_time_left_and_then_its_end(caller):
    caller.published("Boo", is_ghost_post="true")
    assert "ghost post, 24 h left" in read(caller).text
    caller.advance(86_400)
    assert "ghost post, archived" in read(caller).text


def test_ages_follow_the_clock_of_the_sandbox(caller):
    caller.published("old")
    assert "just now" in read(caller).text
    caller.advance(2 * 3_600)
    assert "2 h" in read(caller).text
    caller.advance(30 * 86_400)
    assert not {"just now", "2 h"} & set(read(caller).text.split())


def test_what_limits_a_post_is_a_badge(caller):
    limits = {"reply_control": "mentioned_only", "allowlisted_country_codes": "DE,FR"}
    caller.published("x", **limits)
    text = read(caller).text
    assert "replies: mentioned only" in text
    assert "only in DE, FR" in text


def test_a_post_that_lists_do_not_show_yet_says_so(slow):
    slow.published("fresh")
    assert "not in lists yet" in read(slow).text


def test_a_link_leads_through_all_pages_and_no_conversation_is_lost(caller, monkeypatch):
    monkeypatch.setattr(found, "CONVERSATIONS", 2)
    for n in range(5):
        caller.published(f"post {n}")
    seen, path = [], "/"
    while path:
        html = caller.get(path).text
        seen += re.findall(r">(post \d)<", html)
        older = re.search(r'<a href="([^"]*)" rel="next">', html)
        path = older and older.group(1).replace("&amp;", "&")
    assert seen == [f"post {n}" for n in (4, 3, 2, 1, 0)]


def test_a_long_conversation_is_cut_and_can_be_seen_whole(caller, monkeypatch):
    monkeypatch.setattr(found, "REPLIES", 1)
    root = caller.published("root")
    last = caller.published("two", reply_to_id=root)
    caller.published("three", reply_to_id=last)
    assert "three" not in read(caller).text
    whole = re.search(r'class="rest"><a href="([^"]*)"', caller.get("/").text).group(1)
    assert branches(caller, whole) == [(0, ["root", "two", "three"])]


def test_the_address_of_a_reply_shows_its_conversation(caller):
    root = caller.published("root")
    reply = caller.published("reply", reply_to_id=root)
    caller.published("another")
    assert branches(caller, f"/?post={reply}") == [(0, ["root", "reply"])]


@pytest.mark.parametrize("path", ["/?post=1", "/?before=1", "/?account=nobody"])
def test_where_there_is_nothing_the_page_says_so(caller, path):
    caller.published("some words")
    html = caller.get(path).text
    assert "some words" not in html
    assert 'class="nothing"' in html


@pytest.mark.parametrize("path", ["/?view=x", "/?before=-1", "/?post=x", "/?before=" + "9" * 30])
def test_an_address_that_makes_no_sense_shows_the_feed(caller, path):
    caller.published("a post")
    assert "a post" in read(caller, path).text


def test_an_account_can_be_chosen_and_its_answers_to_others_are_there(caller, other):
    mine = caller.published("from sandbox")
    caller.published("alone")
    other.published("from ada")
    other.published("answer", reply_to_id=mine)
    text = read(caller, "/?account=ada").text
    assert "alone" not in text
    assert text.index("from sandbox") < text.index("answer") < text.index("from ada")


def test_a_single_account_has_nothing_to_choose(caller):
    assert "All accounts" not in read(caller).text


def test_whatever_a_person_writes_stays_text(caller, picture):
    attachment = {"plaintext": EVIL}
    caller.published(EVIL, topic_tag="<b>x</b>", text_attachment=json.dumps(attachment))
    caller.published("x", poll_attachment=json.dumps({"option_a": "<b>x</b>", "option_b": "<i>"}))
    caller.published(ODD, media_type="IMAGE", image_url=picture, alt_text=EVIL)
    page = read(caller)
    assert page.tags.count("script") == 1
    assert not [name for name in page.attributes if name.startswith("on") or name == "style"]
    assert page.text.count(EVIL) == 3
    assert ODD in page.text


def test_everything_that_the_page_loads_is_its_own(caller):
    caller.published("x https://elsewhere.example/")
    answer = caller.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    page = read_html(answer.text)
    assert all(url.startswith("/") for url in page.attributes["src"])
    for url, kind in (("/_sandbox/feed.css", "text/css"), ("/?file=page.js", "text/javascript")):
        assert url in [*page.attributes["src"], *page.attributes["href"]]
        assert caller.get(url).headers["content-type"].startswith(kind)
        assert "http:" not in caller.get(url).text


def test_a_page_that_has_not_changed_is_not_sent_again(caller):
    caller.published("first")
    mark = {"if-none-match": caller.get("/").headers["etag"]}
    unchanged = caller.get("/", headers=mark)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    caller.published("second")
    assert caller.get("/", headers=mark).status_code == 200


def test_looking_at_the_page_is_no_api_call(caller):
    for path in ("/", "/favicon.ico", "/?view=requests"):
        assert caller.get(path).is_success
    assert caller.log() == []
