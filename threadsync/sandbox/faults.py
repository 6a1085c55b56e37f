"""Faults: which call goes wrong, which time, and how; as text, as JSON, and counted in the world."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from threadsync.errors import UsageError
from threadsync.sandbox.errors.named import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from threadsync.sandbox.storage.records import Records

CALLS = (
    "create",
    "publish",
    "status",
    "repost",
    "delete",
    "threads",
    "ghost_posts",
    "mentions",
    "replies",
    "conversation",
    "pending_replies",
    "manage_reply",
    "manage_pending_reply",
    "media",
    "limit",
    "me",
    "insights",
    "threads_insights",
    "keyword_search",
    "profile_lookup",
    "profile_posts",
    "location_search",
    "location",
    "oembed",
    "authorize",
    "token",
    "exchange",
    "refresh",
    "debug",
    "any",
)
"""What a fault can strike; `status` reads a container, `media` a post, `any` is every call."""

EVERY = "*"
APPLIED = "-applied"
DELAYS = ("delay", "delay-after")
CONTAINER_ERROR = "container-error"
RATES = ("rate-limit", "rate-613")
_DROPS = ("drop-before", "drop-after")
_CONTAINER_CALLS = ("create", "publish", "status", "any")
_DEFAULT_DELAY_S = "5"
_DEFAULT_CONTAINER_ERROR = "UNKNOWN"
_MAX_DELAY_S = 3_600


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. It strikes when `seen`, the matching calls since it was set, reaches `nth`.

    `nth` counts from 1; None strikes every time. `value` is the seconds of a delay or of a
    Retry-After, or the `error_message` of a container; empty for every other fault.
    """

    call: str
    nth: int | None
    fault: str
    value: str = ""
    seen: int = 0

    def matches(self, call: str) -> bool:
        return self.call in {call, "any"}

    @property
    def strikes(self) -> bool:
        return self.nth is None or self.seen == self.nth

    @property
    def seconds(self) -> float:
        return float(self.value)

    @property
    def retry_after(self) -> str | None:
        """The header of that name, in whole seconds; None when there is none."""
        is_rate = self.fault.removesuffix(APPLIED) in RATES
        return str(math.ceil(self.seconds)) if is_rate and self.value else None

    @property
    def error_name(self) -> str | None:
        """The error to answer with; None when the fault is of another kind."""
        name = self.fault.removesuffix(APPLIED)
        return name if name in NAMES else None

    @property
    def is_drop(self) -> bool:
        return self.fault in _DROPS

    @property
    def prevents_effect(self) -> bool:
        """Whether the call does nothing but fail."""
        is_refusal = self.error_name is not None and not self.fault.endswith(APPLIED)
        return is_refusal or self.fault == "drop-before"

    def __str__(self) -> str:
        spec = f"{self.call}:{EVERY if self.nth is None else self.nth}:{self.fault}"
        return f"{spec}:{self.value}" if self.value else spec

    def to_json(self) -> dict[str, Any]:
        has_seconds = self.fault.removesuffix(APPLIED) in (*DELAYS, *RATES)
        options: dict[str, Any] = (
            {"seconds": float(self.value)} if has_seconds and self.value else {}
        )
        if self.value and not has_seconds:
            options = {"value": self.value}
        return {
            "call": self.call,
            "nth": EVERY if self.nth is None else self.nth,
            "fault": self.fault,
            "options": options,
            "seen": self.seen,
        }


def parse_fault(spec: str) -> Fault:
    """Read `CALL:NTH:FAULT` or `CALL:NTH:FAULT:VALUE`; UsageError when it is no fault."""
    call, _, rest = spec.partition(":")
    nth, _, rest = rest.partition(":")
    fault, _, value = rest.partition(":")
    return _checked(call, nth, fault, value, spec)


def fault_from_json(raw: Any) -> Fault:
    """Read an object with `call`, `nth` (1 when absent), `fault` and `options`; else UsageError."""
    if not isinstance(raw, dict) or not isinstance(raw.get("options") or {}, dict):
        raise UsageError(f"fault {raw!r}: an object with call, nth, fault and options is needed")
    options = raw.get("options") or {}
    unknown = sorted({*raw} - {"call", "nth", "fault", "options"})
    if unknown:
        raise UsageError(f"fault: {unknown[0]} is no key; use call, nth, fault and options")
    fault, _, value = str(raw.get("fault", "")).partition(":")
    value = str(options.get("seconds", options.get("value", value)))
    return _checked(str(raw.get("call", "")), str(raw.get("nth", 1)), fault, value, repr(raw))


def faults_from_json(raw: Any) -> list[Fault]:
    """Read texts or objects: one, a list, or a list under `faults`; UsageError when one is no fault."""
    listed = raw["faults"] if isinstance(raw, dict) and "faults" in raw else raw
    wanted = listed if isinstance(listed, list) else [listed]
    return [parse_fault(one) if isinstance(one, str) else fault_from_json(one) for one in wanted]


def _checked(call: str, nth: str, fault: str, value: str, spec: str) -> Fault:
    if call not in CALLS:
        raise UsageError(f"fault {spec}: {call!r} is no call; use one of {', '.join(CALLS)}")
    is_number = nth.isascii() and nth.isdigit() and len(nth) < 10 and int(nth) > 0
    if nth != EVERY and not is_number:
        raise UsageError(f"fault {spec}: {nth!r} is no number from 1, nor {EVERY} for every time")
    if fault == CONTAINER_ERROR and call not in _CONTAINER_CALLS:
        raise UsageError(f"fault {spec}: {fault} is for {', '.join(_CONTAINER_CALLS)} only")
    value = _checked_value(fault, value, spec)
    return Fault(call, None if nth == EVERY else int(nth), fault, value)


def _checked_value(fault: str, value: str, spec: str) -> str:
    if fault in DELAYS:
        return _checked_seconds(value or _DEFAULT_DELAY_S, spec)
    if fault == CONTAINER_ERROR:
        return value or _DEFAULT_CONTAINER_ERROR
    if fault.removesuffix(APPLIED) in RATES and value:
        return _checked_seconds(value, spec)
    if fault not in _DROPS and fault.removesuffix(APPLIED) not in NAMES:
        known = (*_DROPS, *DELAYS, f"{CONTAINER_ERROR}:VALUE", *NAMES)
        raise UsageError(
            f"fault {spec}: {fault!r} is no fault; use one of {', '.join(known)}, "
            f"the errors also with {APPLIED} at the end"
        )
    if value:
        raise UsageError(f"fault {spec}: {fault} takes no value; remove {value!r}")
    return ""


def _checked_seconds(value: str, spec: str) -> str:
    try:
        is_usable = 0 <= float(value) <= _MAX_DELAY_S
    except ValueError:
        is_usable = False
    if not is_usable:
        raise UsageError(f"fault {spec}: {value!r} is no delay; use 0 to {_MAX_DELAY_S} seconds")
    return value


def add(records: Records, fault: Fault) -> None:
    row = (msgspec.json.encode(fault),)
    records.connection.execute("INSERT INTO faults (value) VALUES (?)", row)


def clear(records: Records) -> None:
    records.connection.execute("DELETE FROM faults")


def replace_all(records: Records, wanted: Iterable[Fault]) -> None:
    clear(records)
    for fault in wanted:
        add(records, fault)


def pending(records: Records) -> list[tuple[int, Fault]]:
    """Every fault that is set, with its number, in the order they were set."""
    rows = records.connection.execute("SELECT n, value FROM faults ORDER BY n")
    return [(n, msgspec.json.decode(value, type=Fault)) for n, value in rows]


def claim(records: Records, call: str) -> Fault | None:
    """Count a call on every fault that matches it; the first one that strikes now.

    A fault that struck stays listed, with its count, until the faults are cleared.
    """
    counted = [
        (n, replace(fault, seen=fault.seen + 1))
        for n, fault in pending(records)
        if fault.matches(call)
    ]
    for n, fault in counted:
        row = (msgspec.json.encode(fault), n)
        records.connection.execute("UPDATE faults SET value = ? WHERE n = ?", row)
    return next((fault for _, fault in counted if fault.strikes), None)
