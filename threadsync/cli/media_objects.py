"""`threadsync media ls` and `media prune`: what lies in the bucket, and removing what nobody needs."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from threadsync.media.delivery.bucket import MediaBucket
    from threadsync.media.delivery.pruning import Judged


@click.command("ls")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@pass_shell
def list_objects(shell: Shell, form: str) -> int:
    """Show the objects in the bucket.

    With their size, their age, the entries that show them, and why they stay: needed (an entry is
    still to be published), young (below media.keep_media), unknown (not of these posts), or old:
    those are what prune removes.
    """
    from threadsync.reporting.stored_media import objects_json, objects_table, total
    from threadsync.workflow.stored_media import bucket_of, stored_media

    if form == "json":
        shell.for_programs()
    project, now = shell.project(), datetime.now(UTC)
    with closing(bucket_of(project.settings)) as bucket:
        objects = stored_media(project, bucket, now)
    if form == "json":
        shell.out(json.dumps(objects_json(objects, now), ensure_ascii=False, indent=2))
        return ExitCode.DONE
    for line in objects_table(objects, project.settings.media.prefix, now):
        shell.out(line)
    shell.say(f"{total(objects)} in {_place(bucket, project.settings.media.prefix)}.")
    return ExitCode.DONE


@click.command("prune")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@pass_shell
def prune(shell: Shell, auto_approve: bool) -> int:
    """Remove the objects that no entry needs any more.

    Only what these posts put there and is older than media.keep_media (7d), and whose posts have
    been out for as long. Shows them and asks first.
    """
    if not auto_approve and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on; add --auto-approve")
    from threadsync.reporting.stored_media import objects_table, total
    from threadsync.reporting.text import counted
    from threadsync.workflow.stored_media import bucket_of, stored_media

    project, now = shell.project(), datetime.now(UTC)
    media = project.settings.media
    with closing(bucket_of(project.settings)) as bucket:
        old = [one for one in stored_media(project, bucket, now) if one.kept is None]
        place = _place(bucket, media.prefix)
        if not old:
            is_forever = media.keep_media is None
            why = (
                "media.keep_media is forever" if is_forever else "all are needed, young or unknown"
            )
            shell.say(f"Nothing to remove from {place}: {why}.")
            return ExitCode.DONE
        for line in objects_table(old, media.prefix, now):
            shell.say(line)
        shell.say(f"{total(old)} of {place}.")
        if not auto_approve and not _is_wanted(f"Remove {counted(len(old), 'object', 'objects')}"):
            shell.tell("Cancelled; nothing was removed.")
            return ExitCode.PROBLEMS
        _remove(shell, bucket, old)
    return ExitCode.DONE


def _remove(shell: Shell, bucket: MediaBucket, old: Sequence[Judged]) -> None:
    from threadsync.reporting.stored_media import total
    from threadsync.workflow.stored_media import remove

    gone: list[Judged] = []
    try:
        remove(bucket, old, gone.append)
    finally:
        shell.out(f"Removed {total(gone)}.")


def _is_wanted(question: str) -> bool:
    answer = click.prompt(
        f"\n{question}? Only 'yes' is accepted", default="", show_default=False, err=True
    )
    return bool(answer == "yes")


def _place(bucket: MediaBucket, prefix: str) -> str:
    return f"s3://{bucket.name}/{prefix}"
