"""Which call a method and path are, and whether the caller may make it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from threadsync.sandbox import values
from threadsync.sandbox.calls import ENDPOINTS, Endpoint
from threadsync.sandbox.endpoints import ME, Exchange
from threadsync.sandbox.errors import (
    INVALID_TOKEN,
    NO_PERMISSION,
    Refusal,
    no_such_object,
    token_expired,
    unknown_path,
)

if TYPE_CHECKING:
    from datetime import datetime

    from threadsync.sandbox.model import Token
    from threadsync.sandbox.records import Records

VERSION = "v1.0"
UNKNOWN_CALL = "unknown"


class Route(NamedTuple):
    """A call and the user or object named in its path ("" when there is none)."""

    endpoint: Endpoint
    object_id: str


def find_route(method: str, path: str) -> Route:
    """Paths work with and without the version. Raises Refusal when there is no such call."""
    segments = [segment for segment in path.split("/") if segment]
    if segments[:1] == [VERSION]:
        segments = segments[1:]
    routes = [route for endpoint in ENDPOINTS if (route := _matched(endpoint, segments))]
    if not routes:
        raise Refusal(unknown_path(path))
    for route in routes:
        if route.endpoint.method == method:
            return route
    raise Refusal(no_such_object(segments[0], method))


def call_name(records: Records, route: Route) -> str:
    """The call's name for faults and the log; one path is three calls, by what its id is."""
    if route.endpoint.call != "media":
        return route.endpoint.call
    if route.object_id == ME or records.account(route.object_id):
        return "me"
    return "status" if records.container(route.object_id) else "media"


def authenticated(records: Records, token: str | None, now: datetime) -> Token:
    """What the token allows; raises Refusal when it is missing, unknown or expired."""
    known = records.token(token) if token else None
    if known is None:
        raise Refusal(INVALID_TOKEN)
    if known.expires_at is not None and now >= known.expires_at:
        raise Refusal(token_expired(_spelt_out(known.expires_at), _spelt_out(now)))
    return known


def check_allowed(x: Exchange, endpoint: Endpoint) -> None:
    """Raises Refusal when a scope is missing or a parameter is unknown."""
    if not endpoint.scopes | {"threads_basic"} <= set(x.token.scopes):
        raise Refusal(NO_PERMISSION)
    values.refuse_unknown(x.params, endpoint.params)


def _matched(endpoint: Endpoint, segments: list[str]) -> Route | None:
    pattern = endpoint.path.split("/")
    if len(pattern) != len(segments):
        return None
    object_id = ""
    for wanted, segment in zip(pattern, segments, strict=True):
        if wanted == "{id}":
            object_id = segment
        elif wanted != segment:
            return None
    return Route(endpoint, object_id)


def _spelt_out(moment: datetime) -> str:
    return moment.strftime("%A, %d-%b-%y %H:%M:%S UTC")
