"""The views of containers and of requests, through the real server."""

import re
from datetime import datetime

import pytest
from caller import JPEG
from reading_html import read_html

from threadsync.sandbox.page import found
from threadsync.sandbox.page.asked import Asked, View, read_asked
from threadsync.sandbox.page.requests import draw_requests

CONTAINERS, REQUESTS = "/?view=containers", "/?view=requests"


def rows(caller, path):
    """The text of each row, in order."""
    html = caller.get(path).text
    return [read_html(row).text for row in re.findall(r"<li id=.*?</li>", html, re.DOTALL)]


def test_containers_tell_their_status_and_age(caller):
    ready = caller.create("not out yet")
    caller.publish(caller.create("out"))
    caller.advance(3_600)
    published, waiting = rows(caller, CONTAINERS)
    assert published.startswith("PUBLISHED")
    assert "1 h" in waiting
    assert ready in waiting
    assert "23 h left to publish it" in waiting
    caller.advance(86_400)
    assert rows(caller, CONTAINERS)[1].startswith("EXPIRED")


def test_a_published_container_leads_to_its_post(caller):
    post = caller.published("out")
    assert f'href="/?post={post}"' in caller.get(CONTAINERS).text


def test_a_container_that_is_processed_says_how_long(slow):
    picture = slow.put_media("cat.jpg", JPEG)
    slow.create("", media_type="IMAGE", image_url=picture)
    assert "IN_PROGRESS" in rows(slow, CONTAINERS)[0]
    assert "ready in less than 1 min" in rows(slow, CONTAINERS)[0]


def test_a_container_says_that_its_video_is_on_the_way(caller, elsewhere):
    elsewhere.gate.clear()
    data = {"media_type": "VIDEO", "video_url": f"{elsewhere.url}/film.mp4"}
    caller.post("/me/threads", data=data)
    assert "its video is being fetched" in rows(caller, CONTAINERS)[0]


def test_a_container_that_failed_says_why(caller):
    caller.create("", media_type="VIDEO", video_url="http://127.0.0.1:9/x.mp4")
    assert "FAILED_DOWNLOADING_VIDEO" in rows(caller, CONTAINERS)[0]


def test_a_signed_address_is_shown_without_its_signature(caller):
    caller.create("", media_type="VIDEO", video_url="http://127.0.0.1:9/x.mp4?X-Amz-Signature=abc")
    assert "http://127.0.0.1:9/x.mp4" in rows(caller, CONTAINERS)[0]
    assert "abc" not in caller.get(CONTAINERS).text + caller.get(REQUESTS).text


def test_a_container_tells_what_it_carries(caller, picture):
    items = ",".join(caller.item(picture) for _ in range(2))
    caller.create("Look", media_type="CAROUSEL", children=items)
    caller.create("?", poll_attachment='{"option_a": "a", "option_b": "b"}')
    poll, carousel, item, _ = rows(caller, CONTAINERS)
    assert "poll" in poll
    assert "2 children" in carousel
    assert "carousel item" in item


def test_requests_tell_what_was_asked_and_answered(caller):
    caller.published("hello")
    publish, create = rows(caller, REQUESTS)
    assert publish.startswith("200POST/v1.0/me/threads_publish")
    assert '"text": "hello"' in create


def test_a_fault_is_told_with_the_request_that_it_struck(caller):
    caller.set_faults("create:1:rate-limit", "publish:2:drop-after", "delete:*:5xx")
    caller.post("/v1.0/me/threads", data={"media_type": "TEXT", "text": "x"})
    struck, waiting, always, request = rows(caller, REQUESTS)
    assert struck == "create:1:rate-limit has struck"
    assert waiting == "publish:2:drop-after waits, 0 matching calls so far"
    assert always == "delete:*:5xx strikes every time, 0 matching calls so far"
    assert "fault create:1:rate-limit" in request


def test_a_request_without_an_answer_says_so(caller):
    caller.set_faults("me:1:drop-before")
    with pytest.raises(Exception, match="disconnected"):
        caller.get("/v1.0/me")
    assert rows(caller, REQUESTS)[1].startswith("no answer")


@pytest.mark.parametrize("name", ["access_token", "client_secret", "input_token", "code"])
def test_no_secret_is_shown(caller, name):
    caller.get("/v1.0/debug_token", params={name: "s3cr3t"})
    caller.post("/v1.0/me/threads", data={"text": f"https://a.example/?{name}=s3cr3t"})
    assert "s3cr3t" not in caller.get(REQUESTS).text
    assert "***" in caller.get(REQUESTS).text


def test_no_secret_of_an_answer_is_shown_even_if_the_log_has_it():
    answer = {"data": [{"access_token": "s3cr3t", "code": 190}], "next": "/?a=1&code=s3cr3t"}
    at = "2026-11-22T12:00:00+00:00"
    request = {"n": 1, "at": at, "method": "GET", "path": "/x", "call": "me", "answer": answer}
    html = draw_requests([request], {}, datetime.fromisoformat(at)).html
    assert "s3cr3t" not in html
    assert "190" in html


@pytest.mark.parametrize("view", [CONTAINERS, REQUESTS])
def test_views_are_turned_page_by_page(caller, monkeypatch, view):
    monkeypatch.setattr(found, "ROWS", 2)
    for n in range(3):
        caller.create(f"text {n}")
    first = caller.get(view).text
    older = re.search(r'<a href="([^"]*)" rel="next">', first).group(1).replace("&amp;", "&")
    second = caller.get(older).text
    assert re.findall(r"text \d", first + second) == ["text 2", "text 1", "text 0"]
    assert 'rel="next"' not in second


@pytest.mark.parametrize("view", [CONTAINERS, REQUESTS])
def test_views_can_show_one_account(caller, view):
    caller.post("/_sandbox/accounts", json={"username": "ada", "token": "ADA"})
    caller.create("from sandbox")
    caller.post(
        "/v1.0/me/threads",
        data={"media_type": "TEXT", "text": "from ada"},
        headers={"authorization": "Bearer ADA"},
    )
    assert len(rows(caller, view)) == 2
    (row,) = rows(caller, f"{view}&account=ada")
    assert "from ada" in row


@pytest.mark.parametrize(
    ("view", "words"), [(CONTAINERS, "No containers yet."), (REQUESTS, "No requests yet.")]
)
def test_empty_views_say_so(caller, view, words):
    assert words in read_html(caller.get(view).text).text


def test_an_address_is_read_as_it_is_written():
    asked = Asked(view=View.CONTAINERS, account="a.b_c", before=7, post=8)
    query = dict(part.split("=") for part in asked.url.removeprefix("/?").split("&"))
    assert read_asked(query) == asked
    assert Asked().url == "/"
