"""`threadsync auth`: get an access token, look at it, renew it."""

from __future__ import annotations

import asyncio
import json
import textwrap
from typing import TYPE_CHECKING, Any

import click

from threadsync.cli.shell import Shell, pass_shell
from threadsync.errors import (
    ExitCode,
    SettingsError,
    ThreadsyncError,
    TokenError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from threadsync.api.credentials import Credentials
    from threadsync.project import Project
    from threadsync.signin.delivery import Delivery
    from threadsync.signin.facts import TokenFacts
    from threadsync.signin.held import HeldToken

EPILOG = """
\b
Examples:
  threadsync auth login                   in the browser; the token is stored
  threadsync auth status                  whose token it is, how long it lives
  threadsync auth refresh                 a new one for 60 days
  threadsync auth refresh --github-secret THREADS_ACCESS_TOKEN
                                          the same for GitHub Actions
"""
_WIDTH = 80


def _delivery_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Where a new token goes, besides the file or instead of it."""
    for option in (
        click.option("--github-environment", metavar="ENV", help="The environment it is for."),
        click.option("--github-secret", metavar="NAME", help="Set this secret on GitHub by gh."),
        click.option("--print", "is_shown", is_flag=True, help="Print the token; not in CI."),
    ):
        function = option(function)
    return function


@click.group("auth", epilog=EPILOG)
def command() -> None:
    """Get, look at and renew the access token."""


@command.command("login")
@click.option(
    "--scope", "scopes", metavar="SCOPE", multiple=True, help="Ask for this only; repeatable."
)
@click.option("--no-browser", is_flag=True, help="Only show the address to open.")
@_delivery_options
@pass_shell
def login(shell: Shell, /, scopes: tuple[str, ...], *, no_browser: bool, **options: Any) -> None:
    """Get an access token in the browser.

    THREADS_APP_ID, THREADS_API_SECRET and THREADS_REDIRECT_URI say which app asks. The token is
    stored for this project and account, where only you can read it, or printed with --print.
    """
    from threadsync.cli.browser import visiting
    from threadsync.signin.login import sign_in

    project = _real_project(shell)
    delivery = _delivery(shell, project, stays=not options["is_shown"], **options)
    with visiting(shell, project, _scopes(project, scopes), opens=not no_browser) as (app, visit):
        credentials = sign_in(project.settings, app, visit)
    delivery.deliver(credentials, shell.out)
    _report_login(shell, project, delivery, credentials)


@command.command("status")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@pass_shell
def status(shell: Shell, form: str) -> int:
    """Show whose token it is, what it may, and how long it lives.

    Ends with 0 when Threads accepts the token, else with 1.
    """
    from threadsync.signin.held import refresh_command

    project = shell.project()
    if form == "json":
        shell.for_programs()
        found = _status_json(project)
        shell.out(json.dumps(found, ensure_ascii=False, indent=2))
        return ExitCode.DONE if found["valid"] else ExitCode.PROBLEMS
    held = _held(project)
    facts = _facts(project)
    _show_facts(shell, facts, held.place)
    if facts.ends_soon:
        again = refresh_command(project.settings, held)
        shell.warn(f"{_warning(shell)}: the token ends soon; run {again}")
    return ExitCode.DONE


@command.command("refresh")
@_delivery_options
@pass_shell
def refresh(shell: Shell, /, **options: Any) -> None:
    """Get a new token for 60 days in exchange for the present one.

    Possible once it is 24 hours old, and until it ends. A stored token is replaced.
    """
    from threadsync.signin.held import Source
    from threadsync.signin.renewal import check_may_renew, renewed

    project = _real_project(shell)
    held = _held(project)
    is_stored = held.source is Source.FILE
    if not (is_stored or options["is_shown"] or options["github_secret"]):
        raise UsageError(
            f"the token comes from {held.place}, which cannot be changed from here; "
            "add --github-secret NAME, or --print"
        )
    delivery = _delivery(shell, project, stays=is_stored, **options)
    facts = _facts(project)
    check_may_renew(facts)
    credentials = renewed(project.settings, held.secret.reveal(), facts)
    delivery.deliver(credentials, shell.out)
    shell.say(f"New token for @{facts.account.username}, good until {_day(credentials)}.")
    _say_where(shell, project, delivery)


def _real_project(shell: Shell) -> Project:
    if shell.is_sandbox:
        raise UsageError(
            "--sandbox has a token of its own; to rehearse a login, run threadsync sandbox "
            "and set THREADS_API_BASE_URL to its address"
        )
    return shell.project()


def _held(project: Project) -> HeldToken:
    from threadsync.signin.held import no_token

    held = project.token()
    if held is None:
        raise no_token(project.settings)
    return held


def _facts(project: Project) -> TokenFacts:
    from threadsync.signin.facts import fetch_facts
    from threadsync.signin.held import command_line

    async def fetched() -> TokenFacts:
        async with project.connected() as connection:
            return await fetch_facts(connection.api)

    try:
        return asyncio.run(fetched())
    except TokenError as exc:
        again = command_line(project.settings, "auth login")
        said = str(exc)
        raise exc if again in said else TokenError(f"{said.rstrip('.')}; run {again}") from exc


def _delivery(
    shell: Shell,
    project: Project,
    *,
    stays: bool,
    is_shown: bool,
    github_secret: str | None,
    github_environment: str | None,
) -> Delivery:
    """Where a new token goes, after a look whether it can; its text has stdout for itself."""
    from threadsync.signin.delivery import Delivery
    from threadsync.signin.github import GitHubSecret
    from threadsync.signin.held import token_file_of

    secret = None
    if github_secret is not None:
        secret = GitHubSecret(github_secret, project.settings.root, github_environment)
    elif github_environment is not None:
        raise UsageError("--github-environment goes with --github-secret NAME")
    token_file = token_file_of(project.settings, project.environ)
    delivery = Delivery(token_file, stays=stays, is_shown=is_shown, secret=secret)
    delivery.check(project.environ)
    if is_shown:
        shell.for_programs()
    return delivery


def _scopes(project: Project, asked_for: tuple[str, ...]) -> list[str]:
    from threadsync.planning.scopes import BASIC, login_scopes, needed_scopes

    if asked_for:
        named = [scope for text in asked_for for scope in text.replace(",", " ").split()]
        return list(dict.fromkeys([BASIC, *named]))
    try:
        entries = project.load_all(project.store().read()).entries
    except ThreadsyncError:
        entries = ()  # a login must not wait until the files and the state are in order
    return login_scopes(needed_scopes(entries, project.settings.policy))


def _report_login(
    shell: Shell, project: Project, delivery: Delivery, credentials: Credentials
) -> None:
    from threadsync.api.client import API
    from threadsync.signin.facts import fetch_facts

    _say_where(shell, project, delivery)

    async def fetched() -> TokenFacts:
        async with API(credentials, base_url=project.settings.base_url) as api:
            return await fetch_facts(api)

    facts = asyncio.run(fetched())
    shell.say(f"Logged in as @{facts.account.username}, good until {_day(credentials)}.")
    refused = [scope for scope in credentials.scopes if scope not in facts.info.scopes]
    if refused:
        shell.warn(f"{_warning(shell)}: not allowed: {', '.join(refused)}")
    if project.settings.token is not None:
        name = project.settings.token_env
        shell.warn(f"{_warning(shell)}: {name} is set and wins over the stored token; unset it")


def _say_where(shell: Shell, project: Project, delivery: Delivery) -> None:
    from threadsync.signin.places import short

    if delivery.stays:
        shell.say(f"Stored in {short(delivery.file.path, project.environ)}")
    if delivery.secret:
        shell.say(f"Set as the GitHub secret {delivery.secret}.")


def _show_facts(shell: Shell, facts: TokenFacts, place: str) -> None:
    scopes = ", ".join(sorted(facts.info.scopes))
    shell.out(f"account  @{facts.account.username} ({facts.account.id})")
    shell.out(f"token    from {place}")
    shell.out(f"ends     {facts.end}")
    shell.out(textwrap.fill(scopes, _WIDTH, initial_indent="scopes   ", subsequent_indent=" " * 9))


def _status_json(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = {"format_version": 1, "account": project.settings.account}
    try:
        held, facts = _held(project), _facts(project)
    except ThreadsyncError as exc:
        # Without an answer of Threads nothing is known of the token.
        is_refused = isinstance(exc, TokenError | SettingsError)
        return {**found, "valid": False if is_refused else None, "error": str(exc)}
    place = {"source": held.source.value, "place": held.place}
    return {**found, "valid": True, **place, **facts.to_json()}


def _day(credentials: Credentials) -> str:
    return f"{credentials.expiration:%Y-%m-%d}"


def _warning(shell: Shell) -> str:
    return shell.paint("warning", "yellow")
