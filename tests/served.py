"""A sandbox as a process of its own, and threadsync in others that may be killed without it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager

import forked
from command_line import witness
from forked import DEVNULL, PIPE, REPOSITORY
from processes import Processes

TOKEN = "SANDBOX"


@contextmanager
def a_server(data):
    """The address of a sandbox with its data in `data`, which would publish a container twice."""
    arguments = ["sandbox", "--lax-publish", "--port", "0", "--data", str(data)]
    with forked.begin("threadsync", arguments, stdout=PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


class Served(Processes):
    """Runs of threadsync in `root` that talk to the sandbox at `address`, whose data are in `data`."""

    def __init__(self, root, data, address):
        super().__init__(root)
        self.sandbox, self.address = data, address

    @property
    def state_path(self):
        return self.root / "threadsync.state.json"

    @property
    def environ(self):
        about = {"THREADS_API_BASE_URL": self.address, "THREADS_ACCESS_TOKEN": TOKEN}
        return {**super().environ, **about}

    def start(self, *arguments):
        return self.begin("threadsync", "-C", str(self.root), *arguments)

    def start_through(self, program, *arguments):
        """A command that is run by another program, given as its words."""
        command = [*program, sys.executable, "-m", "threadsync", "-C", str(self.root), *arguments]
        return subprocess.Popen(
            command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            text=True,
            cwd=REPOSITORY,
            env=self.environ,
        )

    @contextmanager
    def witness(self):
        with witness(self.address, TOKEN) as client:
            yield client

    @property
    def recorded_ids(self):
        state = json.loads(self.state_path.read_text())
        return sorted(part["id"] for entry in state["entries"].values() for part in entry["parts"])
