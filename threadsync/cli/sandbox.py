"""`threadsync sandbox`: a Threads of one's own on loopback."""

from __future__ import annotations

from pathlib import Path

import click

from threadsync.cli.shell import Shell, pass_shell

EPILOG = """
\b
Examples:
  threadsync sandbox                       on http://127.0.0.1:8700
  threadsync sandbox --processing-delay 5  media take five seconds
  threadsync sandbox --fault publish:2:drop-after
                                           the second publish loses its answer
"""


@click.command("sandbox", epilog=EPILOG)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8700,
    show_default=True,
    help="0 takes a free one.",
)
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where accounts, posts and media are kept.  [default: .threadsync/sandbox]",
)
@click.option(
    "--processing-delay",
    metavar="SECONDS",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="How long media take.",
)
@click.option(
    "--fault",
    "faults",
    metavar="SPEC",
    multiple=True,
    help="CALL:NTH:FAULT, a failure to rehearse; may be given several times.",
)
@pass_shell
def command(
    shell: Shell,
    host: str,
    port: int,
    data: Path | None,
    processing_delay: float,
    faults: tuple[str, ...],
) -> None:
    """Run a Threads of one's own.

    A server that behaves like Threads, with a web page of the feed. Programs reach it with
    THREADS_API_BASE_URL and the token SANDBOX.
    """
    from threadsync.project import need_sandbox

    need_sandbox()
    from threadsync.sandbox.faults import parse_fault
    from threadsync.sandbox.model import Options
    from threadsync.sandbox.server import run

    folder = shell.path(data or Path(".threadsync/sandbox"))
    run(
        host,
        port,
        folder,
        Options(processing_delay_s=processing_delay),
        [parse_fault(spec) for spec in faults],
        lambda address: _announce(shell, address),
    )


def _announce(shell: Shell, address: str) -> None:
    """Say where it is; the address alone with -q."""
    shell.out(address)
    shell.say(f"The feed is at {address}/ - the token is SANDBOX, Ctrl-C ends it.")
    shell.say(f"For threadsync: export THREADS_API_BASE_URL={address} THREADS_ACCESS_TOKEN=SANDBOX")
