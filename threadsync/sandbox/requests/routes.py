"""Which call a method and path are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from threadsync.sandbox.calls.exchange import ME
from threadsync.sandbox.errors.graph import Refusal, no_such_object, unknown_path
from threadsync.sandbox.requests.table import ENDPOINTS, Endpoint, OpenEndpoint
from threadsync.sandbox.world.places import find_place

if TYPE_CHECKING:
    from threadsync.sandbox.storage.records import Records

VERSION = "v1.0"
UNKNOWN_CALL = "unknown"


class Route(NamedTuple):
    """A call and the user or object named in its path ("" when there is none)."""

    endpoint: Endpoint | OpenEndpoint
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
    """The call's name for faults and the log; one path is four calls, by what its id is."""
    if route.endpoint.call != "media":
        return route.endpoint.call
    if route.object_id == ME or records.account(route.object_id):
        return "me"
    if find_place(route.object_id):
        return "location"
    return "status" if records.container(route.object_id) else "media"


def _matched(endpoint: Endpoint | OpenEndpoint, segments: list[str]) -> Route | None:
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
