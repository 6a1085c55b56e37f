"""threadsync in processes of its own, to be killed, stopped and overtaken.

The judge is the sandbox: what it logged and what it shows, never what a run said of itself.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress

import forked
from command_line import witness
from filelock import FileLock, Timeout
from forked import DEVNULL, PIPE, until

from threadsync.sandbox import faults
from threadsync.sandbox.server import SandboxServer
from threadsync.sandbox.storage.store import Store

MOST_RUNS = 8
"""After so many runs without a kill everything must be quiet."""
DAY_S = 25 * 3600


class Processes:
    """Runs of threadsync in one project with `--sandbox`; `begin` makes a process of it."""

    def __init__(self, root, begin=forked.begin):
        self.root, self._begin = root, begin
        self.sandbox = root / ".threadsync/sandbox"

    @property
    def environ(self):
        """The environment of a run."""
        return forked.environ_of_this_tree()

    def start(self, *arguments):
        """A command that runs; its output is read by whoever waits for it."""
        return self.begin("threadsync", "--sandbox", "-C", str(self.root), *arguments)

    def begin(self, module, *arguments):
        """A process of one of the modules that `forked` can run."""
        streams = {"stdin": DEVNULL, "stdout": PIPE, "stderr": PIPE, "text": True}
        return self._begin(module, arguments, env=self.environ, **streams)

    def apply(self, *arguments):
        return self.start("apply", "--auto-approve", "--format", "json", *arguments)

    def run(self, *arguments):
        """A command from start to end: exit code, stdout, stderr."""
        return ended(self.start(*arguments))

    def wait_for_fault(self, process):
        """Until the first fault has struck a call of `process`, which then waits for its answer."""
        with Store(self.sandbox) as store:

            def has_struck():
                with store.read() as records:
                    return any(fault.seen >= fault.nth for _, fault in faults.pending(records))

            until(lambda: has_struck() or process.poll() is not None)
        assert process.poll() is None, process.communicate()

    def stop(self, process):
        """SIGSTOP, at a moment in which it is not in the middle of a write."""
        while True:
            process.send_signal(signal.SIGSTOP)
            process.wait_until_stopped()
            if self._is_free:
                return
            process.send_signal(signal.SIGCONT)
            time.sleep(0.005)

    @property
    def _is_free(self):
        """Whether nobody holds one of the locks that last for milliseconds."""
        world = sqlite3.connect(self.sandbox / "world.sqlite3", timeout=0, isolation_level=None)
        with closing(world), suppress(Timeout, sqlite3.OperationalError):
            world.execute("BEGIN IMMEDIATE")
            with FileLock(self.sandbox / ".threadsync.state.guard", timeout=0):
                return True
        return False

    def settle(self):
        """Run until everything is out; the exit codes on the way."""
        self.fault()
        codes = []
        while len(codes) < MOST_RUNS:
            code, out, err = self.run("apply", "--auto-approve")
            codes.append(code)
            if code == 0:
                return codes
            assert code in {3, 4}, (code, out, err)
            self.post("clock", {"advance_s": DAY_S})
        raise AssertionError(f"not quiet after {codes}: {out}{err}")

    @contextmanager
    def witness(self):
        """A client on the sandbox's data, by a server of our own."""
        with SandboxServer(self.sandbox) as server, witness(server.base_url) as client:
            yield client

    def post(self, what, value):
        with self.witness() as client:
            client.post(f"/_sandbox/{what}", json=value).raise_for_status()

    def fault(self, *specs):
        """Let these faults strike from now on, and no others."""
        with Store(self.sandbox) as store, store.write() as records:
            faults.replace_all(records, [faults.parse_fault(spec) for spec in specs])

    def seen(self):
        """What the sandbox knows: its posts, and the requests that were sent to it."""
        with self.witness() as client:
            return Seen(
                _listed(client, "threads"),
                _listed(client, "replies"),
                client.get("/_sandbox/requests").json()["requests"],
            )

    @property
    def recorded_ids(self):
        """The published ids in the state document."""
        state = json.loads((self.sandbox / "threadsync.state.json").read_text())
        return sorted(part["id"] for entry in state["entries"].values() for part in entry["parts"])


class Seen:
    """The account as others see it, and how it came to be so."""

    def __init__(self, roots, replies, requests):
        self.roots, self.replies, self.requests = roots, replies, requests

    @property
    def tree(self):
        """(text, text of the parent or None) of every post, sorted."""
        texts = {post["id"]: post["text"] for post in [*self.roots, *self.replies]}
        rows = [(post["text"], None) for post in self.roots]
        rows += [(post["text"], texts.get(post["replied_to"]["id"])) for post in self.replies]
        return sorted(rows, key=str)

    @property
    def ids(self):
        return sorted(post["id"] for post in [*self.roots, *self.replies])

    @property
    def published_twice(self):
        """Containers for which more than one publish request had an answer with an id."""
        asked = Counter(
            request["params"].get("creation_id")
            for request in self.requests
            if request["call"] == "publish" and request["status"] == 200
        )
        return [container for container, count in asked.items() if count > 1]


def ended(process):
    """Wait for the end of a process: exit code, stdout, stderr."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def killed(process):
    """Kill -9, and whether it was still running."""
    was_running = process.poll() is None
    process.kill()
    process.communicate()
    return was_running


def check(processes, expected):
    """Everything in `expected` is out exactly once, on record, and there is nothing left to do."""
    seen = processes.seen()
    assert seen.tree == sorted(expected, key=str)
    assert seen.published_twice == []
    assert processes.recorded_ids == seen.ids
    code, out, err = processes.run("plan", "--detailed-exitcode")
    assert (code, out) == (0, "No changes. Threads matches the files.\n"), err


def _listed(client, edge):
    params = {"fields": "id,text,media_type,replied_to", "limit": 100}
    return client.get(f"/v1.0/me/{edge}", params=params).raise_for_status().json()["data"]
