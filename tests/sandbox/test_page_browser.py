"""The page in a real browser: nothing is refused, a phone is wide enough, it updates by itself."""

import json
import re

import pytest
from browser import BROWSER, running_browser
from caller import Caller
from pictures import a_jpeg

from threadsync.sandbox.server import SandboxServer

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on PATH")

NOW = "document.dispatchEvent(new Event('visibilitychange'))"
"""Lets the page look for news at once, not at its next turn."""
OPEN_ALL = """document.querySelectorAll('details').forEach(one => { one.open = true });
    document.querySelectorAll('.unseen').forEach(one => { one.checked = true })"""
VIEWS = ("/", "/?view=containers", "/?view=requests")
EVIL = "<img src=x onerror=alert(1)><script>alert(1)</script>\"'><svg onload=alert(1)>"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with running_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def show(server, browser):
    """Shows an address of the sandbox in the browser, which it gives back."""

    def show(path="/", width=1000, **given):
        browser.go(server.base_url + path, width, **given)
        return browser

    return show


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    """The address of a sandbox with one of everything."""
    with (
        SandboxServer(tmp_path_factory.mktemp("rich")) as server,
        Caller(server.base_url) as caller,
    ):
        fill(caller)
        yield server.base_url


def fill(caller):
    pictures = [caller.put_media(f"{c}.jpg", a_jpeg(c, (900, 500))) for c in ("red", "blue")]
    chain = caller.published("W" * 300 + " https://a.example/" + "x" * 150)
    for n in range(2, 8):
        chain = caller.published(f"part {n}", reply_to_id=chain)
    items = ",".join(map(caller.item, pictures))
    caller.published("Look", media_type="CAROUSEL", children=items, is_spoiler_media="true")
    caller.published(
        "Wide", media_type="IMAGE", image_url=pictures[0], alt_text="a" * 900, quote_post_id=chain
    )
    style = {"offset": 0, "length": 4, "styling_info": ["bold", "highlight"]}
    long_text = {"plaintext": "Long " * 900, "text_with_styling_info": [style]}
    spoiler = {"entity_type": "SPOILER", "offset": 0, "length": 3}
    caller.published(
        "Text", text_attachment=json.dumps(long_text), text_entities=json.dumps([spoiler])
    )
    caller.published("?", poll_attachment=json.dumps({"option_a": "W" * 25, "option_b": "b"}))
    caller.published("Boo", is_ghost_post="true", topic_tag="T" * 50)
    caller.published(EVIL, topic_tag="<script>", link_attachment="https://a.example/" + "y" * 200)
    caller.published("\u202eabc \u2066x שלום עולם" + "\u200b" * 50)
    caller.set_faults("create:1:html-502")
    caller.post("/v1.0/me/threads", data={"media_type": "TEXT", "text": EVIL})


def until(condition):
    """JavaScript that waits until something is so on the page."""
    return f"""new Promise(done => {{
        const look = () => {{ if ({condition}) {{ watch.disconnect(); done(true) }} }};
        const watch = new MutationObserver(look);
        watch.observe(document, {{subtree: true, childList: true, characterData: true,
                                  attributes: true}});
        look();
    }})"""


def shows(text):
    return until(f"document.body.textContent.includes({json.dumps(text)})")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", VIEWS)
def test_the_browser_has_nothing_to_complain_about(browser, rich, path, dark):
    browser.go(rich + path, dark=dark)
    browser.run(OPEN_ALL)
    assert browser.run(until("document.getElementById('live').textContent === 'Live'"))
    assert browser.complaints == []


def test_the_browser_complains_about_what_the_policy_refuses(browser, rich):
    browser.go(rich)
    browser.run("document.body.insertAdjacentHTML('beforeend', '<b style=\"color: red\">x</b>')")
    assert "style" in str(browser.complaints)


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("path", VIEWS)
def test_a_phone_is_wide_enough(browser, rich, path, width):
    browser.go(rich + path, width)
    browser.run(OPEN_ALL)
    assert browser.run("document.documentElement.scrollWidth") == width


def test_a_new_post_appears_by_itself(show, caller):
    caller.published("first")
    browser = show()
    caller.published("second")
    assert browser.run(shows("second"))
    assert browser.run("document.getElementById('news').textContent") == "1 new post"


def test_a_deleted_post_leaves_by_itself(show, caller):
    post = caller.published("first words")
    browser = show()
    caller.delete(f"/{post}")
    browser.run(NOW)
    assert browser.run(shows("No posts yet."))
    assert not browser.run("document.body.textContent.includes('first words')")


def test_what_is_opened_and_focused_stays_so(show, caller, picture):
    caller.published("Cat", media_type="IMAGE", image_url=picture, alt_text="A cat")
    hidden = [{"entity_type": "SPOILER", "offset": 0, "length": 3}]
    caller.published("The end", text_entities=json.dumps(hidden))
    browser = show()
    browser.run(OPEN_ALL)
    browser.run("document.querySelector('.alt summary').focus()")
    caller.advance(7_200)
    caller.published("news")
    browser.run(NOW)
    assert browser.run(shows("news"))
    assert browser.run(shows("2 h"))
    assert browser.run("document.querySelector('.alt').open")
    assert browser.run("document.querySelector('.spoiler input').checked")
    assert browser.run("document.activeElement.textContent") == "ALT"


def test_what_is_read_stays_where_it_is(show, caller):
    for n in range(12):
        caller.published(f"post {n}\n" + "line\n" * 8)
    browser = show(height=500)
    # Not every browser keeps the place by itself, as this one would.
    browser.run("document.documentElement.style.overflowAnchor = 'none'")
    browser.run("scrollTo({top: 1500, behavior: 'instant'})")
    browser.run("window.seen = document.elementFromPoint(500, 300).closest('.post')")
    before = browser.run("seen.getBoundingClientRect().top")
    caller.published("news\n" * 20)
    browser.run(NOW)
    assert browser.run(shows("news"))
    assert browser.run("seen.getBoundingClientRect().top") == pytest.approx(before, abs=1)
    assert browser.run("scrollY") > 1500


def test_updating_can_be_paused(show, caller):
    browser = show()
    browser.run("document.getElementById('live').click()")
    caller.published("news")
    browser.run(NOW)
    assert not browser.run("document.body.textContent.includes('news')")
    assert browser.run("document.getElementById('live').textContent") == "Paused"
    browser.run("document.getElementById('live').click()")
    assert browser.run(shows("news"))


def test_a_server_that_is_gone_is_told(browser, tmp_path):
    with SandboxServer(tmp_path / "short") as server:
        browser.go(server.base_url)
    browser.run(NOW)
    assert browser.run(shows("No answer"))


def test_a_carousel_is_leafed_through_by_keyboard(show, caller):
    urls = [caller.put_media(f"{c}.jpg", a_jpeg(c, (900, 500))) for c in ("red", "green", "blue")]
    post = caller.published(
        "Look", media_type="CAROUSEL", children=",".join(map(caller.item, urls))
    )
    browser = show(motion=False)
    browser.run("document.querySelector('.turn.after').focus()")
    browser.press("Enter")
    browser.press("Enter")
    third = f"document.getElementById('p{post}-3')"
    seen = f"{third}.getBoundingClientRect().right <= innerWidth"
    assert browser.run(seen)
    assert browser.run("document.activeElement.closest('figure').id") == f"p{post}-2"
    assert browser.run("scrollY") == 0


def test_everything_can_be_reached_and_is_seen_to_be(show, caller, picture):
    hidden = [{"entity_type": "SPOILER", "offset": 0, "length": 3}]
    caller.published("The end https://a.example/", text_entities=json.dumps(hidden))
    caller.published("Cat", media_type="IMAGE", image_url=picture, alt_text="A cat")
    browser = show()
    names = "document.activeElement.textContent || document.activeElement.ariaLabel"
    outlined = """(() => { const it = document.activeElement, cover = it.nextElementSibling;
        const seen = it.matches('.unseen') ? cover : it;
        return getComputedStyle(seen).outlineStyle !== 'none' })()"""
    reached = []
    for _ in range(20):
        browser.press("Tab")
        reached.append(browser.run(names))
        assert browser.run(f"document.activeElement === document.body || {outlined}"), reached
    for name in ("Skip to the content", "Containers", "Live", "ALT", "Show spoiler", "sandbox"):
        assert name in reached
    assert "https://a.example/" in reached


def test_a_spoiler_opens_by_key_without_a_script(show, caller):
    hidden = [{"entity_type": "SPOILER", "offset": 0, "length": 3}]
    caller.published("The end", text_entities=json.dumps(hidden))
    browser = show(script=False)
    shown = "getComputedStyle(document.querySelector('.words')).visibility"
    assert browser.run(shown) == "hidden"
    browser.run("document.querySelector('.spoiler input').focus()")
    browser.press("Space")
    assert browser.run(shown) == "visible"


def test_without_a_script_all_is_there_to_read(browser, rich):
    browser.go(rich, script=False)
    text = browser.run("document.body.innerText")
    for words in ("part 7", "Look", "Spoiler: show 2 pictures", EVIL):
        assert words in text
    assert "Live" not in text
    assert browser.complaints == []


def test_who_wants_no_motion_gets_none(browser, rich):
    browser.go(rich, motion=False)
    moving = """Array.from(document.querySelectorAll('*')).filter(one => {
        const style = getComputedStyle(one);
        return style.scrollBehavior === 'smooth' || parseFloat(style.transitionDuration) > 0;
    }).length"""
    assert browser.run(moving) == 0
    browser.go(rich)
    assert browser.run(moving) > 0


def test_the_page_loads_nothing_from_elsewhere(browser, rich):
    browser.go(rich)
    loaded = browser.run("performance.getEntriesByType('resource').map(one => one.name)")
    assert len(loaded) >= 2
    assert not [url for url in loaded if not re.match(re.escape(rich) + "/", url)]
