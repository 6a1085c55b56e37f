"""One project, and rounds of runs of it that are killed: for `test_kill` and `kill_often`."""

from __future__ import annotations

import time

from builders import write
from pictures import a_jpeg
from processes import Processes, killed

FIRST = [
    ("One", None),
    ("Two", None),
    ("A picture", None),
    ("Chain 1", None),
    ("Chain 2", "Chain 1"),
    ("Chain 3", "Chain 2"),
    ("An answer", "Chain 2"),
]
"""(text, text of the parent) of what `a_project` publishes."""

SECOND = [
    ("One, better", None),
    ("Two", None),
    ("Three", "Two"),
    ("A picture", None),
    ("Chain 1, better", None),
    ("Chain 2", "Chain 1, better"),
    ("Chain 3", "Chain 2"),
    ("New", "One, better"),
]
"""The same after `edit`: replaced, appended to, deleted and new."""

_FAULTS = (
    (),
    ("publish:*:delay:0.05",),
    ("publish:*:delay-after:0.05",),
    ("create:*:delay-after:0.03", "publish:*:delay-after:0.02"),
    ("delete:*:delay-after:0.1", "delete:*:delay:0.02"),
)
"""They make the moments longer in which a kill hurts most."""


def a_project(root):
    """Texts, a picture, a chain and a reply into it; doubts are not waited for."""
    write(root, "threadsync.yaml", "policy: {settle: 0s, alt_text: 'off'}\n")
    write(root, "posts/a.md", "One\n")
    write(root, "posts/b.md", "Two\n")
    write(root, "posts/red.jpg", a_jpeg("red"))
    write(root, "posts/picture.md", "![red](red.jpg)\n\nA picture\n")
    write(root, "posts/chain.md", "Chain 1\n\n---\n\nChain 2\n\n---\n\nChain 3\n")
    write(root, "posts/reply.md", "---\nreply_to: chain#2\n---\nAn answer\n")
    return Processes(root)


def edit(root):
    """Edit what `a_project` made: one post and one chain change, one grows, one goes, one is new."""
    write(root, "threadsync.yaml", "policy: {settle: 0s, alt_text: 'off', on_remove: delete}\n")
    write(root, "posts/a.md", "One, better\n")
    write(root, "posts/b.md", "Two\n\n---\n\nThree\n")
    write(root, "posts/chain.md", "Chain 1, better\n\n---\n\nChain 2\n\n---\n\nChain 3\n")
    write(root, "posts/new.md", "---\nreply_to: a\n---\nNew\n")
    (root / "posts/reply.md").unlink(missing_ok=True)


def kill_round(runs, choice, kills):
    """Start that many runs and kill each one at a random moment.

    How many of them were still running.
    """
    hits = 0
    for _ in range(kills):
        runs.fault(*choice.choice(_FAULTS))
        process = runs.apply()
        records, delay_s = _a_moment(choice)
        _wait_for_records(runs, process, records)
        time.sleep(delay_s)
        hits += killed(process)
    runs.fault()
    return hits


def _a_moment(choice):
    """After how many records, and how many seconds after them: anywhere, or close to one."""
    return choice.choice(
        [
            (0, choice.uniform(0, 0.25)),
            (1, choice.uniform(0, 0.2)),
            (choice.randrange(1, 16), choice.uniform(0, 0.02)),
            (choice.randrange(1, 16), choice.uniform(0, 0.005)),
        ]
    )


def _wait_for_records(runs, process, count):
    """Until the journal was written to `count` times, or the run has ended."""
    path = runs.sandbox / "threadsync.state.journal.json"
    last = _stamp(path)
    while count and process.poll() is None:
        time.sleep(0.0003)
        now = _stamp(path)
        count -= now != last
        last = now


def _stamp(path):
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size
