"""Links that open Threads. Source: Meta's page "Threads web intents", read 2026-11-22."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from threadsync.api.intents import follow_intent, post_intent
from threadsync.errors import InvalidParameterError


def query(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_nothing_filled_in():
    assert post_intent() == "https://www.threads.com/intent/post"


def test_everything_filled_in():
    given = {
        "text": "Hi & “you”\n100% + #1 👋",
        "url": "https://e.com/?a=1&b=2#c",
        "tag": "Python 3",
        "reply_control": "mentioned_only",
        "reply_post_shortcode": "DAb_-1",
        "quote_post_shortcode": "DAb_-2",
    }
    url = post_intent(**given)
    assert url.startswith("https://www.threads.com/intent/post?")
    assert query(url) == given


def test_blanks_are_no_plus():
    assert post_intent("a b") == "https://www.threads.com/intent/post?text=a%20b"


@pytest.mark.parametrize("tag", ["", "x" * 51, "a.b", "a&b", "a\tb", "a\nb"])
def test_tags_that_threads_does_not_take(tag):
    with pytest.raises(InvalidParameterError) as caught:
        post_intent(tag=tag)
    assert f"tag {tag!r} has {len(tag)} characters; Threads takes 1 to 50" in str(caught.value)


@pytest.mark.parametrize("tag", ["x", "x" * 50, "Ünïcode 👋"])
def test_tags(tag):
    assert query(post_intent(tag=tag)) == {"tag": tag}


@pytest.mark.parametrize(
    "control", ["everyone", "accounts_you_follow", "mentioned_only", "followers_only"]
)
def test_who_may_reply(control):
    assert query(post_intent(reply_control=control)) == {"reply_control": control}


@pytest.mark.parametrize("control", ["", "EVERYONE", "parent_post_author_only"])
def test_nobody_else_may(control):
    with pytest.raises(InvalidParameterError, match="use one of everyone, "):
        post_intent(reply_control=control)


@pytest.mark.parametrize("username", ["zuck", "@zuck"])
def test_following(username):
    assert follow_intent(username) == "https://www.threads.com/intent/follow?username=zuck"


def test_half_a_character_breaks_nothing():
    assert query(post_intent("a\ud800")) == {"text": "a?"}
    assert query(follow_intent("a\ud800&b")) == {"username": "a?&b"}
