"""Web intents: links that open Threads with a post to write or a profile to follow. Pure.

Source: Meta's page "Threads web intents", read 2026-11-22.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from threadsync.errors import InvalidParameterError

_ROOT = "https://www.threads.com/intent"
MAX_TAG = 50
_NOT_IN_TAGS = "\n\t.&"
_REPLY_CONTROLS = ("everyone", "accounts_you_follow", "mentioned_only", "followers_only")


def post_intent(
    text: str | None = None,
    *,
    url: str | None = None,
    tag: str | None = None,
    reply_control: str | None = None,
    reply_post_shortcode: str | None = None,
    quote_post_shortcode: str | None = None,
) -> str:
    """The address that opens the composer with what is given; nothing is posted by it.

    InvalidParameterError for a tag or reply_control that Threads does not take.
    """
    if tag is not None:
        _check_tag(tag)
    if reply_control is not None and reply_control not in _REPLY_CONTROLS:
        known = ", ".join(_REPLY_CONTROLS)
        raise InvalidParameterError(f"reply_control is {reply_control}; use one of {known}")
    given = {
        "text": text,
        "url": url,
        "tag": tag,
        "reply_control": reply_control,
        "reply_post_shortcode": reply_post_shortcode,
        "quote_post_shortcode": quote_post_shortcode,
    }
    query = _query({name: value for name, value in given.items() if value is not None})
    return f"{_ROOT}/post?{query}" if query else f"{_ROOT}/post"


def follow_intent(username: str) -> str:
    """The address that offers to follow somebody; `username` with or without `@`."""
    return f"{_ROOT}/follow?{_query({'username': username.removeprefix('@')})}"


def _query(params: dict[str, str]) -> str:
    return urlencode(params, quote_via=quote, errors="replace")


def _check_tag(tag: str) -> None:
    if not 1 <= len(tag) <= MAX_TAG or any(character in tag for character in _NOT_IN_TAGS):
        raise InvalidParameterError(
            f"tag {tag!r} has {len(tag)} characters; Threads takes 1 to {MAX_TAG}, without "
            "line breaks, tabs, periods and ampersands"
        )
