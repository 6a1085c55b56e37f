"""Steering that sets the stage: what it takes, what it refuses, and that a reset takes it back."""

import json

import pytest


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("app", []),
        ("app", {"secret": "x"}),
        ("app", {"redirect_uris": "https://a.example"}),
        ("app", {"redirect_uris": ["ftp://a.example"]}),
        ("app", {"is_user_id_text": "yes"}),
        ("usage", {"calls": -1}),
        ("usage", {"calls": True}),
        ("usage", {"post": 1.5}),
        ("usage", {"post": 10_001}),
        ("usage", {"likes": 1}),
        ("usage", {"username": "nobody"}),
        ("usage", {"username": ["sandbox"]}),
        ("numbers", {"id": "123", "likes": 1}),
        ("numbers", {"id": 5}),
        ("numbers", {"username": "nobody"}),
        ("numbers", {"username": "sandbox", "likes": 1}),
        ("numbers", {"followers_count": 10**30}),
        ("numbers", {"demographics": {"shoes": {"42": 1}}}),
        ("numbers", {"demographics": {"age": {"18-24": "many"}}}),
        ("numbers", {"demographics": {"age": 7}}),
        ("numbers", {"demographics": 7}),
        ("numbers", {"name": "x" * 1_001}),
        ("numbers", {"name": "\ud800"}),
        ("accounts", {"username": "a", "token": "T", "colour": "red"}),
    ],
)
def test_what_cannot_be_staged_is_refused_with_words(caller, what, body):
    answer = caller.post(f"/_sandbox/{what}", content=json.dumps(body))
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "body", [{"likes": -1}, {"clicks": {"x": "y"}}, {"votes": {"option_a": 1}}]
)
def test_numbers_that_a_post_cannot_have_are_refused(caller, body):
    post = caller.published("no poll")
    assert caller.post("/_sandbox/numbers", json={"id": post, **body}).status_code == 400


def test_an_account_is_changed_by_adding_a_token_for_it(caller):
    with caller.other("fan", name="A fan", followers_count=3) as fan:
        assert fan.node("me", "name")["name"] == "A fan"
    with caller.other("fan", is_verified=True) as fan:
        assert fan.node("me", "name,is_verified")["name"] == "A fan"
        assert fan.node("me", "is_verified")["is_verified"] is True


def test_quotas_can_be_used_up(caller):
    caller.steer("usage", post=249, reply=3)
    caller.published()
    used = caller.node("me/threads_publishing_limit", "quota_usage,reply_quota_usage")
    assert used["data"] == [{"quota_usage": 250, "reply_quota_usage": 3}]
    assert caller.publish(caller.create()).json()["error"]["error_subcode"] == 2207042


def test_a_reset_takes_everything_back(caller):
    caller.steer("app", redirect_uris=["https://a.example"], is_user_id_text=True)
    caller.published("python @sandbox")
    caller.steer("usage", calls=48_000)
    caller.post("/_sandbox/reset")
    assert caller.steer("app") == {"client_id": "1", "redirect_uris": [], "is_user_id_text": False}
    assert caller.get("/me").is_success
    assert caller.listed("keyword_search", q="python") == []


def test_a_page_in_a_browser_cannot_stage(caller):
    headers = {"origin": "http://evil.example"}
    for what in ("app", "usage", "numbers"):
        assert caller.post(f"/_sandbox/{what}", json={}, headers=headers).status_code == 403
