"""Odd requests: whatever is asked of whichever endpoint, there is an answer or an error of Meta's."""

from contextlib import contextmanager
from urllib.parse import quote

import pytest
from caller import Caller
from hypothesis import example, given, settings
from hypothesis import strategies as st

from threadsync.sandbox.requests.table import ENDPOINTS
from threadsync.sandbox.server import SandboxServer
from threadsync.sandbox.world.rules import CREATE_PARAMS

NAMES = sorted(
    {name for one in ENDPOINTS for name in one.params or ()}
    | {"client_id", "state", "scope", "response_type", "username", "decision", "access_token"}
)
TELLING = (
    *(
        "",
        "0",
        "-1",
        "1",
        "25",
        "101",
        "true",
        "True",
        "maybe",
        "TEXT",
        "IMAGE",
        "VIDEO",
        "CAROUSEL",
    ),
    *("TOP", "RECENT", "TAG", "KEYWORD", "day", "country", "pending", "everyone", "US,DE", "US,US"),
    *("sandbox", "@sandbox", "threads_basic", "code", "allow", "deny", "authorization_code"),
    *("th_exchange_token", "th_refresh_token", "client_credentials", "SANDBOX", "TH|1|sandbox"),
    *(
        "id",
        "id,text",
        "id{",
        "children{id}",
        "poll_attachment{option_a}",
        "recently_searched_keywords",
    ),
    *(
        "recently_searched_keywords{query}",
        "text_entities{offset}",
        "location{id}",
        "owner{id{id}}",
    ),
    *("views", "views,likes", "clicks", "follower_demographics", "views,views,", "followers_count"),
    *("1700000000", "1712991600", "99999999999999999999", "2026-11-20", "0001-01-01", "9999-12-31"),
    *("2026-11-20T10:00:00+0000", "-62135596800", "1e3", "nan", "inf", "90", "180.0", "１２"),
    *(
        "https://app.example/back",
        "http://[::1]:1/x",
        "http://[",
        "javascript:x",
        "//x",
        "http://a b",
    ),
    *(
        "{}",
        "[]",
        "null",
        "[{}]",
        '{"option_a": "x", "option_b": "y"}',
        '{"plaintext": "x"}',
        "[[" * 50,
    ),
    *(
        '{"gif_id": "x", "provider": "GIPHY"}',
        '[{"entity_type": "SPOILER", "offset": 0, "length": 1}]',
    ),
    *(
        "cG9zdDox",
        "cG9zdDo5OTk5OTk5OTk5OTk5OTk5OTk5OTk",
        "=",
        "%00",
        "\x00",
        "a\nb",
        "é",
        "😀",
        "\u202e",
    ),
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
OBJECTS = ("me", "{post}", "{reply}", "{container}", "{repost}", "{account}", "123456789012345")
OBJECTS += ("0", "9" * 40, "nothing", "%00", "..%2f", "１２", "é", "oauth", "me%20", "v1.0")


@contextmanager
def a_world(folder):
    """A caller of a sandbox that has one of everything, and the ids of it."""
    with SandboxServer(folder) as server, Caller(server.base_url) as caller:
        post = caller.published("cat", enable_reply_approvals="true")
        with caller.other("fan") as fan:
            reply = fan.published("@sandbox cat", reply_to_id=post)
            account = fan.get("/me").json()["id"]
        repost = caller.post(f"/{post}/repost").json()["id"]
        ids = {"post": post, "reply": reply, "repost": repost, "account": account}
        ids["container"] = caller.create()
        with Caller(server.base_url, "") as nobody:
            yield nobody, ids


@pytest.fixture(scope="module")
def nobody(tmp_path_factory):
    with a_world(tmp_path_factory.mktemp("odd")) as (nobody, _):
        yield nobody


@pytest.fixture(
    scope="module", params=sorted({(one.method, one.path) for one in ENDPOINTS}), ids=" ".join
)
def staged(request, tmp_path_factory):
    """A method and path, and a world of their own."""
    with a_world(tmp_path_factory.mktemp("odd")) as world:
        yield request.param, *world


def known_params(method, path):
    of = [one.params or () for one in ENDPOINTS if (one.method, one.path) == (method, path)]
    return sorted({name for names in of for name in names}) or NAMES


@given(data=st.data())
@settings(max_examples=25)
def test_odd_parameters_get_an_answer_or_an_error_of_metas(staged, data):
    (method, path), nobody, ids = staged
    known = st.sampled_from(known_params(method, path))
    names = st.one_of(known, known, st.sampled_from(NAMES))
    values = st.one_of(st.sampled_from(TELLING), st.sampled_from(sorted(ids.values())), TEXT)
    params = data.draw(st.dictionaries(names, values, max_size=6))
    params = {name: value for name, value in params.items() if "_url" not in name}
    place = data.draw(st.sampled_from(["params", "data", "json"]))
    object_id = data.draw(st.sampled_from(OBJECTS)).format(**ids)
    version = data.draw(st.sampled_from(["", "v1.0/"]))
    sent = {place: {"access_token": "SANDBOX", **params}}
    check(nobody.request(method, f"/{version}{path.replace('{id}', object_id)}", **sent))


def check(answer):
    """An object that is no error, an error in one of Meta's envelopes, a page or a way back."""
    if answer.status_code in {200, 302} and not answer.headers["content-type"].startswith("app"):
        return
    value = answer.json()
    if answer.status_code == 200:
        assert isinstance(value, dict)
        assert "error" not in value
        return
    assert answer.status_code in {400, 500}, answer.text
    if "error" in value:
        assert {"message", "type", "code", "fbtrace_id"} <= value["error"].keys()
        return
    assert value.keys() in (
        {"error_type", "code", "error_message"},
        {"error_message", "error_code"},
    )


@given(TEXT)
@example("\x00")
@example("../" * 20)
@settings(max_examples=100)
def test_odd_paths_are_no_calls(nobody, path):
    answer = nobody.post("/v1.0/me/" + quote(path, safe=""))
    assert answer.json()["error"]["code"] in {100, 2500}


@given(st.binary(max_size=200), st.sampled_from(["application/json", "multipart/form-data", "a/b"]))
@example(b'{"text": "\\ud800"}', "application/json")
@example(b"[" * 200, "application/json")
@example(b"--x\r\nname", "multipart/form-data; boundary=x")
@settings(max_examples=100)
def test_odd_bodies_are_refused_as_parameters_are(nobody, content, kind):
    params = {"access_token": "SANDBOX"}
    headers = {"content-type": kind}
    answer = nobody.post("/me/threads", params=params, content=content, headers=headers)
    check(answer)
    assert answer.status_code != 200


def test_every_parameter_of_a_create_call_is_thrown():
    assert set(NAMES) >= CREATE_PARAMS
