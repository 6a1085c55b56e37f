"""The answers that a fault can ask for by name: errors of the Graph, and bodies that are no JSON."""

from __future__ import annotations

from dataclasses import replace

from threadsync.sandbox.errors.envelopes import CODE_UNKNOWN, CODE_USED, SESSION_KEY
from threadsync.sandbox.errors.graph import (
    ALREADY_PUBLISHED,
    INVALID_TOKEN,
    LINK_LIMIT,
    NO_FEATURE,
    NO_GRANT,
    NO_PERMISSION,
    OAUTH,
    QUOTA,
    RATE_613,
    RATE_LIMIT,
    TEXT_TOO_LONG,
    UNKNOWN,
    Answer,
    GraphError,
    Mistake,
    invalid_children,
    media_fetch_failed,
    media_not_found,
    no_such_object,
    nonexisting_field,
    token_expired,
)

_ERRORS: dict[str, Mistake] = {
    "rate-limit": RATE_LIMIT,
    "rate-613": RATE_613,
    "unknown": UNKNOWN,
    "transient": GraphError(
        "An unexpected error has occurred. Please retry your request later.",
        2,
        OAUTH,
        500,
        is_transient=True,
    ),
    "token-expired": token_expired(
        "Thursday, 19-Nov-26 10:00:00 PST", "Friday, 20-Nov-26 09:00:00 PST"
    ),
    "token-invalid": INVALID_TOKEN,
    "password-changed": GraphError(
        "Error validating access token: The session has been invalidated because the user changed "
        "their password or Facebook has changed the session for security reasons.",
        190,
        OAUTH,
        error_subcode=460,
    ),
    "restricted": GraphError(
        "Application does not have permission for this action",
        10,
        OAUTH,
        error_subcode=4279013,
        is_transient=False,
        error_user_title="User Restricted",
        error_user_msg="The user is restricted.",
    ),
    "activity-restricted": GraphError(
        "Application request limit reached",
        4,
        OAUTH,
        error_subcode=2207051,
        is_transient=False,
        error_user_title="Action is blocked",
        error_user_msg="We restrict certain activity to protect our community. "
        "Tell us if you think we made a mistake.",
    ),
    "quota": QUOTA,
    "5xx": NO_PERMISSION,
    "no-permission": NO_PERMISSION,
    "access-tier": GraphError(
        "Application does not have permission for this action",
        10,
        OAUTH,
        error_subcode=4279067,
        is_transient=False,
        error_user_title="App Does Not Have Sufficient Access Tier",
        error_user_msg="The requested data cannot be accessed with the current data access tier. "
        "App review might be required.",
    ),
    "no-grant": NO_GRANT,
    "link-refused": GraphError(
        "Fatal",
        -1,
        OAUTH,
        error_subcode=4279047,
        is_transient=False,
        error_user_title="Invalid Link Attachment",
        error_user_msg="The link attachment is invalid.",
    ),
    "link-limit": LINK_LIMIT,
    "media-fetch": media_fetch_failed("https://example.com/i.jpg"),
    "carousel-children": invalid_children(("0",)),
    "text-too-long": TEXT_TOO_LONG,
    "text-too-long-400": replace(TEXT_TOO_LONG, status=400),
    "no-feature": NO_FEATURE,
    "second-publish": ALREADY_PUBLISHED,
    "period-required": GraphError(
        "(#100) The period param is required for this metric", 100, OAUTH
    ),
    "no-mentions": replace(nonexisting_field("threads_mentions"), status=500),
    "session-key": SESSION_KEY,
    "code-unknown": CODE_UNKNOWN,
    "code-used": CODE_USED,
}

_RAW: dict[str, Answer] = {
    "html-502": Answer(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html"),
    "html-503": Answer(503, b"<html><body>Sorry, come back later</body></html>", "text/html"),
    "empty-500": Answer(500, b""),
    "garbage-200": Answer(200, b'{"id": "179'),
}

_ABOUT_OBJECT = {
    "not-ready": media_not_found,
    "media-not-found": media_not_found,
    "no-such-object": no_such_object,
}

NAMES = tuple(sorted({*_ERRORS, *_RAW, *_ABOUT_OBJECT}))
"""Every name that `named` knows, sorted."""


def named(name: str, trace_id: str, object_id: str) -> Answer:
    """The answer with this name; KeyError when there is none. Some tell of the object asked for."""
    if name in _RAW:
        return _RAW[name]
    error = _ABOUT_OBJECT[name](object_id) if name in _ABOUT_OBJECT else _ERRORS[name]
    return error.answer(trace_id)
