"""Faults: each kind as a caller sees it, and what it leaves behind."""

import httpx
import pytest
from caller import Caller, refusal

from threadsync.errors import UsageError
from threadsync.sandbox.errors.named import NAMES
from threadsync.sandbox.faults import CALLS, Fault, parse_fault
from threadsync.sandbox.requests.table import ENDPOINTS
from threadsync.sandbox.server import SandboxServer

CLOSED = (httpx.RemoteProtocolError, httpx.ReadError)


def test_drop_before_closes_the_connection_without_effect(caller):
    container_id = caller.create()
    caller.set_faults("publish:1:drop-before")
    with pytest.raises(CLOSED):
        caller.publish(container_id)
    assert caller.status(container_id)["status"] == "FINISHED"
    assert caller.publish(container_id).is_success


def test_drop_after_closes_the_connection_after_the_effect(caller):
    container_id = caller.create()
    caller.set_faults("publish:1:drop-after")
    with pytest.raises(CLOSED):
        caller.publish(container_id)
    assert caller.status(container_id)["status"] == "PUBLISHED"
    assert caller.listed("me/threads") == ["Hello"]


def test_a_fault_strikes_the_nth_matching_call_only(caller):
    caller.set_faults("create:2:transient")
    kinds = [
        caller.post("/me/threads", data={"media_type": "TEXT", "text": "x"}).status_code
        for _ in range(3)
    ]
    assert kinds == [200, 500, 200]


def test_calls_before_the_fault_was_set_do_not_count(caller):
    caller.create()
    caller.set_faults({"call": "create", "nth": 1, "fault": "rate-limit"})
    answer = caller.post("/me/threads", data={"media_type": "TEXT", "text": "x"})
    assert refusal(answer) == (400, 4, None)


def test_a_fault_may_strike_every_time(caller):
    caller.set_faults("any:*:html-502")
    assert [caller.get("/me").status_code for _ in range(3)] == [502, 502, 502]


@pytest.mark.parametrize(("fault", "left"), [("delay", "FINISHED"), ("delay-after", "PUBLISHED")])
def test_a_delay_outlasts_an_impatient_caller(server, caller, fault, left):
    container_id = caller.create()
    caller.set_faults({"call": "publish", "fault": fault, "options": {"seconds": 30}})
    with Caller(server.base_url, timeout=0.2) as impatient, pytest.raises(httpx.ReadTimeout):
        impatient.publish(container_id)
    assert caller.status(container_id)["status"] == left


@pytest.mark.parametrize("fault", ["delay", "delay-after"])
def test_a_delayed_call_ends_as_ever(caller, fault):
    caller.set_faults(f"publish:1:{fault}:0")
    assert caller.publish(caller.create()).is_success
    assert caller.listed("me/threads") == ["Hello"]


def test_5xx_applied_publishes_and_says_it_may_not(caller):
    container_id = caller.create()
    caller.set_faults("publish:1:5xx-applied")
    answer = caller.publish(container_id)
    assert refusal(answer) == (500, 10, None)
    assert caller.status(container_id)["status"] == "PUBLISHED"


@pytest.mark.parametrize("name", NAMES)
def test_every_error_by_name_prevents_the_publish(caller, name):
    container_id = caller.create()
    caller.set_faults(f"publish:1:{name}")
    answer = caller.publish(container_id)
    assert "id" not in _json(answer)
    assert caller.status(container_id)["status"] == "FINISHED"


@pytest.mark.parametrize("name", ["transient", "html-503", "garbage-200", "empty-500"])
def test_every_error_can_hide_an_effect(caller, name):
    container_id = caller.create()
    caller.set_faults(f"publish:1:{name}-applied")
    assert "id" not in _json(caller.publish(container_id))
    assert caller.status(container_id)["status"] == "PUBLISHED"


def test_not_ready_names_the_container(caller):
    container_id = caller.create()
    caller.set_faults("publish:1:not-ready")
    answer = caller.publish(container_id)
    assert refusal(answer) == (400, 24, 4279009)
    assert container_id in answer.json()["error"]["error_user_msg"]


def test_bodies_that_are_no_json(caller):
    caller.set_faults("me:1:html-502", "me:2:empty-500", "me:3:garbage-200")
    answers = [caller.get("/me") for _ in range(3)]
    seen = [(answer.status_code, answer.content) for answer in answers]
    assert seen[0][0] == 502
    assert seen[0][1].startswith(b"<html>")
    assert seen[1:] == [(500, b""), (200, b'{"id": "179')]


@pytest.mark.parametrize("call", ["create", "status", "publish"])
def test_a_container_can_be_made_to_fail(caller, call):
    if call == "create":
        caller.set_faults("create:1:container-error:INVALID_BIT_RATE")
    container_id = caller.create()
    if call != "create":
        caller.set_faults(f"{call}:1:container-error:INVALID_BIT_RATE")
    if call == "publish":
        assert refusal(caller.publish(container_id)) == (400, 24, 4279009)
    assert caller.status(container_id) == {
        "id": container_id,
        "status": "ERROR",
        "error_message": "INVALID_BIT_RATE",
    }


REQUESTS = {
    "create": ("POST", "/me/threads", {"media_type": "TEXT", "text": "x"}),
    "publish": ("POST", "/me/threads_publish", {"creation_id": "1"}),
    "status": ("GET", "/{container}", {}),
    "repost": ("POST", "/{post}/repost", {}),
    "delete": ("DELETE", "/1", {}),
    "threads": ("GET", "/me/threads", {}),
    "ghost_posts": ("GET", "/me/ghost_posts", {}),
    "mentions": ("GET", "/me/mentions", {}),
    "replies": ("GET", "/{post}/replies", {}),
    "conversation": ("GET", "/{post}/conversation", {}),
    "pending_replies": ("GET", "/{post}/pending_replies", {}),
    "manage_reply": ("POST", "/{post}/manage_reply", {"hide": "true"}),
    "manage_pending_reply": ("POST", "/{post}/manage_pending_reply", {"approve": "true"}),
    "media": ("GET", "/{post}", {}),
    "limit": ("GET", "/me/threads_publishing_limit", {}),
    "me": ("GET", "/v1.0/me", {}),
    "insights": ("GET", "/{post}/insights", {"metric": "views"}),
    "threads_insights": ("GET", "/me/threads_insights", {"metric": "views"}),
    "keyword_search": ("GET", "/keyword_search", {"q": "x"}),
    "profile_lookup": ("GET", "/profile_lookup", {"username": "sandbox"}),
    "profile_posts": ("GET", "/profile_posts", {"username": "sandbox"}),
    "location_search": ("GET", "/location_search", {"q": "x"}),
    "location": ("GET", "/123456789012345", {}),
    "oembed": ("GET", "/oembed", {"url": "x"}),
    "authorize": ("GET", "/oauth/authorize", {"client_id": "1"}),
    "token": ("POST", "/oauth/access_token", {"grant_type": "client_credentials"}),
    "exchange": ("GET", "/access_token", {"grant_type": "th_exchange_token"}),
    "refresh": ("GET", "/refresh_access_token", {"grant_type": "th_refresh_token"}),
    "debug": ("GET", "/debug_token", {"input_token": "SANDBOX"}),
}


def test_every_call_of_the_table_has_a_name_for_faults():
    of_one_path = {"me", "status", "location"}
    assert {one.call for one in ENDPOINTS} | of_one_path | {"any"} == set(CALLS)
    assert {*REQUESTS, "any"} == set(CALLS)


@pytest.mark.parametrize("call", REQUESTS)
def test_every_call_can_be_struck_and_no_other_is(caller, call):
    ids = {"container": caller.create(), "post": caller.published()}
    caller.set_faults(*(f"{other}:1:html-503" for other in REQUESTS.keys() - {call}))
    caller.set_faults(f"{call}:1:html-502")
    method, path, params = REQUESTS[call]
    assert caller.request(method, path.format(**ids), params=params).status_code == 502


def test_a_refused_create_cannot_be_made_to_fail_later(caller):
    root = caller.published()
    caller.set_faults("create:1:container-error:UNKNOWN")
    data = {"media_type": "TEXT", "text": "x", "reply_to_id": root}
    with caller.without("threads_manage_replies") as less:
        assert less.post("/me/threads", data=data).content == b""


def test_faults_are_listed_and_cleared(caller):
    caller.set_faults("publish:2:drop-after", {"call": "me", "fault": "delay:3"})
    caller.publish("1")
    listed = caller.get("/_sandbox/faults").json()["faults"]
    assert [(one["call"], one["nth"], one["fault"], one["seen"]) for one in listed] == [
        ("publish", 2, "drop-after", 1),
        ("me", 1, "delay", 0),
    ]
    assert listed[1]["options"] == {"seconds": 3.0}
    assert caller.delete("/_sandbox/faults").json() == {"faults": []}


def test_faults_given_at_the_start_replace_those_before(tmp_path):
    for spec in ("me:1:html-502", "threads:1:html-502"):
        server = SandboxServer(tmp_path, faults=[parse_fault(spec)])
        with server, Caller(server.base_url) as caller:
            listed = caller.get("/_sandbox/faults").json()["faults"]
            assert [fault["call"] for fault in listed] == [spec.split(":")[0]]


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ("publish:2:drop-after", Fault("publish", 2, "drop-after")),
        ("any:*:transient", Fault("any", None, "transient")),
        ("me:1:delay:0.5", Fault("me", 1, "delay", "0.5")),
        ("status:1:container-error:X", Fault("status", 1, "container-error", "X")),
    ],
)
def test_a_fault_is_read_from_text_and_written_the_same(spec, fault):
    assert parse_fault(spec) == fault
    assert str(fault) == spec


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "publish",
        "publish:1",
        "publishing:1:drop-after",
        "publish:0:drop-after",
        "publish:²:drop-after",
        "publish:1:explode",
        "publish:1:drop-after:now",
        "publish:1:delay:nan",
        "publish:1:delay:soon",
        "threads:1:container-error:X",
        "publish:1:delay-applied",
    ],
)
def test_what_is_no_fault_is_refused_with_what_there_is(caller, spec):
    with pytest.raises(UsageError, match="fault"):
        parse_fault(spec)
    assert caller.post("/_sandbox/faults", json=[spec]).status_code == 400


@pytest.mark.parametrize("body", [[1], {"faults": [None]}, {"call": "me", "times": 2}, "x"])
def test_json_that_is_no_fault_is_refused(caller, body):
    assert caller.post("/_sandbox/faults", json=body).status_code == 400


def _json(answer):
    try:
        return answer.json()
    except ValueError:
        return {}
