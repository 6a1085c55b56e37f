"""From a code to tokens: exchange, refresh, the app's token, what debug_token tells."""

from urllib.parse import parse_qs, urlsplit

import pytest
from caller import Caller, bearer, refusal

from threadsync.sandbox.server import SandboxServer

HOUR_S, DAY_S = 3600, 86_400
BACK = "https://app.example/back"
WISH = {
    "client_id": "1",
    "redirect_uri": BACK,
    "scope": "threads_basic,threads_content_publish",
    "response_type": "code",
}


@pytest.fixture
def nobody(server):
    """A caller without a token."""
    with Caller(server.base_url, "") as caller:
        yield caller


def code_of(nobody, **more):
    answer = nobody.post("/oauth/authorize", data={**WISH, "decision": "allow", **more})
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def grant(code, /, **more):
    return {
        "client_id": "1",
        "client_secret": "sandbox",
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code": code,
        **more,
    }


def short_token(nobody, **more):
    answer = nobody.post("/oauth/access_token", data=grant(code_of(nobody, **more)))
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def exchange(nobody, token, secret="sandbox"):
    params = {"grant_type": "th_exchange_token", "client_secret": secret, "access_token": token}
    return nobody.get("/access_token", params=params)


def refresh(nobody, token):
    params = {"grant_type": "th_refresh_token", "access_token": token}
    return nobody.get("/refresh_access_token", params=params)


def long_token(nobody):
    return exchange(nobody, short_token(nobody)).json()["access_token"]


@pytest.mark.parametrize("path", ["/oauth/access_token", "/v1.0/oauth/access_token"])
@pytest.mark.parametrize(
    ("method", "place"), [("POST", "data"), ("POST", "params"), ("GET", "params")]
)
def test_a_code_becomes_a_token_that_acts_for_the_account(nobody, path, method, place):
    answer = nobody.request(method, path, **{place: grant(code_of(nobody))}).json()
    assert answer.keys() == {"access_token", "user_id"}
    assert answer["user_id"] == 17841400000000001
    token = answer["access_token"]
    assert token.startswith("TH")
    me = nobody.get("/me", params={"fields": "username"}, headers=bearer(token)).json()
    assert me == {"id": "17841400000000001", "username": "sandbox"}


def test_the_user_id_can_be_text(nobody):
    nobody.steer("app", is_user_id_text=True)
    answer = nobody.post("/oauth/access_token", data=grant(code_of(nobody))).json()
    assert answer["user_id"] == "17841400000000001"


def test_a_token_has_the_scopes_that_were_asked_for(nobody):
    token = short_token(nobody)
    assert refusal(nobody.delete("/1", headers=bearer(token))) == (500, 10, None)


def test_tokens_are_never_the_same(nobody):
    assert len({short_token(nobody) for _ in range(3)}) == 3


def test_a_used_code_has_its_own_envelope(nobody):
    code = code_of(nobody)
    nobody.post("/oauth/access_token", data=grant(code))
    again = nobody.post("/oauth/access_token", data=grant(code))
    assert refusal(again) == (400, 100, 4279030)
    assert "used_authorization_code" in again.json()["error"]["error_user_msg"]


@pytest.mark.parametrize("spoil", ["unknown", "fragment", "old"])
def test_a_code_that_is_none_is_told_flat(nobody, spoil):
    code = {"unknown": "AQwhat"}.get(spoil) or code_of(nobody)
    if spoil == "old":
        nobody.advance(HOUR_S)
    sent = code + "#_" if spoil == "fragment" else code
    answer = nobody.post("/oauth/access_token", data=grant(sent))
    assert answer.status_code == 400
    assert answer.json() == {
        "error_type": "OAuthException",
        "code": 400,
        "error_message": "Matching code was not found or was already used",
    }


def test_another_redirect_address_leaves_the_code_good(nobody):
    code = code_of(nobody)
    wrong = grant(code, redirect_uri=BACK + "/")
    answer = nobody.post("/oauth/access_token", data=wrong).json()
    assert answer["error_message"].startswith("Invalid redirect")
    assert nobody.post("/oauth/access_token", data=grant(code)).is_success


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"client_id": "2"}, (400, 101, None)),
        ({"client_secret": "wrong"}, (400, 104, None)),
        ({"grant_type": "password"}, (400, 100, None)),
        ({"code": ""}, (500, 100, None)),
        ({"redirect_uri": ""}, (500, 100, None)),
        ({"client_secret": ""}, (500, 100, None)),
        ({"redirect_url": BACK}, (400, 100, None)),
    ],
)
def test_a_wrong_exchange_of_a_code_is_refused(nobody, wrong, expected):
    data = grant(code_of(nobody), **wrong)
    assert refusal(nobody.post("/oauth/access_token", data=data)) == expected


def test_a_short_token_lives_an_hour(nobody):
    token = short_token(nobody)
    nobody.advance(HOUR_S - 60)
    assert nobody.get("/me", headers=bearer(token)).is_success
    nobody.advance(60)
    assert refusal(nobody.get("/me", headers=bearer(token))) == (400, 190, 463)
    assert refusal(exchange(nobody, token)) == (400, 190, 463)


def test_a_short_token_becomes_one_of_sixty_days(nobody):
    answer = exchange(nobody, short_token(nobody)).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 60 * DAY_S)
    nobody.advance(60 * DAY_S - 60)
    assert nobody.get("/me", headers=bearer(answer["access_token"])).is_success
    nobody.advance(60)
    assert refusal(nobody.get("/me", headers=bearer(answer["access_token"]))) == (400, 190, 463)


def test_a_long_token_is_not_exchanged(nobody):
    assert refusal(exchange(nobody, long_token(nobody))) == (400, 452, 4279019)
    assert refusal(exchange(nobody, "SANDBOX")) == (400, 452, 4279019)


def test_an_exchange_needs_the_secret(nobody):
    assert refusal(exchange(nobody, short_token(nobody), "wrong")) == (400, 104, None)


def test_a_token_is_refreshed_from_its_second_day_to_its_end(nobody):
    token = long_token(nobody)
    nobody.advance(DAY_S - 60)
    assert refusal(refresh(nobody, token)) == (400, 100, None)
    nobody.advance(60)
    fresh = refresh(nobody, token).json()
    assert fresh["expires_in"] == 60 * DAY_S
    nobody.advance(59 * DAY_S)
    assert refusal(refresh(nobody, token)) == (400, 190, 463)
    assert refresh(nobody, fresh["access_token"]).is_success


def test_a_refreshed_token_has_the_same_scopes_and_the_old_one_stays(nobody):
    old = long_token(nobody)
    nobody.advance(DAY_S)
    fresh = refresh(nobody, old).json()["access_token"]
    assert fresh != old
    assert facts(nobody, "SANDBOX", fresh)["scopes"] == WISH["scope"].split(",")
    assert nobody.get("/me", headers=bearer(old)).is_success


def test_a_short_token_is_not_refreshed(nobody):
    assert refusal(refresh(nobody, short_token(nobody))) == (400, 452, 4279019)


@pytest.mark.parametrize("token", ["", "THAAgarbage"])
def test_what_is_no_token_is_neither_exchanged_nor_refreshed(nobody, token):
    assert refusal(exchange(nobody, token)) == (400, 190, None)
    assert refusal(refresh(nobody, token)) == (400, 190, None)


def test_the_app_has_a_token_of_its_own(nobody):
    params = {"client_id": "1", "client_secret": "sandbox", "grant_type": "client_credentials"}
    answer = nobody.get("/oauth/access_token", params=params).json()
    assert answer == {"access_token": "TH|1|sandbox", "token_type": "bearer"}


def facts(nobody, caller, token):
    params = {"access_token": caller, "input_token": token}
    return nobody.get("/v1.0/debug_token", params=params).json()["data"]


@pytest.mark.parametrize("inspector", ["SANDBOX", "TH|1|sandbox", "itself"])
def test_a_token_can_be_inspected(nobody, inspector):
    token = long_token(nobody)
    found = facts(nobody, token if inspector == "itself" else inspector, token)
    assert found["is_valid"] is True
    assert found["expires_at"] - found["issued_at"] == 60 * DAY_S
    assert found["data_access_expires_at"] - found["issued_at"] == 90 * DAY_S
    assert (found["type"], found["user_id"]) == ("USER", "17841400000000001")


def test_the_apps_token_can_be_inspected(nobody):
    assert facts(nobody, "SANDBOX", "TH|1|sandbox")["type"] == "APP"


def test_an_expired_token_can_be_inspected_and_inspects_nothing(nobody):
    token = short_token(nobody)
    nobody.advance(HOUR_S)
    assert facts(nobody, "SANDBOX", token)["is_valid"] is False
    params = {"access_token": token, "input_token": "SANDBOX"}
    assert refusal(nobody.get("/debug_token", params=params)) == (400, 190, 463)


def test_the_log_has_no_token_code_or_secret(nobody):
    code = code_of(nobody)
    token = nobody.post("/oauth/access_token", data=grant(code)).json()["access_token"]
    long = exchange(nobody, token).json()["access_token"]
    written = nobody.get("/_sandbox/requests").text
    assert [secret for secret in (code, token, long, '"sandbox"') if secret in written] == []


def test_tokens_and_codes_outlive_the_server(tmp_path):
    with SandboxServer(tmp_path) as server, Caller(server.base_url, "") as nobody:
        code, token = code_of(nobody), short_token(nobody)
    with SandboxServer(tmp_path) as server, Caller(server.base_url, "") as nobody:
        assert nobody.post("/oauth/access_token", data=grant(code)).is_success
        assert exchange(nobody, token).is_success
