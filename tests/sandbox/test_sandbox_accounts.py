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


SCOPE_NEEDED = [
    ("threads_basic", "GET", "/me", {}),
    ("threads_content_publish", "POST", "/me/threads", {"media_type": "TEXT", "text": "x"}),
    ("threads_content_publish", "GET", "/me/threads_publishing_limit", {}),
    ("threads_content_publish", "POST", "/{post}/repost", {}),
    ("threads_read_replies", "GET", "/me/replies", {}),
    ("threads_read_replies", "GET", "/{post}/replies", {}),
    ("threads_read_replies", "GET", "/{post}/conversation", {}),
    ("threads_read_replies", "GET", "/{post}/pending_replies", {}),
    ("threads_manage_replies", "POST", "/{reply}/manage_reply", {"hide": "true"}),
    ("threads_manage_replies", "POST", "/{waiting}/manage_pending_reply", {"approve": "true"}),
    ("threads_manage_mentions", "GET", "/me/mentions", {}),
    ("threads_manage_insights", "GET", "/{post}/insights", {"metric": "views"}),
    ("threads_manage_insights", "GET", "/me/threads_insights", {"metric": "views"}),
    ("threads_keyword_search", "GET", "/keyword_search", {"q": "x"}),
    ("threads_keyword_search", "GET", "/me", {"fields": "recently_searched_keywords"}),
    ("threads_profile_discovery", "GET", "/profile_lookup", {"username": "sandbox"}),
    ("threads_profile_discovery", "GET", "/profile_posts", {"username": "sandbox"}),
    ("threads_location_tagging", "GET", "/location_search", {"q": "Paris"}),
    ("threads_location_tagging", "GET", "/123456789012345", {}),
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
    ("threads_delete", "DELETE", "/{post}", {}),
]


@pytest.mark.parametrize(("scope", "method", "path", "data"), SCOPE_NEEDED)
def test_each_call_needs_its_scope(caller, fan, scope, method, path, data):
    root = caller.published("x", enable_reply_approvals="true")
    ids = {
        "post": root,
        "reply": caller.published("x", reply_to_id=root),
        "waiting": fan.published("x", reply_to_id=root),
    }
    url = path.format(**ids)
    with caller.without(scope) as less:
        assert refusal(less.request(method, url, params=data)) == (500, 10, None)
    assert caller.request(method, url, params=data).is_success


def test_places_of_posts_are_shown_with_their_scope_only(caller):
    post = caller.published("Here", location_id="123456789012345")
    fields = "location_id,location{name}"
    place = {"location_id": "123456789012345", "location": {"name": "Menlo Park"}}
    assert caller.node(post, fields) == {"id": post, **place}
    with caller.without("threads_location_tagging") as less:
        assert less.node(post, fields) == {"id": post}


def test_replying_needs_its_scope(caller):
    root = caller.published()
    add_account(caller, "sandbox", "LESS", scopes=scopes_without("threads_manage_replies"))
    data = {"media_type": "TEXT", "text": "x", "reply_to_id": root}
    answer = caller.post("/me/threads", data=data, headers=bearer("LESS"))
    assert (answer.status_code, answer.content) == (500, b"")


def test_a_token_without_any_scope_says_that_nothing_was_granted(caller):
    add_account(caller, "sandbox", "NONE", scopes=[])
    assert refusal(caller.get("/me", headers=bearer("NONE"))) == (400, 100, 10)


def test_an_apps_token_is_no_user(caller):
    answer = caller.get("/me", headers=bearer("TH|1|sandbox"))
    assert refusal(answer) == (400, 2500, None)


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
