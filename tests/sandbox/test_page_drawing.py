"""Posts as markup: everything shown, everything escaped, colours that can be read."""

import re
from importlib.resources import files

import pytest
from reading_html import read_html

from threadsync.drawing.conversation import MAX_INDENT, draw_conversation
from threadsync.drawing.markup import Markup, document, element, joined
from threadsync.drawing.model import (
    AnswersTo,
    Badge,
    Branch,
    Conversation,
    Gif,
    LongText,
    Medium,
    Moment,
    Option,
    Poll,
    PostView,
    Range,
    Style,
)
from threadsync.drawing.post import draw_post

EVIL = "</p><script>alert('x')</script>\" onload=\"x' onload='y"
STYLE = (files("threadsync.drawing") / "style.css").read_text()


def a_post(**given):
    return PostView(**{"key": "p1", "author": "ada", **given})


def drawn(**given):
    return read_html(draw_post(a_post(**given)).html)


def an_evil_post(**given):
    return a_post(
        author=EVIL,
        author_url=EVIL,
        time=Moment(EVIL, EVIL, EVIL),
        url=EVIL,
        text=EVIL,
        spoilers=(Range(3, 9),),
        topic_tag=EVIL,
        media=(Medium(src=EVIL, alt_text=EVIL), Medium(src=EVIL, is_video=True, alt_text=EVIL)),
        poll=Poll(options=(Option(text=EVIL),), note=EVIL),
        long_text=LongText(text=EVIL * 20, styles=(Style(Range(0, 9), (EVIL,)),), link=EVIL),
        link=EVIL,
        gif=Gif(id=EVIL, provider=EVIL),
        badges=(Badge(EVIL),),
        counts=(EVIL,),
        **given,
    )


def test_whatever_a_person_writes_stays_text():
    post = an_evil_post(quoted=an_evil_post(), reposted=None)
    page = read_html(draw_post(post).html)
    assert "script" not in page.tags
    assert not [name for name in page.attributes if name.startswith("on")]
    assert page.text.count(EVIL) > 10


def test_a_text_between_elements_is_escaped_and_markup_is_not():
    assert element("p", "<", element("b", ">")).html == "<p>&lt;<b>&gt;</b></p>"
    assert joined(["&", None, Markup("<br>")]).html == "&amp;<br>"


def test_attributes_are_named_and_left_out_as_python_has_them():
    made = element("a", class_="x", aria_label='"', hidden=True, title=None, open=False, data_n=0)
    assert made.html == '<a class="x" aria-label="&quot;" hidden data-n="0"></a>'


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:x", " java\nscript:x", "\x01javascript:x", "vbscript:x"],
)
def test_an_address_that_could_run_a_script_is_left_out(url):
    assert element("a", href=url).html == "<a></a>"


@pytest.mark.parametrize(
    "url", ["https://a.example/a:b", "/?post=1", "#p1", "media/a:b.jpg", "?a=b:c"]
)
def test_an_address_that_leads_somewhere_stays(url):
    assert f'href="{url}"' in element("a", href=url).html


def test_pictures_may_stand_in_the_page_itself_and_links_may_not():
    assert "src" in element("img", src="data:image/png;base64,AA").html
    assert "href" not in element("a", href="data:text/html,x").html


def test_a_document_is_a_whole_page():
    assert document(element("body"), lang="en").startswith(
        '<!doctype html>\n<html lang="en"><body>'
    )


def test_a_single_picture_has_its_alt_text_on_demand():
    page = drawn(media=(Medium(src="/x", alt_text="A cat"),))
    assert page.attributes["alt"] == ["A cat"]
    assert page.text.endswith("ALTA cat")
    assert "details" in page.tags


def test_a_picture_without_alt_text_says_so():
    assert "no alt text" in drawn(media=(Medium(src="/x"),)).text


def test_a_medium_that_is_not_there_says_so():
    assert "This video is not there." in drawn(media=(Medium(src=None, is_video=True),)).text


def test_a_carousel_leads_from_slide_to_slide():
    page = drawn(media=tuple(Medium(src=f"/{n}") for n in range(3)))
    assert page.attributes["id"] == ["p1", "p1-1", "p1-2", "p1-3"]
    turns = ["#p1-2", "#p1-1", "#p1-3", "#p1-2"]
    assert page.attributes["href"] == [*turns, "#p1-1", "#p1-2", "#p1-3"]


def test_media_behind_a_spoiler_are_folded_away():
    media = (Medium(src="/x", is_video=True), Medium(src="/y"), Medium(src="/z"))
    html = draw_post(a_post(media=media, is_spoiler_media=True)).html
    assert html.index("<details") < html.index("<video")
    assert "Spoiler: show 2 pictures and 1 video" in html


def test_a_poll_shows_its_options_with_their_share():
    poll = Poll(options=(Option(text="Tabs", percent=40),), note="5 votes")
    assert drawn(poll=poll).text == "AadaTabs40 %5 votes"


def test_a_long_text_is_folded_and_keeps_its_styles():
    long_text = LongText(text="Bold words. " * 50, styles=(Style(Range(0, 4), ("bold",)),))
    html = draw_post(a_post(long_text=long_text)).html
    assert html.count("<b>Bold</b>") == 2
    assert "Read all 600 characters" in html


@pytest.mark.parametrize("text", ["x" * 5_000, " " * 5_000, "\n"])
def test_a_text_without_words_can_be_folded_too(text):
    assert text in drawn(long_text=LongText(text=text)).text


def test_a_short_text_attachment_is_open():
    assert "details" not in drawn(long_text=LongText(text="short")).tags


def test_a_link_card_names_its_host():
    assert drawn(link="https://a.example/x").text == "Aadaa.examplehttps://a.example/x"


@pytest.mark.parametrize("url", ["https://[::1", "https:///x"])
def test_a_link_card_of_an_odd_address_shows_it(url):
    assert url in drawn(link=url).text


def test_a_quoted_post_is_shown_without_what_it_quotes_itself():
    inner = a_post(key="p2", text="inner", quoted=a_post(key="p3", text="innermost"))
    assert drawn(quoted=inner).text == "Aadaadainner"


def test_a_repost_shows_the_post_and_nothing_of_its_own():
    assert drawn(text="own", reposted=a_post(key="p2", text="other")).text == "Aadarepostedadaother"


def test_a_post_that_is_gone_says_why():
    assert drawn(text="x", missing="This post was deleted.").text == "AThis post was deleted."


def test_a_chain_has_a_line_to_its_next_post():
    posts = (a_post(), a_post(key="p2"))
    html = draw_conversation(Conversation(key="c1", branches=(Branch(posts=posts),))).html
    assert re.findall(r'class="(post[^"]*)"', html) == ["post has-next", "post"]


def test_deep_replies_stop_moving_to_the_right():
    branch = Branch(posts=(a_post(),), depth=99, answers_to=AnswersTo("part 2", "p9"))
    html = draw_conversation(Conversation(key="c1", branches=(branch,))).html
    assert f"depth-{MAX_INDENT}" in html
    assert '↳ answers <a href="#p9">part 2</a>' in html


def test_what_is_left_out_of_a_conversation_can_be_reached():
    conversation = Conversation(
        key="c1", branches=(Branch(posts=(a_post(),)),), more="more", url="/x"
    )
    assert '<a href="/x">more</a>' in draw_conversation(conversation).html


# --- colours --------------------------------------------------------------------------------------

ON = [(ink, ground) for ink in ("ink", "soft", "accent") for ground in ("card", "back", "raised")]
ON += [(ink, "card") for ink in ("good", "bad", "wait")] + [("on-mark", "mark"), ("ink", "tint")]


@pytest.mark.parametrize(("ink", "ground"), ON)
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(scheme, ink, ground):
    colours = [dict(re.findall(r"--([\w-]+): (#\w{6})", part)) for part in _schemes()][scheme]
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("tint", re.findall(r"\.tint-\d { background: (#\w{6})", STYLE))
def test_an_initial_stands_out_from_its_round(tint):
    assert contrast("#ffffff", tint) >= 4.5


def _schemes():
    return re.findall(r":root {[^}]*}", STYLE)


def contrast(one, other):
    """The ratio of WCAG 2.2, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * share for part, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
