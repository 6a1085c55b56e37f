"""What a record costs while a post is published, with few and with very many entries in the state."""

from __future__ import annotations

import asyncio
import logging
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from threadsync.config import StateSettings
from threadsync.state.document import state_to_json
from threadsync.state.local.store import LocalStore
from threadsync.state.model import EntryState, PartState, PartStatus, State
from threadsync.state.remote.store import RemoteStore
from threadsync.state.s3.vault import S3Vault

FEW, MANY = 10, 100_000
RECORDS = 400
S3_RECORDS = 60
MOST = 2.0
KEPT_BY = {"written_by": "benchmark", "written_at": "2026-11-22T10:12:00Z"}


def main(many):
    with tempfile.TemporaryDirectory() as folder:
        few_ms, many_ms = asyncio.run(
            paired([local(Path(folder), n) for n in (FEW, many)], RECORDS)
        )
        ratio = many_ms / few_ms
        word = "ok" if ratio <= MOST else "MISSED"
        print(
            f"on disk, {FEW} entries: {few_ms:.3f} ms a record; {many:,} entries: {many_ms:.3f} ms"
        )
        print(f"{'':<12}{ratio:.2f} x   goal at most {MOST:.0f} x   {word}")
        on_moto(Path(folder), many)


def on_moto(folder, many):
    """For information: most of the time is moto's."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").disabled = True
    os.environ.update(AWS_ACCESS_KEY_ID="AKIDTEST", AWS_SECRET_ACCESS_KEY="benchmark")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    stores = [in_bucket(folder, n, f"http://{host}:{port}") for n in (FEW, many)]
    few_ms, many_ms = asyncio.run(paired(stores, S3_RECORDS))
    server.stop()
    print(f"on moto, {FEW} entries: {few_ms:.1f} ms a record; {many:,} entries: {many_ms:.1f} ms")


def local(folder, count):
    path = folder / str(count) / "threadsync.state.json"
    path.parent.mkdir()
    path.write_bytes(a_state(count))
    return made(partial(LocalStore, path), path.parent)


def in_bucket(folder, count, endpoint):
    import boto3

    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket=f"state-{count}")
    client.put_object(Bucket=f"state-{count}", Key="state.json", Body=a_state(count))
    settings = StateSettings(bucket=f"state-{count}", key="state.json", endpoint_url=endpoint)
    return made(partial(RemoteStore, S3Vault(settings)), folder / f"s3-{count}")


def made(store, folder):
    return store(
        seen_path=folder / "memory" / "seen.json",
        clock=lambda: datetime.now(UTC),
        written_by="benchmark",
    )


def a_state(count):
    entries = {f"post-{n:06}": an_entry(n).to_json() for n in range(count)}
    return state_to_json(State(lineage="L", serial=1, entries=entries), **KEPT_BY)


def an_entry(n):
    part = PartState(n=1, digest="sha256:aa", status=PartStatus.PUBLISHED, id=str(n))
    return EntryState(source=f"posts/{n}.md", digest="sha256:ee", parts=(part,), total=1)


async def paired(stores, count):
    """Median milliseconds of a record in two stores, which take turns; four records an entry."""
    first, second = stores
    times = ([], [])
    async with first.session("apply") as few, second.session("apply") as many:
        for n in range(count):
            for session, list_of_times in zip((few, many), times, strict=True):
                started = time.perf_counter()
                await session.record(f"new-{n // 4}", an_entry(1_000_000 + n))
                list_of_times.append((time.perf_counter() - started) * 1000)
    return tuple(statistics.median(list_of_times) for list_of_times in times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else MANY)
