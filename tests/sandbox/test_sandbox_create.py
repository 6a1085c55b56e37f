"""What a create call takes and what it refuses, and how its parameters may be sent."""

import json

import pytest
from caller import Caller, refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from threadsync.sandbox.server import SandboxServer
from threadsync.sandbox.world.rules import CREATE_PARAMS

LINKS = " ".join(f"https://example.com/{n}" for n in range(6))
POLL = json.dumps({"option_a": "Tabs", "option_b": "Spaces"})
LONG = json.dumps({"plaintext": "Long text"})
LONG_WITH_LINK = json.dumps({"plaintext": "x", "link_attachment_url": "https://example.com/7"})
GIF = json.dumps({"gif_id": "abc123", "provider": "GIPHY"})
SPOILER = json.dumps([{"entity_type": "SPOILER", "offset": 0, "length": 4}])


def create(caller, **params):
    return caller.post("/me/threads", data=params)


@pytest.mark.parametrize(
    "params",
    [
        {"text": "x" * 500},
        {"text": "家" * 500},
        {"link_attachment": "https://example.com"},
        {"text": "x", "poll_attachment": POLL},
        {"text": "x", "text_attachment": LONG},
        {"gif_attachment": GIF},
        {"text": "spoil me", "text_entities": SPOILER},
        {"text": "x", "is_ghost_post": "True"},
        {"text": "x", "is_carousel_item": "False", "alt_text": "means nothing here"},
        {"text": "x", "allowlisted_country_codes": "US,CA"},
        {"text": "x", "location_id": "123456789012345"},
        {"text": "x", "reply_control": "mentioned_only", "enable_reply_approvals": "1"},
        {"text": "x", "topic_tag": "Python 3"},
    ],
)
def test_a_text_post_may_have(caller, params):
    assert create(caller, media_type="TEXT", **params).status_code == 200


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, (500, 100, None)),
        ({"text": ""}, (500, 100, None)),
        ({"text": "x" * 501}, (500, 100, None)),
        ({"text": "😀" * 126}, (500, 100, None)),
        ({"text": LINKS}, (400, "THREADS_API__LINK_LIMIT_EXCEEDED", None)),
        ({"text": "x", "link_attachment": "example.com"}, (500, 100, None)),
        ({"text": "x", "hashtag": "y"}, (400, 100, None)),
        ({"text": "x", "children[0]": "1"}, (400, 100, None)),
        ({"text": "x", "is_ghost_post": "maybe"}, (400, 100, None)),
        ({"text": "x", "reply_control": "EVERYONE"}, (400, 100, None)),
        ({"text": "x", "topic_tag": "a.b"}, (400, 100, None)),
        ({"text": "x", "topic_tag": "a" * 51}, (400, 100, None)),
        ({"text": "x", "poll_attachment": '{"options": ["a", "b"]}'}, (400, 100, None)),
        ({"text": "x", "poll_attachment": '{"option_a": "a"}'}, (400, 100, None)),
        ({"text": "x", "poll_attachment": "[]"}, (400, 100, None)),
        ({"text": "x", "poll_attachment": POLL, "text_attachment": LONG}, (400, 100, None)),
        (
            {"text": "x", "poll_attachment": POLL, "link_attachment": "https://a.example"},
            (400, 100, None),
        ),
        (
            {"link_attachment": "https://a.example", "text_attachment": LONG_WITH_LINK},
            (400, 100, None),
        ),
        (
            {"text": LINKS[: LINKS.rindex(" ")], "text_attachment": LONG_WITH_LINK},
            (400, "THREADS_API__LINK_LIMIT_EXCEEDED", None),
        ),
        ({"gif_attachment": '{"gif_id": "a", "provider": "TENOR"}'}, (400, 100, None)),
        ({"text": "abc", "text_entities": SPOILER}, (400, 100, None)),
        (
            {"text": "x", "is_ghost_post": "true", "enable_reply_approvals": "true"},
            (400, 100, None),
        ),
        (
            {"text": "x", "allowlisted_country_codes": "XX"},
            (400, "THREADS_API__GEO_GATING_INVALID_COUNTRY_CODES", None),
        ),
    ],
)
def test_a_text_post_may_not_have(caller, params, expected):
    assert refusal(create(caller, media_type="TEXT", **params)) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"text": "x"}, (500, 100, None)),
        ({"media_type": "GIF", "text": "x"}, (400, 100, None)),
        ({"media_type": "IMAGE"}, (500, 100, None)),
        ({"media_type": "IMAGE", "image_url": "cat.jpg"}, (500, 100, None)),
        ({"media_type": "CAROUSEL"}, (500, 100, None)),
        ({"media_type": "CAROUSEL", "children": "1"}, (500, 100, None)),
        (
            {"media_type": "CAROUSEL", "children": ",".join("123" for _ in range(21))},
            (500, 100, None),
        ),
    ],
)
def test_media_posts_need(caller, params, expected):
    assert refusal(create(caller, **params)) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("poll_attachment", POLL),
        ("gif_attachment", GIF),
        ("text_attachment", LONG),
        ("link_attachment", "https://a.example"),
        ("is_ghost_post", "true"),
        ("auto_publish_text", "true"),
        ("alt_text", "x" * 1001),
    ],
)
def test_a_picture_may_not_have(caller, picture, name, value):
    answer = create(caller, media_type="IMAGE", image_url=picture, **{name: value})
    assert refusal(answer) == (400, 100, None)


def test_what_means_nothing_on_a_carousel_item_is_ignored(caller, picture):
    item = {"media_type": "IMAGE", "image_url": picture, "is_carousel_item": "True"}
    assert create(
        caller, **item, reply_control="everyone", text="x", poll_attachment="?"
    ).is_success


def test_a_carousel_item_may_leave_its_type_out(caller, picture):
    assert create(caller, image_url=picture, is_carousel_item="true").is_success


def test_text_that_is_too_long_is_refused_in_metas_words(caller):
    error = create(caller, media_type="TEXT", text="x" * 501).json()["error"]
    assert len(error.pop("fbtrace_id")) == 23
    assert error == {
        "message": "Param text must be at most 500 characters long.",
        "type": "THApiException",
        "code": 100,
    }


POST = {"media_type": "TEXT", "text": "grüße & mehr\n✓"}


@pytest.mark.parametrize(
    "sent",
    [
        {"params": POST},
        {"data": POST},
        {"json": POST},
        {"files": {name: (None, value) for name, value in POST.items()}},
        {"params": {"media_type": "TEXT", "text": "lost"}, "data": {"text": POST["text"]}},
    ],
    ids=["query", "form", "json", "multipart", "both"],
)
def test_parameters_are_read_wherever_they_stand(caller, sent):
    container_id = caller.post("/me/threads", **sent).json()["id"]
    media_id = caller.publish(container_id).json()["id"]
    assert caller.node(media_id, "text")["text"] == POST["text"]


def test_json_bodies_may_hold_lists_and_booleans(caller, picture):
    items = [caller.item(picture), caller.item(picture)]
    body = {"media_type": "CAROUSEL", "children": items, "is_spoiler_media": True}
    media_id = caller.publish(caller.post("/me/threads", json=body).json()["id"]).json()["id"]
    assert caller.node(media_id, "is_spoiler_media")["is_spoiler_media"] is True


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"text": "\\ud800", "media_type": "TEXT"}', "application/json"),
        (b"text=\xff", "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data"),
        (b"x" * 1_000_001, "application/x-www-form-urlencoded"),
    ],
)
def test_a_malformed_body_is_refused(caller, content, kind):
    answer = caller.post("/me/threads", content=content, headers={"content-type": kind})
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == 100


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    server = SandboxServer(tmp_path_factory.mktemp("fuzz"))
    with server, Caller(server.base_url) as caller:
        yield caller


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["option_a", "option_b", "plaintext", "offset", "length", "entity_type"]
            )
            | st.text(max_size=3),
            inside,
            max_size=4,
        )
    ),
    max_leaves=6,
)
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["TEXT", "true", "17900000000000001", "http://[", "http://x:y", "SPOILER"]),
    JSON.map(json.dumps),
)


@settings(max_examples=150)
@given(
    params=st.dictionaries(
        st.sampled_from(sorted(CREATE_PARAMS - {"image_url", "video_url"})), VALUES, max_size=6
    )
)
def test_no_parameters_break_the_sandbox(shared, params):
    answer = shared.post("/me/threads", json={"media_type": "TEXT", "text": "x", **params})
    body = answer.json()
    assert "id" in body or body["error"]["code"] in {
        10,
        24,
        100,
        "THREADS_API__LINK_LIMIT_EXCEEDED",
        "THREADS_API__GEO_GATING_INVALID_COUNTRY_CODES",
    }
    assert shared.get("/").status_code == 200
