"""Kill -9 at each named place of an apply, and at another one of the apply after that.

CRASH_PAIRS=all tries every pair; by default each place has its turn in one of them.
"""

from __future__ import annotations

import itertools
import os
import signal

import pytest
from crashing import PLACES
from killing import FIRST, SECOND, a_project, edit
from processes import check, ended
from served import Served

NAMES = list(PLACES)
HALF = (len(NAMES) + 1) // 2
SOME = [(name, 1 + n % 3, NAMES[n - HALF], 1 + n % 2) for n, name in enumerate(NAMES[:HALF])]
ALL = [(*pair, *one) for pair, one in itertools.product(itertools.product(NAMES, (1, 2)), repeat=2)]
PAIRS = ALL if os.environ.get("CRASH_PAIRS") == "all" else SOME


@pytest.fixture
def runs(tmp_path, server):
    a_project(tmp_path / "project")
    (tmp_path / "project/posts/picture.md").write_text("A picture\n")  # of words: there is no store
    runs = Served(tmp_path / "project", *server)
    runs.post("reset", {})
    return runs


def crashed(runs, place, nth):
    """An apply that dies where it comes to `place` for the `nth` time; whether it came there."""
    apply = ("-C", str(runs.root), "apply", "--auto-approve")
    code, _, err = ended(runs.begin("crashing", place, str(nth), *apply))
    assert code in {-signal.SIGKILL, 0, 4}, (code, err)
    return code == -signal.SIGKILL


@pytest.mark.parametrize(("first", "nth", "second", "other_nth"), PAIRS)
def test_two_crashes(runs, first, nth, second, other_nth):
    """Before anything is out, or by default only of a run that replaces, appends and deletes."""
    if PAIRS is ALL:
        crashed(runs, first, nth)
        crashed(runs, second, other_nth)
    runs.settle()
    check(runs, FIRST)
    edit(runs.root)
    crashed(runs, second, nth)
    crashed(runs, first, other_nth)
    runs.settle()
    check(runs, SECOND)


@pytest.mark.parametrize("place", NAMES if PAIRS is ALL else NAMES[::4])
def test_every_place_is_come_to(runs, place):
    if place in {"deletion-on-record", "deleted"}:
        runs.settle()
        edit(runs.root)
    assert crashed(runs, place, 1)
