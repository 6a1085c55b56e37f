"""`threadsync resolve`: settle by hand what became of a part."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from threadsync.cli.options import complete_key
from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import UsageError

if TYPE_CHECKING:
    from threadsync.post import Reference
    from threadsync.publishing.events import Event
    from threadsync.state.model import PartState
    from threadsync.workflow.resolve import Answer

EPILOG = """
\b
Examples:
  threadsync resolve launch --published 18012345678901234
  threadsync resolve launch#2 --not-published
  threadsync resolve launch --retry-same-container
"""


@click.command("resolve", epilog=EPILOG)
@click.argument("reference", metavar="KEY[#N]", shell_complete=complete_key)
@click.option("--published", "media_id", metavar="ID", help="It is out, as the post ID.")
@click.option("--not-published", is_flag=True, help="It is not out and never will be.")
@click.option(
    "--retry-same-container",
    "retry",
    is_flag=True,
    help="Publish the same draft again, once nothing can be under way any more.",
)
@pass_shell
def command(
    shell: Shell, reference: str, media_id: str | None, *, not_published: bool, retry: bool
) -> None:
    """Say what became of a part whose outcome is not known.

    Waiting does it too: every apply looks again, and a day later Meta always tells.
    """
    from threadsync.workflow.resolve import resolve_part

    answer = _answer(media_id, not_published=not_published, retry=retry)
    named = _reference(reference)
    n, part = asyncio.run(resolve_part(shell.project(), named, answer, _ignored))
    shell.say(_said(f"{named.key}#{n}", part))


def _answer(media_id: str | None, *, not_published: bool, retry: bool) -> Answer:
    from threadsync.workflow.resolve import Answer, Way

    given = [
        Answer(way, media_id)
        for way, is_given in (
            (Way.PUBLISHED, media_id is not None),
            (Way.NOT_PUBLISHED, not_published),
            (Way.RETRY, retry),
        )
        if is_given
    ]
    if len(given) != 1:
        raise UsageError("give one of --published ID, --not-published and --retry-same-container")
    if media_id is not None and not (media_id.isascii() and media_id.isdigit()):
        raise UsageError(f"--published {media_id}: a post's id is a number")
    return given[0]


def _reference(text: str) -> Reference:
    from threadsync.post import Reference

    try:
        reference = Reference.parse(text)
    except ValueError:
        raise UsageError(f"{text!r} is no entry; write KEY or KEY#N") from None
    if reference.key is None:
        raise UsageError(f"{text!r} is no entry; write KEY or KEY#N")
    return reference


def _said(name: str, part: PartState | None) -> str:
    if part is None:
        return f"{name} counts as not published; the next apply publishes it."
    if part.is_published:
        return f"{name} is published as {part.id}."
    return f"{name} may be published again; the next apply sends the same draft."


def _ignored(event: Event) -> None:
    """Nothing is told while a part is settled by hand."""
