"""Looking at what is there: accounts and posts, without a token."""

from caller import Caller


def posts(caller, **params):
    answer = caller.get("/_sandbox/posts", params=params, headers={"authorization": ""})
    return answer.json()["posts"]


def test_posts_are_shown_whole_and_the_newest_first(caller, picture):
    root = caller.published("root", topic_tag="Cats")
    poll = caller.published("?", poll_attachment='{"option_a": "a", "option_b": "b"}')
    reply = caller.published("reply", reply_to_id=root)
    caller.published("Look", media_type="IMAGE", image_url=picture, alt_text="A cat")
    caller.delete(f"/{caller.published('gone')}")
    shown = posts(caller)
    assert [post["text"] for post in shown] == ["Look", "reply", "?", "root"]
    assert (shown[0]["alt_text"], shown[3]["topic_tag"]) == ("A cat", "Cats")
    assert (shown[1]["id"], shown[1]["replied_to"]) == (reply, {"id": root})
    assert (shown[2]["id"], shown[2]["poll_attachment"]["option_b"]) == (poll, "b")


def test_the_items_of_a_carousel_are_shown_in_it(caller, picture):
    items = ",".join(caller.item(picture) for _ in range(2))
    caller.published("Two", media_type="CAROUSEL", children=items)
    (post,) = posts(caller)
    assert len(post["children"]["data"]) == 2


def test_posts_of_one_account(caller, fan):
    caller.published("mine")
    fan.published("theirs")
    assert [post["text"] for post in posts(caller, username="fan")] == ["theirs"]
    answer = caller.get("/_sandbox/posts", params={"username": "nobody"})
    assert (answer.status_code, "there is no account" in answer.json()["error"]) == (400, True)


def test_accounts_are_listed(caller, fan):
    accounts = caller.get("/_sandbox/accounts").json()["accounts"]
    assert [account["username"] for account in accounts] == ["sandbox", "fan"]
    assert accounts[0]["id"] == caller.node("me", "id")["id"]


def test_the_default_account_keeps_its_number_in_a_reset(caller, fan):
    before = caller.node("me", "id")
    caller.post("/_sandbox/reset")
    assert caller.node("me", "id") == before
    assert len(caller.get("/_sandbox/accounts").json()["accounts"]) == 1


def test_nothing_is_shown_to_other_pages(server):
    with Caller(server.base_url) as caller:
        headers = {"origin": "http://evil.example"}
        assert caller.get("/_sandbox/posts", headers=headers).status_code == 403
