"""Requests as rows of the page, each with its answer and the fault that struck it; faults that are
set. Pure.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from threadsync.drawing.markup import Markup, element, joined
from threadsync.sandbox.page.ages import moment
from threadsync.sandbox.storage.log import MASK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from threadsync.sandbox.faults import Fault

_SECRET = r"[\w-]*(?:token|secret|signature|credential|password)[\w-]*|code"  # noqa: S105
_SECRET_NAME = re.compile(_SECRET, re.IGNORECASE)
_SECRET_IN_URL = re.compile(rf"([?&;\s](?:{_SECRET})=)[^&;\s\"']+", re.IGNORECASE)


def draw_faults(faults: Sequence[tuple[int, Fault]]) -> Markup | None:
    if not faults:
        return None
    rows = joined(_fault(n, fault) for n, fault in faults)
    title = element("h2", "Faults that are set")
    return element("section", title, element("ol", rows, class_="rows"), id="faults")


def draw_requests(
    requests: Sequence[Mapping[str, Any]], usernames: Mapping[str, str], now: datetime
) -> Markup:
    """`requests` have the keys of `log.Logged`; `usernames` are by the ids of accounts."""
    rows = joined(_row(one, usernames.get(one.get("account_id", ""), ""), now) for one in requests)
    return element("ol", rows, class_="rows")


def _fault(n: int, fault: Fault) -> Markup:
    seen = f"{fault.seen} matching call{'' if fault.seen == 1 else 's'} so far"
    if fault.nth is None:
        told = f"strikes every time, {seen}"
    else:
        told = "has struck" if fault.seen >= fault.nth else f"waits, {seen}"
    state = element("span", told, class_="small")
    return element("li", element("code", str(fault)), " ", state, id=f"f{n}", class_="fault")


def _row(request: Mapping[str, Any], username: str, now: datetime) -> Markup:
    at = datetime.fromisoformat(request["at"])
    told = moment(at, now)
    fault = request.get("fault")
    head = element(
        "summary",
        _status(request.get("status")),
        element("strong", request["method"], class_="method"),
        element("span", request["path"], class_="path"),
        element("span", f"fault {fault}", class_="status wait") if fault else None,
        element("span", element("bdi", username), class_="small"),
        element("time", _clock(at, now), datetime=told.iso, title=told.exact),
        class_="head",
    )
    asked = _block("Asked", request.get("params") or {})
    answer = _block("Answered", request["answer"]) if request.get("answer") is not None else None
    call = element("p", f"call {request['call']}, number {request['n']}", class_="small")
    return element("li", element("details", head, call, asked, answer), id=f"r{request['n']}")


def _clock(at: datetime, now: datetime) -> str:
    """With seconds, by which the requests of one minute can be told apart."""
    return f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M:%S}"


def _status(status: int | None) -> Markup:
    if status is None:
        return element("span", "no answer", class_="status bad")
    return element("span", str(status), class_=f"status {'good' if status < 400 else 'bad'}")


def _block(title: str, value: Any) -> Markup:
    text = value if isinstance(value, str) else _pretty(value)
    shown = element("pre", _SECRET_IN_URL.sub(rf"\1{MASK}", text), dir="auto")
    return joined((element("h3", title), shown))


def _pretty(value: Any) -> str:
    return json.dumps(_masked(value), ensure_ascii=False, indent=2)


def _masked(value: Any) -> Any:
    """A JSON value without what its keys call a secret."""
    if isinstance(value, dict):
        return {
            name: MASK if _is_secret(name, inside) else _masked(inside)
            for name, inside in value.items()
        }
    return [_masked(one) for one in value] if isinstance(value, list) else value


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and _SECRET_NAME.fullmatch(name) is not None
