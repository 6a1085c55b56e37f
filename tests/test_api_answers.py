"""Meta's JSON as typed values: whatever comes, nothing is lost and nothing crashes."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime

import pytest

from threadsync.api.answers import UnfitError, read, time_of
from threadsync.api.types import (
    ContainerStatus,
    Created,
    PublishedPost,
    PublishingError,
    PublishingStatus,
    SearchedKeyword,
    Success,
    TextAttachment,
    TokenInfo,
)


def post(**values):
    return read(PublishedPost, {"id": "1", **values})


def nested(depth):
    """A list in a list, `depth` times."""
    return json.loads("[" * depth + "]" * depth)


# --- values ---------------------------------------------------------------------------------------


def test_unknown_fields_are_kept():
    assert post(new="x", text="Hi").extra == {"new": "x"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 5),
        ("is_reply", "true"),
        ("timestamp", "yesterday"),
        ("timestamp", 1700000000),
        ("owner", "1"),
        ("owner", {"name": "x"}),
        ("children", {"data": [{"id": "1"}, {}]}),
        ("children", {"ids": []}),
        ("location_id", True),
        ("location_id", 1.5),
        ("location_id", ""),
        ("poll_attachment", []),
    ],
)
def test_a_field_in_another_shape_is_kept_as_it_came(field, value):
    answer = post(**{field: value})
    assert (getattr(answer, field), answer.extra, answer[field]) == (None, {field: value}, value)


def test_null_is_as_good_as_absent():
    assert post(text=None, new=None) == PublishedPost(id="1", extra={"new": None})


@pytest.mark.parametrize("raw", [{}, {"id": None}, {"id": 1.5}, {"id": ""}, {"id": ["1"]}])
def test_without_what_is_required_there_is_no_value(raw):
    with pytest.raises(UnfitError, match=r"^Created has no usable id$"):
        read(Created, raw)


@pytest.mark.parametrize("raw", [None, [], "x", 5, True, 1.5])
def test_only_an_object_is_an_answer(raw):
    with pytest.raises(UnfitError, match=r"^Created is .*, not an object$"):
        read(Created, raw)


def test_an_unfit_value_is_not_shown():
    with pytest.raises(UnfitError) as caught:
        read(Created, "THAAsecret")
    assert "THAA" not in str(caught.value)


def test_ids_are_texts():
    assert read(Created, {"id": 17841400000000001}).id == "17841400000000001"
    assert read(Created, {"id": 10**30}).id == str(10**30)


def test_meta_may_add_words():
    new = read(ContainerStatus, {"id": "1", "status": "NEW", "error_message": "FAILED_FRAME_RATE"})
    assert (new.status, new.error) == ("NEW", "FAILED_FRAME_RATE")
    old = read(ContainerStatus, {"id": "1", "status": "ERROR", "error_message": "UNKNOWN"})
    assert old.status is PublishingStatus.ERROR
    assert old.error is PublishingError.UNKNOWN


@pytest.mark.parametrize("status", [{}, [], 5, nested(300)])
def test_a_status_that_is_no_word_is_no_status(status):
    with pytest.raises(UnfitError):
        read(ContainerStatus, {"id": "1", "status": status})


@pytest.mark.parametrize(
    ("seconds", "moment"),
    [
        (1763600000, datetime(2025, 11, 20, 0, 53, 20, tzinfo=UTC)),
        (0, None),
        (10**20, None),
        (10**400, None),
        (float("nan"), None),
        (float("inf"), None),
        ("1763600000", None),
        (True, None),
    ],
)
def test_seconds_and_what_is_none(seconds, moment):
    assert read(TokenInfo, {"is_valid": True, "expires_at": seconds}).expires_at == moment


@pytest.mark.parametrize("milliseconds", [10**20, 10**400, float("nan"), "1763600000000", 0])
def test_no_milliseconds(milliseconds):
    answer = read(SearchedKeyword, {"query": "x", "timestamp": milliseconds})
    assert (answer.timestamp, list(answer.extra)) == (None, ["timestamp"])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-10-17T05:42:03+0000", datetime(2023, 10, 17, 5, 42, 3, tzinfo=UTC)),
        ("2023-10-17T07:42:03+02:00", datetime(2023, 10, 17, 5, 42, 3, tzinfo=UTC)),
        ("2023-10-17T05:42:03Z", datetime(2023, 10, 17, 5, 42, 3, tzinfo=UTC)),
        ("2023-10-17T05:42:03", datetime(2023, 10, 17, 5, 42, 3, tzinfo=UTC)),
    ],
)
def test_times(text, moment):
    assert time_of(text) == moment
    assert time_of(text).tzinfo is UTC


@pytest.mark.parametrize("raw", ["", "x", "0001-01-01T00:00:00+23:59", "\ud800", None, 5, {}])
def test_no_times(raw):
    with pytest.raises(UnfitError, match=r"is no time$"):
        time_of(raw)


def test_deep_nesting_is_kept_and_crashes_nothing():
    deep = nested(300)
    assert post(text=deep, media_type=deep, children=deep, new=deep).extra["text"] is deep


def test_lone_surrogates_and_nan_are_values_like_others():
    answer = post(text="\ud800", poll_attachment={"option_a_votes_percentage": float("nan")})
    assert answer.text == "\ud800"
    assert "\\ud800" in repr(answer)


# --- access by name -------------------------------------------------------------------------------


def test_fields_by_name():
    answer = post(text="Hi", new="x")
    assert (answer["id"], answer["text"], answer["new"]) == ("1", "Hi", "x")
    assert dict(answer) == {"id": "1", "text": "Hi", "new": "x"}
    assert ("text" in answer, "new" in answer, "permalink" in answer) == (True, True, False)


@pytest.mark.parametrize("name", ["permalink", "nothing", "extra", "__class__", "keys", "get", ""])
def test_no_other_name_gives_anything(name):
    answer = post()
    assert answer.get(name, "other") == "other"
    assert name not in answer
    with pytest.raises(KeyError):
        answer[name]


def test_the_name_is_meta_s_where_it_differs():
    status = read(ContainerStatus, {"id": "1", "status": "ERROR", "error_message": "UNKNOWN"})
    assert (status["error_message"], status.get("error")) == ("UNKNOWN", None)


def test_what_meta_sent_wins_over_a_default():
    answer = read(Success, {"success": "yes"})
    assert (answer["success"], answer.success) == ("yes", False)


def test_false_and_zero_are_values():
    answer = read(Success, {"success": False})
    assert (answer["success"], answer.get("success", True), "success" in answer) == (
        False,
        False,
        True,
    )


# --- as values ------------------------------------------------------------------------------------


def test_answers_are_frozen():
    with pytest.raises(AttributeError):
        post().text = "other"


def test_answers_are_equal_by_value_and_can_be_copied():
    answer = post(text="Hi", owner={"id": "2"}, new=["x"])
    assert answer == post(text="Hi", owner={"id": "2"}, new=["x"]) != post(text="Ho")
    assert copy.deepcopy(answer) == pickle.loads(pickle.dumps(answer)) == answer


def test_a_repr_is_short():
    assert repr(post(text="Hi")) == "PublishedPost(id='1', text='Hi')"


def test_values_of_a_post_can_be_sent_again():
    attachment = read(TextAttachment, {"plaintext": "x", "new": 1})
    assert dict(attachment) == {"plaintext": "x", "new": 1}
