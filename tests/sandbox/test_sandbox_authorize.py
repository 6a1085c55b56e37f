"""The authorize window: its page, its form, the ways back, what is shown when an app is set up wrong."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from caller import Caller, bearer

WISH = {
    "client_id": "1",
    "redirect_uri": "http://127.0.0.1:1/back?keep=1",
    "scope": "threads_basic threads_delete",
    "response_type": "code",
    "state": "a&b=<é>",
}


@pytest.fixture
def browser(server):
    with Caller(server.base_url, "") as caller:
        yield caller


class Form(HTMLParser):
    """The fields that a browser would send, and each tag of the page with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.fields = [], {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        if tag == "input" and (found["type"] == "hidden" or "checked" in found):
            self.fields[found["name"]] = found["value"]


def ask(browser, **more):
    return browser.get("/oauth/authorize", params={**WISH, **more})


def decide(browser, decision, **more):
    return browser.post("/oauth/authorize", data={**WISH, "decision": decision, **more})


def test_the_page_asks_with_a_form_that_keeps_everything(browser):
    form = Form(ask(browser).text)
    assert form.fields == {
        **WISH,
        "scope": "threads_basic,threads_delete",
        "username": "sandbox",
    }
    buttons = [found["value"] for tag, found in form.tags if tag == "button"]
    assert buttons == ["allow", "deny"]


def test_a_browser_gets_from_the_page_to_a_token(browser):
    fields = Form(ask(browser).text).fields
    back = browser.post("/oauth/authorize", data={**fields, "decision": "allow"})
    code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
    data = {
        "client_id": "1",
        "client_secret": "sandbox",
        "grant_type": "authorization_code",
        "redirect_uri": WISH["redirect_uri"],
        "code": code,
    }
    assert browser.post("/oauth/access_token", data=data).is_success


def test_the_page_has_no_script_and_needs_nothing_from_elsewhere(browser):
    answer = ask(browser)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["content-type"].startswith("text/html")
    attributes = [name for _, found in Form(answer.text).tags for name in found]
    assert not {"src", "href", "style", "onclick"} & set(attributes)
    assert "<script" not in answer.text


def test_the_form_may_lead_back_to_the_app_and_nowhere_else(browser):
    policy = ask(browser).headers["content-security-policy"]
    assert "form-action 'self' http://127.0.0.1:1;" in policy
    odd = ask(browser, redirect_uri="http://a;script-src@[::1]:9/x")
    assert "form-action 'self' http:;" in odd.headers["content-security-policy"]


def test_the_style_is_the_one_that_the_policy_names(browser):
    answer = ask(browser)
    style = re.search("<style>(.*)</style>", answer.text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


def test_what_an_app_sends_cannot_become_markup(browser):
    page = ask(browser, state='"><script>alert(1)</script>').text
    assert "<script" not in page
    assert Form(page).fields["state"] == '"><script>alert(1)</script>'


def test_allow_leads_back_with_a_code_and_the_state(browser):
    location = decide(browser, "allow").headers["location"]
    assert location.startswith("http://127.0.0.1:1/back?keep=1&code=AQ")
    assert location.endswith("#_")
    assert parse_qs(urlsplit(location).query)["state"] == [WISH["state"]]


def test_deny_leads_back_with_the_error_and_the_state(browser):
    location = decide(browser, "deny").headers["location"]
    query = parse_qs(urlsplit(location).query)
    assert query == {
        "keep": ["1"],
        "error": ["access_denied"],
        "error_reason": ["user_denied"],
        "error_description": ["The user denied your request"],
        "state": [WISH["state"]],
    }


def test_without_a_state_none_comes_back(browser):
    wish = {name: value for name, value in WISH.items() if name != "state"}
    back = browser.post("/oauth/authorize", data={**wish, "decision": "allow"})
    assert "state" not in back.headers["location"]


def test_one_of_several_accounts_is_chosen(browser, caller, fan):
    names = [f["value"] for _, f in Form(ask(browser).text).tags if f.get("name") == "username"]
    assert names == ["sandbox", "fan"]
    back = decide(browser, "allow", username="fan").headers["location"]
    code = parse_qs(urlsplit(back).query)["code"][0]
    data = {
        "client_id": "1",
        "client_secret": "sandbox",
        "grant_type": "authorization_code",
        "redirect_uri": WISH["redirect_uri"],
        "code": code,
    }
    token = browser.post("/oauth/access_token", data=data).json()["access_token"]
    me = browser.get("/me", params={"fields": "username"}, headers=bearer(token)).json()
    assert me["username"] == "fan"


@pytest.mark.parametrize("decision", ["", "maybe"])
def test_no_decision_is_none(browser, decision):
    assert decide(browser, decision).json()["error_code"] == 1


def test_an_account_that_is_not_there_is_not_chosen(browser):
    assert decide(browser, "allow", username="nobody").json()["error_code"] == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"client_id": "1234567890"}, 4476002),
        ({"client_id": ""}, 4476002),
        ({"redirect_uri": ""}, 1349168),
        ({"redirect_uri": "javascript:alert(1)"}, 1349168),
        ({"redirect_uri": "//evil.example"}, 1349168),
        ({"response_type": "token"}, 1),
        ({"scope": ""}, 1),
        ({"scope": "threads_delete"}, 1),
        ({"scope": "threads_basic,threads_all"}, 1),
    ],
)
def test_a_wrong_set_up_is_told_and_leads_nowhere(browser, method, wrong, code):
    sent = {**WISH, "decision": "allow", **wrong}
    answer = browser.request(method, "/oauth/authorize", params=sent)
    assert "location" not in answer.headers
    assert answer.status_code == 400
    assert answer.json().keys() == {"error_message", "error_code"}
    assert answer.json()["error_code"] == code


def test_registered_addresses_are_taken_exactly(browser):
    browser.steer("app", redirect_uris=["https://app.example/back"])
    assert ask(browser).json()["error_code"] == 1349168
    assert ask(browser, redirect_uri="https://app.example/back/").json()["error_code"] == 1349168
    assert ask(browser, redirect_uri="https://app.example/back").status_code == 200


def test_response_type_may_be_left_out_and_unknown_parameters_do_no_harm(browser):
    wish = {name: value for name, value in WISH.items() if name != "response_type"}
    answer = browser.get("/oauth/authorize", params={**wish, "auth_type": "rerequest"})
    assert answer.status_code == 200
