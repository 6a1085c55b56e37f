"""A sample of `kill_every_call`: kill -9 at a system call, wherever in an apply that is."""

from __future__ import annotations

import pytest
from kill_every_call import CALLS, Tally, is_possible, try_rounds

KILLS = 6
NEAR = ("pwrite64", "fdatasync", "rename", "sendto", "recvfrom", "unlink")
"""The calls next to which something gets durable or public."""

pytestmark = pytest.mark.skipif(not is_possible(), reason="strace is missing or may not trace here")


@pytest.mark.parametrize(("calls", "seed"), [(NEAR, 1), (CALLS, 2)], ids=["near", "anywhere"])
def test_kills_at_system_calls_lose_nothing_and_publish_nothing_twice(
    tmp_path, server, calls, seed
):
    tally = Tally()
    try_rounds(tmp_path, server, KILLS // 2, calls, seed, tally)
    assert tally.failed == []
    assert tally.kills.total() >= KILLS // 2
