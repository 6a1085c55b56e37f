"""Search: words, tags, profiles, places; quotas of searches; what was searched for."""

import pytest
from caller import JPEG, MP4, refusal

DAY_S = 86_400


def search(caller, q, **params):
    return caller.listed("keyword_search", q=q, search_type="RECENT", **params)


def test_words_are_found_in_posts_of_all_accounts(caller, fan):
    caller.published("Learning Python")
    fan.published("PYTHON, again")
    fan.published("snakes")
    assert search(caller, "python") == ["PYTHON, again", "Learning Python"]


def test_replies_are_found_and_reposts_are_not(caller, fan):
    root = caller.published("python")
    fan.published("python too", reply_to_id=root)
    fan.post(f"/{root}/repost")
    assert search(caller, "python") == ["python too", "python"]


def test_what_is_not_public_is_not_found(caller, fan):
    root = caller.published("root", enable_reply_approvals="true")
    fan.published("python waits", reply_to_id=root)
    fan.published("python ghost", is_ghost_post="true")
    caller.delete(f"/{caller.published('python gone')}")
    assert search(caller, "python") == ["python ghost"]
    caller.advance(DAY_S)
    assert search(caller, "python") == []


def test_a_tag_is_searched_for_whole(caller):
    caller.published("about #python")
    caller.published("also", topic_tag="Python")
    caller.published("python without a tag")
    caller.published("more", topic_tag="pythonista")
    for q in ("python", "#python"):
        assert search(caller, q, search_mode="TAG") == ["also", "about #python"]


def test_no_tag_is_not_the_tag_of_posts_without_one(caller):
    caller.published("no tag")
    assert search(caller, "#", search_mode="TAG") == []


def test_a_search_can_be_narrowed(caller, fan, picture):
    caller.published("cat")
    caller.published("cat picture", media_type="IMAGE", image_url=picture)
    fan.published("cat of a fan")
    assert search(caller, "cat", media_type="IMAGE") == ["cat picture"]
    assert search(caller, "cat", author_username="fan") == ["cat of a fan"]
    assert search(caller, "cat", author_username="@fan") == []
    assert search(caller, "cat", media_type="TEXT", author_username="sandbox") == ["cat"]


def test_a_search_can_be_bound_in_time(caller):
    caller.published("cat old")
    caller.advance(3600)
    caller.published("cat new")
    fields = {"q": "cat", "fields": "timestamp", "search_type": "RECENT"}
    new, old = (
        post["timestamp"] for post in caller.get("/keyword_search", params=fields).json()["data"]
    )
    assert search(caller, "cat", since=new) == ["cat new"]
    assert search(caller, "cat", until=old) == ["cat old"]
    top = {"q": "cat", "fields": "text", "until": old}
    found = caller.get("/keyword_search", params=top).json()["data"]
    assert [post["text"] for post in found] == ["cat old"]


def test_by_default_the_most_liked_come_first(caller):
    ids = [caller.published(f"cat {n}") for n in range(4)]
    caller.steer("numbers", id=ids[1], likes=5)
    caller.published("I see", reply_to_id=ids[0])
    assert caller.listed("keyword_search", q="cat") == ["cat 1", "cat 0", "cat 3", "cat 2"]


def test_the_most_liked_come_in_pages_both_ways(caller):
    for n in range(5):
        caller.published(f"cat {n}")
    found, cursor = [], {}
    while True:
        params = {"q": "cat", "fields": "text", "limit": 2, **cursor}
        answer = caller.get("/keyword_search", params=params).json()
        if not answer["data"]:
            break
        found.append([post["text"][-1] for post in answer["data"]])
        last = answer["paging"]["cursors"]
        cursor = {"after": last["after"]}
    assert found == [["4", "3"], ["2", "1"], ["0"]]
    assert caller.listed("keyword_search", q="cat", limit=2, before=last["before"]) == [
        "cat 2",
        "cat 1",
    ]


def test_a_cursor_at_a_post_that_is_gone_ends_the_search(caller):
    gone = caller.published("cat 1")
    caller.published("cat 2")
    params = {"q": "cat", "limit": 2}
    after = caller.get("/keyword_search", params=params).json()["paging"]["cursors"]["after"]
    caller.delete(f"/{gone}")
    assert caller.listed("keyword_search", q="cat", after=after) == []


def test_found_posts_have_no_owner_and_can_be_read(caller, fan):
    found = fan.published("python")
    own = caller.published("python of mine")
    params = {"q": "python", "fields": "id,owner", "search_type": "RECENT"}
    assert caller.get("/keyword_search", params=params).json()["data"] == [
        {"id": own},
        {"id": found},
    ]
    assert caller.node(found, "text")["text"] == "python"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, (500, 100, None)),
        ({"q": " "}, (500, 100, None)),
        ({"q": "x", "search_type": "BEST"}, (400, 100, None)),
        ({"q": "x", "search_mode": "REGEX"}, (400, 100, None)),
        ({"q": "x", "media_type": "CAROUSEL"}, (400, 100, None)),
        ({"q": "x", "limit": "101"}, (400, 100, None)),
        ({"q": "x", "fields": "likes"}, (400, 100, None)),
    ],
)
def test_a_search_that_cannot_be_is_refused(caller, params, expected):
    caller.published("x")
    assert refusal(caller.get("/keyword_search", params=params)) == expected


def test_searches_are_remembered_the_newest_first(caller):
    for q in ("one", "two", "one"):
        search(caller, q)
        caller.advance(10)
    found = caller.node("me", "recently_searched_keywords")["recently_searched_keywords"]
    assert [one["query"] for one in found] == ["one", "two"]
    assert found[0]["timestamp"] - found[1]["timestamp"] >= 10_000
    assert found[0]["timestamp"] > 1_600_000_000_000


def test_only_searches_with_results_count(caller):
    caller.published("python")
    caller.steer("usage", keyword_search=2_199)
    for _ in range(3):
        assert search(caller, "nothing") == []
    assert search(caller, "python") == ["python"]
    answer = caller.get("/keyword_search", params={"q": "python"})
    assert refusal(answer) == (400, 613, None)
    caller.advance(DAY_S)
    assert search(caller, "python") == ["python"]


def test_a_profile_is_looked_up_with_the_numbers_of_a_week(caller, fan):
    fan.steer("numbers", username="fan", followers_count=1234, biography="I like it")
    old = fan.published("old")
    fan.steer("numbers", id=old, likes=100)
    caller.advance(8 * DAY_S)
    new = fan.published("new")
    fan.steer("numbers", id=new, likes=7, views=70)
    caller.published("Yes", reply_to_id=new)
    caller.published("See", quote_post_id=new)
    caller.post(f"/{old}/repost")
    found = caller.get("/profile_lookup", params={"username": "fan"}).json()
    assert found.pop("profile_picture_url").endswith("/@fan.svg")
    assert found == {
        "username": "fan",
        "name": "fan",
        "biography": "I like it",
        "is_verified": False,
        "follower_count": 1234,
        "likes_count": 7,
        "quotes_count": 1,
        "replies_count": 1,
        "reposts_count": 1,
        "views_count": 70,
    }
    params = {"username": "fan", "fields": "follower_count"}
    assert caller.get("/profile_lookup", params=params).json() == {"follower_count": 1234}


def test_posts_of_a_profile_are_its_root_posts(caller, fan):
    root = fan.published("root")
    fan.published("reply", reply_to_id=root)
    caller.published("mine")
    assert caller.listed("profile_posts", username="fan") == ["root"]
    assert caller.node(root, "text")["text"] == "root"


@pytest.mark.parametrize("call", ["profile_lookup", "profile_posts"])
def test_a_profile_that_is_not_there(caller, call):
    assert refusal(caller.get(f"/{call}", params={"username": "nobody"})) == (400, 100, 33)
    assert refusal(caller.get(f"/{call}")) == (500, 100, None)


def test_profiles_have_one_quota(caller):
    caller.steer("usage", profile_discovery=999)
    caller.get("/profile_posts", params={"username": "sandbox"})
    answer = caller.get("/profile_lookup", params={"username": "sandbox"})
    assert refusal(answer) == (400, 613, None)


def places(caller, **params):
    answer = caller.get("/location_search", params={"fields": "name", **params})
    return [place["name"] for place in answer.json()["data"]]


def test_places_are_found_by_name_and_by_position(caller):
    assert places(caller, q="menlo") == ["Menlo Park"]
    assert places(caller, query="germany") == ["Berlin"]
    assert places(caller, latitude="48.9", longitude="2.3") == ["Paris"]
    assert places(caller, latitude="0", longitude="0") == []
    assert places(caller, q="Berlin", latitude="48.9", longitude="2.3") == []


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 500),
        ({"latitude": "48"}, 500),
        ({"latitude": "91", "longitude": "0"}, 400),
        ({"latitude": "nan", "longitude": "0"}, 400),
        ({"latitude": "north", "longitude": "0"}, 400),
    ],
)
def test_a_search_for_places_needs_words_or_a_position(caller, params, status):
    assert refusal(caller.get("/location_search", params=params)) == (status, 100, None)


def test_searches_for_places_have_a_quota_that_is_told(caller):
    caller.steer("usage", location_search=499)
    places(caller, q="Paris")
    assert refusal(caller.get("/location_search", params={"q": "Paris"})) == (400, 613, None)
    used = caller.node("me/threads_publishing_limit", "location_search_quota_usage")
    assert used["data"] == [{"location_search_quota_usage": 500}]


def test_a_place_is_read_by_its_id(caller):
    place = caller.get("/location_search", params={"q": "Menlo"}).json()["data"][0]["id"]
    assert caller.node(place, "name,city") == {
        "id": place,
        "name": "Menlo Park",
        "city": "Menlo Park",
    }
    assert caller.log()[-1]["call"] == "location"


def test_a_video_post_has_a_picture(caller):
    url = caller.put_media("v.mp4", MP4)
    post = caller.published("v", media_type="VIDEO", video_url=url)
    assert caller.get(caller.node(post, "thumbnail_url")["thumbnail_url"]).is_success
    image = caller.put_media("i.jpg", JPEG)
    assert caller.node(
        caller.published(media_type="IMAGE", image_url=image), "thumbnail_url"
    ).keys() == {"id"}
