"""How a call of git ended, what came of a fetch or push, and what a person can do about it. Pure.

The texts are git 2.39's and those that GitHub, GitLab and Bitbucket add (from public reports, read
2026-11-22).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

STOPPED = 256
"""Instead of the exit code of a call that took too long."""

_UNSHOWN = (
    (re.compile(r"(?<=://)[^/\s]*@"), "***@"),
    (re.compile(r"(?i)(authorization: *\w+ +|bearer +)[^\s'\"]+"), r"\1***"),
    (re.compile(r"\x1b\[[0-9;]*\w|[^\n\t -~\u00a0-\U0010ffff]"), ""),
)
# What git adds to every failure of a remote.
_SAYS_NOTHING = re.compile(
    "Could not read from remote repository|Please make sure you have|and the repository exists"
    "|failed to push some refs|error in sideband demultiplexer"
)


class Answer(NamedTuple):
    """How a call of git ended."""

    code: int
    out: bytes
    errors: str
    """What it said on stderr, `masked`."""


class Outcome(Enum):
    """What became of a push."""

    WRITTEN = "written"
    MOVED = "moved"
    """Not written: the branch was not where it was expected, or just being written by another."""
    REFUSED = "refused"
    """Not written, and trying again cannot help."""
    UNCLEAR = "unclear"
    """It may have been written, or still be."""


class Pushed(NamedTuple):
    outcome: Outcome
    why: str = ""
    """With what to do; empty when it was written or the branch has moved."""


# A push that came second, in the words of receive-pack.
_SECOND = re.compile(r"\block\b|update ref|old value|already exists|fetch first|non-fast-forward")
_PROTECTED = re.compile("hook declined|rule violations|protected|prohibited")

_NO_RIGHT = re.compile(
    r"error: 403|[Pp]ermission to \S+ denied|Write access to repository not granted"
    r"|not allowed to push|marked as read.?only|access denied or repository not exported"
)
_NO_LOGIN = re.compile(
    r"could not read (Username|Password)|terminal prompts disabled|Authentication failed"
    r"|error: 401|Permission denied \(|Host key verification failed|Invalid username or "
)
_NO_REPOSITORY = re.compile(
    r"error: 404|[Rr]epository '?\S* ?not found|does not appear to be a git repository"
    r"|could not be found or you don't have permission"
)
_NO_BRANCH = re.compile("couldn't find remote ref")

_WRITE_RIGHT = (
    "may not be written with these credentials; in GitHub Actions give the job "
    "`permissions: contents: write`, elsewhere use a token or key that may push"
)
_READ_RIGHT = (
    "may not be read with these credentials; in GitHub Actions give the job "
    "`permissions: contents: read`, elsewhere use a token or key that may fetch"
)
_LOGIN = (
    "git has no credentials that are accepted ({why}); make git fetch work without a question, "
    "in GitHub Actions with persist-credentials of actions/checkout left on"
)
_REPOSITORY = "there is no repository at its address, or not for these credentials ({why}); check git remote -v"
_RULES = (
    "the server refused the push ({why}); except this branch from protection and rules, "
    "or name another in state.branch"
)
_OTHER = "the server refused the push ({why}); mend that, then run again"
_UNREACHABLE = "cannot be reached: {why}; check the network, then run again"


def masked(text: str) -> str:
    """`text` without passwords, tokens and control characters."""
    for pattern, instead in _UNSHOWN:
        text = pattern.sub(instead, text)
    return text


def last_words(errors: str) -> str:
    """The line of git's stderr that says most: its last `fatal:` or `error:`, else the last one."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    saying = [line for line in lines if not _SAYS_NOTHING.search(line)] or lines
    fatal = [line.partition(": ")[2] for line in saying if line.startswith(("fatal: ", "error: "))]
    return (fatal or saying or ["git does not say why"])[-1].rstrip(".")


def is_no_branch(answer: Answer) -> bool:
    """Whether a fetch failed only because the branch does not exist."""
    return bool(_NO_BRANCH.search(answer.errors))


def read_failure(answer: Answer) -> tuple[str, bool]:
    """Why a fetch failed, with what to do, and whether trying again may help."""
    if _NO_RIGHT.search(answer.errors):
        return _READ_RIGHT, False
    return _failure(answer)


def pushed(answer: Answer) -> Pushed:
    """What came of a push that was called with `--porcelain`."""
    if answer.code == 0:
        return Pushed(Outcome.WRITTEN)
    summary = _refusal(answer.out.decode(errors="replace"))
    if summary is None:
        return _without_verdict(answer)
    if summary.startswith("[rejected]") or _SECOND.search(summary):
        return Pushed(Outcome.MOVED)
    if summary.startswith("[remote failure]"):
        return Pushed(Outcome.UNCLEAR, _UNREACHABLE.format(why=_reason(summary)))
    text = _RULES if _PROTECTED.search(summary) else _OTHER
    return Pushed(Outcome.REFUSED, text.format(why=_reason(summary)))


def _without_verdict(answer: Answer) -> Pushed:
    """A push that ended before the server said a word about the branch, or in the middle of it."""
    if _NO_RIGHT.search(answer.errors):
        return Pushed(Outcome.REFUSED, _WRITE_RIGHT)
    why, may_pass = _failure(answer)
    is_unclear = may_pass or answer.code == STOPPED
    return Pushed(Outcome.UNCLEAR if is_unclear else Outcome.REFUSED, why)


def _failure(answer: Answer) -> tuple[str, bool]:
    why = last_words(answer.errors)
    if _NO_LOGIN.search(answer.errors):
        return _LOGIN.format(why=why), False
    if _NO_REPOSITORY.search(answer.errors):
        return _REPOSITORY.format(why=why), False
    return _UNREACHABLE.format(why=why), answer.code != STOPPED


def _refusal(porcelain: str) -> str | None:
    """`[rejected] (stale info)`: what git says of the branch, None when it says no refusal."""
    refused = [line for line in porcelain.splitlines() if line.startswith("!\t")]
    return refused[0].rpartition("\t")[2] if refused else None


def _reason(summary: str) -> str:
    return summary.partition("(")[2].rstrip(")") or summary
