"""Every call of an apply, with everything that can go wrong with it: no post twice, none lost.

A cell is a place and a fault. A few are tried each time; FAULT_MATRIX=whole tries all of them, which
takes about half an hour.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import pytest
from builders import write
from faulty_runs import WANTED, a_trial
from worst_server import STORE_FAULTS

from threadsync.errors import ExitCode


class Place(NamedTuple):
    """A call of an apply, by number from 1 or `*` for each; `others` go wrong too.

    `last` is the last of several calls in a row, `target` the entry that is applied.
    """

    call: str
    nth: int | str = 1
    target: str | None = None
    others: tuple[str, ...] = ()
    is_fresh: bool = False
    last: int = 0

    def specs(self, fault):
        """What it is for the sandbox that `fault` strikes here."""
        calls = range(self.nth, self.last + 1) if self.last else [self.nth]
        return [*self.others, *(f"{self.call}:{nth}:{fault}" for nth in calls)]


CONTAINERS = {
    "text": Place("create", 1),
    "another": Place("create", 2),
    "each": Place("create", "*"),
    "picture": Place("create", 1, "b"),
    "child": Place("create", 1, "c"),
    "second-child": Place("create", 2, "c"),
    "parent": Place("create", 3, "c"),
    "second-of-chain": Place("create", 2, "chain"),
    "answer": Place("create", 4, "d"),
}
STATUSES = {
    "status": Place("status", 1),
    "second-status": Place("status", 2),
    "each-status": Place("status", "*"),
    "status-of-child": Place("status", 1, "c"),
    "status-of-parent": Place("status", 3, "c"),
}
PUBLISHES = {
    "publish": Place("publish", 1),
    "second-publish": Place("publish", 2),
    "each-publish": Place("publish", "*"),
    "publish-in-chain": Place("publish", 2, "chain"),
    "publish-of-carousel": Place("publish", 1, "c"),
    "publish-of-answer": Place("publish", 4, "d"),
}
# How it is found out what became of a publish request: its container is asked, then the lists.
LOOKS = {
    f"{call}-after-{lost}": Place(call, nth, "chain", (f"publish:2:{lost}",), True, last)
    for call, nth, last in (("status", 3, 30), ("replies", 1, 30))
    for lost in ("drop-after", "drop-before", "transient-applied")
    if (call, lost) != ("replies", "drop-before")  # what is not published is looked for nowhere
}
LOOKS["threads-after-drop-after"] = Place("threads", "*", None, ("publish:1:drop-after",), True)
DELETES = {
    "delete": Place("delete", 1),
    "second-delete": Place("delete", 2),
    "each-delete": Place("delete", "*"),
}
READS = {
    "account": Place("me", 1),
    "each-account": Place("me", "*"),
    "limit": Place("limit", "*"),
    "scopes": Place("debug", "*"),
    "list": Place("threads", 1),
    "each-list": Place("threads", "*"),
    "list-of-replies": Place("replies", "*"),
    "permalink": Place("media", 1),
    "each-permalink": Place("media", "*"),
    "look-after-delete": Place("media", "*", None, ("delete:1:drop-after",)),
    "look-after-lost-delete": Place("media", "*", None, ("delete:1:drop-before",)),
}
PLACES = CONTAINERS | STATUSES | PUBLISHES | LOOKS | DELETES | READS

NOT_DONE = (
    *("drop-before", "5xx", "transient", "unknown", "empty-500", "html-502", "garbage-200"),
    *("rate-limit", "rate-613", "token-expired", "token-invalid", "password-changed"),
    *("restricted", "activity-restricted", "quota", "not-ready", "no-such-object", "access-tier"),
)
DONE = ("drop-after", *(f"{name}-applied" for name in NOT_DONE[1:]))
SLOW = ("delay:0.7", "delay-after:0.7")
PATIENCE_S = 0.4
BROKEN = ("container-error:UNKNOWN",)
WHOLE = [
    *((place, fault) for place in PLACES for fault in (*NOT_DONE, *SLOW)),
    *((p, fault) for p in CONTAINERS | PUBLISHES | DELETES for fault in DONE),
    *((p, fault) for p in CONTAINERS | STATUSES | PUBLISHES for fault in BROKEN),
    *((p, "media-fetch") for p in CONTAINERS),
    *((p, "second-publish") for p in PUBLISHES),
]
SOME = [
    *(("publish", fault) for fault in ("drop-before", "transient", "garbage-200", "delay:0.7")),
    *(("publish", fault) for fault in ("token-expired-applied", "html-502-applied", "quota")),
    *(("second-publish", fault) for fault in ("drop-after", "5xx-applied", "restricted")),
    *(("each-publish", fault) for fault in ("drop-before", "empty-500-applied")),
    *(("publish-in-chain", fault) for fault in ("drop-after", "unknown", "not-ready")),
    *(("child", "drop-after"), ("second-child", "garbage-200"), ("parent", "garbage-200-applied")),
    *(("answer", "empty-500-applied"), ("second-of-chain", "token-expired")),
    *(("status-of-parent", "not-ready"), ("each-status", "html-502")),
    *(("status-after-drop-after", "transient"), ("replies-after-drop-after", "html-502")),
    *(("delete", "drop-after"), ("each-delete", "drop-before"), ("delete", "quota")),
    *(("look-after-lost-delete", "no-such-object"),),
    *(("look-after-delete", "transient"), ("account", "token-expired"), ("limit", "rate-limit")),
]
CELLS = WHOLE if os.environ.get("FAULT_MATRIX") == "whole" else SOME
UPLOADS = [(1, "drop-after"), (2, "lying-200"), (None, "503")]
if CELLS is WHOLE:
    UPLOADS = [(nth, fault) for nth in (1, 2, None) for fault in STORE_FAULTS]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return tmp_path_factory.mktemp("template") / "project"


@pytest.fixture
def trial(tmp_path, template, capsys, monkeypatch):
    with a_trial(tmp_path / "project", template, capsys, monkeypatch) as trial:
        yield trial


def test_without_faults_one_run_is_enough(trial):
    assert trial.until_quiet() == [0]
    trial.check()


def test_the_cells_tried_each_time_are_cells_of_the_whole():
    assert set(SOME) <= set(WHOLE)


@pytest.mark.parametrize(("name", "fault"), CELLS)
def test_fault(trial, name, fault):
    place = PLACES[name]
    trial.patience_s = PATIENCE_S if fault in SLOW else None
    arguments = ["--fresh"] if place.is_fresh else []
    trial.run(place.target, *arguments, faults=place.specs(fault))
    assert f"{place.call}:{place.nth}" in trial.struck
    trial.until_quiet()
    trial.check()


@pytest.mark.parametrize("fault", UPLOADS, ids=str)
def test_fault_of_an_upload(trial, fault):
    trial.watch.upload_fault = fault
    trial.run()
    assert trial.watch.uploads
    trial.until_quiet()
    trial.check()


@pytest.mark.parametrize("lost", ["drop-before", "drop-after"])
def test_a_file_that_is_edited_while_its_post_is_unknown(trial, lost):
    write(trial.cli.root, "posts/a.md", "A typo\n")
    trial.run("a", "--fresh", faults=[f"publish:1:{lost}", "threads:*:transient"])
    write(trial.cli.root, "posts/a.md", "Text\n")
    trial.until_quiet()
    trial.check(deleted={"Gone", "Old", "A typo"} if lost == "drop-after" else {"Gone", "Old"})


@pytest.mark.parametrize("lost", ["drop-before", "drop-after"])
def test_a_file_that_is_removed_while_its_post_is_unknown(trial, lost):
    write(trial.cli.root, "posts/y.md", "Not wanted any more\n")
    trial.run("y", "--fresh", faults=[f"publish:1:{lost}", "threads:*:transient"])
    (trial.cli.root / "posts/y.md").unlink()
    trial.until_quiet()
    assert "Not wanted any more" not in {post["text"] for post in trial.posts()}
    assert len([r for r in trial.requests() if r["call"] == "publish"]) == len(WANTED) + 1


def test_an_equal_post_on_record_is_not_taken_for_the_one_that_is_looked_for(trial):
    write(trial.cli.root, "posts/z.md", "Text\n")
    trial.run("a")
    trial.run("z", faults=["publish:1:drop-after"])
    ids = [entry["parts"][0]["id"] for entry in trial.entries("a", "z")]
    assert ids == sorted(post["id"] for post in trial.posts() if post["text"] == "Text")


def test_which_of_two_equal_posts_it_is_is_left_to_a_person(trial):
    trial.run("a", "--fresh", faults=["publish:1:drop-after", "threads:*:transient"])
    (ours,) = (post["id"] for post in trial.posts() if post["text"] == "Text")
    trial.post_by_hand("Text")
    assert trial.run("a").code == ExitCode.UNKNOWN
    assert trial.cli("resolve", "a", "--published", ours).code == 0
    assert trial.run("a").code == 0
    assert [entry["parts"][0]["id"] for entry in trial.entries("a")] == [ours]
