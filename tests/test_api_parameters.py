"""Posts as the parameters that Meta wants: every one of its reference "Publishing"."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from threadsync.api.parameters import Gif, Media, MediaType, Post, ReplyControl, create_params
from threadsync.api.types import Styling, TextAttachment, TextEntity
from threadsync.api.wire import params_of
from threadsync.errors import InvalidParameterError

EXAMPLE = json.loads(
    (Path(__file__).parent / "data" / "api" / "request-params.json").read_text("utf-8")
)


def params(**values):
    """Without `media_type`, which every post has."""
    made = create_params(Post(media_type="TEXT", **values))
    assert made.pop("media_type") == "TEXT"
    return made


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("text", "Hi\n“you” 👋", "Hi\n“you” 👋"),
        ("text", "", ""),
        ("image_url", "https://e.com/a.jpg?x=1&y=%20", "https://e.com/a.jpg?x=1&y=%20"),
        ("video_url", "https://e.com/a.mp4", "https://e.com/a.mp4"),
        ("is_carousel_item", True, "true"),
        ("children", ["1", "2", "10"], "1,2,10"),
        ("children", "1,2", "1,2"),
        ("reply_to_id", "5", "5"),
        ("reply_control", ReplyControl.FOLLOWERS_ONLY, "followers_only"),
        ("reply_control", "everyone", "everyone"),
        ("quote_post_id", "5", "5"),
        ("link_attachment", "https://e.com", "https://e.com"),
        ("is_spoiler_media", True, "true"),
        ("is_ghost_post", True, "true"),
        ("auto_publish_text", True, "true"),
        ("topic_tag", "Python", "Python"),
        ("alt_text", "A cat", "A cat"),
        ("allowlisted_country_codes", ("US", "CA"), "US,CA"),
        ("allowlisted_country_codes", "US", "US"),
        ("location_id", "5", "5"),
        ("enable_reply_approvals", True, "true"),
        ("crossreshare_to_ig", True, "true"),
        ("crossreshare_to_ig_dark_mode", True, "true"),
    ],
)
def test_plain_parameters(name, value, sent):
    assert params(**{name: value}) == {name: sent}
    assert type(params(**{name: value})[name]) is str


@pytest.mark.parametrize("kind", MediaType)
def test_media_types(kind):
    assert create_params(Post(media_type=kind)) == {"media_type": kind.value}
    assert type(create_params(Post(media_type=kind))["media_type"]) is str


def test_nothing_is_sent_that_was_not_asked_for():
    empty = {name: type(value)() for name, value in DEFAULTS.items() if value is not None}
    assert params() == params(**empty) == params(**DEFAULTS) == {}


DEFAULTS = {
    name: getattr(Post(media_type="TEXT"), name) for name in Post.__slots__ if name != "media_type"
}

ENTITIES = [TextEntity("SPOILER", 0, 4)]
LONG_TEXT = TextAttachment(
    "Long text",
    "https://example.com",
    (Styling(0, 4, ("bold", "italic")),),
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("poll_attachment", ["Tabs", "Spaces"]),
        ("text_attachment", LONG_TEXT),
        ("text_attachment", json.loads(EXAMPLE["text_attachment"])),
        ("gif_attachment", Gif("abc123")),
        ("gif_attachment", {"gif_id": "abc123", "provider": "GIPHY"}),
        ("text_entities", ENTITIES),
        ("text_entities", json.loads(EXAMPLE["text_entities"])),
    ],
)
def test_structures_are_texts_of_json_as_in_the_example(name, value):
    assert json.loads(params(**{name: value})[name]) == json.loads(EXAMPLE[name])


def test_lists_are_as_in_the_example():
    made = params(
        children=("17900000000000011", "17900000000000012"),
        allowlisted_country_codes=["US", "CA"],
    )
    assert made == {name: EXAMPLE[name] for name in ("children", "allowlisted_country_codes")}


def test_each_parameter_of_the_example_is_made_here():
    assert set(EXAMPLE) <= set(Post.__slots__)


def test_all_options_of_a_poll():
    sent = json.loads(params(poll_attachment=["a", "b", "ü", "👍"])["poll_attachment"])
    assert sent == {"option_a": "a", "option_b": "b", "option_c": "ü", "option_d": "👍"}


@pytest.mark.parametrize(
    ("options", "count"), [(["a"], 1), (list("abcde"), 5), ("ab", 1), (list("ab") * 50, 100)]
)
def test_polls_that_threads_does_not_take(options, count):
    with pytest.raises(InvalidParameterError) as caught:
        params(poll_attachment=options)
    assert str(caught.value) == f"a poll has {count} options, Threads takes 2 to 4"


def test_an_attachment_without_styles_sends_none():
    sent = json.loads(params(text_attachment=TextAttachment("x"))["text_attachment"])
    assert sent == {"plaintext": "x"}


def test_texts_are_not_escaped_to_ascii():
    assert params(text_attachment={"plaintext": "ü👍"})["text_attachment"] == '{"plaintext":"ü👍"}'


def test_parameters_stand_in_a_fixed_order():
    made = create_params(Post(topic_tag="x", text="y", media_type="TEXT", reply_to_id="1"))
    assert list(made) == ["media_type", "text", "reply_to_id", "topic_tag"]


def test_media_are_images_or_videos():
    assert Media(MediaType.IMAGE, "https://e.com/a.jpg").alt_text is None


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (5, "5"),
        (1.5, "1.5"),
        ("x", "x"),
        ("", ""),
        (datetime(2026, 1, 1, tzinfo=UTC), "1767225600"),
        (date(2026, 1, 2), "2026-01-02"),
        (ReplyControl.EVERYONE, "everyone"),
        (["x", 1, True], "x,1,true"),
        ((), ""),
    ],
)
def test_what_calls_are_asked_with(value, sent):
    assert params_of(x=value, y=None) == {"x": sent}
