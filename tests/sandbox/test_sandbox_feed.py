"""The web page: everything shown, everything escaped, nothing from elsewhere."""

import re

from threadsync.sandbox.render import MAX_INDENT, MediaView, PostView, render_post

EVIL = "<script>alert('x')</script>\" onload=\"x"


def test_the_page_shows_posts_with_replies_under_them(caller):
    root = caller.published("first post")
    caller.published("second post")
    caller.published("an answer", reply_to_id=root)
    page = caller.get("/").text
    assert page.index("second post") < page.index("first post") < page.index("an answer")
    assert 'class="post depth-1"' in page


def test_the_page_shows_what_a_post_carries(caller, picture):
    items = [caller.item(picture) for _ in range(2)]
    caller.published("Look", media_type="CAROUSEL", children=",".join(items))
    caller.published("Cat", media_type="IMAGE", image_url=picture, alt_text="A cat asleep")
    caller.published("?", poll_attachment='{"option_a": "Tabs", "option_b": "Spaces"}')
    page = caller.get("/").text
    assert 'class="media carousel"' in page
    assert 'alt="A cat asleep"' in page
    assert "no alt text" in page
    assert "<li>Tabs</li><li>Spaces</li>" in page
    shown = set(re.findall(r'src="([^"]+)"', page))
    assert all(caller.get(url).is_success for url in shown)


def test_the_page_shows_containers_with_their_status(caller):
    container_id = caller.create("not out yet")
    page = caller.get("/").text
    assert container_id in page
    assert "FINISHED" in page


def test_a_deleted_post_leaves_the_page_and_its_replies_stay(caller):
    root = caller.published("root post")
    middle = caller.published("middle post", reply_to_id=root)
    caller.published("last post", reply_to_id=middle)
    caller.delete(f"/{middle}")
    feed = caller.get("/").text.partition('id="containers"')[0]
    assert "middle post" not in feed
    assert "last post" in feed


def test_an_empty_world_has_a_page(caller):
    assert "No posts yet." in caller.get("/").text


def test_the_page_is_safe_and_needs_no_script(caller):
    caller.published(EVIL, topic_tag="<b>x</b>")
    caller.create(EVIL)
    answer = caller.get("/")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "<b>x</b>" not in answer.text
    assert "style=" not in answer.text
    style = re.search(r'<link rel="stylesheet" href="([^"]+)"', answer.text).group(1)
    assert caller.get(style).headers["content-type"].startswith("text/css")


def test_everything_written_by_a_person_is_escaped():
    post = PostView(
        username=EVIL,
        time=EVIL,
        text=EVIL,
        media=(MediaView(url=EVIL, alt_text=EVIL), MediaView(url=EVIL, is_video=True)),
        poll=(EVIL,),
        long_text=EVIL,
        link="javascript:alert(1)",
        topic_tag=EVIL,
        notes=(EVIL,),
    )
    html = render_post(post)
    assert "<script" not in html
    assert '" onload' not in html
    assert "href" not in html


def test_links_in_a_text_can_be_followed():
    html = render_post(PostView(username="a", time="", text="see https://a.example/?x=1&y=2."))
    assert '<a href="https://a.example/?x=1&amp;y=2" ' in html


def test_media_behind_a_spoiler_are_folded_away():
    post = PostView(username="a", time="", media=(MediaView(url="/x"),), is_spoiler=True)
    assert render_post(post).index("<details") < render_post(post).index("<img")


def test_deep_replies_stop_moving_to_the_right():
    assert f"depth-{MAX_INDENT}" in render_post(PostView(username="a", time="", depth=99))


def test_a_browser_asking_for_an_icon_is_no_api_call(caller):
    assert caller.get("/favicon.ico").status_code == 204
    assert caller.log() == []
