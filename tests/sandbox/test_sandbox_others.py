"""Reposts, quotes, mentions and ghost posts; and which posts of others can be read."""

from caller import refusal

DAY_S = 86_400


def test_a_repost_stands_among_the_own_posts(caller, fan):
    original = fan.published("Look")
    answer = caller.post(f"/v1.0/{original}/repost")
    assert answer.json().keys() == {"id"}
    repost = answer.json()["id"]
    fields = "media_type,username,text,reposted_post,is_quote_post,owner"
    assert caller.get("/me/threads", params={"fields": fields}).json()["data"] == [
        {
            "id": repost,
            "media_type": "REPOST_FACADE",
            "username": "fan",
            "reposted_post": {"id": original},
            "is_quote_post": False,
        }
    ]
    assert caller.listed_ids("me/replies") == []


def test_a_second_repost_is_the_first(caller, fan):
    original = fan.published("Look")
    first, again = (caller.post(f"/{original}/repost").json()["id"] for _ in range(2))
    assert first == again
    assert caller.post(f"/{first}/repost").json()["id"] == first


def test_a_repost_is_taken_back_by_deleting_it(caller):
    original = caller.published("Look")
    repost = caller.post(f"/{original}/repost").json()["id"]
    assert caller.delete(f"/{repost}").is_success
    assert caller.listed_ids("me/threads") == [original]
    assert caller.post(f"/{original}/repost").json()["id"] != repost


def test_a_repost_counts_as_a_post(caller):
    caller.post(f"/{caller.published()}/repost")
    limit = caller.get("/me/threads_publishing_limit").json()["data"]
    assert limit == [{"quota_usage": 2}]


def test_what_is_not_public_is_not_reposted(caller, fan):
    gone = caller.published()
    caller.delete(f"/{gone}")
    ghost = fan.published("Boo", is_ghost_post="true")
    caller.advance(DAY_S)
    for media_id in (gone, ghost, caller.create(), "123", "me"):
        assert refusal(caller.post(f"/{media_id}/repost")) == (400, 100, 33)


def test_anothers_post_can_be_quoted(caller, fan):
    original = fan.published("Original")
    quote = caller.published("My view", quote_post_id=original)
    assert caller.node(quote, "quoted_post")["quoted_post"] == {"id": original}


def test_mentions_are_posts_and_replies_of_others_with_the_name(caller, fan):
    root = caller.published("I am @sandbox")
    fan.published("Hi @Sandbox!")
    fan.published("mail me@sandbox, or @sandboxes, or https://threads.com/@sandbox")
    fan.published("@sandbox. Nice", reply_to_id=root)
    assert caller.listed("me/mentions") == ["@sandbox. Nice", "Hi @Sandbox!"]
    assert fan.listed("me/mentions") == []


def test_mentions_come_in_pages_and_deleted_ones_not_at_all(caller, fan):
    ids = [fan.published(f"@sandbox {n}") for n in range(4)]
    fan.delete(f"/{ids[1]}")
    after = caller.get("/me/mentions", params={"limit": 1}).json()["paging"]["cursors"]["after"]
    assert caller.listed("me/mentions", after=after) == ["@sandbox 2", "@sandbox 0"]


def test_a_found_post_of_another_can_be_read(caller, fan):
    mention = fan.published("Hi @sandbox")
    other = fan.published("Hi all")
    assert refusal(caller.get(f"/{mention}")) == (400, 100, 33)
    caller.get("/me/mentions")
    assert caller.node(mention, "text,owner") == {"id": mention, "text": "Hi @sandbox"}
    assert refusal(caller.get(f"/{other}")) == (400, 100, 33)
    assert refusal(caller.delete(f"/{mention}")) == (400, 100, 33)
    fan.delete(f"/{mention}")
    assert refusal(caller.get(f"/{mention}")) == (400, 100, 33)


def test_ghost_posts_are_listed_by_themselves_until_long_after(caller):
    caller.published("stays")
    caller.published("goes", is_ghost_post="true")
    fields = {"fields": "text,ghost_post_status"}
    listed = [caller.get("/me/ghost_posts", params=fields).json()["data"]]
    caller.advance(DAY_S)
    listed.append(caller.get("/me/ghost_posts", params=fields).json()["data"])
    assert [[(one["text"], one["ghost_post_status"]) for one in page] for page in listed] == [
        [("goes", "ACTIVE")],
        [("goes", "ARCHIVED")],
    ]


def test_lists_of_another_user_are_not_there(caller, fan):
    user_id = fan.get("/me").json()["id"]
    for edge in ("mentions", "ghost_posts", "threads_insights"):
        answer = caller.get(
            f"/{user_id}/{edge}", params={"metric": "views"} if "in" in edge else {}
        )
        assert not answer.is_success


def test_a_profile_tells_its_facts(caller):
    caller.steer("numbers", username="sandbox", name="The Sandbox", is_verified=True)
    fields = "username,name,threads_biography,is_verified,is_eligible_for_geo_gating"
    assert caller.node("me", fields) == {
        "id": "17841400000000001",
        "username": "sandbox",
        "name": "The Sandbox",
        "threads_biography": "An account of the sandbox.",
        "is_verified": True,
        "is_eligible_for_geo_gating": True,
    }


def test_pictures_of_accounts_and_videos_can_be_fetched(caller):
    url = caller.node("me", "threads_profile_picture_url")["threads_profile_picture_url"]
    answer = caller.get(url)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert ">S<" in answer.text
