"""The life of a container: created, processed, published once, read back, deleted."""

import pytest
from caller import JPEG, Caller, refusal

from threadsync.sandbox.model import Options
from threadsync.sandbox.server import SandboxServer

HOUR_S = 3600


def test_a_text_is_created_published_and_read_back(caller):
    container_id = caller.create("Hello #python")
    assert caller.status(container_id) == {"id": container_id, "status": "FINISHED"}
    media_id = caller.publish(container_id).json()["id"]
    assert caller.node(media_id, "text,media_type,topic_tag,owner,username,is_quote_post") == {
        "id": media_id,
        "text": "Hello #python",
        "media_type": "TEXT_POST",
        "topic_tag": "python",
        "owner": {"id": "17841400000000001"},
        "username": "sandbox",
        "is_quote_post": False,
    }


def test_ids_are_17_digits_and_never_shared(caller):
    containers = {caller.create() for _ in range(3)}
    posts = {caller.publish(one).json()["id"] for one in containers}
    assert len(containers | posts) == 6
    assert all(len(one) == 17 and one.isdigit() for one in containers | posts)


def test_a_published_container_still_answers_its_status(caller):
    container_id = caller.create()
    caller.publish(container_id)
    caller.advance(48 * HOUR_S)
    assert caller.status(container_id)["status"] == "PUBLISHED"


def test_a_post_has_no_status(caller):
    answer = caller.get(f"/{caller.published()}", params={"fields": "status"})
    assert refusal(answer) == (400, 100, None)
    assert answer.json()["error"]["message"] == "Tried accessing nonexisting field (status)"


def test_a_second_publish_is_refused_and_posts_nothing(caller):
    container_id = caller.create()
    caller.publish(container_id)
    assert refusal(caller.publish(container_id)) == (400, 100, None)
    assert caller.listed("me/threads") == ["Hello"]


def test_a_lax_sandbox_posts_a_second_time(tmp_path):
    server = SandboxServer(tmp_path, options=Options(lax_publish=True))
    with server, Caller(server.base_url) as caller:
        container_id = caller.create()
        first, second = (caller.publish(container_id).json()["id"] for _ in range(2))
        assert first != second
        assert caller.listed("me/threads") == ["Hello", "Hello"]


def test_media_are_processed_for_a_while_and_text_is_not(slow):
    url = slow.put_media("cat.jpg", JPEG)
    picture, text = slow.create("", media_type="IMAGE", image_url=url), slow.create()
    assert slow.status(text)["status"] == "FINISHED"
    assert slow.status(picture)["status"] == "IN_PROGRESS"
    assert refusal(slow.publish(picture)) == (400, 24, 4279009)
    slow.advance(30)
    assert slow.status(picture)["status"] == "FINISHED"
    assert slow.publish(picture).status_code == 200


def test_a_container_expires_after_a_day(caller):
    container_id = caller.create()
    caller.advance(24 * HOUR_S)
    assert caller.status(container_id)["status"] == "EXPIRED"
    assert refusal(caller.publish(container_id)) == (400, 24, 4279009)


@pytest.mark.parametrize(
    ("creation_id", "expected"),
    [
        ("abc", (400, 100, None)),
        ("", (500, 100, None)),
        ("17900000000009999", (400, 24, 4279009)),
        ("18000000000000001", (400, 24, 4279009)),
        ("9" * 30, (400, 100, None)),
    ],
)
def test_what_is_no_container_is_not_published(caller, creation_id, expected):
    caller.published()
    assert refusal(caller.publish(creation_id)) == expected


def test_a_carousel_shows_its_items_in_order(caller, picture):
    other = caller.put_media("dog.jpg", JPEG + b"dog")
    items = [caller.item(other), caller.item(picture)]
    parent = caller.create("Two", media_type="CAROUSEL", children=",".join(items))
    post = caller.node(caller.publish(parent).json()["id"], "media_type,children,media_url")
    assert post["media_type"] == "CAROUSEL_ALBUM"
    children = [child["id"] for child in post["children"]["data"]]
    shown = [caller.get(caller.node(child, "media_url")["media_url"]).content for child in children]
    assert shown == [JPEG + b"dog", JPEG]


def test_the_items_of_a_carousel_are_in_no_list(caller, picture):
    items = [caller.item(picture), caller.item(picture)]
    caller.published("Two", media_type="CAROUSEL", children=",".join(items))
    assert caller.listed("me/threads") == ["Two"]


@pytest.mark.parametrize("spoil", ["unfinished", "no item", "unknown", "twice", "garbage"])
def test_a_carousel_needs_good_items(caller, picture, spoil):
    good = caller.item(picture)
    bad = {
        "unfinished": lambda: caller.item(picture),
        "no item": lambda: caller.create("", media_type="IMAGE", image_url=picture),
        "unknown": lambda: "17900000000009999",
        "twice": lambda: good,
        "garbage": lambda: "x",
    }[spoil]()
    if spoil == "unfinished":
        caller.set_faults("status:1:container-error:UNKNOWN")
        caller.status(bad)
    data = {"media_type": "CAROUSEL", "children": f"{good},{bad}"}
    answer = caller.post("/me/threads", data=data)
    assert refusal(answer) == (400, 100, 4279004)
    assert bad in answer.json()["error"]["error_user_msg"]


def test_an_item_alone_is_not_published(caller, picture):
    assert refusal(caller.publish(caller.item(picture))) == (400, 100, None)


def test_text_published_at_once_answers_with_the_post(caller):
    media_id = caller.create(auto_publish_text="true")
    assert caller.node(media_id, "text")["text"] == "Hello"


def test_replies_hang_under_their_parent_and_root(caller):
    root = caller.published("1")
    second = caller.published("2", reply_to_id=root)
    third = caller.published("3", reply_to_id=second)
    reply = caller.node(third, "is_reply,root_post,replied_to,is_reply_owned_by_me,owner")
    assert reply == {
        "id": third,
        "is_reply": True,
        "root_post": {"id": root},
        "replied_to": {"id": second},
        "is_reply_owned_by_me": True,
    }
    assert caller.node(root, "has_replies")["has_replies"] is True


def test_a_reply_needs_a_published_post(caller):
    gone = caller.published()
    caller.delete(f"/{gone}")
    container_id = caller.create()
    answers = {
        parent: refusal(
            caller.post(
                "/me/threads", data={"media_type": "TEXT", "text": "x", "reply_to_id": parent}
            )
        )
        for parent in ("garbage", container_id, gone, "18000000000009999")
    }
    assert answers == {
        "garbage": (500, 100, None),
        container_id: (500, 100, None),
        gone: (400, 24, 4279009),
        "18000000000009999": (400, 24, 4279009),
    }


def test_a_fresh_post_cannot_be_replied_to_at_once(slow):
    root = slow.published()
    data = {"media_type": "TEXT", "text": "x", "reply_to_id": root}
    assert refusal(slow.post("/me/threads", data=data)) == (400, 24, 4279009)
    slow.advance(5)
    assert slow.post("/me/threads", data=data).status_code == 200


def test_a_quote_names_what_it_quotes(caller):
    quoted = caller.published("Original")
    quote = caller.published("My view", quote_post_id=quoted)
    assert caller.node(quote, "is_quote_post,quoted_post") == {
        "id": quote,
        "is_quote_post": True,
        "quoted_post": {"id": quoted},
    }


def test_a_post_is_deleted_once(caller):
    media_id = caller.published()
    answer = caller.delete(f"/v1.0/{media_id}")
    assert answer.json() == {"success": True, "deleted_id": media_id}
    assert refusal(caller.delete(f"/v1.0/{media_id}")) == (400, 100, 33)
    assert refusal(caller.get(f"/{media_id}")) == (400, 100, 33)


def test_a_container_cannot_be_deleted(caller):
    assert refusal(caller.delete(f"/{caller.create()}")) == (400, 100, 33)


QUOTA_FIELDS = "quota_usage,reply_quota_usage,delete_quota_usage,config{quota_total}"


def test_quotas_count_posts_replies_and_deletes_for_a_day(caller):
    root = caller.published()
    caller.published(reply_to_id=root)
    caller.delete(f"/{root}")
    limit = caller.node("me/threads_publishing_limit", QUOTA_FIELDS)
    used = {"quota_usage": 1, "reply_quota_usage": 1, "delete_quota_usage": 1}
    assert limit == {"data": [{**used, "config": {"quota_total": 250}}]}
    caller.advance(24 * HOUR_S)
    limit = caller.node("me/threads_publishing_limit", "quota_usage,reply_quota_usage")
    assert limit == {"data": [{"quota_usage": 0, "reply_quota_usage": 0}]}


def test_the_251st_post_of_a_day_is_refused(caller):
    for _ in range(250):
        caller.create(auto_publish_text="true")
    container_id = caller.create()
    assert refusal(caller.publish(container_id)) == (400, 9, 2207042)
    caller.advance(23 * HOUR_S)
    assert refusal(caller.publish(container_id)) == (400, 9, 2207042)
    caller.advance(HOUR_S)
    fresh = caller.create()
    assert caller.publish(fresh).status_code == 200


def test_the_date_header_is_the_sandboxs_clock(caller):
    caller.advance(10 * 365 * 24 * HOUR_S)
    answer = caller.get("/me")
    now = caller.get("/_sandbox/clock").json()["now"]
    assert answer.headers["date"].split()[3] == now[:4]
