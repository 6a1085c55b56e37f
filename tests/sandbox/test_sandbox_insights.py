"""Numbers of posts and accounts in Meta's three shapes, and the steering that sets them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from caller import refusal

DAY_S = 86_400
METRICS = "views,likes,replies,reposts,quotes,shares"


def of_media(caller, media_id, metric=METRICS):
    answer = caller.get(f"/v1.0/{media_id}/insights", params={"metric": metric}).json()
    return {one["name"]: one["values"][0]["value"] for one in answer["data"]}


def of_account(caller, metric, **params):
    answer = caller.get("/me/threads_insights", params={"metric": metric, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


def totals(caller, metric="likes,replies,reposts,quotes", **params):
    found = of_account(caller, metric, **params)["data"]
    return {one["name"]: one["total_value"]["value"] for one in found}


def now(caller):
    return int(datetime.fromisoformat(caller.get("/_sandbox/clock").json()["now"]).timestamp())


def test_what_happened_to_a_post_is_counted(caller, fan):
    post = caller.published("root")
    reply = fan.published("Nice", reply_to_id=post)
    fan.published("nested", reply_to_id=reply)
    fan.delete(f"/{fan.published('gone', reply_to_id=post)}")
    fan.published("See this", quote_post_id=post)
    fan.post(f"/{post}/repost")
    counted = {"views": 0, "likes": 0, "replies": 1, "reposts": 1, "quotes": 1, "shares": 0}
    assert of_media(caller, post) == counted


def test_waiting_replies_do_not_count(caller, fan):
    post = caller.published("root", enable_reply_approvals="true")
    fan.published("May I?", reply_to_id=post)
    assert of_media(caller, post, "replies") == {"replies": 0}


def test_numbers_of_a_post_can_be_set_bit_by_bit(caller):
    post = caller.published()
    caller.steer("numbers", id=post, views=120, likes=12)
    caller.steer("numbers", id=post, shares=2)
    assert of_media(caller, post, "views,likes,shares") == {"views": 120, "likes": 12, "shares": 2}


def test_a_metric_of_a_post_has_its_shape(caller):
    post = caller.published()
    params = {"metric": "replies"}
    (metric,) = caller.get(f"/{post}/insights", params=params).json()["data"]
    assert metric["id"] == f"{post}/insights/thread_replies/lifetime"
    assert (metric["period"], metric["title"], metric["values"]) == (
        "lifetime",
        "Replies",
        [{"value": 0}],
    )


def test_a_repost_has_no_numbers(caller):
    repost = caller.post(f"/{caller.published()}/repost").json()["id"]
    answer = caller.get(f"/{repost}/insights", params={"metric": METRICS})
    assert answer.json() == {"data": []}


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("", (500, 100, None)),
        ("clicks", (400, 1, None)),
        ("views,fame", (400, 100, None)),
        ("followers_count", (400, 100, None)),
    ],
)
def test_a_metric_that_a_post_does_not_have(caller, metric, expected):
    answer = caller.get(f"/{caller.published()}/insights", params={"metric": metric})
    assert refusal(answer) == expected


def test_numbers_are_for_the_posts_author(caller, fan):
    post = fan.published("@sandbox")
    caller.get("/me/mentions")
    answer = caller.get(f"/{post}/insights", params={"metric": "views"})
    assert refusal(answer) == (400, 100, 33)


def test_totals_of_an_account_are_of_two_days(caller, fan):
    old = caller.published("old")
    caller.steer("numbers", id=old, likes=100)
    caller.advance(3 * DAY_S)
    new = caller.published("new")
    caller.steer("numbers", id=new, likes=5)
    fan.published("late reply", reply_to_id=old)
    fan.published("quote", quote_post_id=new)
    assert totals(caller) == {"likes": 5, "replies": 1, "reposts": 0, "quotes": 1}
    since = now(caller) - 4 * DAY_S
    assert totals(caller, "likes", since=since) == {"likes": 105}
    assert totals(caller, "likes", since=since, until=since + 2 * DAY_S) == {"likes": 100}


def test_views_come_by_day(caller):
    caller.steer("numbers", id=caller.published(), views=10)
    caller.advance(DAY_S)
    caller.steer("numbers", id=caller.published(), views=20)
    found = of_account(caller, "views", since=now(caller) - 2 * DAY_S)
    values = found["data"][0]["values"]
    assert [one["value"] for one in values if one["value"]] == [10, 20]
    ends = [datetime.strptime(one["end_time"], "%Y-%m-%dT%H:%M:%S%z") for one in values]
    assert {end.hour for end in ends} == {7}
    assert {late - early for early, late in pairwise(ends)} == {timedelta(days=1)}


def test_by_default_views_are_of_two_days(caller):
    assert len(of_account(caller, "views")["data"][0]["values"]) == 2


def test_views_name_the_time_before_and_after_and_no_token(caller):
    found = caller.get(
        "/me/threads_insights",
        params={"metric": "views", "since": now(caller) - DAY_S, "access_token": "SANDBOX"},
    ).json()
    previous = caller.get(found["paging"]["previous"])
    assert previous.is_success
    assert "SANDBOX" not in str(found)
    assert "paging" not in of_account(caller, "likes")


def test_clicks_are_told_by_link(caller):
    caller.steer("numbers", id=caller.published(), clicks={"https://example.com/b": 2})
    caller.steer("numbers", id=caller.published(), clicks={"https://example.com/a": 7})
    (clicks,) = of_account(caller, "clicks")["data"]
    assert clicks["link_total_values"] == [
        {"value": 7, "link_url": "https://example.com/a"},
        {"value": 2, "link_url": "https://example.com/b"},
    ]


def test_followers_and_where_they_are(caller):
    caller.steer(
        "numbers", username="sandbox", followers_count=260, demographics={"country": {"US": 200}}
    )
    assert totals(caller, "followers_count") == {"followers_count": 260}
    (found,) = of_account(caller, "follower_demographics", breakdown="country")["data"]
    assert found["total_value"]["breakdowns"] == [
        {"dimension_keys": ["country"], "results": [{"dimension_values": ["US"], "value": 200}]}
    ]


def test_few_followers_are_not_described(caller):
    assert of_account(caller, "follower_demographics", breakdown="age") == {"data": []}


@pytest.mark.parametrize(
    "params",
    [
        {"metric": "shares"},
        {"metric": "follower_demographics"},
        {"metric": "follower_demographics", "breakdown": "shoes"},
        {"metric": "views", "period": "week"},
        {"metric": "views", "since": "1712991599"},
        {"metric": "views", "since": "1800000000", "until": "1790000000"},
        {"metric": "views", "since": "99999999999999"},
    ],
)
def test_what_an_account_cannot_tell(caller, params):
    answer = caller.get("/me/threads_insights", params=params)
    assert answer.json()["error"]["code"] == 100


def test_the_day_of_now_is_in_whatever_the_hour(caller):
    for _ in range(24):
        caller.advance(3600)
        post = caller.published()
        caller.steer("numbers", id=post, views=1)
        values = of_account(caller, "views")["data"][0]["values"]
        last = datetime.strptime(values[-1]["end_time"], "%Y-%m-%dT%H:%M:%S%z")
        assert last >= datetime.fromtimestamp(now(caller), UTC)
        assert values[-1]["value"] >= 1


def test_votes_of_a_poll_can_be_set(caller):
    poll = '{"option_a": "Tabs", "option_b": "Spaces"}'
    post = caller.published("?", poll_attachment=poll)
    caller.steer("numbers", id=post, votes={"option_a": 2, "option_b": 6})
    fields = "poll_attachment{option_a_votes_percentage,option_b_votes_percentage,total_votes}"
    assert caller.node(post, fields)["poll_attachment"] == {
        "option_a_votes_percentage": 0.25,
        "option_b_votes_percentage": 0.75,
        "total_votes": 8,
    }
