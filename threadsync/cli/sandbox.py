"""`threadsync sandbox`: a Threads of one's own on loopback."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import click

from threadsync.cli.shell import Shell, pass_shell

EPILOG = """
\b
Examples:
  threadsync sandbox                       on http://127.0.0.1:8700
  threadsync sandbox --processing-delay 2 --processing-delay video:30
                                           media take 2 s, videos 30 s
  threadsync sandbox --fault publish:2:drop-after
                                           the second publish loses its answer
"""

SECONDS: dict[str, Any] = {
    "metavar": "SECONDS",
    "type": click.FloatRange(0),
    "default": 0.0,
    "show_default": True,
}


def _delays(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> dict[str, Any]:
    """Each `SECONDS` or `TYPE:SECONDS` under the name that `Options` has for it."""
    read = {}
    for text in texts:
        kind, _, seconds = text.rpartition(":")
        if kind not in {"", "image", "video", "carousel"}:
            raise click.BadParameter(
                f"{kind!r} is no type; use image, video or carousel", ctx, param
            )
        read[f"{kind or 'processing'}_delay_s"] = SECONDS["type"].convert(seconds, param, ctx)
    return read


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
    "delays",
    metavar="[TYPE:]SECONDS",
    multiple=True,
    callback=_delays,
    help="How long media take, or those of a type: image, video, carousel; may be repeated.",
)
@click.option("--feed-lag", "feed_lag_s", **SECONDS, help="How late posts enter and leave lists.")
@click.option(
    "--permalink-lag", "permalink_lag_s", **SECONDS, help="How late a post has its address."
)
@click.option("--parent-lag", "parent_lag_s", **SECONDS, help="How late a post can be replied to.")
@click.option("--child-lag", "child_lag_s", **SECONDS, help="How late a carousel can have an item.")
@click.option(
    "--lax-publish", is_flag=True, help="A second publish posts again; else it is refused."
)
@click.option(
    "--fault",
    "faults",
    metavar="SPEC",
    multiple=True,
    help="CALL:NTH:FAULT, a failure to rehearse; may be given several times.",
)
@click.option(
    "--faults",
    "fault_files",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="A YAML or JSON file with a list of faults.",
)
@pass_shell
def command(
    shell: Shell,
    /,
    host: str,
    port: int,
    data: Path | None,
    delays: dict[str, Any],
    faults: tuple[str, ...],
    fault_files: tuple[Path, ...],
    **behaviour: Any,
) -> None:
    """Run a Threads of one's own.

    A server that behaves like Threads, with a web page of the feed. Programs reach it with
    THREADS_API_BASE_URL and the token SANDBOX.
    """
    from threadsync.project import need_sandbox

    need_sandbox()
    from threadsync.sandbox.fault_files import read_faults
    from threadsync.sandbox.faults import parse_fault
    from threadsync.sandbox.model import Options
    from threadsync.sandbox.server import run

    folder = shell.path(data or Path(".threadsync/sandbox"))
    run(
        host,
        port,
        folder,
        Options(**delays, **behaviour),
        [
            *(fault for file in fault_files for fault in read_faults(shell.path(file))),
            *(parse_fault(spec) for spec in faults),
        ],
        lambda address: _announce(shell, host, address),
    )


def _announce(shell: Shell, host: str, address: str) -> None:
    """Say where it is; the address alone with -q."""
    shell.out(address)
    shell.say(f"The feed is at {address}/ - the token is SANDBOX, Ctrl-C ends it.")
    shell.say(f"For threadsync: export THREADS_API_BASE_URL={address} THREADS_ACCESS_TOKEN=SANDBOX")
    if not _is_loopback(host):
        shell.warn(
            f"warning: whoever can reach {host} can read and post here, the token is no secret; "
            "use --host 127.0.0.1 to keep it to this computer"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
