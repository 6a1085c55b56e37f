"""What facts about a project mean: one check each, with what to do. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from threadsync.planning.scopes import DELETE, PUBLISH, REPLIES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from threadsync.api.types import Account, PublishingLimit, Quota
    from threadsync.config import MediaSettings, StateSettings
    from threadsync.planning.scopes import Need
    from threadsync.post import Entry
    from threadsync.problems import Problem
    from threadsync.signin.facts import TokenFacts

CLOCK_TOLERANCE = timedelta(seconds=60)


class Verdict(StrEnum):
    """How much what was found matters."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found, and what to do; `advice` is empty when all is well."""

    name: str
    verdict: Verdict
    found: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.found.rstrip('.')}; {self.advice}" if self.advice else self.found

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def token_check(facts: TokenFacts, origin: str, refresh: str) -> Check:
    """`refresh` is the command that renews it."""
    found = f"{origin}, ends {facts.end}"
    if facts.ends_soon:
        return Check("token", Verdict.WARNING, found, f"run {refresh}")
    return Check("token", Verdict.OK, found)


def account_check(account: Account, user_id: str | None, recorded: Mapping[str, Any]) -> Check:
    """Whether the token is of the account that the settings and the state are about."""
    found = f"@{account.username} ({account.id})"
    if user_id and user_id != account.id:
        advice = "use the token of that account, or correct user_id"
        return Check(
            "account", Verdict.PROBLEM, f"the token is of {found}, user_id is {user_id}", advice
        )
    if recorded.get("user_id") not in {None, account.id}:
        owner = f"@{recorded.get('username')} ({recorded.get('user_id')})"
        advice = "use the token of that account, or another state.path"
        return Check(
            "account", Verdict.PROBLEM, f"the token is of {found}, the state of {owner}", advice
        )
    return Check("account", Verdict.OK, found)


def scopes_check(granted: Collection[str], needs: Mapping[str, Need]) -> Check:
    missing = {scope: need for scope, need in needs.items() if scope not in granted}
    if not missing:
        count = "1 permission" if len(granted) == 1 else f"{len(granted)} permissions"
        return Check("scopes", Verdict.OK, f"{count}, all that the posts and settings need")
    is_sure = any(need.is_certain for need in missing.values())
    found = ", ".join(f"{scope} {need.reason}" for scope, need in missing.items())
    return Check(
        "scopes",
        Verdict.PROBLEM if is_sure else Verdict.WARNING,
        f"missing: {found}",
        "add to the app at Meta what it lacks, then run threadsync auth login",
    )


def quota_check(limit: PublishingLimit, granted: Collection[str]) -> Check:
    """What is left of Meta's quotas for 24 hours; those of scopes not granted are left out."""
    parts = (
        ("posts", PUBLISH, limit.posts),
        ("replies", REPLIES, limit.replies),
        ("deletes", DELETE, limit.deletes),
    )
    quotas = {name: quota for name, scope, quota in parts if scope in granted}
    found = "left: " + ", ".join(_left(name, quota) for name, quota in quotas.items())
    if any(quota.left == 0 for quota in quotas.values()):
        advice = "apply puts off what does not fit: run it again within 24 hours"
        return Check("quota", Verdict.WARNING, found, advice)
    return Check("quota", Verdict.OK, found)


def limit_fields(granted: Collection[str]) -> str:
    """The parts of the publishing limit to ask for.

    Asking for a part without its scope can break the whole answer (publishers' reports, read
    2026-11-22).
    """
    fields = ["quota_usage,config"]
    if REPLIES in granted:
        fields.append("reply_quota_usage,reply_config")
    if DELETE in granted:
        fields.append("delete_quota_usage,delete_config")
    return ",".join(fields)


def clock_check(here: datetime, there: datetime) -> Check:
    """`there` is the time in Meta's answer, in whole seconds."""
    ahead = here - there
    if abs(ahead) <= CLOCK_TOLERANCE:
        return Check("clock", Verdict.OK, "this computer and Threads agree")
    way = "ahead of" if ahead > timedelta(0) else "behind"
    found = f"this computer is {_words(abs(ahead))} {way} Threads"
    advice = "set its clock: posts go out by it"
    return Check("clock", Verdict.WARNING, found, advice)


def media_check(media: MediaSettings, entries: Sequence[Entry]) -> Check:
    """What the settings of media mean for the posts. No bucket is asked."""
    if media.store == "none":
        local = next((entry for entry in entries if _has_files(entry)), None)
        if local is None:
            found = "media.store is none: posts can only show public web addresses"
            return Check("media", Verdict.OK, found)
        found = f"media.store is none, and {local.key} shows a file of the project"
        return Check("media", Verdict.PROBLEM, found, "set media.store: s3 and name a bucket")
    public = " and ".join(media.public_base_urls)
    reached = f"public at {public}" if public else "presigned"
    found = f"bucket {media.bucket}, {reached}, by the settings; it was not asked"
    return Check("media", Verdict.OK, found)


def state_check(state: StateSettings, *, is_ci: bool) -> Check:
    if state.backend == "local" and is_ci:
        found = f"in {state.path}, and a runner's disk is gone after the run"
        return Check("state", Verdict.WARNING, found, "use state.backend s3 or git in CI")
    place = {"local": state.path, "s3": f"bucket {state.bucket}", "git": f"branch {state.branch}"}
    return Check("state", Verdict.OK, f"{state.backend}: {place[state.backend]}")


def posts_check(entries: Sequence[Entry], errors: Sequence[Problem]) -> Check:
    count = "1 entry" if len(entries) == 1 else f"{len(entries):,} entries"
    if not errors:
        return Check("posts", Verdict.OK, count)
    found = f"{count} and {len(errors):,} error{'s' if len(errors) > 1 else ''}"
    return Check("posts", Verdict.PROBLEM, found, "run threadsync validate")


def _has_files(entry: Entry) -> bool:
    return any(media.path for part in entry.parts for media in part.media)


def _left(name: str, quota: Quota) -> str:
    return f"{quota.left} of {quota.total} {name}"


def _words(span: timedelta) -> str:
    seconds = span.total_seconds()
    for unit, size_s in (("days", 86_400), ("hours", 3_600), ("min", 60)):
        if seconds >= 2 * size_s:
            return f"{seconds / size_s:.0f} {unit}"
    return f"{seconds:.0f} s"
