"""`threadsync status`: what is out, what waits, what is left of the quota."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ThreadsyncError, UsageError
from threadsync.planning.actions import ActionKind

if TYPE_CHECKING:
    from datetime import tzinfo

    from threadsync.api.client import API
    from threadsync.planning.actions import Plan
    from threadsync.project import Project
    from threadsync.state.model import State

EPILOG = """
\b
Examples:
  threadsync status                    entries of the files and of the state
  threadsync status --format json      the same for programs
  threadsync status --calendar         what goes out in the weeks ahead
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its key, what is so about it, and where it can be seen or why it waits."""

    key: str
    status: str
    note: str
    published_at: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "status": self.status,
            "note": self.note,
            "published_at": self.published_at,
        }


@click.command("status", epilog=EPILOG)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--calendar", "is_calendar", is_flag=True, help="What goes out in the weeks ahead.")
@click.option("--weeks", metavar="N", type=click.IntRange(1, 104), help="How many; 4 if left out.")
@pass_shell
def command(shell: Shell, form: str, *, is_calendar: bool, weeks: int | None) -> None:
    """Show what is out and what waits.

    With a token also how many days it lives and what is left of Meta's quotas. The calendar needs no
    network: it has what the files and the state say, in the time zone of the settings.
    """
    from threadsync.reading.times import zone

    if form == "json":
        shell.for_programs()
    if weeks is not None and not is_calendar:
        raise UsageError("--weeks is for --calendar; add it, or leave --weeks out")
    project = shell.project()
    state, plan = _planned(project)
    _tell_errors(shell, plan)
    if is_calendar:
        _show_calendar(shell, plan, zone(project.settings.timezone), form, weeks or 4)
    else:
        _show_rows(shell, _rows(state, plan), asyncio.run(_account(project)), form)


def _tell_errors(shell: Shell, plan: Plan) -> None:
    """That there are entries which are not shown, and that nothing goes out meanwhile."""
    from threadsync.problems import errors_in
    from threadsync.reporting.text import counted

    if errors := len(errors_in(plan.problems)):
        found = counted(errors, "error", "errors")
        shell.warn(f"Found {found}; apply would do nothing. Run: threadsync validate")


def _show_rows(shell: Shell, rows: list[Row], account: dict[str, Any], form: str) -> None:
    if form == "json":
        listed = [row.to_json() for row in rows]
        shell.out(json.dumps({"entries": listed, "account": account}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        note = f"  {shell.paint(row.note, 'bright_black')}" if row.note else ""
        shell.out(f"{row.status:<10} {row.key}{note}")
    shell.say(_last_line(rows))
    for line in _account_lines(account):
        shell.say(line)


def _show_calendar(shell: Shell, plan: Plan, where: tzinfo, form: str, weeks: int) -> None:
    from threadsync.reporting.calendar import calendar_of, calendar_text

    calendar = calendar_of(plan, where, weeks)
    if form == "json":
        shell.out(json.dumps(calendar.to_json(), ensure_ascii=False, indent=2))
        return
    for line in calendar_text(calendar, shell.paint):
        shell.out(line)


def _planned(project: Project) -> tuple[State, Plan]:
    from threadsync.planning.build import Scope

    state = project.store().read()
    return state, project.plan(project.load(state), state, Scope(), now=datetime.now(UTC))


def _rows(state: State, plan: Plan) -> list[Row]:
    """One row for each entry of the state or of the plan, sorted by key."""
    from threadsync.reporting.text import why

    planned = {action.key: action for action in plan.actions}
    rows = [
        Row(action.key, _word(action.kind), _note(why(action)))
        for action in plan.actions
        if action.key not in state.entries
    ]
    for key, entry in state.typed_entries():
        first = entry.published[0] if entry.published else None
        note = (first.permalink or first.id or "") if first else ""
        if key in planned and planned[key].is_change:
            note = f"{planned[key].kind}: {planned[key].reason}"
        rows.append(Row(key, entry.status, note, first.published_at if first else None))
    return sorted(rows, key=lambda row: row.key)


def _word(kind: ActionKind) -> str:
    return "waiting" if kind is ActionKind.WAIT else "new"


def _note(reason: str) -> str:
    return "" if reason == "new" else reason


def _last_line(rows: list[Row]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    return ", ".join(f"{count} {status}" for status, count in counts.items()) or "No entries."


async def _account(project: Project) -> dict[str, Any]:
    """What Meta says of the account; empty without a token, `error` when it does not answer."""
    try:
        if project.token() is None:
            return {}
        async with project.connected() as connection:
            return await _asked(connection.api)
    except ThreadsyncError as error:
        return {"error": str(error)}


async def _asked(api: API) -> dict[str, Any]:
    from threadsync.checkup.verdicts import limit_fields

    account, token = await api.account(), await api.debug_token()
    limit = await api.publishing_limit(limit_fields(token.scopes))
    quotas = {"posts": limit.posts, "replies": limit.replies, "deletes": limit.deletes}
    left = {name: {"left": quota.left, "total": quota.total} for name, quota in quotas.items()}
    days = (token.expires_at - datetime.now(UTC)).days if token.expires_at else None
    return {"username": account.username, "token_days_left": days, "quota": left}


def _account_lines(account: dict[str, Any]) -> list[str]:
    if "error" in account:
        return [f"The account cannot be read: {account['error']}"]
    if not account:
        return []
    quota = ", ".join(
        f"{name} {left['left']} of {left['total']}" for name, left in account["quota"].items()
    )
    days = account["token_days_left"]
    token = f"; the token lives {days} more days" if days is not None else ""
    return [f"@{account['username']}{token}. Left for 24 hours: {quota}."]
