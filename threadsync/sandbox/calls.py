"""The table of API calls: method, path, scopes and parameters of each, and what performs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from threadsync.sandbox import endpoints, rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadsync.sandbox.endpoints import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One API call. `path` is what follows the version, with `{id}` for a user or object."""

    call: str
    method: str
    path: str
    perform: Callable[[Exchange], dict[str, Any]]
    scopes: frozenset[str] = field(default_factory=frozenset)
    """Needed beside `threads_basic`."""
    params: frozenset[str] = frozenset({"fields"})


_LIST_PARAMS = frozenset({"fields", "limit", "before", "after", "since", "until"})
_REPLY_PARAMS = _LIST_PARAMS | {"reverse"}
_PUBLISHES = frozenset({"threads_content_publish"})
_READS_REPLIES = frozenset({"threads_read_replies"})

ENDPOINTS = (
    Endpoint(
        call="create",
        method="POST",
        path="{id}/threads",
        perform=endpoints.create,
        scopes=_PUBLISHES,
        params=rules.CREATE_PARAMS,
    ),
    Endpoint(
        call="publish",
        method="POST",
        path="{id}/threads_publish",
        perform=endpoints.publish,
        scopes=_PUBLISHES,
        params=frozenset({"creation_id"}),
    ),
    Endpoint(
        call="delete",
        method="DELETE",
        path="{id}",
        perform=endpoints.delete,
        scopes=frozenset({"threads_delete"}),
        params=frozenset(),
    ),
    Endpoint(
        call="threads",
        method="GET",
        path="{id}/threads",
        perform=endpoints.threads,
        params=_LIST_PARAMS,
    ),
    Endpoint(
        call="replies",
        method="GET",
        path="{id}/replies",
        perform=endpoints.replies,
        scopes=_READS_REPLIES,
        params=_REPLY_PARAMS,
    ),
    Endpoint(
        call="conversation",
        method="GET",
        path="{id}/conversation",
        perform=endpoints.conversation,
        scopes=_READS_REPLIES,
        params=_REPLY_PARAMS,
    ),
    Endpoint(
        call="limit", method="GET", path="{id}/threads_publishing_limit", perform=endpoints.limit
    ),
    Endpoint(
        call="debug",
        method="GET",
        path="debug_token",
        perform=endpoints.debug,
        params=frozenset({"input_token"}),
    ),
    Endpoint(call="media", method="GET", path="{id}", perform=endpoints.node),
)
