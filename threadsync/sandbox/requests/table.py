"""The table of API calls: method, path, scopes and parameters of each, and what performs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from threadsync.sandbox.calls import insights, oembed, publishing, reading, replies, search
from threadsync.sandbox.oauth import authorize, grants
from threadsync.sandbox.world import rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadsync.sandbox.calls.exchange import Exchange, Question
    from threadsync.sandbox.errors.graph import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEndpoint:
    """One API call that anybody may make. `path` is what follows the version."""

    call: str
    method: str
    path: str
    perform: Callable[[Question], dict[str, Any] | Answer]
    params: frozenset[str] | None
    """Those that it knows; None when it leaves others aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One API call of a user. `path` is what follows the version, with `{id}` for a user or object."""

    call: str
    method: str
    path: str
    perform: Callable[[Exchange], dict[str, Any]]
    scopes: frozenset[str] = frozenset()
    """Needed beside `threads_basic`."""
    params: frozenset[str] = frozenset({"fields"})


_LIST = frozenset({"fields", "limit", "before", "after", "since", "until"})
_REPLIES = _LIST | {"reverse"}
_SEARCH = _LIST | {"q", "search_type", "search_mode", "media_type", "author_username"}
_PLACES = frozenset({"fields", "q", "query", "latitude", "longitude"})
_INSIGHTS = frozenset({"metric", "period", "fields"})
_GRANT = frozenset({"grant_type", "client_id", "client_secret", "code", "redirect_uri"})


def _user(
    call: str,
    request: str,
    perform: Callable[[Exchange], dict[str, Any]],
    scope: str = "",
    params: frozenset[str] = frozenset({"fields"}),
) -> Endpoint:
    method, _, path = request.partition(" ")
    scopes = frozenset({f"threads_{scope}"} if scope else ())
    return Endpoint(
        call=call, method=method, path=path, perform=perform, scopes=scopes, params=params
    )


def _open(
    call: str,
    request: str,
    perform: Callable[[Question], dict[str, Any] | Answer],
    params: frozenset[str] | None,
) -> OpenEndpoint:
    method, _, path = request.partition(" ")
    return OpenEndpoint(call=call, method=method, path=path, perform=perform, params=params)


# Paths without a place for an id come before those that are one.
ENDPOINTS: tuple[Endpoint | OpenEndpoint, ...] = (
    _open("authorize", "GET oauth/authorize", authorize.ask, None),
    _open("authorize", "POST oauth/authorize", authorize.decide, None),
    _open("token", "GET oauth/access_token", grants.token, _GRANT),
    _open("token", "POST oauth/access_token", grants.token, _GRANT),
    _open(
        "exchange", "GET access_token", grants.exchange, frozenset({"grant_type", "client_secret"})
    ),
    _open("refresh", "GET refresh_access_token", grants.refresh, frozenset({"grant_type"})),
    _open("debug", "GET debug_token", grants.debug, frozenset({"input_token"})),
    _open("oembed", "GET oembed", oembed.embed, frozenset({"url", "maxwidth"})),
    _user("keyword_search", "GET keyword_search", search.keyword_search, "keyword_search", _SEARCH),
    _user(
        "profile_lookup",
        "GET profile_lookup",
        search.profile_lookup,
        "profile_discovery",
        frozenset({"fields", "username"}),
    ),
    _user(
        "profile_posts",
        "GET profile_posts",
        search.profile_posts,
        "profile_discovery",
        _LIST | {"username"},
    ),
    _user(
        "location_search",
        "GET location_search",
        search.location_search,
        "location_tagging",
        _PLACES,
    ),
    _user("create", "POST {id}/threads", publishing.create, "content_publish", rules.CREATE_PARAMS),
    _user(
        "publish",
        "POST {id}/threads_publish",
        publishing.publish,
        "content_publish",
        # ThreadsPipePy 0.4.5 sends parameters of the create call again; they mean nothing here.
        rules.CREATE_PARAMS | {"creation_id"},
    ),
    _user("repost", "POST {id}/repost", publishing.repost, "content_publish", frozenset()),
    _user("delete", "DELETE {id}", publishing.delete, "delete", frozenset()),
    _user("limit", "GET {id}/threads_publishing_limit", publishing.limit),
    _user("threads", "GET {id}/threads", reading.threads, params=_LIST),
    _user("ghost_posts", "GET {id}/ghost_posts", reading.ghost_posts, params=_LIST),
    _user("mentions", "GET {id}/mentions", reading.mentions, "manage_mentions", _LIST),
    _user("replies", "GET {id}/replies", replies.replies, "read_replies", _REPLIES),
    _user("conversation", "GET {id}/conversation", replies.conversation, "read_replies", _REPLIES),
    _user(
        "pending_replies",
        "GET {id}/pending_replies",
        replies.pending_replies,
        "read_replies",
        _REPLIES | {"approval_status"},
    ),
    _user(
        "manage_reply",
        "POST {id}/manage_reply",
        replies.manage_reply,
        "manage_replies",
        frozenset({"hide"}),
    ),
    _user(
        "manage_pending_reply",
        "POST {id}/manage_pending_reply",
        replies.manage_pending_reply,
        "manage_replies",
        frozenset({"approve"}),
    ),
    _user("insights", "GET {id}/insights", insights.of_media, "manage_insights", _INSIGHTS),
    _user(
        "threads_insights",
        "GET {id}/threads_insights",
        insights.of_account,
        "manage_insights",
        _INSIGHTS | {"since", "until", "breakdown"},
    ),
    _user("media", "GET {id}", reading.node),
)
