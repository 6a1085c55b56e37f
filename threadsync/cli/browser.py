"""How a person gets from the terminal to the authorize window and back: browser, waiting, pasting."""

from __future__ import annotations

import asyncio
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from threadsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from threadsync.api.credentials import Configuration
    from threadsync.cli.shell import Shell
    from threadsync.project import Project
    from threadsync.signin.callback import Callback

PATIENCE = timedelta(minutes=10)
"""How long the browser may stay away."""


@contextmanager
def visiting(
    shell: Shell, project: Project, scopes: list[str], *, opens: bool
) -> Iterator[tuple[Configuration, Callable[[str], str]]]:
    """The app that asks, and how a person gets to its window and back."""
    from threadsync.signin.app import REDIRECT, configuration, is_listened_to, said_of
    from threadsync.signin.callback import Callback

    listens = is_listened_to(said_of(REDIRECT, project.settings, project.environ))
    if not listens:
        _check_person(project)
    app = configuration(project.settings, project.environ, scopes)
    if listens:
        with Callback(app.redirect_uri) as callback:
            app = replace(app, redirect_uri=callback.redirect_uri)
            yield app, lambda url: _waited(shell, url, callback, opens=opens)
        return
    yield app, lambda url: _pasted(shell, url, app.redirect_uri, opens=opens)


def _check_person(project: Project) -> None:
    is_alone = project.environ.get("CI") or not (sys.stdin.isatty() and sys.stderr.isatty())
    if is_alone:
        raise UsageError(
            "a login needs a person at a terminal, to paste the address the browser ends on; log "
            "in on your own computer, for CI with --github-secret THREADS_ACCESS_TOKEN"
        )


def _waited(shell: Shell, url: str, callback: Callback, *, opens: bool) -> str:
    _show_window(shell, url, opens=opens)
    shell.tell(f"Waiting for the browser to come back to {callback.redirect_uri}")
    return asyncio.run(callback.address(PATIENCE))


def _pasted(shell: Shell, url: str, redirect_uri: str, *, opens: bool) -> str:
    from threadsync.signin.login import is_way_back

    _show_window(shell, url, opens=opens)
    shell.tell(
        f"Then the browser goes on to {redirect_uri}\n"
        "It does not matter if it cannot show that page. Copy the whole address from its\n"
        "address bar and paste it here; it is good for an hour, and for one login."
    )
    while True:
        address: str = click.prompt("Address", err=shell.is_json)
        if is_way_back(address, redirect_uri):
            return address
        shell.warn(f"That does not begin like {redirect_uri}; copy the address once more.")


def _show_window(shell: Shell, url: str, *, opens: bool) -> None:
    first = "The browser opens. If it does not, open" if opens else "Open"
    shell.tell(f"{first} this address and allow the access:\n\n{url}\n")
    if opens:
        import threading
        import webbrowser

        # Some browsers only give the terminal back when they are closed.
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
