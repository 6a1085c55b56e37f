"""A doubt that is settled while other posts go out is none any more when the run has to end early."""

from __future__ import annotations

import asyncio
import json

import pytest
from builders import write
from command_line import CommandLine

from threadsync.errors import ExitCode
from threadsync.workflow import lazy_run


@pytest.fixture
def cli(project, capsys, monkeypatch):
    """Four posts more; the waits between two looks take no time."""

    async def soon(_):
        await asyncio.sleep(0)

    monkeypatch.setattr(lazy_run, "sleep", soon)
    write(project, "threadsync.yaml", "policy: {settle: 1m}\n")
    for name in ("i", "j", "k", "l"):
        write(project, f"posts/{name}.md", f"Post {name}\n")
    return CommandLine(project, capsys)


def test_a_run_that_meta_ends_counts_a_settled_doubt_as_published(cli):
    cli.fault("publish:1:drop-after")
    cli.fault("threads:2:no-permission")  # where the post would have been found at once
    cli.fault("publish:5:restricted")
    result = cli.apply("--format", "json")
    last = json.loads(result.out.splitlines()[-1])
    assert cli.state["entries"]["hello"]["status"] == "published"
    assert (last["summary"]["published"], last["summary"]["unknown"]) == (4, 0)
    assert result.code == ExitCode.PARTLY


def test_a_doubt_that_stays_one_is_still_told(cli):
    cli.fault("publish:1:drop-before")
    cli.fault("publish:5:restricted")
    result = cli.apply("--format", "json")
    assert '"event": "unknown", "key": "hello"' in result.out
    assert result.code == ExitCode.UNKNOWN
