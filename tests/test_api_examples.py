"""Every example body of Meta's, read as what it is; `data/api/INDEX.json` names their sources."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from threadsync import errors
from threadsync.api.answers import Answer
from threadsync.api.exchange import _AppToken, _LongToken, _ShortToken
from threadsync.api.pages import Page, page_of
from threadsync.api.types import (
    Account,
    ContainerStatus,
    Created,
    Deleted,
    Insight,
    Location,
    OEmbed,
    PublicProfile,
    PublishedPost,
    PublishingLimit,
    Quota,
    Success,
    TokenInfo,
)
from threadsync.api.webhooks import DeletedPost, read_webhook
from threadsync.api.wire import Call, answer_of, inside_data, read_answer

FOLDER = Path(__file__).parent / "data" / "api"
INDEX = json.loads((FOLDER / "INDEX.json").read_text())

ANSWERS = {
    "app-token": answer_of(_AppToken),
    "auto-publish-text": answer_of(Created),
    "container-status-error-failed-downloading-video": answer_of(ContainerStatus),
    "container-status-error-unknown": answer_of(ContainerStatus),
    "container-status-expired": answer_of(ContainerStatus),
    "container-status-finished": answer_of(ContainerStatus),
    "container-status-in-progress": answer_of(ContainerStatus),
    "container-status-published": answer_of(ContainerStatus),
    "conversation": page_of(PublishedPost),
    "create-container": answer_of(Created),
    "debug-token": inside_data(TokenInfo),
    "delete": answer_of(Deleted),
    "ghost-posts": page_of(PublishedPost),
    "insights-media": page_of(Insight),
    "insights-media-empty": page_of(Insight),
    "insights-user-clicks": page_of(Insight),
    "insights-user-demographics": page_of(Insight),
    "insights-user-totals": page_of(Insight),
    "insights-user-views": page_of(Insight),
    "keyword-search": page_of(PublishedPost),
    "location": answer_of(Location),
    "location-search": page_of(Location),
    "manage-pending-reply": answer_of(Success),
    "manage-reply": answer_of(Success),
    "me": answer_of(Account),
    "me-geo-eligibility": answer_of(Account),
    "me-recently-searched": answer_of(Account),
    "media-carousel": answer_of(PublishedPost),
    "media-geo-gated": answer_of(PublishedPost),
    "media-ghost": answer_of(PublishedPost),
    "media-gif": answer_of(PublishedPost),
    "media-image": answer_of(PublishedPost),
    "media-link-attachment": answer_of(PublishedPost),
    "media-location": answer_of(PublishedPost),
    "media-poll": answer_of(PublishedPost),
    "media-quote": answer_of(PublishedPost),
    "media-reply": answer_of(PublishedPost),
    "media-repost": answer_of(PublishedPost),
    "media-spoiler": answer_of(PublishedPost),
    "media-text-attachment": answer_of(PublishedPost),
    "media-text-post": answer_of(PublishedPost),
    "media-video": answer_of(PublishedPost),
    "mentions": page_of(PublishedPost),
    "oauth-long-token": answer_of(_LongToken),
    "oauth-refresh": answer_of(_LongToken),
    "oauth-short-token": answer_of(_ShortToken),
    "oauth-short-token-string-user-id": answer_of(_ShortToken),
    "oembed": answer_of(OEmbed),
    "pending-replies": page_of(PublishedPost),
    "profile-lookup": answer_of(PublicProfile),
    "profile-posts": page_of(PublishedPost),
    "publish": answer_of(Created),
    "publish-crossshare": answer_of(Created),
    "publishing-limit": inside_data(PublishingLimit),
    "publishing-limit-reply-only": inside_data(PublishingLimit),
    "replies": page_of(PublishedPost),
    "repost": answer_of(Created),
    "threads-list": page_of(PublishedPost),
    "threads-list-empty": page_of(PublishedPost),
    "user-replies": page_of(PublishedPost),
}
"""What reads each answer in the client."""

ERRORS = {
    "error-1-2207052-media-fetch": "MediaRejectedError",
    "error-1-unknown": "TemporaryError",
    "error-10-4279067-access-tier": "PermissionDeniedError",
    "error-10-no-permission": "PermissionDeniedError",
    "error-100-10-no-grant": "PermissionDeniedError",
    "error-100-33-not-found": "NotFoundError",
    "error-100-4279004-carousel-children": "NotReadyError",
    "error-100-invalid-creation-id": "InvalidParameterError",
    "error-100-invalid-image-url": "InvalidParameterError",
    "error-100-invalid-reply-to-id": "InvalidParameterError",
    "error-100-nonexisting-field-mentions": "InvalidParameterError",
    "error-100-nonexisting-field-status": "InvalidParameterError",
    "error-100-period-required": "InvalidParameterError",
    "error-100-text-required": "InvalidParameterError",
    "error-100-text-too-long": "InvalidParameterError",
    "error-190-expired-463": "TokenExpiredError",
    "error-190-invalid-token": "TokenError",
    "error-190-password-changed-460": "TokenError",
    "error-2-transient": "TemporaryError",
    "error-2207051-activity-restricted": "AccountRestrictedError",
    "error-24-4279009": "NotReadyError",
    "error-24-4279009-parent": "NotReadyError",
    "error-4-rate-limit": "RateLimitError",
    "error-4279013-restricted": "AccountRestrictedError",
    "error-452-4279019": "TokenError",
    "error-613-rate": "RateLimitError",
    "error-authorize-1": "TemporaryError",
    "error-authorize-1349168": "TokenError",
    "error-authorize-4476002": "TokenError",
    "error-geo-gating": "InvalidParameterError",
    "error-geo-gating-not-available": "PermissionDeniedError",
    "error-link-limit": "InvalidParameterError",
    "error-minus1-4279047-invalid-link": "InvalidParameterError",
    # The call that gives tokens makes a TokenError of it: test_api_exchange.
    "error-oauth-code-used": "RejectedError",
    "error-oauth-code-used-4279030": "TokenError",
}
DOUBTFUL = {"error-10-no-permission", "error-2-transient"}
"""Errors that a publish may get although the post is out."""


def body(name):
    return (FOLDER / f"{name}.json").read_bytes()


def answered(name, reads=None):
    return read_answer(Call("read", "GET", "x", reads or ANSWERS[name]), 200, body(name))


def refused(name, call):
    with pytest.raises(errors.ApiError) as caught:
        read_answer(call, INDEX[f"{name}.json"]["http_status"], body(name))
    return caught.value


def answers_within(value):
    """`value` and all answers inside of it."""
    if isinstance(value, Answer):
        yield value
        for name in value.__struct_fields__:
            yield from answers_within(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from answers_within(item)


def test_each_body_is_told_what_it_is_and_where_it_is_from():
    webhooks = {name for name in INDEX if name.startswith("webhook-")}
    known = {f"{name}.json" for name in [*ANSWERS, *ERRORS]}
    assert set(INDEX) == known | webhooks | {"request-params.json"}
    assert {path.name for path in FOLDER.iterdir()} == {*INDEX, "INDEX.json"}


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_of_an_answer_is_left_over(name):
    parts = list(answers_within(answered(name)))
    assert parts
    assert [part.extra for part in parts if part.extra] == []


@pytest.mark.parametrize("name", [name for name in ANSWERS if not name.startswith("oauth-")])
def test_each_value_stands_by_the_name_that_meta_gives_it(name):
    answer, raw = answered(name), json.loads(body(name))
    raw = raw["data"] if not isinstance(answer, Page) and "data" in raw else raw
    raw = raw[0] if isinstance(raw, list) else raw
    assert answer.keys() == raw.keys()
    for field, value in raw.items():
        if isinstance(value, str | bool | int) and not isinstance(answer[field], datetime):
            assert str(answer[field]) == str(value)


@pytest.mark.parametrize(("name", "kind"), ERRORS.items())
def test_each_refusal_has_its_class(name, kind):
    error = refused(name, Call("read", "GET", "x", answer_of(Created)))
    assert type(error) is getattr(errors, kind)
    assert error.response == json.loads(body(name))


@pytest.mark.parametrize("name", ERRORS)
def test_a_publish_is_refused_or_in_doubt(name):
    error = refused(name, Call("publish", "POST", "x", answer_of(Created), is_repeatable=False))
    assert isinstance(error, errors.AmbiguousError) == (name in DOUBTFUL)
    assert isinstance(error, errors.RejectedError) == (name not in DOUBTFUL)


@pytest.mark.parametrize("field", ["replies", "mentions", "publish", "delete"])
def test_nothing_of_a_webhook_is_left_over(field):
    (event,) = read_webhook(body(f"webhook-{field}"))
    assert event.field == field
    assert type(event.value) is (DeletedPost if field == "delete" else PublishedPost)
    assert [part.extra for part in answers_within(event) if part.extra] == []


def test_times_are_utc():
    assert answered("media-image").timestamp == datetime(2026, 11, 20, 9, 15, 30, tzinfo=UTC)
    assert answered("debug-token").expires_at == datetime(2026, 1, 19, 5, 20, tzinfo=UTC)
    (first, _) = answered("me-recently-searched").recently_searched_keywords
    assert first.timestamp == datetime(2025, 11, 20, 0, 53, 20, tzinfo=UTC)


def test_lists_are_tuples_in_an_envelope_or_not():
    assert [child.id for child in answered("media-carousel").children] == [
        "18000000000000041",
        "18000000000000042",
        "18000000000000043",
    ]
    assert answered("media-geo-gated").allowlisted_country_codes == ("US", "CA")


def test_quotas():
    limit = answered("publishing-limit")
    assert (limit.posts, limit.replies) == (Quota(4, 250), Quota(1, 1000))
    assert (limit.deletes, limit.location_searches) == (Quota(0, 100), Quota(0, 500))
    assert limit.posts.left == 246


def test_a_quota_that_was_not_asked_for_counts_as_unused():
    limit = answered("publishing-limit-reply-only")
    assert (limit.posts, limit.replies) == (Quota(0, 250), Quota(1, 1000))


def test_insights_add_up_in_each_of_their_three_shapes():
    assert [one.total for one in answered("insights-media")] == [120, 12, 3, 1, 0, 2]
    assert [one.total for one in answered("insights-user-totals")] == [40, 5, 2, 1, 321]
    assert answered("insights-user-views")[0].total == 30
    assert answered("insights-user-clicks")[0].total == 9
    assert answered("insights-user-demographics")[0].total is None


def test_options_of_a_poll():
    poll = answered("media-poll").poll_attachment
    assert (poll.options, poll.total_votes) == (("Tabs", "Spaces"), 8)


def test_the_user_id_of_a_token_is_a_text():
    numbers = {
        answered(f"oauth-short-token{variant}").user_id for variant in ("", "-string-user-id")
    }
    assert numbers == {"17841400000000001"}
