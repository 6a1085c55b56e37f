"""Lists of posts: order, pages, times, lag, fields."""

import pytest
from caller import refusal


def pages(caller, edge, **params):
    """The texts of each page, following `after` to the end."""
    found, cursor = [], {}
    while True:
        query = {"fields": "text", **params, **cursor}
        answer = caller.get(f"/{edge}", params=query).json()
        if not answer["data"]:
            return found
        found.append([post["text"] for post in answer["data"]])
        cursor = {"after": answer["paging"]["cursors"]["after"]}


def test_posts_are_listed_newest_first_in_pages(caller):
    for n in range(5):
        caller.published(str(n))
    assert pages(caller, "me/threads", limit=2) == [["4", "3"], ["2", "1"], ["0"]]


def test_a_page_before_a_cursor_is_the_nearest_one(caller):
    for n in range(5):
        caller.published(str(n))
    last = caller.get("/me/threads", params={"limit": 4}).json()["paging"]["cursors"]["after"]
    assert caller.listed("me/threads", before=last, limit=2) == ["3", "2"]


def test_a_page_does_not_shift_when_something_is_published(caller):
    for n in range(4):
        caller.published(str(n))
    after = caller.get("/me/threads", params={"limit": 2}).json()["paging"]["cursors"]["after"]
    caller.published("new")
    assert caller.listed("me/threads", after=after) == ["1", "0"]


def test_an_empty_list_has_no_paging(caller):
    assert caller.get("/me/threads").json() == {"data": []}


def test_by_default_25_posts_with_nothing_but_their_id(caller):
    for _ in range(26):
        caller.published()
    data = caller.get("/me/threads").json()["data"]
    assert len(data) == 25
    assert all(post.keys() == {"id"} for post in data)


def test_threads_have_no_replies_and_replies_nothing_else(caller):
    root = caller.published("root")
    caller.published("reply", reply_to_id=root)
    assert caller.listed("me/threads") == ["root"]
    assert caller.listed("me/replies") == ["reply"]


def test_replies_of_a_post_and_its_whole_conversation(caller):
    root = caller.published("root")
    first = caller.published("first", reply_to_id=root)
    caller.published("deep", reply_to_id=first)
    caller.published("last", reply_to_id=root)
    assert caller.listed(f"{root}/replies") == ["last", "first"]
    assert caller.listed(f"{root}/replies", reverse="false") == ["first", "last"]
    assert caller.listed(f"{first}/replies") == ["deep"]
    assert caller.listed(f"{root}/conversation", reverse="false") == ["first", "deep", "last"]
    assert pages(caller, f"{root}/conversation", reverse="false", limit=2) == [
        ["first", "deep"],
        ["last"],
    ]


def test_a_conversation_belongs_to_a_root_post(caller):
    reply = caller.published("reply", reply_to_id=caller.published("root"))
    assert refusal(caller.get(f"/{reply}/conversation")) == (400, 100, 33)


def test_since_and_until_bound_the_time(caller):
    caller.published("old")
    caller.advance(3600)
    caller.published("new")
    times = caller.get("/me/threads", params={"fields": "timestamp"}).json()["data"]
    new, old = (post["timestamp"] for post in times)
    assert caller.listed("me/threads", since=new) == ["new"]
    assert caller.listed("me/threads", until=old) == ["old"]
    assert caller.listed("me/threads", since=old, until=new) == ["new", "old"]


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "many"},
        {"since": "1"},
        {"since": "yesterdayish"},
        {"until": "99999999999"},
        {"since": "1700000001", "until": "1700000000"},
        {"after": "x"},
        {"after": "ÿ"},
        {"before": "cG9zdDox", "after": "cG9zdDox"},
        {"fields": "id,likes"},
        {"fields": "id,,text"},
        {"fields": "owner{name}"},
        {"fields": "owner{id"},
        {"fields": "a{" * 50},
        {"fields": "text{id}"},
        {"offset": "3"},
    ],
)
def test_a_list_refuses(caller, params):
    caller.published()
    answer = caller.get("/me/threads", params=params)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {100, 2500}


def test_new_posts_enter_lists_late_and_deleted_ones_leave_late(slow):
    media_id = slow.published("late")
    assert slow.node(media_id, "text")["text"] == "late"
    assert slow.listed("me/threads") == []
    slow.advance(10)
    assert slow.listed("me/threads") == ["late"]
    slow.delete(f"/{media_id}")
    assert refusal(slow.get(f"/{media_id}")) == (400, 100, 33)
    assert slow.listed("me/threads") == ["late"]
    slow.advance(10)
    assert slow.listed("me/threads") == []


def test_a_poll_shows_only_the_fields_that_are_named(caller):
    poll = '{"option_a": "Tabs", "option_b": "Spaces"}'
    media_id = caller.published("?", poll_attachment=poll)
    assert caller.node(media_id, "poll_attachment")["poll_attachment"] == {}
    named = caller.node(media_id, "poll_attachment{option_a,option_c,total_votes}")
    assert named["poll_attachment"] == {"option_a": "Tabs", "total_votes": 0}


def test_the_inside_of_a_list_can_be_picked(caller, picture):
    items = ",".join(caller.item(picture) for _ in range(2))
    spoiler = '[{"entity_type": "SPOILER", "offset": 0, "length": 2}]'
    media_type = {"media_type": "CAROUSEL", "children": items}
    post = caller.published("ab", **media_type, text_entities=spoiler)
    found = caller.node(post, "children{id},text_entities{offset}")
    assert [one.keys() for one in found["children"]["data"]] == [{"id"}, {"id"}]
    assert found["text_entities"] == {"data": [{"offset": 0}]}
    caller.get("/keyword_search", params={"q": "ab"})
    searches = caller.node("me", "recently_searched_keywords{query}")
    assert searches["recently_searched_keywords"] == [{"query": "ab"}]


def test_fields_without_value_are_left_out(caller):
    media_id = caller.published()
    assert caller.node(media_id, "alt_text,children,root_post,media_url") == {"id": media_id}


def test_what_was_attached_is_read_back(caller):
    media_id = caller.published(
        "The butler did it",
        link_attachment="https://example.com/a",
        text_entities='[{"entity_type": "SPOILER", "offset": "4", "length": 6}]',
        text_attachment='{"plaintext": "long"}',
        reply_control="followers_only",
        topic_tag="Crime",
        allowlisted_country_codes="US,CA",
    )
    fields = (
        "link_attachment_url,text_entities,text_attachment,reply_audience,topic_tag,"
        "allowlisted_country_codes"
    )
    assert caller.node(media_id, fields) == {
        "id": media_id,
        "link_attachment_url": "https://example.com/a",
        "text_entities": {"data": [{"entity_type": "SPOILER", "offset": 4, "length": 6}]},
        "text_attachment": {"plaintext": "long"},
        "reply_audience": "FOLLOWERS_ONLY",
        "topic_tag": "Crime",
        "allowlisted_country_codes": ["US", "CA"],
    }


def test_a_ghost_post_is_archived_after_a_day(caller):
    media_id = caller.published(is_ghost_post="true")
    assert caller.node(media_id, "ghost_post_status")["ghost_post_status"] == "ACTIVE"
    caller.advance(24 * 3600)
    assert caller.node(media_id, "ghost_post_status")["ghost_post_status"] == "ARCHIVED"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1.0/me/friends", (400, 2500, None)),
        ("GET", "/v1.0", (400, 2500, None)),
        ("POST", "/v1.0/me", (400, 100, 33)),
        ("GET", "/v1.0/123", (400, 100, 33)),
        ("GET", "/v1.0/%00", (400, 100, 33)),
        ("GET", "/v1.0/" + "9" * 40, (400, 100, 33)),
        ("DELETE", "/v1.0/nothing", (400, 100, 33)),
    ],
)
def test_what_is_not_there_is_refused(caller, method, path, expected):
    assert refusal(caller.request(method, path)) == expected
