"""What `threadsync new` asks a person for: only what the command line left open."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from threadsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadsync.cli.beginnings import Wanted

LATER = "empty for later"


def may_ask() -> bool:
    """Whether somebody is there to answer."""
    return not os.environ.get("CI") and sys.stdin.isatty() and sys.stderr.isatty()


def asked(wanted: Wanted, named: Callable[[str], str]) -> Wanted:
    """`wanted` with the answers; `named` makes the name in the project of a path that is typed."""
    if not wanted.title:
        wanted = replace(wanted, title=_line("Title"))
    if wanted.template in {"photo", "carousel"}:
        return _with_media(wanted, named)
    if wanted.template == "chain" and not wanted.parts:
        return replace(wanted, parts=tuple(_lines("Next post")))
    if wanted.template == "poll" and not wanted.options:
        return replace(wanted, options=_options())
    return wanted


def _with_media(wanted: Wanted, named: Callable[[str], str]) -> Wanted:
    media = wanted.media or tuple(_paths(1 if wanted.template == "photo" else 20, named))
    open_ones = media[len(wanted.alt) :]
    alt = (*wanted.alt, *(_line(f"What does {name} show", LATER) for name in open_ones))
    return replace(wanted, media=media, alt=alt)


def _paths(most: int, named: Callable[[str], str]) -> list[str]:
    found: list[str] = []
    while len(found) < most and (path := _line("Picture or video", _end(found))):
        try:
            found.append(named(path))
        except UsageError as error:
            click.echo(str(error), err=True)
    return found


def _options() -> tuple[str, ...]:
    """2 to 4 answers, or none to write them later."""
    found: list[str] = []
    while len(found) < 4 and (words := _line(f"Answer {len(found) + 1}", _end(found))):
        if len(words) > 25:
            click.echo(f"That is {len(words)} characters, Threads takes 25.", err=True)
        else:
            found.append(words)
    return tuple(found) if len(found) > 1 else ()


def _lines(what: str) -> list[str]:
    found: list[str] = []
    while words := _line(what, _end(found)):
        found.append(words)
    return found


def _end(found: list[str]) -> str:
    return "empty to end" if found else LATER


def _line(what: str, hint: str = "") -> str:
    """One answer, on stderr; "" when nothing is typed."""
    words = f"{what} ({hint})" if hint else what
    answer: str = click.prompt(words, default="", show_default=False, err=True)
    return answer.strip()
