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
_ID = "{id}"
_PATTERNS = {
    length: [(pattern, one) for one in ENDPOINTS if len(pattern := one.path.split("/")) == length]
    for length in (1, 2)
}
"""The parts of each endpoint's path, by how many there are."""


class Route(NamedTuple):
    """A call and the user or object named in its path ("" when there is none)."""

    endpoint: Endpoint | OpenEndpoint
    object_id: str


def find_route(method: str, path: str) -> Route:
    """Paths work with and without the version. Raises Refusal when there is no such call."""
    segments = [segment for segment in path.split("/") if segment]
    if segments[:1] == [VERSION]:
        segments = segments[1:]
    routes = [
        Route(endpoint, "".join(found))
        for pattern, endpoint in _PATTERNS.get(len(segments), ())
        if (found := _matched(pattern, segments)) is not None
    ]
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


def _matched(pattern: list[str], segments: list[str]) -> list[str] | None:
    """What stands in the place of `{id}`, at most one; None when the path is another."""
    pairs = list(zip(pattern, segments, strict=True))
    if any(wanted not in (segment, _ID) for wanted, segment in pairs):
        return None
    return [segment for wanted, segment in pairs if wanted == _ID]
