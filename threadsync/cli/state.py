"""`threadsync state`: look into the state and mend it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from threadsync.cli.options import complete_key
from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from threadsync.project import Project
    from threadsync.state.model import EntryState, State
    from threadsync.state.store import LockInfo

T = TypeVar("T")

EPILOG = """
\b
Examples:
  threadsync state list                keys with their status
  threadsync state show launch         all that is on record of one entry
  threadsync state mv old-key new-key  an entry got another key
  threadsync state rm draft            forget an entry; its post stays out
  threadsync state pull > state.json   the whole state, wherever it is kept
"""


@click.group("state", epilog=EPILOG)
def command() -> None:
    """Look into the state and mend it."""


@command.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@pass_shell
def list_entries(shell: Shell, form: str) -> None:
    """List the recorded entries with their status."""
    state = _read(shell)
    if form == "json":
        shell.for_programs()
        rows = [{"key": key, "status": raw["status"]} for key, raw in sorted(state.entries.items())]
        shell.out(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for key, entry in state.typed_entries():
        out = f"{len(entry.published)} of {entry.total}" if entry.total > 1 else ""
        shell.out(f"{entry.status:<10} {key}  {out}".rstrip())


@command.command("show")
@click.argument("key", shell_complete=complete_key)
@pass_shell
def show(shell: Shell, key: str) -> None:
    """Print all that is on record of one entry, as JSON."""
    state = _read(shell)
    _known(state, key)
    shell.out(json.dumps(state.entries[key], ensure_ascii=False, indent=2, sort_keys=True))


@command.command("mv")
@click.argument("key", shell_complete=complete_key)
@click.argument("new_key")
@pass_shell
def move(shell: Shell, key: str, new_key: str) -> None:
    """Give a recorded entry another key."""
    from threadsync.post import KEY_PATTERN

    if not KEY_PATTERN.fullmatch(new_key):
        raise UsageError(f"{new_key!r} is no valid key: a-z, 0-9, '.', '_', '-' and '/' are")
    _run(_changed(shell, key, new_key))
    shell.say(f"{key} is {new_key} now.")


@command.command("rm")
@click.argument("key", shell_complete=complete_key)
@pass_shell
def remove(shell: Shell, key: str) -> None:
    """Forget a recorded entry.

    Its posts stay on Threads. With its file still there, the next apply looks for them on the
    account before it publishes.
    """
    _run(_changed(shell, key, None))
    shell.say(f"{key} is forgotten; its posts stay on Threads.")


@command.command("pull")
@pass_shell
def pull(shell: Shell) -> None:
    """Print the whole state, wherever it is kept."""
    state = _read(shell)
    if state.lineage is None:
        shell.warn("there is no state yet")
        return
    from threadsync.state.moving import pulled

    shell.out(pulled(state))


@command.command("push")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--force", is_flag=True, help="Also when FILE is older, or another history.")
@pass_shell
def push(shell: Shell, file: Path, *, force: bool) -> None:
    """Write FILE (or - for standard input) in the place of the state.

    To move a state: pull it, change state.backend in threadsync.yaml, push it. What was there before
    becomes a backup.
    """
    from threadsync.state.moving import push_state

    serial = _run(push_state(shell.project().store(), _given(shell, file), str(file), force=force))
    shell.say(f"The state is pushed; its serial is {serial:,} now.")


def _given(shell: Shell, file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else shell.path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error


@command.command("unlock")
@click.argument("lock_id")
@pass_shell
def unlock(shell: Shell, lock_id: str) -> None:
    """Break the lock LOCK_ID of a run that is gone. Asks nothing."""
    holder = _run(_unlocked(shell.project(), lock_id))
    shell.say(f"The lock {holder.id} of {holder.who} ({holder.operation}) is broken.")


def _run(change: Coroutine[Any, Any, T]) -> T:
    import asyncio

    return asyncio.run(change)


def _read(shell: Shell) -> State:
    return shell.project().store().read()


async def _changed(shell: Shell, key: str, new_key: str | None) -> None:
    operation = "state mv" if new_key else "state rm"
    async with shell.project().store().session(operation) as session:
        entry = _known(session.state, key)
        if new_key is None:
            await session.record(key, None)
        elif new_key in session.state.entries:
            raise UsageError(f"{new_key} is on record already; remove or rename that one first")
        else:
            await session.record(new_key, entry, was=key)


async def _unlocked(project: Project, lock_id: str) -> LockInfo:
    """Break the lock, be it on the account's own state or on the one of its sandbox."""
    sandbox = replace(project, settings=replace(project.settings, is_sandbox=True)).store()
    holder = await sandbox.locked_by()
    if holder is not None and holder.id == lock_id:
        return await sandbox.unlock(lock_id)
    return await project.store().unlock(lock_id)


def _known(state: State, key: str) -> EntryState:
    entry = state.entry(key)
    if entry is None:
        raise UsageError(f"{key} is not on record; threadsync state list names what is")
    return entry
