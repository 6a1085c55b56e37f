"""What makes a plan unsafe: too much of it, a state that moved on, no room in Meta's quota. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from threadsync.errors import RefusedError
from threadsync.planning.actions import FORMAT_VERSION, ActionKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from threadsync.api.types import PublishingLimit
    from threadsync.planning.actions import Action, Plan
    from threadsync.planning.ledger import Used


_AS_PLANNED = {ActionKind.ADOPT: ActionKind.CREATE}
"""What an offline plan calls an action that only a look at the account can tell."""


def check_brakes(plan: Plan, *, max_publish: int, max_deletes: int) -> None:
    """RefusedError when `plan` publishes more entries or deletes more posts than one run may."""
    publishing = sum(action.publishes for action in plan.actions)
    if publishing > max_publish:
        raise RefusedError(
            f"the plan publishes {publishing:,} entries, policy.max_publish is {max_publish:,}; "
            f"look at it with threadsync plan, then run: threadsync apply --max-publish {publishing}"
        )
    deleting = sum(len(action.deletes) for action in plan.actions if action.is_change)
    if deleting > max_deletes:
        raise RefusedError(
            f"the plan deletes {deleting:,} posts, policy.max_deletes is {max_deletes:,}; "
            f"look at it with threadsync plan, then run: threadsync apply --max-deletes {deleting}"
        )


def check_saved(saved: Mapping[str, Any], plan: Plan, name: str) -> None:
    """RefusedError when the saved plan `name` is not what would be planned now."""
    if saved.get("format_version") != FORMAT_VERSION:
        raise RefusedError(
            f"{name} has format {saved.get('format_version')}, this version reads {FORMAT_VERSION}; "
            "run threadsync plan again"
        )
    if saved["account"] != plan.account:
        raise RefusedError(f"{name} is for the account {saved['account']}, not {plan.account}")
    made_for = saved["state"]
    if made_for["lineage"] != plan.lineage:
        raise RefusedError(f"{name} was made for another state; run threadsync plan again")
    if made_for["serial"] != plan.serial:
        raise RefusedError(
            f"{name} was made for serial {made_for['serial']}, the state is at {plan.serial}; "
            "run threadsync plan again"
        )
    _check_same_actions(saved["actions"], [action.to_json() for action in plan.actions], name)


def only_saved(saved: Mapping[str, Any], plan: Plan) -> Plan:
    """`plan` without whatever the saved one did not announce.

    Settling a doubt may bring up new work, which nobody has seen; a create may become an adopt.
    """
    kinds = {action["key"]: action["action"] for action in saved["actions"]}
    as_announced = [
        action
        for action in plan.actions
        if kinds.get(action.key) == (_AS_PLANNED.get(action.kind) or action.kind)
    ]
    return replace(plan, actions=tuple(as_announced))


def _check_same_actions(saved: list[Any], now: list[Any], name: str) -> None:
    saved_by_key = {action["key"]: action for action in saved}
    now_by_key = {action["key"]: action for action in now}
    for key in [*saved_by_key, *now_by_key]:
        if saved_by_key.get(key) != now_by_key.get(key):
            raise RefusedError(
                f"{name} no longer fits the files: {key} changed since; run threadsync plan again"
            )


# Meta's overview of limits, read 2026-11-22: posts, replies and deletes in 24 hours.
USUAL_QUOTAS = (250, 1_000, 100)


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of Meta's quotas of 24 hours."""

    posts: int
    replies: int
    deletes: int

    @classmethod
    def of(cls, limit: PublishingLimit) -> Room:
        return cls(limit.posts.left, limit.replies.left, limit.deletes.left)

    @classmethod
    def without(cls, used: Used) -> Room:
        """Meta's usual quotas without what the state knows to be `used`."""
        posts, replies, deletes = (
            max(0, total - count) for total, count in zip(USUAL_QUOTAS, used, strict=True)
        )
        return cls(posts, replies, deletes)

    def after(self, action: Action) -> Room:
        """What is left when `action` is done; negative where it does not fit."""
        replies = sum("reply_to_id" in part.request.params for part in action.parts)
        posts = len(action.parts) - replies
        deletes = len(action.deletes)
        return Room(self.posts - posts, self.replies - replies, self.deletes - deletes)

    @property
    def fits(self) -> bool:
        return min(self.posts, self.replies, self.deletes) >= 0

    @property
    def lacks(self) -> str:
        """Which quota is too small, in words."""
        short = (("posts", self.posts), ("replies", self.replies), ("deletes", self.deletes))
        return ", ".join(f"{-left} {name} too many" for name, left in short if left < 0)
