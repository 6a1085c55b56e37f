"""A process for `test_state_kill`: records entries until it is killed, saying each one it has.

Arguments: folder, number of the first entry, after how many records to fold (0 for never), and
`free` or `asked` (wait for a line of input before each further record). Exit 5 when the store
refuses to write.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from threadsync.errors import StateError
from threadsync.state.local.store import LocalStore
from threadsync.state.model import EntryState, PartState, PartStatus


async def write_on(folder, first, fold_every, pace):
    store = LocalStore(
        folder / "threadsync.state.json",
        seen_path=folder / ".threadsync" / "seen.json",
        clock=lambda: datetime.now(UTC),
        written_by="threadsync test",
    )
    async with store.session("apply") as session:
        for number in itertools.count(first):
            part = PartState(
                n=1, digest="sha256:aa", status=PartStatus.PUBLISHED, id=f"1{number:018}"
            )
            entry = EntryState(source="x" * (number % 50 * 200), parts=(part,), total=1)
            await session.record(str(number), entry)
            os.write(1, b"%d\n" % number)
            if fold_every and number % fold_every == 0:
                await session.fold()
            if pace == "asked":
                sys.stdin.readline()


def main():
    folder, first, fold_every, pace = sys.argv[1:]
    try:
        asyncio.run(write_on(Path(folder), int(first), int(fold_every), pace))
    except StateError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
