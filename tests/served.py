"""A sandbox as a process of its own, and threadsync in others that may be killed without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import httpx
from processes import REPOSITORY, Processes

TOKEN = "SANDBOX"


@contextmanager
def a_server(data):
    """The address of a sandbox with its data in `data`, which would publish a container twice."""
    options = ["--lax-publish", "--port", "0", "--data", str(data)]
    command = [sys.executable, "-m", "threadsync", "sandbox", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environ_of_this_tree()
    ) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def environ_of_this_tree():
    """Our environment, in which scripts too import the package beside these tests."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY)}


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
        """The environment of a run."""
        about = {"THREADS_API_BASE_URL": self.address, "THREADS_ACCESS_TOKEN": TOKEN}
        return {**environ_of_this_tree(), **about}

    def command(self, *arguments):
        return [sys.executable, "-m", "threadsync", "-C", str(self.root), *arguments]

    def start(self, *arguments, through=()):
        """A command that runs; `through` is the program it is run by, if any."""
        return self.popen([*through, *self.command(*arguments)])

    def popen(self, command):
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            env=self.environ,
        )

    @contextmanager
    def witness(self):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(
            base_url=self.address, trust_env=False, timeout=30, headers=headers
        ) as client:
            yield client

    @property
    def recorded_ids(self):
        state = json.loads(self.state_path.read_text())
        return sorted(part["id"] for entry in state["entries"].values() for part in entry["parts"])
