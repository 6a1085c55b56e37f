"""Replies of others: read, hidden, let in; and who may do what to whom."""

import pytest
from caller import refusal


def waiting(caller, root, **params):
    """Text and status of the replies that wait below a post."""
    params = {"fields": "text,reply_approval_status", **params}
    answer = caller.get(f"/{root}/pending_replies", params=params).json()
    return [(one["text"], one["reply_approval_status"]) for one in answer["data"]]


def hide(caller, reply, *, hide=True):
    return caller.post(f"/{reply}/manage_reply", params={"hide": str(hide).lower()})


def approve(caller, reply, *, approve=True):
    return caller.post(f"/{reply}/manage_pending_reply", data={"approve": str(approve).lower()})


def status(caller, reply):
    return caller.node(reply, "hide_status")["hide_status"]


def test_anothers_reply_is_in_the_conversation(caller, fan):
    root = caller.published("root")
    reply = fan.published("Nice!", reply_to_id=root)
    fields = "text,username,is_reply_owned_by_me,owner,replied_to"
    assert caller.get(f"/{root}/replies", params={"fields": fields}).json()["data"] == [
        {
            "id": reply,
            "text": "Nice!",
            "username": "fan",
            "is_reply_owned_by_me": False,
            "replied_to": {"id": root},
        }
    ]
    assert caller.listed(f"{root}/conversation") == ["Nice!"]
    assert caller.node(root, "has_replies")["has_replies"] is True
    assert fan.listed("me/replies") == ["Nice!"]
    assert fan.listed("me/threads") == []


def test_another_replies_only_with_a_scope_that_finds_posts(caller):
    root = caller.published()
    scopes = ["threads_basic", "threads_content_publish", "threads_manage_replies"]
    data = {"media_type": "TEXT", "text": "x", "reply_to_id": root}
    with caller.other("stranger", scopes=scopes) as stranger:
        assert refusal(stranger.post("/me/threads", data=data)) == (500, 10, None)
    with caller.other("finder", scopes=[*scopes, "threads_manage_mentions"]) as finder:
        assert finder.post("/me/threads", data=data).is_success


def test_the_other_one_can_be_answered(caller, fan):
    root = caller.published("root")
    reply = fan.published("Nice!", reply_to_id=root)
    caller.published("Thank you", reply_to_id=reply)
    assert caller.listed(f"{reply}/replies") == ["Thank you"]
    assert caller.listed(f"{root}/conversation", reverse="false") == ["Nice!", "Thank you"]


def test_a_reply_is_hidden_and_shown_again(caller, fan):
    reply = fan.published("Spam", reply_to_id=caller.published())
    assert status(caller, reply) == "NOT_HUSHED"
    assert hide(caller, reply).json() == {"success": True}
    assert status(caller, reply) == "HIDDEN"
    hide(caller, reply, hide=False)
    assert status(caller, reply) == "UNHUSHED"


def test_showing_what_was_never_hidden_changes_nothing(caller, fan):
    reply = fan.published("Nice", reply_to_id=caller.published())
    hide(caller, reply, hide=False)
    assert status(caller, reply) == "NOT_HUSHED"


def test_a_hidden_reply_stays_in_the_list_of_its_owner(caller, fan):
    root = caller.published()
    hide(caller, fan.published("Spam", reply_to_id=root))
    assert caller.listed(f"{root}/replies") == ["Spam"]


def test_deeper_replies_follow_the_one_at_the_top(caller, fan):
    top = fan.published("top", reply_to_id=caller.published())
    deep = fan.published("deep", reply_to_id=top)
    deeper = caller.published("deeper", reply_to_id=deep)
    assert refusal(hide(caller, deep)) == (400, 100, None)
    hide(caller, top)
    assert [status(caller, one) for one in (deep, deeper)] == ["HIDDEN", "HIDDEN"]


def test_hiding_takes_json(caller, fan):
    reply = fan.published("Spam", reply_to_id=caller.published())
    path = f"/v1.0/{reply}/manage_reply"
    assert caller.post(path, params={"access_token": "SANDBOX"}, json={"hide": True}).is_success
    assert status(caller, reply) == "HIDDEN"


@pytest.mark.parametrize("call", ["manage_reply", "manage_pending_reply"])
def test_only_replies_below_own_posts_are_managed(caller, fan, call):
    name = "hide" if call == "manage_reply" else "approve"
    root = caller.published(enable_reply_approvals="true")
    reply = fan.published("x", reply_to_id=root)
    for one, post in ((fan, reply), (caller, root), (caller, "123"), (caller, caller.create())):
        answer = one.post(f"/{post}/{call}", params={name: "true"})
        assert refusal(answer) == (400, 100, 33)


@pytest.mark.parametrize(
    ("params", "expected"), [({}, (500, 100, None)), ({"hide": "maybe"}, (400, 100, None))]
)
def test_hiding_needs_to_be_told_what(caller, fan, params, expected):
    reply = fan.published("x", reply_to_id=caller.published())
    assert refusal(caller.post(f"/{reply}/manage_reply", params=params)) == expected


def test_a_reply_waits_where_approval_is_asked_for(caller, fan):
    root = caller.published("root", enable_reply_approvals="true")
    reply = fan.published("May I?", reply_to_id=root)
    assert caller.listed(f"{root}/replies") == caller.listed(f"{root}/conversation") == []
    assert caller.node(root, "has_replies")["has_replies"] is False
    assert fan.listed("me/replies") == ["May I?"]
    assert waiting(caller, root) == [("May I?", "pending")]
    assert approve(caller, reply).json() == {"success": True}
    assert caller.listed(f"{root}/replies") == ["May I?"]
    assert waiting(caller, root) == []


def test_own_replies_do_not_wait(caller):
    root = caller.published("root", enable_reply_approvals="true")
    caller.published("mine", reply_to_id=root)
    assert caller.listed(f"{root}/replies") == ["mine"]


def test_an_ignored_reply_may_be_let_in_later(caller, fan):
    root = caller.published("root", enable_reply_approvals="true")
    reply = fan.published("May I?", reply_to_id=root)
    approve(caller, reply, approve=False)
    assert waiting(caller, root) == [("May I?", "ignored")]
    assert waiting(caller, root, approval_status="pending") == []
    approve(caller, reply)
    assert caller.listed(f"{root}/replies") == ["May I?"]


def test_waiting_replies_are_listed_by_status_and_in_order(caller, fan):
    root = caller.published("root", enable_reply_approvals="true")
    first, _ = (fan.published(text, reply_to_id=root) for text in ("1", "2"))
    approve(caller, first, approve=False)
    assert waiting(caller, root) == [("2", "pending"), ("1", "ignored")]
    assert waiting(caller, root, reverse="false") == [("1", "ignored"), ("2", "pending")]
    assert waiting(caller, root, approval_status="ignored") == [("1", "ignored")]


def test_a_reply_that_does_not_wait_is_not_approved(caller, fan):
    reply = fan.published("x", reply_to_id=caller.published())
    assert refusal(approve(caller, reply)) == (400, 100, None)


def test_waiting_replies_are_for_the_author_of_the_post_at_the_top(caller, fan):
    root = caller.published("root", enable_reply_approvals="true")
    reply = fan.published("1", reply_to_id=root)
    fan.published("2", reply_to_id=reply)
    assert waiting(caller, root) == [("2", "pending"), ("1", "pending")]
    assert waiting(caller, reply) == [("2", "pending")]
    for post in (root, reply):
        assert refusal(fan.get(f"/{post}/pending_replies")) == (400, 100, 33)
    answer = caller.get(f"/{root}/pending_replies", params={"approval_status": "approved"})
    assert refusal(answer) == (400, 100, None)
