"""What the Threads API means on the wire: calls as values, parameters, errors. No I/O.

`create_params` is the only place that knows how a post becomes parameters of `POST /threads`; the
client, the plan and the preview all use it. `read_answer` is the only place that tells a refusal
from a doubt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from threadsync.errors import AmbiguousError, ApiError, RejectedError, TokenError


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One container to create: every parameter of `POST /{user}/threads`, by Meta's names.

    None, an empty tuple and False mean "not sent". Source: Meta's reference "Publishing" and
    "Create posts", read 2026-11-22.
    """

    media_type: str
    text: str | None = None
    image_url: str | None = None
    video_url: str | None = None
    is_carousel_item: bool = False
    children: tuple[str, ...] = ()
    reply_to_id: str | None = None
    reply_control: str | None = None
    quote_post_id: str | None = None
    link_attachment: str | None = None
    poll_attachment: tuple[str, ...] = ()
    """The options in order; sent as option_a, option_b, …"""
    text_attachment: dict[str, Any] | None = None
    gif_attachment: dict[str, str] | None = None
    text_entities: tuple[dict[str, Any], ...] = ()
    is_spoiler_media: bool = False
    is_ghost_post: bool = False
    topic_tag: str | None = None
    alt_text: str | None = None
    allowlisted_country_codes: tuple[str, ...] = ()
    location_id: str | None = None
    enable_reply_approvals: bool = False
    crossreshare_to_ig: bool = False
    crossreshare_to_ig_dark_mode: bool = False


def create_params(post: Post) -> dict[str, str]:
    """The parameters that create a container for `post`; keys in the order of `Post`'s fields."""
    params: dict[str, str] = {}
    for name in Post.__slots__:
        value = getattr(post, name)
        if value is None or value is False or value == ():
            continue
        params[name] = _encoded(name, value)
    return params


def _encoded(name: str, value: Any) -> str:
    if value is True:
        return "true"
    if name == "poll_attachment":
        return _json({f"option_{'abcd'[i]}": option for i, option in enumerate(value)})
    if name in {"children", "allowlisted_country_codes"}:
        # One comma-separated value: indexed parameters sort as text and mix up ten items and more.
        return ",".join(value)
    if isinstance(value, dict | tuple):
        return _json(value)
    return str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request to the API, before host, version and token are put to it.

    `params` go into the query of a GET or DELETE and into the form of a POST.
    `is_repeatable` says that sending it twice does no harm.
    """

    name: str
    """What it does, in words for people: "create container"."""
    method: str
    path: str
    params: dict[str, str]
    is_repeatable: bool = True
    timeout_s: float = 60.0


# 222 seconds have been measured for a publish that went through; zernio-python#42, read 2026-11-22.
PUBLISH_TIMEOUT_S = 320.0

POST_FIELDS = (
    "id,media_type,text,timestamp,permalink,children,topic_tag,is_reply,replied_to,root_post,"
    "is_quote_post"
)
"""What is asked of a published post when it is compared with an entry."""


def create_container(params: dict[str, str]) -> Call:
    return Call("create container", "POST", "me/threads", params)


def publish_container(container_id: str) -> Call:
    params = {"creation_id": container_id}
    return Call(
        "publish",
        "POST",
        "me/threads_publish",
        params,
        is_repeatable=False,
        timeout_s=PUBLISH_TIMEOUT_S,
    )


def container_status(container_id: str) -> Call:
    return Call("read container", "GET", container_id, {"fields": "id,status,error_message"})


def thread(media_id: str, fields: str) -> Call:
    return Call("read post", "GET", media_id, {"fields": fields})


def delete_thread(media_id: str) -> Call:
    return Call("delete post", "DELETE", media_id, {}, is_repeatable=False)


def own_list(edge: str, *, since: int | None, after: str | None, limit: int = 100) -> Call:
    """A page of `threads` or `replies`, newest first; `since` in unix seconds."""
    params = {"fields": POST_FIELDS, "limit": str(limit)}
    if since is not None:
        params["since"] = str(since)
    if after is not None:
        params["after"] = after
    return Call(f"list {edge}", "GET", f"me/{edge}", params)


def account() -> Call:
    return Call("read account", "GET", "me", {"fields": "id,username"})


def publishing_limit() -> Call:
    fields = "quota_usage,config,reply_quota_usage,reply_config,delete_quota_usage,delete_config"
    return Call("read quota", "GET", "me/threads_publishing_limit", {"fields": fields})


def debug_token(token: str) -> Call:
    return Call("inspect token", "GET", "debug_token", {"input_token": token})


# Codes that say nothing about whether the effect happened when HTTP is 5xx. Meta's error pages and
# field reports, read 2026-11-22: code 10 came with posts that were published all the same.
_DOUBTFUL_CODES = frozenset({1, 2, -1, -2, 10})
_TOKEN_CODES = frozenset({190, 102, 452, 467})
NOT_FOUND_SUBCODES = frozenset({4279009, 33})
"""Subcodes of "there is no such object", which for a fresh one may only mean "not yet"."""


def read_answer(call: Call, status: int, body: bytes) -> dict[str, Any]:
    """The JSON object Meta answered with.

    Raises TokenError or RejectedError for an error object that means "not done", AmbiguousError
    for anything that leaves open whether it was done. HTTP status alone decides nothing: permanent
    errors come as 500 too, and an error may come with 200.
    """
    answer = _parsed(body)
    if answer is None:
        raise AmbiguousError(
            f"Meta answered {status} to {call.name!r} with something that is no JSON object",
            status=status,
        )
    if "error" in answer or "error_type" in answer:
        raise _graph_error(call, status, answer)
    if status >= 400:
        raise AmbiguousError(
            f"Meta answered {status} to {call.name!r} without an error object", status=status
        )
    return answer


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _graph_error(call: Call, status: int, answer: dict[str, Any]) -> ApiError:
    raw = answer.get("error")
    error: dict[str, Any] = (
        raw if isinstance(raw, dict) else {"message": answer.get("error_message")}
    )
    code, subcode = error.get("code"), error.get("error_subcode")
    trace_id = error.get("fbtrace_id")
    is_doubtful = status >= 500 and (code in _DOUBTFUL_CODES or error.get("is_transient") is True)
    kind = AmbiguousError if is_doubtful else TokenError if code in _TOKEN_CODES else RejectedError
    return kind(
        f"Meta answered {status} ({_named(code, subcode, trace_id)}) to {call.name!r}: {_words(error)}",
        status=status,
        code=code,
        subcode=subcode,
        trace_id=trace_id,
        is_transient=error.get("is_transient"),
    )


def _named(code: Any, subcode: Any, trace_id: Any) -> str:
    number = f"code {code}/{subcode}" if subcode else f"code {code}"
    return f"{number}, trace {trace_id}" if trace_id else number


def _words(error: dict[str, Any]) -> str:
    message = str(error.get("message") or "no reason given")
    detail = error.get("error_user_msg") or error.get("error_user_title")
    return f"{message} ({detail})" if detail else message
