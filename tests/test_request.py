"""What is sent for a part, and the digest of it."""

from __future__ import annotations

import json

import pytest
from builders import A_DIGEST, a_media, a_part, a_video

from threadsync import request as module
from threadsync.post import Gif, Reference, Spoiler, Styled, TextAttachment
from threadsync.request import entry_digest, is_placeholder, part_request, resolve, utf16_units


def params_of(**values):
    return part_request(a_part(**values), 1).params


def test_text():
    assert params_of(text="Hi") == {"media_type": "TEXT", "text": "Hi"}


def test_one_picture_is_an_image_with_its_alt_text():
    assert params_of(text="", media=(a_media(),)) == {
        "media_type": "IMAGE",
        "image_url": f"media:{A_DIGEST}",
        "alt_text": "a cat asleep",
    }


def test_public_video_is_sent_by_its_url():
    params = params_of(text="", media=(a_video(path=None, url="https://x.test/a.mp4"),))
    assert params["video_url"] == "https://x.test/a.mp4"


def test_several_media_are_a_carousel_of_items():
    request = part_request(a_part("Look", media=(a_media(), a_video(alt_text=None))), 1)
    assert request.params == {"media_type": "CAROUSEL", "text": "Look"}
    assert [child["media_type"] for child in request.children] == ["IMAGE", "VIDEO"]
    assert {child["is_carousel_item"] for child in request.children} == {"true"}
    assert request.to_json()["children"][1] == dict(request.children[1])


def test_every_other_field_is_sent_as_meta_wants_it():
    params = params_of(
        text="read",
        text_attachment=TextAttachment("long", "https://x.test/"),
        topic_tag="Python",
        reply_control="mentioned_only",
        location_id="12",
        allowlisted_country_codes=("DE", "US"),
        enable_reply_approvals=True,
        share_to_instagram="dark",
        quote=Reference("other", 2),
    )
    assert json.loads(params.pop("text_attachment")) == {
        "plaintext": "long",
        "link_attachment_url": "https://x.test/",
    }
    assert params == {
        "media_type": "TEXT",
        "text": "read",
        "reply_control": "mentioned_only",
        "quote_post_id": "post:other#2",
        "topic_tag": "Python",
        "allowlisted_country_codes": "DE,US",
        "location_id": "12",
        "enable_reply_approvals": "true",
        "crossreshare_to_ig_dark_mode": "true",
    }


def test_poll_and_gif_are_json_in_one_parameter():
    assert json.loads(params_of(poll=("Tabs", "Spaces"))["poll_attachment"]) == {
        "option_a": "Tabs",
        "option_b": "Spaces",
    }
    assert json.loads(params_of(gif=Gif("abc"))["gif_attachment"]) == {
        "gif_id": "abc",
        "provider": "GIPHY",
    }


def test_spoilers_count_utf16_units():
    params = params_of(text="🎬 he did it", spoilers=(Spoiler(2, 2),))
    assert json.loads(params["text_entities"]) == [
        {"entity_type": "SPOILER", "offset": 3, "length": 2}
    ]


@pytest.mark.parametrize(
    ("unit", "spoiler", "style"),
    [
        (len, (4, 3), (3, 2)),
        (utf16_units, (5, 4), (4, 3)),
        (lambda text: len(text.encode()), (8, 8), (7, 6)),
    ],
)
def test_offsets_are_right_whatever_unit_is_set(monkeypatch, unit, spoiler, style):
    monkeypatch.setattr(module, "UNIT", unit)
    params = params_of(
        text="🎬 é é👍é!",
        spoilers=(Spoiler(4, 3),),
        text_attachment=TextAttachment("🎬 é👍é", styled=(Styled(3, 2, ("bold", "underline")),)),
    )
    (entity,) = json.loads(params["text_entities"])
    (styled,) = json.loads(params["text_attachment"])["text_with_styling_info"]
    assert (entity["offset"], entity["length"]) == spoiler
    assert (styled["offset"], styled["length"]) == style
    assert styled["styling_info"] == ["bold", "underline"]


def test_a_long_text_without_styles_has_no_styling():
    assert json.loads(params_of(text_attachment=TextAttachment("long"))["text_attachment"]) == {
        "plaintext": "long"
    }


def test_later_parts_reply_to_the_one_before():
    assert part_request(a_part(), 3).params["reply_to_id"] == "part:2"


def test_first_part_replies_to_what_the_entry_says():
    assert params_of(reply_to=Reference("a"))["reply_to_id"] == "post:a#1"
    assert params_of(reply_to=Reference(id="17"))["reply_to_id"] == "17"


def test_resolve_fills_in_placeholders_and_nothing_else():
    params = {"media_type": "IMAGE", "text": "media:x", "image_url": "media:x", "reply_to_id": "1"}
    filled = resolve(params, {"media:x": "https://cdn.test/x"}.__getitem__)
    assert filled == {**params, "image_url": "https://cdn.test/x"}


@pytest.mark.parametrize("name", ["text", "alt_text", "topic_tag"])
def test_words_of_people_are_never_placeholders(name):
    assert not is_placeholder(name, "post:a#1")


def test_digest_is_stable():
    """A change here would replace every post that anybody has published."""
    part = a_part("Hello", media=(a_media(), a_media("b.jpg", alt_text=None)))
    digest = part_request(part, 1).digest
    assert digest == "sha256:80c1d6d197eb3529095f49838c773753f847416efdcf2cc88819f287545538c7"
    assert entry_digest([digest]) != digest
