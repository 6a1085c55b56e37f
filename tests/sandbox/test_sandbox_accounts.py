"""Who may call: tokens, scopes, several accounts."""

import pytest
from caller import Caller, bearer, refusal

from threadsync.sandbox.model import SCOPES


def add_account(caller, username, token, **more):
    body = {"username": username, "token": token, **more}
    return caller.post("/_sandbox/accounts", json=body)


def scopes_without(scope):
    return [one for one in SCOPES if one != scope]


@pytest.mark.parametrize("token", ["", "WRONG"])
def test_a_wrong_token_is_refused(server, token):
    with Caller(server.base_url, token) as caller:
        answer = caller.get("/me")
        assert refusal(answer) == (400, 190, None)
        assert answer.json()["error"]["type"] == "OAuthException"


def test_the_token_may_be_a_parameter(server):
    with Caller(server.base_url, "") as caller:
        assert caller.get("/me", params={"access_token": "SANDBOX"}).is_success
        data = {"media_type": "TEXT", "text": "x", "access_token": "SANDBOX"}
        assert caller.post("/me/threads", data=data).is_success


def test_a_token_without_a_scope_is_refused_where_it_is_needed(caller):
    media_id = caller.published()
    add_account(caller, "sandbox", "NO-DELETE", scopes=scopes_without("threads_delete"))
    answer = caller.delete(f"/{media_id}", headers=bearer("NO-DELETE"))
    assert refusal(answer) == (500, 10, None)
    assert answer.json()["error"]["type"] == "THApiException"
    assert caller.get("/me", headers=bearer("NO-DELETE")).json() == {"id": "17841400000000001"}


@pytest.mark.parametrize(
    ("scope", "method", "path", "data"),
    [
        ("threads_basic", "GET", "/me", {}),
        ("threads_content_publish", "POST", "/me/threads", {"media_type": "TEXT", "text": "x"}),
        ("threads_content_publish", "GET", "/me/threads_publishing_limit", {}),
        ("threads_read_replies", "GET", "/me/replies", {}),
        (
            "threads_location_tagging",
            "POST",
            "/me/threads",
            {"media_type": "TEXT", "text": "x", "location_id": "1"},
        ),
        (
            "threads_share_to_instagram",
            "POST",
            "/me/threads",
            {"media_type": "TEXT", "text": "x", "crossreshare_to_ig": "true"},
        ),
    ],
)
def test_each_call_needs_its_scope(caller, scope, method, path, data):
    add_account(caller, "sandbox", "LESS", scopes=scopes_without(scope))
    assert caller.request(method, path, params=data).is_success
    less = caller.request(method, path, params=data, headers=bearer("LESS"))
    assert refusal(less) == (500, 10, None)


def test_replying_needs_its_scope(caller):
    root = caller.published()
    add_account(caller, "sandbox", "LESS", scopes=scopes_without("threads_manage_replies"))
    data = {"media_type": "TEXT", "text": "x", "reply_to_id": root}
    assert refusal(caller.post("/me/threads", data=data, headers=bearer("LESS")))[1] == 10


def test_the_numeric_user_id_works_like_me(caller):
    user_id = caller.get("/me").json()["id"]
    data = {"media_type": "TEXT", "text": "x"}
    container = caller.post(f"/v1.0/{user_id}/threads", data=data).json()["id"]
    caller.post(f"/{user_id}/threads_publish", data={"creation_id": container})
    assert caller.listed(f"{user_id}/threads") == ["x"]
    assert caller.node(user_id, "username")["username"] == "sandbox"


def test_another_users_id_reads_like_a_missing_container(caller):
    data = {"media_type": "TEXT", "text": "x"}
    answer = caller.post("/17841400000000099/threads", data=data)
    assert refusal(answer) == (400, 24, 4279009)


def test_accounts_do_not_see_each_others_containers_and_posts(server, caller):
    container_id, media_id = caller.create(), caller.published("mine")
    add_account(caller, "other", "OTHER")
    with Caller(server.base_url, "OTHER") as other:
        assert refusal(other.publish(container_id)) == (400, 24, 4279009)
        assert refusal(other.get(f"/{media_id}")) == (400, 100, 33)
        assert refusal(other.delete(f"/{media_id}")) == (400, 100, 33)
        assert other.listed("me/threads") == []
    assert caller.node(media_id, "text")["text"] == "mine"


def test_an_expired_token_says_when(caller):
    add_account(caller, "sandbox", "SHORT", expires_in_s=3600)
    assert caller.get("/me", headers=bearer("SHORT")).is_success
    caller.advance(3600)
    answer = caller.get("/me", headers=bearer("SHORT"))
    assert refusal(answer) == (400, 190, 463)
    assert "Session has expired on" in answer.json()["error"]["message"]


def test_debug_token_tells_scopes_and_end(caller):
    add_account(caller, "sandbox", "LESS", scopes=["threads_basic"], expires_in_s=60)
    facts = caller.get("/v1.0/debug_token", params={"input_token": "LESS"}).json()["data"]
    assert facts["scopes"] == ["threads_basic"]
    assert facts["is_valid"] is True
    assert facts["expires_at"] - facts["issued_at"] == 60
    assert facts["user_id"] == "17841400000000001"


def test_debug_token_of_an_unknown_token_is_not_valid(caller):
    facts = caller.get("/debug_token", params={"input_token": "WHAT"}).json()["data"]
    assert facts["is_valid"] is False


def test_geo_gating_is_for_accounts_that_may(caller):
    add_account(caller, "local", "LOCAL", is_eligible_for_geo_gating=False)
    data = {"media_type": "TEXT", "text": "x", "allowlisted_country_codes": "US"}
    answer = caller.post("/me/threads", data=data, headers=bearer("LOCAL"))
    assert refusal(answer)[1] == "THREADS_API__FEATURE_NOT_AVAILABLE"


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"username": "a b", "token": "T"},
        {"username": "a"},
        {"username": "a", "token": "SANDBOX"},
        {"username": "a", "token": "T", "scopes": ["threads_all"]},
        {"username": "a", "token": "T", "expires_in_s": -1},
    ],
)
def test_an_account_that_cannot_be_is_refused(caller, body):
    answer = caller.post("/_sandbox/accounts", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
