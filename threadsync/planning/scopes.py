"""Which permissions of Meta's a project needs, and because of what. Pure.

Which call needs which scope: Meta's page "Permissions" and its references, read 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from threadsync.post import OnChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from threadsync.config import Policy
    from threadsync.post import Entry

BASIC = "threads_basic"
PUBLISH = "threads_content_publish"
REPLIES = "threads_manage_replies"
READ_REPLIES = "threads_read_replies"
DELETE = "threads_delete"
PLACES = "threads_location_tagging"
INSTAGRAM = "threads_share_to_instagram"
INSIGHTS = "threads_manage_insights"

USUAL = (BASIC, PUBLISH, REPLIES, READ_REPLIES, DELETE, INSIGHTS)
"""What a login asks for whatever the posts are: all that threadsync's commands use."""


class Need(NamedTuple):
    """What a scope is needed for, in words that follow its name; not `is_certain`: in some cases."""

    reason: str
    is_certain: bool = True


def needed_scopes(entries: Iterable[Entry], policy: Policy) -> dict[str, Need]:
    """What a token must allow to publish `entries`, each scope with the first reason for it."""
    needs = {BASIC: Need("for every call"), PUBLISH: Need("to publish")}
    if policy.on_remove == "delete":
        needs[DELETE] = Need("as policy.on_remove is delete", is_certain=False)
    for entry in entries:
        for scope, need in _of_entry(entry):
            needs.setdefault(scope, need)
    if policy.on_change == OnChange.REPLACE:
        needs.setdefault(DELETE, Need("as policy.on_change is replace", is_certain=False))
    return needs


def login_scopes(needs: Mapping[str, Need]) -> list[str]:
    """What to ask the account's owner for: the usual scopes, then whatever else is needed."""
    return list(dict.fromkeys([*USUAL, *needs]))


def _of_entry(entry: Entry) -> Iterator[tuple[str, Need]]:
    if reason := _reply_reason(entry):
        yield REPLIES, Need(reason)
        # Without it no run can see whether a reply is out already.
        yield READ_REPLIES, Need(reason)
    if any(part.location_id for part in entry.parts):
        yield PLACES, Need(f"for the location_id of {entry.key}")
    if any(part.share_to_instagram for part in entry.parts):
        yield INSTAGRAM, Need(f"for share_to_instagram of {entry.key}")
    if entry.on_change is OnChange.REPLACE:
        yield DELETE, Need(f"to replace {entry.key} when it is edited", is_certain=False)


def _reply_reason(entry: Entry) -> str | None:
    if len(entry.parts) > 1:
        return f"for the chain {entry.key}"
    return f"for the reply {entry.key}" if entry.parts[0].reply_to else None
