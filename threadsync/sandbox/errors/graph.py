"""The errors of Meta's Graph that the sandbox answers with, word for word.

Statuses and texts are those of field reports where there are any; HTTP status is no classifier
there, and so none here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

OAUTH = "OAuthException"
THREADS = "THApiException"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; `body` is JSON unless `content_type` says otherwise."""

    status: int
    body: bytes
    content_type: str = "application/json; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()
    """Further headers, by lower-case name."""

    @classmethod
    def of(cls, value: dict[str, Any], status: int = 200) -> Answer:
        return cls(status, json.dumps(value, ensure_ascii=False).encode())


class Mistake(Protocol):
    """What a refusal answers with: an error of the Graph, or one of the `envelopes`."""

    @property
    def message(self) -> str: ...

    def answer(self, trace_id: str) -> Answer: ...


@dataclass(frozen=True, slots=True)
class GraphError:
    """An error object of the Graph. None means that the key is left out."""

    message: str
    code: int | str
    type: str = THREADS
    status: int = 400
    error_subcode: int | None = None
    is_transient: bool | None = None
    error_user_title: str | None = None
    error_user_msg: str | None = None

    def answer(self, trace_id: str) -> Answer:
        """The error envelope; `trace_id` becomes `fbtrace_id`."""
        fields = {
            "message": self.message,
            "type": self.type,
            "code": self.code,
            "error_subcode": self.error_subcode,
            "is_transient": self.is_transient,
            "error_user_title": self.error_user_title,
            "error_user_msg": self.error_user_msg,
            "fbtrace_id": trace_id,
        }
        error = {name: value for name, value in fields.items() if value is not None}
        return Answer.of({"error": error}, self.status)


class Refusal(Exception):  # noqa: N818 - it is an answer, not a failure of ours
    """The request is refused with `error`; nothing was changed."""

    def __init__(self, error: Mistake) -> None:
        super().__init__(error.message)
        self.error = error


def bad_param(message: str, status: int = 400) -> GraphError:
    """A parameter that the Threads layer does not take; `message` begins with `Param`."""
    return GraphError(message, 100, status=status)


def missing_param(name: str) -> GraphError:
    return bad_param(f"The parameter {name} is required", 500)


def invalid_combination(detail: str) -> GraphError:
    """Parameters that do not go together; Meta documents no answer, so `detail` is ours."""
    return GraphError(
        "Invalid parameter",
        100,
        OAUTH,
        is_transient=False,
        error_user_title="Invalid Combination",
        error_user_msg=detail,
    )


def unknown_param(name: str) -> GraphError:
    """Stricter than Meta, which drops unknown parameters without a word."""
    return GraphError(
        "Invalid parameter",
        100,
        OAUTH,
        is_transient=False,
        error_user_title="Unknown Parameter",
        error_user_msg=f"There is no parameter {name}. Threads would ignore it silently.",
    )


def nonexisting_field(name: str) -> GraphError:
    return GraphError(f"Tried accessing nonexisting field ({name})", 100)


def media_not_found(object_id: str) -> GraphError:
    """The race error: the container or post is not there, or not there yet."""
    return GraphError(
        "The requested resource does not exist",
        24,
        OAUTH,
        error_subcode=4279009,
        is_transient=False,
        error_user_title="Media Not Found",
        error_user_msg=f"The media with id {object_id} cannot be found.",
    )


def no_such_object(object_id: str, method: str = "get") -> GraphError:
    return GraphError(
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation",
        100,
        error_subcode=33,
    )


def invalid_children(ids: tuple[str, ...]) -> GraphError:
    return GraphError(
        "Invalid parameter",
        100,
        OAUTH,
        error_subcode=4279004,
        is_transient=False,
        error_user_title="Invalid Carousel Children",
        error_user_msg=f"The children with IDs {', '.join(ids)} are invalid, nonexistent, or expired.",
    )


def media_fetch_failed(url: str) -> GraphError:
    return GraphError(
        "Media download has failed. The media URI doesn't meet our requirements.",
        1,
        OAUTH,
        error_subcode=2207052,
        is_transient=False,
        error_user_title="Media download has failed",
        error_user_msg=f"The media could not be fetched from this URI: {url}",
    )


def token_expired(expired_on: str, now: str) -> GraphError:
    return GraphError(
        f"Error validating access token: Session has expired on {expired_on}. "
        f"The current time is {now}.",
        190,
        OAUTH,
        error_subcode=463,
    )


def unknown_path(path: str) -> GraphError:
    """The Graph's generic answer to a path that is none."""
    return GraphError(f"Unknown path components: {path}", 2500, OAUTH)


ALREADY_PUBLISHED = GraphError(
    "Invalid parameter",
    100,
    OAUTH,
    is_transient=False,
    error_user_title="Container Already Published",
    error_user_msg="This container has been published; a correct client never publishes it again.",
)
TEXT_TOO_LONG = bad_param("Param text must be at most 500 characters long.", 500)
NOT_A_POST = bad_param("Param reply_to_id is not a valid threads_media ID", 500)
LINK_LIMIT = GraphError(
    "The number of links in the post exceeds the limit", "THREADS_API__LINK_LIMIT_EXCEEDED"
)
BAD_COUNTRIES = GraphError("Invalid country codes", "THREADS_API__GEO_GATING_INVALID_COUNTRY_CODES")
NO_FEATURE = GraphError(
    "This user does not have access to this Threads API feature",
    "THREADS_API__FEATURE_NOT_AVAILABLE",
)
NO_PERMISSION = GraphError("Application does not have permission for this action", 10, status=500)
NO_GRANT = GraphError(
    "This action requires the threads_basic permission. You must submit for app review, or your "
    "user must be in the list of Threads testers.",
    100,
    error_subcode=10,
)
UNKNOWN = GraphError("An unknown error has occurred.", 1, OAUTH)
RATE_LIMIT = GraphError("Application request limit reached", 4, OAUTH)
# No refusal of a search beyond its quota has been published; this is the Graph's custom limit.
RATE_613 = GraphError("Calls to this api have exceeded the rate limit.", 613, OAUTH)
INVALID_TOKEN = GraphError("Invalid OAuth access token - Cannot parse access token", 190, OAUTH)
# Instagram's code for its daily maximum; none has been seen on Threads (read 2026-11-22).
QUOTA = GraphError(
    "Application request limit reached",
    9,
    OAUTH,
    error_subcode=2207042,
    is_transient=False,
    error_user_title="Quota Reached",
    error_user_msg="The profile has used up its quota of the last 24 hours.",
)
